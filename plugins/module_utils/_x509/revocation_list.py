# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds one certificate in the revocation list of its issuer (RFC 5280 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._third_party.host_packages import InternalError, UnsupportedAlgorithm, x509
from . import compatibility
from .revocation import Revocation, require_current, words_of
from .x509_errors import X509Error

if TYPE_CHECKING:
    from datetime import datetime


def read_list(data: bytes, *, leaf: x509.Certificate, issuer: x509.Certificate, now: datetime) -> Revocation | None:
    """Return the revocation of *leaf* from a list in DER, None if there is none. Raises X509Error for an unusable list.

    Reads partial lists, as the certificate names them. Does not read lists of several CAs or delta lists.
    """
    try:
        crl = x509.load_der_x509_crl(data)
        _require_list_of(crl, issuer)
        require_current(
            this_update=compatibility.moment(crl, "last_update"),
            next_update=compatibility.optional_moment(crl, "next_update"),
            now=now,
        )
        entry = crl.get_revoked_certificate_by_serial_number(leaf.serial_number)
        return None if entry is None else _revocation(entry)
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.DuplicateExtension, InternalError) as error:
        raise X509Error(f"the answer is not a readable revocation list ({compatibility.first_line(error)})") from None


def _require_list_of(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> None:
    signed = compatibility.list_signed_by(crl, issuer)
    if crl.issuer != issuer.subject or signed is False:
        raise X509Error("the revocation list is not signed by the issuer of the certificate")
    if signed is None:
        raise X509Error(
            f"the signature of the revocation list ({compatibility.algorithm_of(crl)}) cannot be verified here"
        )
    for extension in compatibility.extensions(crl):
        value = extension.value
        is_part = isinstance(value, x509.IssuingDistributionPoint) and not value.indirect_crl
        if extension.critical and not is_part:
            raise X509Error(f"the revocation list is of a type that is not supported ({extension.oid.dotted_string})")


def _revocation(entry: x509.RevokedCertificate) -> Revocation | None:
    reasons = [extension.value.reason for extension in entry.extensions if isinstance(extension.value, x509.CRLReason)]
    if x509.ReasonFlags.remove_from_crl in reasons:
        return None
    return Revocation(compatibility.moment(entry, "revocation_date"), words_of(reasons[0] if reasons else None))
