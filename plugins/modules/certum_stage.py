#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_stage
short_description: Create the next private key and CSR
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Creates a private key and a certificate signing request (CSR) for each certificate in O(certificates).
  - Set O(certificates) to RV(certops.certum.certum_plan#module:due). A certificate that is not due would be
    replaced too, which may cost money.
  - The key stays on the host. The module returns orders for M(certops.certum.certum_certificates).
  - The staged key is the record of the order. The key of a pending order is kept, so that another run never orders
    twice.
  - Before the module stages a key, it checks that the host can use the certificate. Owner and group must exist. The
    host must be able to create the declared formats and to write to the web root. C(deploy.enable_site.src), the
    service and its commands must exist, and the configuration of the service must load.
  - If such a check fails, the module reports a problem, and the certificate is not ordered.
  - One exception is a reissue within 14 days before the expiry date. It continues even if the configuration of the
    service does not load, because it is free of charge only until then. The module reports the problem.
  - An order that is already placed continues in any case.
  - If there is a CSR in C(PATH/NAME/staged/request.csr), from you or from M(certops.certum.certum_stage_request), the
    module uses it without changes. Its key may be in an HSM.
  - If C(key.location) is V(elsewhere), the module makes no key. Without such a CSR it reports a problem, and the
    certificate is not ordered.
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.host
  - certops.certum._store
  - certops.certum._store.environment
  - certops.certum._declaration
attributes:
  check_mode:
    support: full
    details: Creates key and CSR in memory only, so that the CA can check the order.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  host:
    description: Name of the host for the C(customer) of a first order, usually the inventory name.
    type: str
    default: ""
  order_again:
    description:
      - Names of certificates to order again with a new key, because their order was cancelled or refused. The former
        key is kept in C(set-aside).
      - A certificate that would be reissued is ordered instead, unless the newest certificate of its order is valid in
        the account.
      - This option has no effect on other certificates.
    type: list
    elements: str
    default: []
  revoked:
    description:
      - Names of revoked certificates, as RV(certops.certum.certum_plan#module:revoked) returns them.
      - They need a new order, because the CA does not reissue a revoked certificate.
    type: list
    elements: str
    default: []
  newest:
    description:
      - The newest certificates at the time of the plan, as RV(certops.certum.certum_plan#module:newest) returns them.
      - If another run has installed a newer certificate since then, no further one is ordered.
    type: dict
    default: {}
  renamed:
    description:
      - Renamed declarations, as RV(certops.certum.certum_plan#module:renamed) returns them.
      - The module renames the directory of the former name, and leaves a link with the former name.
    type: dict
    default: {}
  trial:
    description:
      - Whether to write a test file next to the path of the validation file, for each certificate with validation
        method V(file) that is not ordered yet. With it the controller can check that the web servers deliver files
        from the web root.
      - M(certops.certum.certum_install) removes the test file. Check mode writes none.
    type: bool
    default: false
  command_timeout:
    description: Timeout for each command that checks the state or the configuration of a service, in seconds.
    type: int
    default: 60
  receive:
    description:
      - Names of shared certificates whose private key comes from another host.
      - The module stages an X25519 key for each, and returns the public keys in RV(transfer_keys). Check mode stages
        none.
    type: list
    elements: str
    default: []
seealso:
  - module: certops.certum.certum_plan
  - module: certops.certum.certum_certificates
"""

EXAMPLES = r"""
- name: Plan certificates
  certops.certum.certum_plan:
    certificates:
      - name: shop
        common_name: shop.example.com
        validation: {method: file, webroot: /var/www/shop}
        contact: {first_name: Ada, last_name: Nowak, email: ops@example.com}
  register: planned

- name: Create a key and a CSR for each due certificate
  certops.certum.certum_stage:
    certificates: "{{ planned.due }}"
    host: "{{ inventory_hostname }}"
    newest: "{{ planned.newest }}"
  register: staged
"""

RETURN = r"""
orders:
  description:
    - The orders to place or continue, as O(certops.certum.certum_certificates#module:certificates).
  returned: unless the module fails before the first certificate
  type: list
  elements: dict
  sample:
    - name: shop
      order_id: shop-3f9c0d5e7a1b2c4d
      sent: "no"
      product: "601"
places:
  description:
    - Identifier of the web root directory, by the name of the certificate.
    - Hosts that share a directory have the same identifier. Their certificates are validated one after the other.
  returned: unless the module fails before the first certificate
  type: dict
trials:
  description: Names of the certificates with a test file in their web root.
  returned: unless the module fails before the first certificate
  type: list
  elements: str
transfer_keys:
  description: The public X25519 key of each certificate in O(receive), in base64, by the name of the certificate.
  returned: unless the module fails before the first certificate
  type: dict
clock:
  description: Current time of the host. The role compares it with the clock of the CA.
  returned: unless the module fails before the first certificate
  type: str
  sample: "2027-03-01T04:00:00+00:00"
reason:
  description: What was done, and the reason.
  returned: unless the module fails before the first certificate
  type: dict
  contains:
    code:
      description: Code of the reason, listed in C(docs/reasons.md). It stays the same when the text changes.
      type: str
    text:
      description: The reason as text.
      type: str
      sample: a key was created for shop
problems:
  description: One problem for each certificate that could not be staged, or that is reissued despite a problem.
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

from ..module_utils._host.stage import stage_all
from ..module_utils._module.host_module import run_on_host
from ..module_utils._module.option_specs import declaration_options, environment_options, store_options


def main() -> None:
    run_on_host(
        stage_all,
        argument_spec={
            **store_options(),
            **environment_options(),
            **declaration_options(),
            "host": {"type": "str", "default": ""},
            "order_again": {"type": "list", "elements": "str", "default": []},
            "revoked": {"type": "list", "elements": "str", "default": []},
            "newest": {"type": "dict", "default": {}},
            "renamed": {"type": "dict", "default": {}},
            "trial": {"type": "bool", "default": False},
            "command_timeout": {"type": "int", "default": 60},
            "receive": {"type": "list", "elements": "str", "default": []},
        },
    )


if __name__ == "__main__":
    main()
