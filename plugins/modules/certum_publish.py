#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_publish
short_description: Publish or remove validation files
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Uses the results of M(certops.certum.certum_certificates).
  - Publishes the validation file of each pending order below the web root. Removes the file after the order is issued
    or rejected.
  - Records the order and its validation code beside the staged key, so that the next run continues the order.
  - The module follows no symbolic link below the web root.
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.host
  - certops.certum._store
  - certops.certum._declaration
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  orders:
    description: The C(certificates) that M(certops.certum.certum_certificates) returned.
    type: list
    elements: dict
    required: true
seealso:
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

- name: Order certificates
  certops.certum.certum_certificates:
    certificates: "{{ staged.orders }}"
    trigger_validation: false
    wait: false
  delegate_to: localhost
  become: false
  register: ordered

- name: Publish validation files
  certops.certum.certum_publish:
    certificates: "{{ planned.due }}"
    orders: "{{ ordered.certificates }}"
"""

RETURN = r"""
codes:
  description:
    - The validation code of each pending order, as it is recorded beside the staged key.
    - Another run for the same host may have recorded it. M(certops.certum.certum_batch) uses this code and does not
      request a new one.
  returned: unless the module fails before the first certificate
  type: list
  elements: dict
  contains:
    name:
      description: The declaration.
      type: str
      sample: shop
    code:
      description: The validation code.
      type: str
written:
  description:
    - Names of the certificates whose validation file this call wrote.
    - If an earlier call also wrote the file, another order has replaced or removed it in the meantime.
  returned: unless the module fails before the first certificate
  type: list
  elements: str
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
      sample: /var/www/shop/.well-known/pki-validation/certum.txt must have the content that the CA expects
problems:
  description: One problem for each certificate whose validation file could not be published or removed.
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

from ..module_utils._host.publish import publish_all
from ..module_utils._module.host_module import run_on_host
from ..module_utils._module.option_specs import declaration_options, orders_options, store_options


def main() -> None:
    run_on_host(
        publish_all,
        argument_spec={**store_options(), **declaration_options(), **orders_options(required=True)},
    )


if __name__ == "__main__":
    main()
