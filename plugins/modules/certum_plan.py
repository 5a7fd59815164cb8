#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_plan
short_description: Say which declared certificates are due, and why
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Reads the declared certificates on the disk of a host and says for each what is due and why.
  - It changes nothing, and asks nothing of anybody but what O(check_revocation) allows, so a run over current
    certificates ends here.
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
      - The moment to plan for, ISO 8601, by default the present.
      - A later one tells what will be due then.
    type: str
  host:
    description:
      - How the inventory calls this host. The order of a certificate is written down with it.
      - Without it RV(ordered_by) is empty.
    type: str
    default: ""
  replace:
    description: Names of declarations whose certificate shall be replaced now, due or not.
    type: list
    elements: str
    default: []
  declared_elsewhere:
    description:
      - Names of certificates in O(path) that another call declares.
      - With this option RV(findings) names the certificates on disk that neither O(certificates) nor this list has.
    type: list
    elements: str
  check_revocation:
    description:
      - Whether to ask the CA if the newest certificate was revoked, so that it is replaced.
      - The host asks the OCSP responder that the certificate names, and its revocation list where that gives no answer,
        over plain HTTP (a proxy is taken from C(http_proxy) of the environment).
      - Only an answer that the issuer signed and that is current counts. Where there is none in 30 seconds for all
        certificates, nothing is due for that, and RV(notes) says what could not be checked.
    type: bool
    default: false
  policy:
    description: What may be declared. A declaration against it is refused, and nothing is planned then.
    type: dict
    suboptions:
      products:
        description: The products that are allowed, by name or code. By default all are.
        type: list
        elements: str
      wildcards:
        description: Whether wildcard names are allowed. By default they are.
        type: bool
      max_names:
        description: How many names a certificate may have. By default as many as its product covers.
        type: int
seealso:
  - module: certops.certum.certum_stage
"""

EXAMPLES = r"""
- name: Say what will be due on the first of March
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
  description: The declarations for which a certificate has to be obtained, complete with their defaults.
  returned: always
  type: list
  elements: dict
activate:
  description:
    - The declarations whose newest certificate on disk is not in place, not proved to be served, without a format that
      is declared, or has a key whose mode or owner is not as declared.
  returned: always
  type: list
  elements: dict
renamed:
  description:
    - The former name by the name of each declaration that was renamed. Its certificate was found on disk by its names,
      product and type of key, in a directory that nothing declares. It is moved and not ordered.
    - It is for O(certops.certum.certum_stage#module:renamed) and O(certops.certum.certum_install#module:renamed).
  returned: always
  type: dict
  sample: {store: shop}
ordered_by:
  description:
    - The inventory name of the host that ordered a certificate, by the name of the declaration, where that is another
      host than O(host). This host was renamed, or its directory is a copy.
    - If that host is in the inventory too, the directory is a copy. Then the certificate is a problem, and it is not in
      RV(due). Of two hosts with one order, the one that reissues first ends the certificate of the other.
  returned: always
  type: dict
  sample: {shop: web1}
newest:
  description:
    - The serial number of the newest good certificate on disk by the name of each declaration that is due, empty where
      there is none. It is for O(certops.certum.certum_stage#module:newest).
  returned: always
  type: dict
  sample: {shop: ""}
absent:
  description: The declarations with O(certificates[].state=absent) of which something is on disk.
  returned: always
  type: list
  elements: dict
withdraw:
  description: Those of them whose service is asked first whether it can do without.
  returned: always
  type: list
  elements: dict
revoke:
  description: Certificates on disk that have not expired, the newest first, of declarations with a C(revoke_reason).
  returned: always
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
      description: As declared.
      type: str
pending_orders:
  description: Orders of declarations that are absent now. They may still lead to a certificate.
  returned: always
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
  description: How many certificates need nothing.
  returned: always
  type: int
reasons:
  description: Why, for each that needs something.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: The declaration.
      type: str
      sample: shop
    action:
      description:
        - V(issue), a certificate has to be obtained.
        - V(activate), the certificate on disk has to be put in place or deployed.
        - V(remove), a certificate that is declared absent has to be removed.
      type: str
      choices: [issue, activate, remove]
      sample: issue
    reason:
      description: Why.
      type: dict
      contains:
        code:
          description: One word of the list in C(docs/reasons.md). It stays the same where the words change.
          type: str
        text:
          description: The reason in words.
          type: str
          sample: there is no certificate yet
    operation:
      description:
        - V(order), V(reissue), which is free, or V(renew), which buys the next term.
        - Only for V(issue), and not while an order is in flight.
      type: str
      choices: [order, reissue, renew]
      sample: order
    operation_reason:
      description: Why it is this operation.
      type: dict
      contains:
        code:
          description: One word of the list in C(docs/reasons.md). It stays the same where the words change.
          type: str
        text:
          description: The reason in words.
          type: str
          sample: there is no certificate to follow
sentences:
  description: The same as text.
  returned: always
  type: list
  elements: str
  sample: ["shop: there is no certificate yet (order: there is no certificate to follow)"]
revoked:
  description: The declarations whose certificate was revoked, for O(certops.certum.certum_stage#module:revoked).
  returned: always
  type: list
  elements: str
notes:
  description: A sentence for each certificate that could not be checked for revocation. They are planned all the same.
  returned: always
  type: list
  elements: str
  sample: ['shop: could not be checked for revocation: http://ocsp.example.com: does not answer (timed out)']
findings:
  description:
    - What an operator should know although nothing is due. The role shows it as a warning.
    - A certificate on disk that nothing declares (code V(not_declared)), or a service that is never asked which
      certificate it uses (V(not_verified)). Nothing is done about these.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: The certificate.
      type: str
    reason:
      description: What was found and what to do.
      type: dict
      contains:
        code:
          description: One word of the list in C(docs/reasons.md). It stays the same where the words change.
          type: str
        text:
          description: The reason in words.
          type: str
reason:
  description: The whole in one sentence.
  returned: always
  type: dict
  contains:
    code:
      description: One word of the list in C(docs/reasons.md). It stays the same where the words change.
      type: str
    text:
      description: The reason in words.
      type: str
      sample: "3 certificates are declared: 1 is due"
problems:
  description: A problem for each certificate that could not be read. Nothing is decided about these.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: The certificate or the service that it is about, or nothing where it is about all.
      type: str
    text:
      description: What went wrong, where, why, and what to do.
      type: str
    error_codes:
      description: The error codes of the CA's answer, none where the CA did not refuse.
      type: list
      elements: int
    element:
      description: The element of the request that the first of these errors is about.
      type: str
    remedy:
      description: What to do.
      type: str
    outcome_unknown:
      description: Whether the CA may have carried the request out all the same.
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
        },
    )


if __name__ == "__main__":
    main()
