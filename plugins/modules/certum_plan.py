#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_plan
short_description: Determine which declared certificates are due
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Reads the declared certificates on the disk of a host and reports the action that each one needs, with the reason.
  - Changes no certificate. Makes no network request unless O(check_revocation) is true.
  - If it finds nothing to do, it keeps its result in the file C(.plan.json) in O(path) for up to 7 days. The next plan
    uses this result if nothing has changed since. Without the file it plans again.
  - If all certificates are current, no other module needs to run.
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.host
  - certops.certum._store
  - certops.certum._store.environment
  - certops.certum._declaration
  - certops.certum._declaration.passphrases
  - certops.certum._declaration.defaults
attributes:
  check_mode:
    support: full
  diff_mode:
    support: N/A
    details: Changes nothing.
  idempotent:
    support: full
options:
  now:
    description:
      - The moment to plan for, ISO 8601. Defaults to now.
      - Set a later moment for a forecast.
    type: str
  host:
    description:
      - The inventory name of this host. It is compared with the host that is recorded for the order of a certificate.
      - Without this option RV(ordered_by) is empty.
    type: str
    default: ""
  replace:
    description: Names of declarations whose certificate is to be replaced now, even if it is not due.
    type: list
    elements: str
    default: []
  declared_elsewhere:
    description:
      - Names of certificates in O(path) that another call declares.
      - With this option, RV(findings) contains the certificates on disk that are neither in O(certificates) nor in this
        list.
    type: list
    elements: str
  check_revocation:
    description:
      - Whether to check the revocation of the newest certificate. A revoked certificate is due.
      - The host asks the OCSP responder that the certificate names. If it does not answer, the host reads the
        revocation list (CRL).
      - The requests use plain HTTP, and the proxy from C(http_proxy) of the environment.
      - Only a current answer with the signature of the issuer counts. The limit is 30 seconds for all certificates.
      - Without a valid answer the certificate counts as not revoked, and RV(notes) reports it.
    type: bool
    default: false
  dns_provider:
    description:
      - Whether somebody publishes the DNS records of the declarations. The role C(certum) sets it to V(true) if
        C(certum_dns) is set.
      - If V(false), a due certificate with a DNS method is a problem, and is not planned. The module plans the others.
      - Without this option, every method is allowed.
    type: bool
  digest:
    description: A digest of all other options and of the code. The action plugin sets it. Do not set it.
    type: str
  policy:
    description: Limits for declarations. If a declaration violates them, the module fails and plans nothing.
    type: dict
    suboptions:
      products:
        description: Allowed products, by name or code. By default all products are allowed.
        type: list
        elements: str
      wildcards:
        description: Whether wildcard names are allowed. By default they are allowed.
        type: bool
      max_names:
        description: Maximum number of names of a certificate. By default the limit of the product applies.
        type: int
seealso:
  - module: certops.certum.certum_stage
"""

EXAMPLES = r"""
- name: List the certificates that will be due on the first of March
  certops.certum.certum_plan:
    certificates:
      - name: shop
        common_name: shop.example.com
        validation: {method: file, webroot: /var/www/shop}
    defaults:
      contact: {first_name: Ada, last_name: Nowak, email: ops@example.com}
    now: "2027-03-01"
  register: forecast
"""

RETURN = r"""
due:
  description: The declarations that need a new certificate, completed with their defaults.
  returned: unless the module fails before the first certificate
  type: list
  elements: dict
activate:
  description:
    - The declarations whose newest certificate on disk must be installed, deployed or corrected.
    - The certificate is not installed, not verified for each declared service, or lacks a declared format, or mode or
      owner of its key or directories is wrong.
  returned: unless the module fails before the first certificate
  type: list
  elements: dict
renamed:
  description:
    - The former name of each renamed declaration, by its new name.
    - A declaration counts as renamed if an undeclared directory has a certificate with the same names, product and key
      type. This certificate is moved, and no new one is ordered.
    - The value for O(certops.certum.certum_stage#module:renamed) and O(certops.certum.certum_install#module:renamed).
  returned: unless the module fails before the first certificate
  type: dict
  sample: {store: shop}
ordered_by:
  description:
    - The inventory name of the host that ordered a certificate, by the name of the declaration. Only certificates that
      another host than O(host) ordered are included.
    - In this case, this host was renamed, or its directory is a copy. If the other host is in the inventory too, the
      directory is a copy.
    - A copied certificate is in RV(problems) and not in RV(due). If two hosts have the same order, a reissue for one
      host leads to the revocation of the other host's certificate.
  returned: unless the module fails before the first certificate
  type: dict
  sample: {shop: web1}
newest:
  description:
    - The serial number of the newest good certificate on disk, by the name of each due declaration and of each
      declaration with C(share). Empty if there is none.
    - The value for O(certops.certum.certum_stage#module:newest).
  returned: unless the module fails before the first certificate
  type: dict
  sample: {shop: ""}
sharing:
  description: The declarations with C(share), due or not.
  returned: unless the module fails before the first certificate
  type: list
  elements: dict
shared:
  description:
    - What the host has of each certificate with C(share). The controller decides with the reports of all hosts of the
      group which host orders and which hosts receive.
  returned: unless the module fails before the first certificate
  type: list
  elements: dict
  contains:
    name:
      description: The declaration.
      type: str
    certificate:
      description: The group and the declaration.
      type: str
      sample: web/shop
    state:
      description: A text that is the same on all hosts of the group if none of them has work.
      type: str
    serial_number:
      description: Serial number of the newest good certificate. Empty if there is none.
      type: str
    not_before:
      description: Start of its validity, ISO 8601 in UTC.
      type: str
    not_after:
      description: Its expiry date, ISO 8601 in UTC.
      type: str
    order_id:
      description: The id of its order. Empty if it is not known.
      type: str
    due:
      description: Whether another certificate is needed, apart from a pending order.
      type: bool
    pending:
      description: The order of a staged key. Null if there is none.
      type: dict
    former:
      description: The certificate that a reissue replaced, and until when it is valid. Null if there is none.
      type: dict
absent:
  description: The declarations with O(certificates[].state=absent) that still have files on disk.
  returned: unless the module fails before the first certificate
  type: list
  elements: dict
withdraw:
  description: The declarations of RV(absent) that M(certops.certum.certum_deploy) must first take out of service.
  returned: unless the module fails before the first certificate
  type: list
  elements: dict
revoke:
  description:
    - The certificates to revoke, the newest first. These are the certificates of absent declarations with a
      C(revoke_reason) that are on disk and have not expired.
  returned: unless the module fails before the first certificate
  type: list
  elements: dict
  contains:
    name:
      description: The declaration.
      type: str
    serial_number:
      description: Serial number in hexadecimal.
      type: str
    revoke_reason:
      description: The declared reason.
      type: str
pending_orders:
  description: Orders of absent declarations that may still be pending.
  returned: unless the module fails before the first certificate
  type: list
  elements: dict
  contains:
    name:
      description: The declaration.
      type: str
    order_id:
      description: The id of the order.
      type: str
current:
  description: Number of certificates that need no action.
  returned: unless the module fails before the first certificate
  type: int
reasons:
  description: One element for each action that a certificate needs. A current certificate has none.
  returned: unless the module fails before the first certificate
  type: list
  elements: dict
  contains:
    name:
      description: The declaration.
      type: str
      sample: shop
    action:
      description:
        - V(issue) means that a new certificate is needed.
        - V(activate) means that the certificate on disk must be installed, deployed or corrected.
        - V(remove) means that an absent certificate must be removed.
      type: str
      choices: [issue, activate, remove]
      sample: issue
    reason:
      description: The reason for the action.
      type: dict
      contains:
        code:
          description: Code of the reason, listed in C(docs/reasons.md). It stays the same when the text changes.
          type: str
        text:
          description: The reason as text.
          type: str
          sample: there is no certificate yet
    operation:
      description:
        - V(order) is a new order, V(reissue) is free of charge, and V(renew) orders the next term.
        - Missing if the action is not V(issue), or if there is a pending order.
      type: str
      choices: [order, reissue, renew]
      sample: order
    operation_reason:
      description: The reason for this operation. Missing if there is no operation.
      type: dict
      contains:
        code:
          description: Code of the reason, listed in C(docs/reasons.md). It stays the same when the text changes.
          type: str
        text:
          description: The reason as text.
          type: str
          sample: there is no former certificate
sentences:
  description: The same as RV(reasons) as sentences, with the cost.
  returned: unless the module fails before the first certificate
  type: list
  elements: str
  sample:
    - >-
      shop: there is no certificate yet (order: there is no former certificate). It costs the price of product 601
      (Commercial SSL)
revoked:
  description: Names of declarations with a revoked certificate, for O(certops.certum.certum_stage#module:revoked).
  returned: unless the module fails before the first certificate
  type: list
  elements: str
notes:
  description:
    - One sentence for each certificate whose revocation could not be checked. These certificates count as not revoked.
  returned: unless the module fails before the first certificate
  type: list
  elements: str
  sample: ['shop: could not be checked for revocation: http://ocsp.example.com: does not answer (timed out)']
findings:
  description:
    - Observations that need the attention of the operator. The role shows them as warnings and does nothing else.
    - The reason code V(not_declared) is for a certificate on disk that nothing declares.
    - The reason code V(not_verified) is for a service that no handshake verifies.
  returned: unless the module fails before the first certificate
  type: list
  elements: dict
  contains:
    name:
      description: The certificate.
      type: str
    reason:
      description: The observation and the remedy.
      type: dict
      contains:
        code:
          description: Code of the reason, listed in C(docs/reasons.md). It stays the same when the text changes.
          type: str
        text:
          description: The reason as text.
          type: str
reason:
  description: Summary of the result.
  returned: unless the module fails before the first certificate
  type: dict
  contains:
    code:
      description: Code of the reason, listed in C(docs/reasons.md). It stays the same when the text changes.
      type: str
    text:
      description: The reason as text.
      type: str
      sample: "3 certificates are declared: 1 is due"
problems:
  description: One problem for each certificate that could not be read or planned.
  returned: unless the module fails before the first certificate
  type: list
  elements: dict
  contains:
    name:
      description: The certificate or the service with the problem. Null if the problem concerns all of them.
      type: str
    code:
      description: Code of the problem, listed in C(docs/reasons.md). It stays the same when the text changes.
      type: str
    text:
      description: What went wrong, where, the reason, and the remedy.
      type: str
    error_codes:
      description: The error codes of the CA's answer. Empty if the CA did not refuse the request.
      type: list
      elements: int
    element:
      description: The element of the request that the first error code is about. Null if there is none.
      type: str
    remedy:
      description: What to do.
      type: str
    outcome_unknown:
      description: Whether the CA may have carried out the request although no success was reported.
      type: bool
"""

from ..module_utils._host.plan import plan
from ..module_utils._module.host_module import run_on_host
from ..module_utils._module.option_specs import (
    declaration_options,
    defaults_options,
    environment_options,
    passphrase_options,
    policy_options,
    store_options,
)


def main() -> None:
    run_on_host(
        plan,
        argument_spec={
            **store_options(),
            **environment_options(),
            **declaration_options(),
            **defaults_options(),
            **passphrase_options(),
            **policy_options(),
            "now": {"type": "str"},
            "host": {"type": "str", "default": ""},
            "replace": {"type": "list", "elements": "str", "default": []},
            "declared_elsewhere": {"type": "list", "elements": "str"},
            "check_revocation": {"type": "bool", "default": False},
            "dns_provider": {"type": "bool"},
            "digest": {"type": "str"},
        },
    )


if __name__ == "__main__":
    main()
