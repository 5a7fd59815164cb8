# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One reading of the account for the event source, with a bounded number of calls.

Private to the collection. It only reads. Source: partner-api.md 2.7 to 2.10, 2.12, 2.16, lifecycle.md 1 to 5.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from .._controller.validation_states import read_names
from .._handover.serial_number import canonical_serial_number
from .._issuance.account_orders import entries_since
from .._issuance.order_state import AUTOMATIC, DONE, is_open, only_people_act, waiting_for
from .._issuance.placing import ORDER_UNKNOWN
from .._issuance.surveyed_entries import surveyed
from .._lifecycle.account_events import (
    KEPT,
    MOST_ORDERS,
    ExpiringSoon,
    Reading,
    begun,
    differs,
    orders_to_read,
)
from .._lifecycle.account_survey import survey
from .._lifecycle.order_view import view_of
from .._partner_api.api_errors import ApiError, CertumError, SoapFaultError, UnparsableAnswerError
from .._partner_api.enums import OrderVerificationType
from .failed_checks import failed_checks

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence
    from datetime import datetime

    from .._lifecycle.account_events import EventRecord
    from .._lifecycle.account_survey import Entry
    from .._lifecycle.order_view import OrderView
    from .._partner_api.client import PartnerApi
    from .._partner_api.messages.certificate import ExpiringCertificate
    from .._partner_api.messages.order_lookup import OrderProgress

OVERLAP = timedelta(hours=1)
"""How far a reading looks back beyond the former one: no source states whether bounds are inclusive."""
RENEWED_WITHIN = timedelta(days=120)
"""How far back the order may be that renewed an expiring certificate."""
_OF_ONE_ORDER = (ApiError, SoapFaultError, UnparsableAnswerError)
"""Errors that may concern one order only. The reading goes on with the others."""


@dataclass
class AccountReader:
    """Reads the account again and again. ``skipped`` has the errors of the last reading by order id."""

    api: PartnerApi
    remaining_days: int
    skipped: dict[str, CertumError] = field(default_factory=dict)

    def read(self, record: EventRecord) -> tuple[EventRecord, Reading]:
        """Return the record to compare with, and the account now. Raises CertumError.

        Calls: three lists; for each of at most MOST_ORDERS orders at most three calls, and for each of at most
        MOST_ORDERS expiring certificates one; one more list if a certificate has come to expire soon.
        """
        self.skipped = {}
        expiring = self._newly_expiring(record)
        listed = self._listed(record)
        now = self.api.now()
        record = begun(record, listed, now)
        chosen, left = orders_to_read(record, listed)
        gone: list[str] = []
        known = {each: seen.order for each, seen in record.orders.items() if not differs(seen, listed.get(each))}
        orders = [view for each in chosen if (view := self._one_order(each, known.get(each), gone)) is not None]
        reading = Reading(now=now, orders=tuple(orders), left=left, gone=tuple(gone))
        return record, replace(reading, expiring=tuple(self._judged(expiring, now)))

    def _listed(self, record: EventRecord) -> dict[str, OrderView]:
        """Return the orders that were placed or changed. It is unknown whether a new order counts as changed."""

        def since(now: datetime) -> datetime:
            return now - KEPT if record.read_until is None else min(record.read_until, now) - OVERLAP

        found = dict.fromkeys(
            (
                *entries_since(self.api, self.api.get_modified_orders, since),
                *entries_since(self.api, self.api.get_orders_by_date_range, since),
            )
        )
        return {each: view_of(entries) for each, entries in _by_order(surveyed(found)).items()}

    def _one_order(self, order_id: str, known: OrderView | None, gone: list[str]) -> OrderView | None:
        try:
            return self._view(order_id, known)
        except _OF_ONE_ORDER as error:
            if isinstance(error, ApiError) and error.has(ORDER_UNKNOWN):
                gone.append(order_id)
            else:
                self.skipped[order_id] = error
            return None

    def _view(self, order_id: str, known: OrderView | None) -> OrderView | None:
        """Return an order; ``known`` is it in the last reading, unless a list shows that it changed."""
        progress = self.api.get_order_state(order_id=order_id) if known else None
        if known is None or progress is None or str(progress.order_state) != known.state:
            entries = list(surveyed(self.api.get_order_by_order_id(order_id=order_id)))
            if not entries:
                return None
            known = view_of(entries)
        if not known.is_open:
            return known
        return self._with_checks(known, progress or self.api.get_order_state(order_id=order_id))

    def _with_checks(self, view: OrderView, progress: OrderProgress) -> OrderView:
        names = read_names(self.api, view.order_id) if _concerns_domains(progress) else ()
        return replace(
            view,
            state=str(progress.order_state) if is_open(progress) else view.state,
            waits_for=waiting_for(progress),
            waits_for_people=only_people_act(progress, by_mail=False),
            failures=failed_checks(progress, names),
        )

    def _newly_expiring(self, record: EventRecord) -> list[ExpiringCertificate]:
        found = self.api.get_expiring_certificates(validity_days_left=self.remaining_days)
        new = [each for each in found if _canonical(each.serial_number) not in record.expiring]
        return sorted(new, key=lambda each: each.expiring_date)[:MOST_ORDERS]

    def _judged(self, expiring: Sequence[ExpiringCertificate], now: datetime) -> list[ExpiringSoon]:
        """Return these certificates, and whether a reissue or a renewal has replaced them."""
        if not expiring:
            return []
        recent = entries_since(self.api, self.api.get_orders_by_date_range, lambda now: now - RENEWED_WITHIN)
        orders = {each: entries for each in {one.order_id for one in expiring} if (entries := self._entries(each))}
        every = {**_by_order(surveyed(recent)), **orders}
        in_use = survey((entry for entries in every.values() for entry in entries), now=now).living
        living = {_canonical(each.certificate.serial_number) for each in in_use}
        return [_judgement(each, orders[each.order_id], living) for each in expiring if each.order_id in orders]

    def _entries(self, order_id: str) -> list[Entry]:
        try:
            return list(surveyed(self.api.get_order_by_order_id(order_id=order_id)))
        except _OF_ONE_ORDER as error:
            self.skipped[order_id] = error
            return []


def _by_order(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry[0].order_id, []).append(entry)
    return found


def _judgement(listed: ExpiringCertificate, entries: Sequence[Entry], living: Container[str]) -> ExpiringSoon:
    """Return the certificate with the facts of its entry. Without an entry, the CA's list counts."""
    serial_number = _canonical(listed.serial_number)
    certificates = (certificate for _order, certificate in entries if certificate)
    certificate = next((each for each in certificates if _canonical(each.serial_number) == serial_number), None)
    return ExpiringSoon(
        order=view_of(entries),
        serial_number=serial_number,
        common_name=certificate.common_name if certificate else "",
        not_after=listed.expiring_date,
        replaced=certificate is not None and serial_number not in living,
    )


def _concerns_domains(progress: OrderProgress) -> bool:
    kinds = (OrderVerificationType.DOMAIN, *AUTOMATIC)
    return any(check.type in kinds and check.state not in DONE for check in progress.verifications)


def _canonical(serial_number: str) -> str:
    try:
        return canonical_serial_number(serial_number)
    except ValueError:
        return serial_number
