# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates of the account as the CA reports them, for certum_certificate_info.

Private to the collection. Source: partner-api.md 2.8, 2.11, 2.12.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._handover.reasons import Reason, ReasonCode
from .._issuance.account_entries import issued_entries
from .._partner_api.api_errors import CertumError
from .._x509.certificate_facts import read_certificate
from .._x509.chain import build_chain
from .._x509.pem import one_certificate
from .._x509.x509_errors import X509Error
from .requested_certificate import InvalidRequestError, find_certificate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._partner_api.client import PartnerApi
    from .._partner_api.messages.certificate import CertificateDetails

MOST_DAYS = 30


def read_certificates(api: PartnerApi, params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Return the result of the module. It only reads, so check mode makes no difference."""
    del check_mode
    if params["validity_days_left"] is not None:
        return _expiring(api, params["validity_days_left"])
    reference = find_certificate(api, params)
    every = issued_entries(reference.entries) if reference.entries else [reference.details]
    certificates = [_shown(api, details) for details in every]
    newest = certificates[-1]
    words = f"{reference.words} is {newest['certificate_status']} until {newest['end_date']}"
    older = f"; older certificates of its order: {len(every) - 1}" if len(every) > 1 else ""
    reason = Reason(ReasonCode.REPORTED, words + older)
    return {"changed": False, "certificates": certificates, "reason": reason.shown()}


def _expiring(api: PartnerApi, days: int) -> dict[str, Any]:
    if not 1 <= days <= MOST_DAYS:
        raise InvalidRequestError(
            f"validity_days_left is {days}, but it must be 1 to {MOST_DAYS} (error 2052). Nothing was sent."
        )
    found = list(api.get_expiring_certificates(validity_days_left=days))
    return {
        "changed": False,
        "certificates": [each.model_dump(mode="json") for each in found],
        "reason": Reason(ReasonCode.REPORTED, f"{len(found)} certificates expire within {days} days").shown(),
    }


def _shown(api: PartnerApi, details: CertificateDetails) -> dict[str, Any]:
    """Return every field of the API, the certificate and its chain as canonical PEM, and the days left."""
    answer = api.get_certificate(serial_number=details.serial_number)
    fields = (answer.certificate_details or details).model_dump(mode="json", exclude={"x509_cert", "dns_names_text"})
    try:
        certificate = one_certificate((answer.certificate_details or details).x509_cert)
        facts = read_certificate(certificate)
        chain = build_chain(certificate, answer.ca_bundle).certificates
    except X509Error as error:
        raise CertumError(
            where=f"certificate {details.serial_number}",
            why=f"the CA's answer cannot be read: {error}",
            remedy="Run again. If it fails again, ask the CA's partner support.",
        ) from error
    return {
        **fields,
        "dns_names": list(facts.names),
        "validity_days_left": (details.end_date - api.now()).days,
        "public_key_sha256": facts.public_key_sha256,
        "issuer": facts.issuer,
        "certificate": certificate,
        "chain": list(chain),
    }
