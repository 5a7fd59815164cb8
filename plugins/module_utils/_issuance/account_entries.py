# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates of the account, and the entries of their orders.

Private to the collection. Source: partner-api.md 2.8, 2.11, lifecycle.md 10.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._handover.serial_number import same_serial_number
from .._lifecycle.certificate_names import with_companions
from .._lifecycle.former_certificate import EarlierReissue
from .._partner_api.api_errors import CertumError
from .._partner_api.enums import OrderState
from .._x509.alternative_names import canonical_names
from .._x509.certificate_facts import read_certificate
from .._x509.pem import one_certificate
from .._x509.x509_errors import X509Error

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from .._handover.terms import KeyType
    from .._partner_api.client import PartnerApi
    from .._partner_api.messages.certificate import CertificateDetails
    from .._partner_api.messages.order_lookup import ListedOrder as Entry
    from .._x509.certificate_facts import CertificateFacts
    from .._x509.csr import RequestFacts

MANY = 20_000
"""More certificates than an account has in one term."""


@dataclass(frozen=True)
class Reference:
    """One certificate of the account. ``entries`` are the entries of its order, if the order was named."""

    details: CertificateDetails
    entries: tuple[Entry, ...] = ()

    @property
    def serial_number(self) -> str:
        return self.details.serial_number

    def has_expired(self, now: datetime) -> bool:
        return self.details.end_date <= now

    @property
    def words(self) -> str:
        """The certificate in the words of messages."""
        return f"certificate {self.serial_number} ({quote(self.details.common_name)})"


def newest_of_order(api: PartnerApi, order_id: str) -> Reference:
    """Return the newest certificate of an order. Raises CertumError."""
    entries = api.get_order_by_order_id(order_id=order_id)
    issued = issued_entries(entries)
    if not issued:
        raise CertumError(
            where=f"order {order_id}",
            why="it has no certificate yet",
            remedy="Wait until the order is issued (certum_order_info shows what it waits for), or cancel it.",
        )
    return Reference(issued[-1], entries)


def of_serial_number(api: PartnerApi, serial_number: str) -> Reference:
    """Return the certificate with a serial number. Raises CertumError."""
    details = api.get_certificate(serial_number=serial_number).certificate_details
    if details is None:
        raise CertumError(
            where=f"certificate {serial_number}",
            why="the CA reports no such certificate for this account",
            remedy="Check the serial number, the account and the environment (production or test).",
        )
    return Reference(details)


def issued_entries(entries: Iterable[Entry]) -> list[CertificateDetails]:
    """Return the certificates of an order, the newest last: by date, not by position (partner-api.md 2.8)."""
    issued = (entry.certificate_details for entry in entries if entry.certificate_details)
    return sorted(issued, key=lambda details: details.start_date)


def reissues_of(issued: Sequence[CertificateDetails]) -> tuple[EarlierReissue, ...]:
    """Return the reissues of an order with these certificates, the newest last."""
    return tuple(EarlierReissue(former.serial_number, later.start_date) for former, later in zip(issued, issued[1:]))


def entries_of(order_id: str, entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries of one order."""
    return [entry for entry in entries if order_ids([entry]) == [order_id]]


def has_key(details: CertificateDetails | None, request: RequestFacts) -> bool:
    """Return whether a certificate is for the key of the CSR."""
    return key_of(details) == request.public_key_sha256


def key_of(details: CertificateDetails | None) -> str | None:
    """Return the fingerprint of a certificate's key; None without a certificate, or if it is unreadable."""
    facts = _facts_of(details) if details else None
    return facts.public_key_sha256 if facts else None


def key_type_of(details: CertificateDetails) -> KeyType | None:
    """Return the type of a certificate's key; None if it is unreadable, or of a type that we never make."""
    facts = _facts_of(details)
    return facts.key_spec.type if facts and facts.key_spec else None


def names_of(details: CertificateDetails) -> frozenset[str]:
    """Return the names in the certificate itself, including the common name.

    The CA's own fields for them may be absent or have any form (partner-api.md 3.2). They count only if the certificate
    is unreadable, or has another serial number than the CA reports.
    """
    facts = _own_facts_of(details)
    names = facts.names if facts else details.dns_names
    return frozenset(canonical_names(filter(None, (common_name_of(details), *names))))


def has_the_names(details: CertificateDetails, names: Sequence[str]) -> bool:
    """Return whether it has exactly these names, except for companions (``www.``) that the CA adds."""
    return frozenset(names) <= names_of(details) <= with_companions(names)


def common_name_of(details: CertificateDetails) -> str | None:
    """Return the common name, read in the same way; None if there is none."""
    facts = _own_facts_of(details)
    return facts.common_name if facts else details.common_name or None


def _own_facts_of(details: CertificateDetails) -> CertificateFacts | None:
    facts = _facts_of(details)
    return facts if facts and same_serial_number(facts.serial_number, details.serial_number) else None


def _facts_of(details: CertificateDetails) -> CertificateFacts | None:
    return _read(details.x509_cert)


@lru_cache(maxsize=MANY)
def _read(text: str) -> CertificateFacts | None:
    """Return the facts of a certificate, None if it is unreadable; each certificate is read only once."""
    try:
        return read_certificate(one_certificate(text))
    except X509Error:
        return None


def is_pending_entry(entry: Entry) -> bool:
    """Return whether an entry waits for its certificate."""
    return entry.certificate_details is None and not (
        entry.order_status and entry.order_status.order_state == OrderState.REJECTED
    )


def order_ids(entries: Iterable[Entry]) -> list[str]:
    """Return the order ids of entries, each once."""
    return list(dict.fromkeys(entry.order_status.order_id for entry in entries if entry.order_status))


def remedy_for_lost_key(order_id: str, entries: Iterable[Entry]) -> str:
    """Return the remedy for a pending order whose key is lost (errors 1136 and 1137)."""
    if not issued_entries(entries_of(order_id, entries)):
        return (
            f"Cancel {order_id} with certum_cancel, or wait until it is issued and run again: then it is reissued for "
            "the new key."
        )
    return (
        f"Order {order_id} has a pending reissue, and the CA does not cancel an order that has a certificate "
        f"(error 1136). Complete the reissue: certum_validation with order_id={order_id} lists the names that are not "
        "validated, and with a method it returns a code to publish. Once it is issued, run again: the certificate is "
        "reissued for the new key, free of charge."
    )
