#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_publish
short_description: Publish or withdraw what proves control of the names
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Takes the results of M(certops.certum.certum_certificates) and does what each order needs on the host.
  - While an order is in flight its validation file is published below the web root; afterwards it is removed.
  - The order and its verification code are written down beside the staged key, so that the next run goes on with them.
  - Below the web root no symbolic link is followed.
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
- name: Publish what proves the domain
  certops.certum.certum_publish:
    certificates:
      - name: shop
        common_name: shop.example.com
        validation: {method: file, webroot: /var/www/shop}
        contact: {first_name: Ada, last_name: Nowak, email: ops@example.com}
    orders: "{{ ordered.certificates }}"
"""

RETURN = r"""
codes:
  description:
    - The validation code of each pending order, as it is written down beside the staged key.
    - Another run for the same host may have written it. M(certops.certum.certum_batch) uses it and asks the CA for no
      new code.
  returned: always
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
    - The certificates whose validation file was written. Where it was written before, another order has replaced or
      removed it meanwhile.
  returned: always
  type: list
  elements: str
reason:
  description: What was done and why.
  returned: always
  type: dict
  contains:
    code:
      description: One word of the list in C(docs/reasons.md). It stays the same where the words change.
      type: str
    text:
      description: The reason in words.
      type: str
      sample: /var/www/shop/.well-known/pki-validation/certum.txt has to say what the CA asks for
problems:
  description: A problem for each certificate whose proof could not be published.
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
