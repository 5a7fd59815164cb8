#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_cancel
short_description: Cancel a pending order
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Cancels an order before its certificate is issued. If the order is already cancelled, nothing changes.
  - An issued order cannot be cancelled. Revoke its certificate with M(certops.certum.certum_revoke) instead.
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.controller
  - certops.certum._api
  - certops.certum._wait
attributes:
  check_mode:
    support: full
    details: Reads the state of the order, and cancels nothing.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  order_id:
    description: The id of the order.
    type: str
    required: true
  note:
    description: The reason, as a note for the CA.
    type: str
  wait:
    description: Whether to try again while the CA works on the order and refuses to cancel it.
    type: bool
    default: true
seealso:
  - module: certops.certum.certum_revoke
"""

EXAMPLES = r"""
- name: Cancel an order
  certops.certum.certum_cancel:
    order_id: shop-2026
    note: ordered for the wrong name
"""

RETURN = r"""
order_id:
  description: The id of the order.
  returned: success
  type: str
  sample: shop-2026
state:
  description: The state of the order. V(REJECTED) after it is cancelled.
  returned: success
  type: str
  sample: REJECTED
reason:
  description: What was done, and the reason.
  returned: success
  type: dict
  contains:
    code:
      description: Code of the reason, listed in C(docs/reasons.md). It stays the same when the text changes.
      type: str
    text:
      description: The reason as text.
      type: str
      sample: order shop-2026 is cancelled
"""

from ..module_utils._controller.cancel import cancel_order
from ..module_utils._module.controller_module import run_with_api
from ..module_utils._module.option_specs import wait_options


def main() -> None:
    run_with_api(
        cancel_order,
        argument_spec={"order_id": {"type": "str", "required": True}, "note": {"type": "str"}, **wait_options()},
    )


if __name__ == "__main__":
    main()
