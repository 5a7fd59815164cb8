# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Imports cryptography (3.3 to the newest) for the code on hosts. No other file imports it."""

from __future__ import annotations

HOST_PACKAGES_MISSING: tuple[str, ...] = ()
INSTALLED_VERSION = ""
OLDEST_VERSION = "3.3"
"""The version of Debian 11, which the scenario old-and-new runs. Older versions need arguments that we do not give."""

try:
    import cryptography
    from cryptography import x509
    from cryptography.exceptions import InternalError, InvalidSignature, InvalidTag, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, x25519
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF
    from cryptography.hazmat.primitives.serialization import pkcs12
    from cryptography.x509 import ocsp

    INSTALLED_VERSION = cryptography.__version__
except ImportError:
    HOST_PACKAGES_MISSING = ("cryptography",)
    x509 = ocsp = hashes = serialization = ec = padding = rsa = pkcs12 = x25519 = None  # type: ignore[assignment]
    AESGCM = HKDF = None  # type: ignore[assignment]
    InternalError = InvalidSignature = InvalidTag = UnsupportedAlgorithm = Exception  # type: ignore[assignment,misc]

__all__ = [
    "AESGCM",
    "HKDF",
    "HOST_PACKAGES_MISSING",
    "INSTALLED_VERSION",
    "OLDEST_VERSION",
    "InternalError",
    "InvalidSignature",
    "InvalidTag",
    "UnsupportedAlgorithm",
    "ec",
    "hashes",
    "ocsp",
    "padding",
    "pkcs12",
    "rsa",
    "serialization",
    "x509",
    "x25519",
]
