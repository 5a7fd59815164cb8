# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Retrieval of an order's certificate: the entry for our key, with a chain that we sort ourselves.

Private to the collection. Source: partner-api.md 2.8 and 2.11, lifecycle.md 10.4 and 10.13.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._partner_api.api_errors import CertumError
from .._x509.certificate_facts import read_certificate
from .._x509.chain import build_chain
from .._x509.pem import one_certificate
from .._x509.x509_errors import X509Error
from .account_entries import has_key, is_pending_entry, issued_entries, reissues_of
from .outcome import Issued

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._partner_api.client import PartnerApi
    from .._partner_api.messages.order_lookup import ListedOrder as Entry
    from .ordered_certificate import Order


class Standing(Enum):
    """The state of a reissue in its order."""

    ISSUED = "issued"
    PENDING = "pending"
    GONE = "gone"


def standing(entries: Sequence[Entry], order: Order) -> Standing:
    """Return whether the entries of the order have a certificate for our key, a pending one, or neither."""
    if any(has_key(entry.certificate_details, order.request) for entry in entries):
        return Standing.ISSUED
    return Standing.PENDING if any(map(is_pending_entry, entries)) else Standing.GONE


def fetch(api: PartnerApi, order: Order, entries: Sequence[Entry]) -> Issued:
    """Return the issued certificate of ``order``. Raises CertumError if the CA's answer is none for its key.

    ``entries`` are those of the order.
    """
    issued = issued_entries(entries)
    if not issued:
        raise _unusable(order, "the CA reports that it is issued, but names no certificate")
    ours = [details for details in issued if has_key(details, order.request)]
    found = fetch_again(api, order, serial_number=(ours or issued)[-1].serial_number)
    return replace(found, reissues=reissues_of(issued))


def fetch_again(api: PartnerApi, order: Order, *, serial_number: str) -> Issued:
    """Return the certificate with this serial number. Raises CertumError if it is not for the key of ``order``."""
    answer = api.get_certificate(serial_number=serial_number)
    if answer.certificate_details is None:
        raise _unusable(order, f"the CA sent no certificate {serial_number}")
    try:
        certificate = one_certificate(answer.certificate_details.x509_cert)
        facts = read_certificate(certificate)
        chain = build_chain(certificate, answer.ca_bundle, now=api.now())
    except X509Error as error:
        raise _unusable(order, f"the CA's answer cannot be read: {error}") from error
    if facts.public_key_sha256 != order.request.public_key_sha256:
        raise _unusable(order, f"certificate {facts.serial_number} is for another key than that of the CSR")
    if chain.missing:
        missing = f"the CA sent no certificate of the issuer {quote(chain.missing)}"
        raise _unusable(order, f"{missing}; {chain.broken}" if chain.broken else missing)
    if chain.broken:
        raise _unusable(order, f"the CA sent a chain that clients refuse: {chain.broken}")
    return Issued(certificate=certificate, chain=chain.certificates, facts=facts, root=chain.root)


def _unusable(order: Order, why: str) -> CertumError:
    return CertumError(
        where=f"certificate of order {order.order_id}",
        why=why,
        remedy="Nothing was installed, and existing certificates stay as they are. Run again to fetch the certificate "
        "and its chain again. If that does not help, send this message to the CA's partner support.",
    )
