# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The certificate that the options name by serial number, order or content; and their CSR.

Private to the collection. Source: partner-api.md 2.8, 2.11, lifecycle.md 10.4.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from .._handover.foreign_text import quote
from .._handover.problems import KnownError
from .._issuance.account_entries import Reference, newest_of_order, of_serial_number
from .._x509.certificate_facts import read_certificate
from .._x509.csr import read_request
from .._x509.pem import certificates_in
from .._x509.x509_errors import X509Error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .._partner_api.client import PartnerApi
    from .._x509.certificate_facts import CertificateFacts
    from .._x509.csr import RequestFacts

Value = TypeVar("Value")


class InvalidRequestError(KnownError, ValueError):
    """The options make no valid request. Nothing was sent."""

    remedy = "Correct the options, then run again."


def find_certificate(api: PartnerApi, params: Mapping[str, Any]) -> Reference:
    """Return the certificate that the options name, for an order its newest one.

    Raises CertumError and InvalidRequestError.
    """
    if params["order_id"]:
        return newest_of_order(api, params["order_id"])
    return of_serial_number(api, _serial_number_of(params))


def _serial_number_of(params: Mapping[str, Any]) -> str:
    serial_number: str | None = params["serial_number"]
    if serial_number is None:
        return _read(params, "certificate", what="certificate", parse=_first_certificate).serial_number
    if not re.fullmatch("[0-9A-Fa-f:]+", serial_number):
        raise InvalidRequestError(
            f"serial_number '{quote(serial_number)}' is not hexadecimal (error 2096). Nothing was sent."
            " Copy the number from the certificate, with or without colons."
        )
    return serial_number


def read_csr(params: Mapping[str, Any]) -> RequestFacts:
    """Return the CSR of ``csr_path`` or ``csr_content``. Raises InvalidRequestError."""
    request = _read(params, "csr", what="CSR", parse=read_request)
    if request.signature_valid is False:
        raise InvalidRequestError(
            f"{params['csr_path'] or 'csr_content'}: the signature was not made with its key (error 2125). "
            "Make a new CSR."
        )
    return request


def _first_certificate(data: bytes | str) -> CertificateFacts:
    return read_certificate(certificates_in(data)[0])


def _read(params: Mapping[str, Any], name: str, *, what: str, parse: Callable[[bytes | str], Value]) -> Value:
    """Return the parsed value of the option ``name_path`` or ``name_content``. Raises InvalidRequestError."""
    path = params[f"{name}_path"]
    try:
        return parse(Path(path).read_bytes() if path else params[f"{name}_content"])
    except OSError as error:
        raise InvalidRequestError(
            f"The {what} {path} cannot be read: {quote(error.strerror)}. Nothing was sent."
        ) from error
    except X509Error as error:
        raise InvalidRequestError(f"{path or f'{name}_content'}: {error}. Nothing was sent.") from error
