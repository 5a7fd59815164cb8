#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_stage
short_description: Make the next key and certification request
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Has a private key and a certification request ready for each certificate that is due.
  - The key stays on the host. What it returns are orders, which M(certops.certum.certum_certificates) takes.
  - The staged key is the record of what was bought. The key of an order in flight is kept as it is, so that running
    again never orders twice.
  - Before anything is staged, it looks whether the host can use the certificate. Owner and group exist, the declared
    formats can be made, the web root takes a file, C(deploy.enable_site.src) exists, the service and its commands are
    there, and its configuration loads. What it finds is a problem of this certificate, which is not ordered then.
  - One exception is a reissue within 14 days of the expiry date. It goes on although the configuration of the service
    does not load, because it is free of charge only until then. The problem is reported.
  - An order that was placed before goes on in any case.
  - A request that was put at C(PATH/NAME/staged/request.csr) by hand or by M(certops.certum.certum_stage_request)
    is used as it is; its key may be in an HSM.
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.host
  - certops.certum._store
  - certops.certum._store.environment
  - certops.certum._declaration
attributes:
  check_mode:
    support: full
    details: Makes key and request in memory only, so that the CA can be asked about the order.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  host:
    description: How the host is called in the C(customer) of a first order.
    type: str
    default: ""
  order_again:
    description:
      - Names of certificates whose order was cancelled or refused, and that shall be ordered anew with a new key. The
        former key is kept in C(set-aside).
      - One that would be reissued is ordered instead, unless the account has the newest certificate of its order live.
        Then that is reissued all the same.
      - Has no effect on any other.
    type: list
    elements: str
    default: []
  revoked:
    description:
      - Names of certificates that the CA revoked, as RV(certops.certum.certum_plan#module:revoked) tells them.
      - They are ordered anew, because no revoked certificate is reissued.
    type: list
    elements: str
    default: []
  newest:
    description:
      - What the plan saw on disk, as RV(certops.certum.certum_plan#module:newest) tells it.
      - A certificate that another run has installed since is not asked for once more.
    type: dict
    default: {}
  renamed:
    description:
      - Declarations that were renamed, as RV(certops.certum.certum_plan#module:renamed) returns them.
      - The directory of the former name is moved, and a link to it stays in the former place.
    type: dict
    default: {}
  trial:
    description:
      - Puts a test file beside the place of the validation file, for each certificate that is validated by file and
        not ordered yet. So the controller can see whether the web servers serve the web root.
      - M(certops.certum.certum_install) removes it. Check mode writes none.
    type: bool
    default: false
  command_timeout:
    description: How long a service may take to tell whether it runs, or to check its configuration, in seconds.
    type: int
    default: 60
seealso:
  - module: certops.certum.certum_plan
  - module: certops.certum.certum_certificates
"""

EXAMPLES = r"""
- name: Make a key and a request
  certops.certum.certum_stage:
    certificates:
      - name: shop
        common_name: shop.example.com
        validation: {method: file, webroot: /var/www/shop}
        contact: {first_name: Ada, last_name: Nowak, email: ops@example.com}
    host: "{{ inventory_hostname }}"
  register: staged
"""

RETURN = r"""
orders:
  description: What has to be ordered or carried on with, as C(certificates) for M(certops.certum.certum_certificates).
  returned: always
  type: list
  elements: dict
  sample:
    - name: shop
      order_id: shop-3f9c0d5e7a1b2c4d
      sent: "no"
      product: "601"
places:
  description:
    - Which directory each web root is, by the name of the certificate. It is the same on all hosts that share the
      directory, which publish one after the other then.
  returned: always
  type: dict
trials:
  description: The names of the certificates with a test file in their web root.
  returned: always
  type: list
  elements: str
clock:
  description: The time by the clock of the host. The role compares it with the clock of the CA.
  returned: always
  type: str
  sample: "2027-03-01T04:00:00+00:00"
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
      sample: a key was made for shop
problems:
  description: A problem for each certificate that could not be staged.
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
        },
    )


if __name__ == "__main__":
    main()
