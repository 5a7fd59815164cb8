# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Revocation of a certificate, for certum_revoke.

Private to the collection. Source: partner-api.md 2.6, lifecycle.md 3 and 8, errors 1141 to 1145, 2104.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from .._handover.foreign_text import quote
from .._handover.reasons import Reason, ReasonCode
from .._handover.terms import RevokeReason
from .._issuance.waiting import Patience
from .._lifecycle.certificate_names import InvalidNameError, encode
from .._partner_api.api_errors import ApiError, CertumError
from .._partner_api.enums import CertificateStatus, RevocationReason
from .requested_certificate import InvalidRequestError, find_certificate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._issuance.account_entries import Reference
    from .._partner_api.client import PartnerApi
    from .._partner_api.messages.certificate import CertificateDetails

ALREADY_SO = (1143, 1145)
LONGEST_NOTE = 250  # error 1142
_ENDED = (CertificateStatus.REVOKING, CertificateStatus.REVOKED)


def revoke_certificate(api: PartnerApi, params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Revoke the certificate and return the result of the module. Raises CertumError and InvalidRequestError."""
    compromised = _compromise_date(params)
    reference = find_certificate(api, params)
    before = reference.details
    if before.certificate_status in _ENDED:
        return _settled(api, params, reference, changed=False, check_mode=check_mode)
    if reference.has_expired(api.now()):
        raise CertumError(
            where=reference.words,
            why=f"it expired on {before.end_date:%Y-%m-%d}",
            remedy="Nothing to do: an expired certificate needs no revocation (error 1144).",
        )
    _refuse_another_name(params.get("common_name"), before)
    _refuse_impossible(compromised, before, today=api.now().date())
    if check_mode:
        return _result(reference, before, changed=True, code=ReasonCode.WOULD_REVOKE, words="would be revoked")
    changed = _revoke(api, params, reference, compromised)
    return _settled(api, params, reference, changed=changed, check_mode=check_mode)


def _compromise_date(params: Mapping[str, Any]) -> date | None:
    """Return the date of the compromise. Raises InvalidRequestError, before any request, for 2104, 1140 and 1142."""
    text, note = params["key_compromise_date"], params["note"]
    if note and len(note) > LONGEST_NOTE:
        raise InvalidRequestError(f"note is longer than {LONGEST_NOTE} characters (error 1142). Nothing was sent.")
    if text is None:
        return None
    if params["revoke_reason"] != RevokeReason.KEY_COMPROMISE:
        raise InvalidRequestError(
            "key_compromise_date is allowed only with revoke_reason key_compromise (error 2104). Nothing was sent. "
            "Leave the date out, or give that reason."
        )
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidRequestError(
            f"key_compromise_date: '{quote(text)}' is not a date such as 2027-03-01 (error 1140). Nothing was sent."
        ) from None


def _refuse_another_name(common_name: str | None, details: CertificateDetails) -> None:
    """Refuse a certificate with another common name: the serial number may be from an untrusted source."""
    if common_name is None:
        return
    try:
        wanted = encode(common_name)
    except InvalidNameError as error:
        raise InvalidRequestError(f"common_name: {error} Nothing was revoked.") from None
    found = details.common_name or "no common name"
    if found.lower() != wanted:
        raise InvalidRequestError(
            f"Certificate {details.serial_number} is for {quote(found)}, but common_name is {wanted}. Nothing was "
            "revoked. Check where the serial number comes from. If the certificate is the right one, correct "
            "common_name."
        )


def _refuse_impossible(compromised: date | None, details: CertificateDetails, *, today: date) -> None:
    start = details.start_date.date()
    if compromised is not None and not start <= compromised <= today:
        raise InvalidRequestError(
            f"key_compromise_date {compromised} is not between the start of the certificate, {start}, and today, "
            f"{today} (error 1141). Nothing was revoked."
        )


def _revoke(api: PartnerApi, params: Mapping[str, Any], reference: Reference, compromised: date | None) -> bool:
    """Return whether this call revoked the certificate. After a lost answer, look at its status."""
    try:
        api.revoke_certificate(
            serial_number=reference.serial_number,
            revocation_reason=RevocationReason(RevokeReason(params["revoke_reason"]).api_value),
            key_compromise_date=compromised,
            note=params["note"],
        )
    except ApiError as error:
        if not error.has(*ALREADY_SO):
            raise
        return False
    except CertumError as error:
        if not error.outcome_unknown or _read(api, reference).certificate_status not in _ENDED:
            raise
    return True


def _settled(
    api: PartnerApi, params: Mapping[str, Any], reference: Reference, *, changed: bool, check_mode: bool
) -> dict[str, Any]:
    """Return the result once the CA has published the revocation, or when the time to wait is over."""
    patience = Patience.of(params)
    details = reference.details
    for _look in () if check_mode else patience.looks():
        details = _read(api, reference)
        if details.certificate_status == CertificateStatus.REVOKED:
            break
    if details.certificate_status == CertificateStatus.REVOKED:
        since = f" on {details.revoked_date:%Y-%m-%d %H:%M} UTC" if details.revoked_date else ""
        code, words = ReasonCode.REVOKED, f"was revoked{since}" if changed else f"was revoked before{since}"
    else:
        code, words = ReasonCode.REVOKING, "is being revoked; the CA publishes the revocation within 24 hours"
    return _result(reference, details, changed=changed, code=code, words=words)


def _read(api: PartnerApi, reference: Reference) -> CertificateDetails:
    details = api.get_certificate(serial_number=reference.serial_number).certificate_details
    return reference.details if details is None else details


def _result(
    reference: Reference, details: CertificateDetails, *, changed: bool, code: ReasonCode, words: str
) -> dict[str, Any]:
    before = str(reference.details.certificate_status)
    after = CertificateStatus.REVOKED.value if changed else str(details.certificate_status)
    return {
        "changed": changed,
        "serial_number": reference.serial_number,
        "certificate_status": str(details.certificate_status),
        "revoked_date": _text(details.revoked_date),
        "reason": Reason(code, f"{reference.words} {words}").shown(),
        "diff": {"before": {"certificate_status": before}, "after": {"certificate_status": after}},
    }


def _text(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
