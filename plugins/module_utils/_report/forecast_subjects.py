# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The certificates of an estate that the forecast is about: those that runs of the role renew.

Private to the collection. Pure. A group of hosts that shares a certificate orders it once.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from .._handover.terms import CertificateState, Operation, Waiting
from .._lifecycle.due_date import RenewalWindow
from .._lifecycle.forecast import ForecastSubject
from .._lifecycle.products import UnknownProductError, find
from .._lifecycle.term_end import ends_with_its_term

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .._handover.estate import EstateCertificate
    from .._lifecycle.products import Product

DEFAULT_PRODUCT = "commercial_ssl"


def subjects_of(certificates: Iterable[EstateCertificate], now: datetime) -> list[ForecastSubject]:
    """Return the subjects of the forecast, each certificate of a group once."""
    once: dict[tuple[str, str], EstateCertificate] = {}
    for each in certificates:
        if not each["declared"] or each["state"] == CertificateState.ABSENT:
            continue
        key = (f"@{each['share']}" if each["share"] else each["host"], each["name"])
        if key not in once or _is_newer(each, once[key]):
            once[key] = each
    return [subject for each in once.values() if (subject := _subject(each, now))]


def _is_newer(one: EstateCertificate, other: EstateCertificate) -> bool:
    """Return whether a host of a group has more than another: a pending order, or a later due date."""
    return (one["order"] is not None, one["due_at"] or "") > (other["order"] is not None, other["due_at"] or "")


def _subject(certificate: EstateCertificate, now: datetime) -> ForecastSubject | None:
    product = _product(certificate["product"])
    order = certificate["order"]
    placed = order is not None and order["waits_for"] != Waiting.OPERATOR
    operation = order["operation"] if order else certificate["operation"] or _operation(certificate)
    if operation is None:
        return None
    due = certificate["due_at"]
    return ForecastSubject(
        name=certificate["name"],
        product_code=product.code,
        window=RenewalWindow(
            certificate["remaining_days"], certificate["remaining_percentage"], people_decide=product.people_decide
        ),
        operation=Operation(operation),
        at=now if order or not due else max(_time(due), now),
        term_end=_time(certificate["term_end"]) if certificate["term_end"] else None,
        is_placed=placed,
    )


def _operation(certificate: EstateCertificate) -> str | None:
    """Return the operation on the due date of a certificate that another call declares, or None without a due date."""
    if not certificate["due_at"] or not certificate["not_after"]:
        return None
    term_end = _time(certificate["term_end"]) if certificate["term_end"] else None
    is_last = term_end is None or ends_with_its_term(_time(certificate["not_after"]), term_end)
    return Operation.RENEW if is_last else Operation.REISSUE


def _product(name: str | None) -> Product:
    try:
        return find(name or DEFAULT_PRODUCT)
    except UnknownProductError:
        return find(DEFAULT_PRODUCT)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
