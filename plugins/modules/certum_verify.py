#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_verify
short_description: Verify by TLS handshakes that services use the installed certificates
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Connects to each declared address and compares the certificate of the service with the installed certificate.
  - A service needs a moment after a reload, so the module repeats the handshake until the time is over.
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.host
  - certops.certum._store
  - certops.certum._declaration
attributes:
  check_mode:
    support: full
  diff_mode:
    support: N/A
    details: Changes nothing.
  idempotent:
    support: full
options:
  timeout:
    description: Total time for all addresses, in seconds.
    type: int
    default: 30
"""

EXAMPLES = r"""
- name: Verify that nginx uses the certificate of the shop
  certops.certum.certum_verify:
    certificates:
      - name: shop
        common_name: shop.example.com
        validation: {method: file, webroot: /var/www/shop}
        contact: {first_name: Ada, last_name: Nowak, email: ops@example.com}
        deploy: {service: nginx, verify: ["127.0.0.1:443"]}
"""

RETURN = r"""
verified:
  description: One element for each address.
  returned: unless the module fails before the first certificate
  type: list
  elements: dict
  contains:
    name:
      description: The declaration.
      type: str
      sample: shop
    address:
      description: The address of the handshake.
      type: str
      sample: 127.0.0.1:443
    reason:
      description: The result of the handshake.
      type: dict
      contains:
        code:
          description: Code of the reason, listed in C(docs/reasons.md). It stays the same when the text changes.
          type: str
        text:
          description: The reason as text.
          type: str
          sample: uses certificate 0A1B with its chain
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
problems:
  description: One problem for each address that does not show the installed certificate.
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

from ..module_utils._host.verify import verify_all
from ..module_utils._module.host_module import run_on_host
from ..module_utils._module.option_specs import declaration_options, store_options


def main() -> None:
    run_on_host(
        verify_all,
        argument_spec={**store_options(), **declaration_options(), "timeout": {"type": "int", "default": 30}},
    )


if __name__ == "__main__":
    main()
