# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""orderSNICertificate, modifySNICertificate (partner-api.md 2.21, 2.22): one certificate for many sites of a host.

Private to the collection.
"""

from __future__ import annotations

from ..._third_party.controller_packages import element, wrapped
from ..enums import HashAlgorithm
from .base import Answer, OrText, Request, SerialNumber
from .parties import OrganizationInfo, RequestorInfo


class SniOrderRequest(Request):
    """``serial_numbers`` are the certificates whose names it covers. The requestor's phone is needed (error 2013)."""

    csr: str = wrapped("orderSNIParameters", element(tag="CSR"))
    language: str | None = wrapped("orderSNIParameters", element(tag="language"), default=None)
    hash_algorithm: OrText[HashAlgorithm] | None = wrapped(
        "orderSNIParameters", element(tag="hashAlgorithm"), default=None
    )
    serial_numbers: tuple[SerialNumber, ...] = wrapped("serialNumbers", element(tag="serialNumber"))
    requestor_info: RequestorInfo = element(tag="requestorInfo")
    organization_info: OrganizationInfo | None = element(tag="organizationInfo", default=None)


class SniChangeRequest(Request):
    """The bundle is named by exactly one of ``serial_number`` and ``x509_cert`` (error 2027)."""

    serial_number: SerialNumber | None = element(tag="serialNumber", default=None)
    x509_cert: str | None = element(tag="X509Cert", default=None)
    add_serial_numbers: tuple[SerialNumber, ...] | None = wrapped(
        "addSerialNumbers", element(tag="serialNumber"), default=None
    )
    remove_serial_numbers: tuple[SerialNumber, ...] | None = wrapped(
        "removeSerialNumbers", element(tag="serialNumber"), default=None
    )
    hash_algorithm: OrText[HashAlgorithm] | None = element(tag="hashAlgorithm", default=None)


class SniOrder(Answer):
    """``invalid_serial_numbers`` are the certificates that the CA left out of the bundle."""

    order_id: str = element(tag="orderID")
    invalid_serial_numbers: tuple[SerialNumber, ...] = wrapped(
        "invalidSerialNumbers", element(tag="serialNumber"), default=()
    )
