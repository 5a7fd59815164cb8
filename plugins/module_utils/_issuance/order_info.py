# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What certum_order_info does: one order, its verifications, names and certificates.

Private to the collection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._partner_api.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._partner_api.client import PartnerApi
    from .._partner_api.messages.domain_control import NameVerification

NOT_THIS_KIND_OF_PRODUCT = 2163


def read_order(api: PartnerApi, params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """The result of the module. Only reads, so check mode makes no difference."""
    del check_mode
    order_id = params["order_id"]
    progress = api.get_order_state(order_id=order_id)
    entries = api.get_order_by_order_id(order_id=order_id)
    shown = progress.model_dump(mode="json")
    order = {
        "order_id": order_id,
        "state": shown["order_state"],
        "last_update_date": shown["last_update_date"],
        "verifications": shown["verifications"],
        "names": [_name(name) for name in _names(api, order_id)],
        "entries": [entry.model_dump(mode="json") for entry in entries],
    }
    return {"changed": False, "order": order, "reason": f"order {order_id} is in state {order['state']}"}


def _names(api: PartnerApi, order_id: str) -> tuple[NameVerification, ...]:
    try:
        return api.get_san_verification_state(order_id=order_id)
    except ApiError as error:
        if error.has(NOT_THIS_KIND_OF_PRODUCT):
            return ()
        raise


def _name(name: NameVerification) -> dict[str, Any]:
    manual = name.manual_verification.model_dump(mode="json")
    return {"fqdn": name.fqdn, **manual, "failing_checks": [str(check) for check in name.failing_checks]}
