# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hides the differences between cryptography 3.3 and the newest version, and turns its errors into ours."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Union

from .._handover.foreign_text import quote
from .._third_party.host_packages import (
    InternalError,
    InvalidSignature,
    UnsupportedAlgorithm,
    ec,
    hashes,
    ocsp,
    padding,
    rsa,
    serialization,
    x509,
)
from .text_forms import is_binary, text_of
from .x509_errors import X509Error

if TYPE_CHECKING:
    PrivateKey = Union[rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey]
    PublicKey = Union[rsa.RSAPublicKey, ec.EllipticCurvePublicKey]
    Signed = Union[x509.Certificate, x509.CertificateSigningRequest, x509.CertificateRevocationList, ocsp.OCSPResponse]

_PSS = "1.2.840.113549.1.1.10"
"""The OID of RSA signatures whose parameters only newer versions of cryptography read."""


def load_certificate(der: bytes) -> x509.Certificate:
    """Parse one DER certificate. Raises X509Error."""
    try:
        return x509.load_der_x509_certificate(der)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise X509Error(f"the certificate cannot be parsed ({first_line(error)})") from None


def load_request(der: bytes) -> x509.CertificateSigningRequest:
    """Parse one DER certification request. Raises X509Error."""
    try:
        return x509.load_der_x509_csr(der)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise X509Error(f"the CSR cannot be parsed ({first_line(error)})") from None


def load_private_key(pem: bytes) -> PrivateKey:
    """Parse and check one unencrypted PEM private key, RSA or EC. Raises X509Error."""
    if is_binary(pem) or (b"-----BEGIN" not in pem and "-----BEGIN" in text_of(pem)):
        raise X509Error(
            "the private key is not PEM in UTF-8; convert it, a binary one with "
            "'openssl pkey -inform DER -in FILE -out NEWFILE'"
        )
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except TypeError:
        raise X509Error("the private key is encrypted, and no passphrase is known") from None
    except (ValueError, UnsupportedAlgorithm):
        # The message of the library can quote the input.
        raise X509Error("the private key cannot be parsed") from None
    if not isinstance(key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey)):
        raise X509Error("the private key is neither RSA nor EC")
    if isinstance(key, ec.EllipticCurvePrivateKey) and not _halves_match(key):
        raise X509Error("the private key cannot be parsed")
    return key


def _halves_match(key: ec.EllipticCurvePrivateKey) -> bool:
    """Return whether both halves of an EC key match. cryptography 50 checks that at loading, 3.3 to 38 do not."""
    algorithm = ec.ECDSA(hashes.SHA256())
    try:
        key.public_key().verify(key.sign(b"", algorithm), b"", algorithm)
    except InvalidSignature:
        return False
    return True


def public_key(holder: x509.Certificate | x509.CertificateSigningRequest) -> PublicKey:
    """Return the public key of a certificate or a CSR. Raises X509Error for anything but RSA and EC."""
    try:
        key = holder.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise X509Error(f"the public key cannot be read ({first_line(error)})") from None
    if not isinstance(key, (rsa.RSAPublicKey, ec.EllipticCurvePublicKey)):
        raise X509Error("the public key is neither RSA nor EC")
    return key


def extensions(
    holder: x509.Certificate | x509.CertificateSigningRequest | x509.CertificateRevocationList,
) -> x509.Extensions:
    """Return the extensions. Raises X509Error if one is malformed or duplicate."""
    try:
        return holder.extensions
    except (ValueError, TypeError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType) as error:
        raise X509Error(f"an extension cannot be parsed ({first_line(error)})") from None


def validity(certificate: x509.Certificate) -> tuple[datetime, datetime]:
    """Return notBefore and notAfter as aware UTC."""
    return moment(certificate, "not_valid_before"), moment(certificate, "not_valid_after")


def moment(holder: object, attribute: str) -> datetime:
    """Return a time as aware UTC. Raises X509Error if it is missing."""
    found = optional_moment(holder, attribute)
    if found is None:
        raise X509Error(f"{attribute.replace('_', ' ')} is missing")
    return found


def optional_moment(holder: object, attribute: str) -> datetime | None:
    """Return a time as aware UTC, or None. cryptography 42 and 43 deprecate the naive attributes."""
    try:
        found: datetime | None = getattr(holder, f"{attribute}_utc")
    except AttributeError:
        found = getattr(holder, attribute)
    return found if found is None or found.tzinfo else found.replace(tzinfo=timezone.utc)


def signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool | None:
    """Return whether the key of *issuer* made the signature of *certificate*, None if that cannot be checked here.

    verify_directly_issued_by needs cryptography 40.
    """
    return _signed_by(certificate, certificate.tbs_certificate_bytes, issuer)


def response_signed_by(response: ocsp.OCSPResponse, signer: x509.Certificate) -> bool | None:
    """Return whether the key of *signer* made the signature of *response*, None if that cannot be checked here."""
    return _signed_by(response, response.tbs_response_bytes, signer)


def list_signed_by(crl: x509.CertificateRevocationList, issuer: x509.Certificate) -> bool | None:
    """Return whether the key of *issuer* made the signature of a list, None if that cannot be checked here."""
    return _signed_by(crl, crl.tbs_certlist_bytes, issuer)


def is_signed(request: x509.CertificateSigningRequest) -> bool | None:
    """Return whether its own key made the signature of *request*, None if that cannot be checked here.

    Newer versions of cryptography treat every signature with SHA-1 as invalid, so it is verified separately.
    """
    try:
        if request.is_signature_valid:
            return True
    except (ValueError, UnsupportedAlgorithm, InternalError):
        pass
    return _verifies(request, request.tbs_certrequest_bytes, public_key(request))


def _signed_by(signed: Signed, content: bytes, signer: x509.Certificate) -> bool | None:
    try:
        key = public_key(signer)
    except X509Error:
        return None
    return _verifies(signed, content, key)


def _verifies(signed: Signed, content: bytes, key: PublicKey) -> bool | None:
    try:
        algorithm, scheme = signed.signature_hash_algorithm, _rsa_scheme(signed)
        if algorithm is None or scheme is None:
            return None
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signed.signature, content, scheme, algorithm)
        else:
            key.verify(signed.signature, content, ec.ECDSA(algorithm))
    except InvalidSignature:
        return False
    except (UnsupportedAlgorithm, InternalError, ValueError):
        return None
    return True


def _rsa_scheme(signed: Signed) -> padding.AsymmetricPadding | None:
    """Return the padding of an RSA signature, None for PSS if cryptography (before 41) does not know its parameters."""
    if signed.signature_algorithm_oid.dotted_string != _PSS:
        return padding.PKCS1v15()
    known = getattr(signed, "signature_algorithm_parameters", None)
    return known if isinstance(known, padding.PSS) else None


def algorithm_of(signed: Signed) -> str:
    """Return the algorithm of a signature, for messages."""
    try:
        algorithm = signed.signature_hash_algorithm
    except UnsupportedAlgorithm:
        algorithm = None
    return algorithm.name.upper() if algorithm else signed.signature_algorithm_oid.dotted_string


def first_line(error: BaseException) -> str:
    """Return the first line of a library error, for messages."""
    lines = str(error).strip().splitlines()
    return quote(lines[0], 200) if lines else type(error).__name__
