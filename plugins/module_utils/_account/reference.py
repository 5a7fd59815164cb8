# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which certificate or order a task means: by serial number, by order, or by the certificate itself.

Private to the collection. Source: partner-api.md 2.8, 2.11, lifecycle.md 10.4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._partner_api.errors import CertumError
from .._x509.csr import read_request
from .._x509.errors import X509Error
from .._x509.facts import read_certificate
from .._x509.pem import certificates_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._partner_api.client import PartnerApi
    from .._partner_api.messages.certificate import CertificateDetails
    from .._partner_api.messages.lookup import Order
    from .._x509.csr import RequestFacts


class InvalidRequestError(ValueError):
    """What cannot be asked of the CA. Nothing was sent."""


@dataclass(frozen=True)
class Reference:
    """One certificate of the account. ``entries`` are those of its order, if the order was named."""

    details: CertificateDetails
    entries: tuple[Order, ...] = ()

    @property
    def serial_number(self) -> str:
        return self.details.serial_number

    def has_expired(self, now: datetime) -> bool:
        return self.details.end_date <= now

    @property
    def words(self) -> str:
        """For messages."""
        return f"certificate {self.serial_number} ({self.details.common_name})"


def utc_now() -> datetime:
    return datetime.now(timezone.utc)


def issued_entries(entries: tuple[Order, ...]) -> list[CertificateDetails]:
    """The certificates of an order, the newest last: by date, not by position (partner-api.md 2.8)."""
    issued = (entry.certificate_details for entry in entries if entry.certificate_details)
    return sorted(issued, key=lambda details: details.start_date)


def find_certificate(api: PartnerApi, params: Mapping[str, Any]) -> Reference:
    """The certificate that the options name; of an order the newest. Raises CertumError, InvalidRequestError."""
    order_id = params["order_id"]
    if order_id:
        entries = api.get_order_by_order_id(order_id=order_id)
        issued = issued_entries(entries)
        if not issued:
            raise CertumError(
                where=f"order {order_id}",
                why="it has no certificate yet",
                remedy="Wait until it is issued (certum_order_info tells what it waits for), or cancel it.",
            )
        return Reference(issued[-1], entries)
    serial_number = _serial_number_of(params)
    details = api.get_certificate(serial_number=serial_number).certificate_details
    if details is None:
        raise CertumError(
            where=f"certificate {serial_number}",
            why="the CA names no such certificate of this account",
            remedy="Check the serial number, the account and the environment (production or test).",
        )
    return Reference(details)


def _serial_number_of(params: Mapping[str, Any]) -> str:
    serial_number: str | None = params["serial_number"]
    if serial_number is None:
        return _serial_number_in_certificate(params)
    if not re.fullmatch("[0-9A-Fa-f:]+", serial_number):
        raise InvalidRequestError(
            f"serial_number {serial_number!r} is not hexadecimal (error 2096). Nothing was sent."
            " Copy it from the certificate, with or without colons."
        )
    return serial_number


def _serial_number_in_certificate(params: Mapping[str, Any]) -> str:
    path = params["certificate_path"]
    try:
        text = Path(path).read_bytes() if path else params["certificate_content"]
        return read_certificate(certificates_in(text)[0]).serial_number
    except OSError as error:
        raise InvalidRequestError(
            f"The certificate {path} cannot be read: {error.strerror}. Nothing was sent."
        ) from error
    except X509Error as error:
        raise InvalidRequestError(f"{path or 'certificate_content'}: {error}. Nothing was sent.") from error


def read_csr(params: Mapping[str, Any]) -> RequestFacts:
    """The CSR of ``csr_path`` or ``csr_content``. Raises InvalidRequestError."""
    path = params["csr_path"]
    try:
        request = read_request(Path(path).read_bytes() if path else params["csr_content"])
    except OSError as error:
        raise InvalidRequestError(f"The CSR {path} cannot be read: {error.strerror}. Nothing was sent.") from error
    except X509Error as error:
        raise InvalidRequestError(f"{path or 'csr_content'}: {error}. Nothing was sent.") from error
    if not request.signature_valid:
        raise InvalidRequestError(
            f"{path or 'csr_content'}: the signature was not made with its key (error 2125). Make the CSR anew."
        )
    return request
