# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Orders and their certificates. The values of the enums are the words of the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class OrderState(StrEnum):
    """certificationRequestStateTypeEnum (lifecycle.md 1)."""

    AWAITING = "AWAITING"
    VERIFICATION = "VERIFICATION"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    ENROLLED = "ENROLLED"


class Method(StrEnum):
    """verificationMethodType (lifecycle.md 4.1)."""

    DNS = "DNS"
    DNS_TXT = "DNS_TXT"
    DNS_TXT_PREFIX = "DNS_TXT_PREFIX"
    DNS_CNAME = "DNS_CNAME"
    DNS_CNAME_PREFIX = "DNS_CNAME_PREFIX"
    FILE = "FILE"
    ADMIN = "ADMIN"


class VerificationType(StrEnum):
    """orderVerificationType (lifecycle.md 2)."""

    EMAIL = "EMAIL"
    INTERNAL = "INTERNAL"
    DOMAIN = "DOMAIN"
    PRODUCT = "PRODUCT"
    EXTENDED_VALIDATION = "EXTENDED_VALIDATION"
    ORGANIZATION = "ORGANIZATION"
    APPLICANT = "APPLICANT"
    AUTHORIZATION = "AUTHORIZATION"


class VerificationState(StrEnum):
    """orderVerificationState. The state of a single name is never NOT_REQUIRED."""

    NOT_REQUIRED = "NOT_REQUIRED"
    REQUIRED = "REQUIRED"
    FAILED = "FAILED"
    VERIFIED = "VERIFIED"


class SystemMethod(StrEnum):
    """sanVerificationSystemMethodEnum (lifecycle.md 5)."""

    TOP_SITES = "TOP_SITES"
    PHISHTANK = "PHISHTANK"
    CAA = "CAA"
    GOOGLE_SAFE_BROWSING = "GOOGLE_SAFE_BROWSING"
    REVOKED_CERTIFICATE = "REVOKED_CERTIFICATE"


class CertificateStatus(StrEnum):
    """certificateStatusEnum (lifecycle.md 3)."""

    VALID = "VALID"
    REVOKING = "REVOKING"
    REVOKED = "REVOKED"


class RevocationReason(StrEnum):
    """revocationReasonEnum (lifecycle.md 8)."""

    UNSPECIFIED = "UNSPECIFIED"
    KEYCOMPROMISE = "KEYCOMPROMISE"
    AFFILIATIONCHANGED = "AFFILIATIONCHANGED"
    CESSATIONOFOPERATION = "CESSATIONOFOPERATION"
    PRIVILEGEWITHDRAWN = "PRIVILEGEWITHDRAWN"
    SUPERSEDED = "SUPERSEDED"


@dataclass(frozen=True)
class Approver:
    """The method that validates the names of an order."""

    method: Method
    email: str | None = None
    prefix: str | None = None
    notify: bool = False


@dataclass(frozen=True)
class NameValidation:
    """One name of an order and the state of its validation. ``failing`` maps failed automatic checks to findings."""

    name: str
    state: VerificationState = VerificationState.REQUIRED
    expires: datetime | None = None
    info: str | None = None
    failing: Mapping[SystemMethod, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Verification:
    """One check of a whole order."""

    type: VerificationType
    state: VerificationState
    expires: datetime | None = None


@dataclass(frozen=True)
class Requestor:
    """The person who placed the order."""

    email: str
    first_name: str
    last_name: str
    phone: str | None = None


@dataclass(frozen=True)
class Mailbox:
    """The mailbox of an S/MIME order: the newest link that was mailed, and the time of its confirmation."""

    email: str
    token: str
    sent: datetime
    link_expires: datetime
    verified: datetime | None = None
    expires: datetime | None = None


@dataclass(frozen=True)
class Order:
    """An order.

    ``state`` is the state of its newest certificate, requested or issued. ``check_due`` counts the triggered
    validations that did not run yet. ``term_end`` is the end of the paid term.
    """

    order_id: str
    customer: str
    product_code: str
    state: OrderState
    created: datetime
    updated: datetime
    term_end: datetime
    requestor: Requestor
    tax_id: str | None = None
    language: str = "pl"
    approver: Approver | None = None
    code: str | None = None
    code_created: datetime | None = None
    check_due: int = 0
    names: tuple[NameValidation, ...] = ()
    verifications: tuple[Verification, ...] = ()
    mailbox: Mailbox | None = None

    @property
    def unvalidated(self) -> tuple[str, ...]:
        """The names that still need validation."""
        return tuple(name.name for name in self.names if name.state is not VerificationState.VERIFIED)


@dataclass(frozen=True)
class Revocation:
    """A revocation: REVOKING from ``requested`` on, REVOKED from ``effective`` on. Both may be in the future."""

    requested: datetime
    effective: datetime
    reason: RevocationReason = RevocationReason.UNSPECIFIED
    key_compromised: date | None = None


@dataclass(frozen=True)
class Certificate:
    """An issued certificate. ``pem`` has ``\\n`` line ends; the serial number is upper-case hexadecimal."""

    serial_number: str
    pem: str
    not_before: datetime
    not_after: datetime
    revocation: Revocation | None = None

    def status(self, now: datetime) -> CertificateStatus:
        """Return the status at a moment. REVOKING becomes REVOKED with time."""
        if self.revocation is None or now < self.revocation.requested:
            return CertificateStatus.VALID
        return CertificateStatus.REVOKED if now >= self.revocation.effective else CertificateStatus.REVOKING

    def revoked(self, now: datetime) -> datetime | None:
        """Return the time of the revocation if the status is REVOKED, else None."""
        revocation = self.revocation
        return revocation.effective if revocation and self.status(now) is CertificateStatus.REVOKED else None


@dataclass(frozen=True)
class Entry:
    """A certificate of an order, requested or issued. ``subject`` has names of the API such as ``commonName``.

    ``latest_end`` is the latest expiry date that the request allows. ``members`` are the serial numbers of the
    certificates whose names an SNI bundle holds.
    """

    order_id: str
    public_key_sha256: str
    csr: str
    subject: Mapping[str, str]
    names: tuple[str, ...]
    reissue: bool = False
    refused: bool = False
    latest_end: datetime | None = None
    members: tuple[str, ...] = ()
    certificate: Certificate | None = None
    number: int = 0


@dataclass(frozen=True)
class StoredFile:
    """One file of a document."""

    name: str
    content: bytes


class DocumentState(StrEnum):
    """The decision of CA staff on a document (partner-api.md 2.20)."""

    NEW = "NEW"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"


@dataclass(frozen=True)
class Document:
    """Evidence that a partner attached to an order (lifecycle.md 7)."""

    description: str
    type: str
    files: tuple[StoredFile, ...]
    received: datetime
