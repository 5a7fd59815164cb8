# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""renewCertificate, reissueCertificate, revokeCertificate, getCertificate, getExpiringCertificates.

Private to the collection. Source: partner-api.md 2.3, 2.4, 2.6, 2.11, 2.12, 3.2.
"""

from __future__ import annotations

import re
from datetime import date

from ..._third_party.controller_packages import element, wrapped
from ..enums import ApproverMethod, CertificateStatus, HashAlgorithm, RevocationReason
from .base import Answer, Message, OptionalUtcDateTime, OrderId, OrText, Request, SerialNumber, UtcDateTime
from .domain_control import SanApprover, SanEntry, SanVerification
from .quick_order import PlacedOrder

_NAME_SEPARATORS = re.compile(r"[\s,;|]+")


class RenewalRequest(Request):
    """The next paid term: new key, same common name and customer (1032, 1168, 1169), a renewal code (error 1166).

    The old certificate is named by exactly one of ``serial_number`` and ``x509_cert`` (error 1164).
    """

    san_approver: SanApprover | None = element(tag="SANApprover", default=None)
    csr: str = element(tag="CSR")
    customer: str = element(tag="customer")
    product_code: str = element(tag="productCode")
    serial_number: SerialNumber | None = element(tag="serialNumber", default=None)
    x509_cert: str | None = element(tag="X509Cert", default=None)
    hash_algorithm: OrText[HashAlgorithm] | None = element(tag="hashAlgorithm", default=None)
    user_agent: str | None = element(tag="userAgent", default=None)
    revocation_contact_email: str | None = element(tag="revocationContactEmail", default=None)
    shortened_validity_period: date | None = element(tag="shortenedValidityPeriod", default=None)


class _OlderVerifications(Message):
    """The element that the schema of 2021 has instead of SANVerification. Its shape is unknown: all is optional."""

    approver_method: OrText[ApproverMethod] = element(tag="approverMethod", default="")
    code: str | None = element(tag="code", default=None)
    fqdns: tuple[str, ...] = wrapped("FQDNs", element(tag="FQDN"), default=())


class RenewalAnswer(Answer):
    """The new order, in either of the forms that sources give (partner-api.md 6)."""

    order_id: OrderId = element(tag="orderID")
    san_verification: SanVerification | None = element(tag="SANVerification", default=None)
    verifications: _OlderVerifications | None = element(tag="verifications", default=None)

    def placed_order(self) -> PlacedOrder:
        older = self.verifications
        verification = self.san_verification
        if verification is None and older is not None and older.code:
            verification = SanVerification(approver_method=older.approver_method, code=older.code, fqdns=older.fqdns)
        return PlacedOrder(order_id=self.order_id, san_verification=verification)


class ReissueRequest(Request):
    """A new certificate within the same order; the CA revokes the old one after 14 days (lifecycle.md 8).

    The old certificate is named by exactly one of ``serial_number`` and ``x509_cert`` (error 1164). ``san_entries``
    holds the names to add, and no name that the certificate already has (error 2130).
    """

    serial_number: SerialNumber | None = element(tag="serialNumber", default=None)
    x509_cert: str | None = element(tag="X509Cert", default=None)
    hash_algorithm: OrText[HashAlgorithm] | None = element(tag="hashAlgorithm", default=None)
    csr: str | None = element(tag="CSR", default=None)
    san_approver: SanApprover | None = element(tag="SANApprover", default=None)
    san_entries: tuple[SanEntry, ...] | None = wrapped("SANEntries", element(tag="SANEntry"), default=None)
    user_agent: str | None = element(tag="userAgent", default=None)


class RevokeCertificateRequest(Request):
    key_compromise_date: date | None = wrapped(
        "revokeCertificateParameters", element(tag="keyCompromitationDate"), default=None
    )
    note: str | None = wrapped("revokeCertificateParameters", element(tag="note"), default=None)
    revocation_reason: OrText[RevocationReason] | None = wrapped(
        "revokeCertificateParameters", element(tag="revocationReason"), default=None
    )
    serial_number: SerialNumber = wrapped("revokeCertificateParameters", element(tag="serialNumber"))


class GetCertificateRequest(Request):
    order_id: str | None = element(tag="orderID", default=None)
    serial_number: SerialNumber | None = element(tag="serialNumber", default=None)


class CertificateDetails(Message):
    """``x509_cert`` is as the CA sent it: it may have CRLF, no armour or unwrapped base64. Normalise it before use."""

    certificate_status: OrText[CertificateStatus] = element(tag="certificateStatus")
    common_name: str = element(tag="commonName", default="")
    dns_names_text: str = element(tag="DNSNames", default="")
    end_date: UtcDateTime = element(tag="endDate")
    revoked_date: OptionalUtcDateTime = element(tag="revokedDate", default=None)
    serial_number: SerialNumber = element(tag="serialNumber")
    start_date: UtcDateTime = element(tag="startDate")
    subject_name: str = element(tag="subjectName", default="")
    x509_cert: str = element(tag="X509Cert", default="")

    @property
    def dns_names(self) -> tuple[str, ...]:
        """The names of DNSNames. No source states their separator; no possible separator occurs in a name."""
        return tuple(filter(None, _NAME_SEPARATORS.split(self.dns_names_text)))


class IssuedCertificate(Answer):
    """A certificate and its path. Order and content of ``ca_bundle`` are unknown: sort it and drop self-signed ones."""

    certificate_details: CertificateDetails | None = element(tag="certificateDetails", default=None)
    ca_bundle: tuple[str, ...] = wrapped("caBundle", element(tag="X509Cert"), default=())


class GetExpiringCertificatesRequest(Request):
    validity_days_left: int = element(tag="validityDaysLeft")
    page_number: int | None = element(tag="pageNumber", default=None)


class ExpiringCertificate(Message):
    order_id: OrderId = element(tag="orderID")
    serial_number: SerialNumber = element(tag="serialNumber")
    expiring_date: UtcDateTime = element(tag="expiringDate")
    validity_days_left: int = element(tag="validityDaysLeft")


class GetExpiringCertificatesAnswer(Answer):
    certificates: tuple[ExpiringCertificate, ...] = element(tag="expiringCertificates", default=())
