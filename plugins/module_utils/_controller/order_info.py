# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One order in full, or the orders of a period, for certum_order_info.

Private to the collection. Source: partner-api.md 2.7 to 2.10, 2.16, 2.18, 2.20.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from .._handover.foreign_text import quote
from .._handover.reasons import Reason, ReasonCode
from .._issuance.account_entries import names_of
from .._issuance.account_orders import entries_since
from .._issuance.order_state import is_open, waiting_for
from .._partner_api.messages.base import as_utc
from .._x509.alternative_names import canonical_name
from .requested_certificate import InvalidRequestError
from .validation_states import read_mailbox, read_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .._partner_api.client import PartnerApi
    from .._partner_api.messages.domain_control import NameVerification
    from .._partner_api.messages.order_lookup import ListedOrder as Entry


def read_orders(api: PartnerApi, params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Return the result of the module. It only reads, so check mode makes no difference."""
    del check_mode
    return _one_order(api, params) if params["order_id"] else _orders_of_period(api, params)


def _one_order(api: PartnerApi, params: Mapping[str, Any]) -> dict[str, Any]:
    order_id = params["order_id"]
    progress = api.get_order_state(order_id=order_id)
    entries = api.get_order_by_order_id(order_id=order_id)
    mailbox = read_mailbox(api, order_id, progress)
    shown = progress.model_dump(mode="json")
    order = {
        "order_id": order_id,
        "state": shown["order_state"],
        "last_update_date": shown["last_update_date"],
        "verifications": shown["verifications"],
        "names": [_name(name) for name in read_names(api, order_id)],
        "mailbox": mailbox.model_dump(mode="json") if mailbox else None,
        "entries": _shown(entries, params),
    }
    waits = f" and waits for {waiting_for(progress)}" if is_open(progress) else ""
    reason = Reason(ReasonCode.REPORTED, f"order {order_id} is in state {order['state']}{waits}")
    return {"changed": False, "order": order, "reason": reason.shown()}


def _orders_of_period(api: PartnerApi, params: Mapping[str, Any]) -> dict[str, Any]:
    start = _moment("from_date", params["from_date"])
    end = _moment("to_date", params["to_date"]) if params["to_date"] else None
    if end and end < start:
        raise InvalidRequestError("to_date lies before from_date (error 2057). Nothing was sent.")
    read = api.get_modified_orders if params["modified"] else api.get_orders_by_date_range
    found = read(from_date=start, to_date=end) if end else entries_since(api, read, lambda _now: start)
    entries = _shown(_chosen(api, found, params), params)
    end = end or api.now()
    what = "changed" if params["modified"] else "were placed"
    words = f"{len(entries)} orders and reissues {what} between {start:%Y-%m-%d %H:%M} and {end:%Y-%m-%d %H:%M} UTC"
    if params["state"] or params["domain"]:
        words += ", filtered by state or domain"
    return {"changed": False, "orders": entries, "reason": Reason(ReasonCode.REPORTED, words).shown()}


def _chosen(api: PartnerApi, entries: Iterable[Entry], params: Mapping[str, Any]) -> list[Entry]:
    """Return the entries that have one of the states and belong to an order with the domain."""
    every = [entry for entry in entries if not params["state"] or _state(entry) in params["state"]]
    if not params["domain"]:
        return every
    domain = canonical_name(params["domain"])
    return [entry for entry in every if domain in _names(api, entry)]


def _state(entry: Entry) -> str:
    return str(entry.order_status.order_state) if entry.order_status else ""


def _names(api: PartnerApi, entry: Entry) -> Iterable[str]:
    if entry.certificate_details:
        return names_of(entry.certificate_details)
    if entry.order_status is None:
        return ()
    return [canonical_name(name.fqdn) for name in read_names(api, entry.order_status.order_id)]


def _shown(entries: Iterable[Entry], params: Mapping[str, Any]) -> list[dict[str, Any]]:
    hidden = None if params["include_pem"] else {"certificate_details": {"x509_cert"}}
    return [entry.model_dump(mode="json", exclude=hidden) for entry in entries]


def _moment(option: str, text: str) -> datetime:
    try:
        return as_utc(datetime.fromisoformat(text.replace("Z", "+00:00")))
    except (ValueError, OverflowError):
        raise InvalidRequestError(
            f"{option}: '{quote(text)}' is not a date or time in ISO 8601, such as 2027-03-01 or "
            "2027-03-01T04:00:00+00:00. "
            "Nothing was sent."
        ) from None


def _name(name: NameVerification) -> dict[str, Any]:
    manual = name.manual_verification.model_dump(mode="json")
    return {"fqdn": name.fqdn, **manual, "failing_checks": [str(check) for check in name.failing_checks]}
