# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Declarations of the account's live certificates, made from its orders, for certum_declarations.

Private to the collection. Changes nothing at the CA. Source: partner-api.md 2.9, 3.2.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._handover.reasons import Reason, ReasonCode
from .._issuance.account_orders import entries_since
from .._issuance.surveyed_entries import surveyed
from .._lifecycle.account_declarations import declare
from .._lifecycle.account_survey import survey
from .._lifecycle.declaration import only_set
from .._lifecycle.products import UnknownProductError, find, issue_code
from .._lifecycle.term_end import estimated_term_end
from .._store.json_record import moment_text
from .declarations_file import as_yaml, keep_or_write
from .requested_certificate import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from .._lifecycle.account_survey import AccountOrder, LeftOut, LiveCertificate
    from .._partner_api.client import PartnerApi

MOST_DAYS = 36525


def declare_account(api: PartnerApi, params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Read the account and return the result of the module. Raises CertumError, InvalidRequestError, StoreError."""
    days = params["days"]
    if not 1 <= days <= MOST_DAYS:
        raise InvalidRequestError(
            f"days is {days}, but it must be a number of days back, 1 to {MOST_DAYS} (a century). Nothing was sent."
        )
    entries = entries_since(api, api.get_orders_by_date_range, lambda now: now - timedelta(days=days))
    now = api.now()
    found = survey(surveyed(entries), now=now)
    declared, not_declared = declare(found.living)
    left_out = [*found.left_out, *not_declared]
    words = f"declared: {len(declared)}, pending: {len(found.pending)}, left out: {len(left_out)}"
    reason = Reason(ReasonCode.REPORTED, words)
    result = {
        "changed": False,
        "certificates": [each.declaration for each in declared],
        "orders": _orders(found.issued, environment=api.environment),
        "pending": [_pending(order) for order in found.pending],
        "left_out": [_left_out(each) for each in left_out],
        "reason": reason.shown(),
    }
    if params["dest"] is None:
        return result
    change, backup_file = keep_or_write(
        Path(params["dest"]).absolute(),
        as_yaml(declared, found.pending).encode(),
        force=params["force"],
        backup_suffix=f".{now:%Y%m%dT%H%M%SZ}~" if params["backup"] else None,
        check_mode=check_mode,
    )
    return {
        **result,
        "changed": change.changed,
        "backup_file": backup_file,
        "reason": Reason(change.reason.code, f"{reason}; {change.reason}").shown(),
        "diff": {
            "before_header": params["dest"],
            "after_header": params["dest"],
            "before": change.before.get("content", ""),
            "after": change.after.get("content", ""),
        },
    }


def _orders(issued: Sequence[LiveCertificate], *, environment: str | None) -> list[dict[str, Any]]:
    """Return the facts that certum_adopt records about the certificates that it finds."""
    first: dict[str, datetime] = {}
    for each in issued:
        order_id, start = each.order.order_id, each.certificate.not_before
        first[order_id] = min(start, first.get(order_id, start))
    return [
        only_set(
            {
                "serial_number": each.certificate.serial_number,
                "order_id": each.order.order_id,
                "customer": each.order.customer or None,
                "product": _product_code(each.order.product_code),
                "term_end": moment_text(estimated_term_end(first[each.order.order_id])),
                "environment": environment,
                "problem": str(each.problem) if each.problem else None,
            }
        )
        for each in issued
    ]


def _product_code(code: str) -> str | None:
    try:
        return find(issue_code(code)).code
    except UnknownProductError:
        return None


def _pending(order: AccountOrder) -> dict[str, Any]:
    return {
        "order_id": order.order_id,
        "customer": order.customer,
        "product": order.product_code,
        "state": order.state,
        "order_date": moment_text(order.ordered_at),
    }


def _left_out(each: LeftOut) -> dict[str, Any]:
    return {"order_id": each.order.order_id, "common_name": each.common_name, "reason": each.reason.shown()}
