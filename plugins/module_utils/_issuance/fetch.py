# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fetch the certificate of an order: the entry that belongs to our key, with a chain that we order ourselves.

Private to the collection. Source: partner-api.md 2.8 and 2.11, lifecycle.md 10.4 and 10.13.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._partner_api.errors import CertumError
from .._x509.chain import build_chain
from .._x509.errors import X509Error
from .._x509.facts import read_certificate
from .._x509.pem import one_certificate
from .outcome import Issued

if TYPE_CHECKING:
    from .._partner_api.client import PartnerApi
    from .order import Order


def fetch(api: PartnerApi, order: Order) -> Issued:
    """The issued certificate of ``order``. Raises CertumError when the CA's answer is not a certificate for its key."""
    entries = api.get_order_by_order_id(order_id=order.order_id)
    newest_first = sorted(
        (entry.certificate_details for entry in entries if entry.certificate_details),
        key=lambda details: details.start_date,
        reverse=True,
    )
    if not newest_first:
        raise _unusable(order, "the CA says it is issued and names no certificate")
    answer = api.get_certificate(serial_number=newest_first[0].serial_number)
    if answer.certificate_details is None:
        raise _unusable(order, f"the CA sent no certificate {newest_first[0].serial_number}")
    try:
        certificate = one_certificate(answer.certificate_details.x509_cert)
        facts = read_certificate(certificate)
        chain = build_chain(certificate, answer.ca_bundle)
    except X509Error as error:
        raise _unusable(order, f"the CA's answer cannot be read: {error}") from error
    if facts.public_key_sha256 != order.request.public_key_sha256:
        raise _unusable(order, f"certificate {facts.serial_number} belongs to another key than the one that was sent")
    if chain.missing:
        raise _unusable(order, f"the CA sent no certificate of the issuer {chain.missing}")
    return Issued(certificate=certificate, chain=chain.certificates, facts=facts)


def _unusable(order: Order, why: str) -> CertumError:
    return CertumError(
        where=f"certificate of order {order.order_id}",
        why=why,
        remedy="Nothing was installed. Run again later, and ask the CA if it lasts.",
    )
