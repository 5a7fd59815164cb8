#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_verify
short_description: Prove by TLS handshakes that certificates are served
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Connects to each declared address and compares the certificate that is served with the one in place on disk.
  - A service needs a moment after a reload, so it is asked again until the time is over.
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
    description: How long every address may take in all, in seconds.
    type: int
    default: 30
"""

EXAMPLES = r"""
- name: Prove that the shop serves its certificate
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
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: The declaration.
      type: str
      sample: shop
    address:
      description: The address that was asked.
      type: str
      sample: 127.0.0.1:443
    reason:
      description: What was found.
      type: dict
      contains:
        code:
          description: One word of the list in C(docs/reasons.md). It stays the same where the words change.
          type: str
        text:
          description: The reason in words.
          type: str
          sample: serves certificate 0A1B with its chain
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
problems:
  description: A problem for each address that does not serve what it should.
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
