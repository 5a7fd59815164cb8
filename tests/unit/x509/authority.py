# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small CA for tests; works with every cryptography from 3.4 on."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ansible_collections.certops.certum.plugins.module_utils._handover.terms import KeyType
from ansible_collections.certops.certum.plugins.module_utils._x509 import keys
from ansible_collections.certops.certum.plugins.module_utils._x509.alternative_names import general_names
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

EC256 = keys.KeySpec(KeyType.EC, 256)
RSA2048 = keys.KeySpec(KeyType.RSA, 2048)
BEGINNING = datetime(2026, 11, 1)
LIFETIME = timedelta(days=199)
DECADE = timedelta(days=3650)


def subject(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def pem_of(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


@dataclass
class Authority:
    """A CA: its name, its key, and its certificate from another CA or from itself."""

    name: str
    key: Any
    pem: str

    @property
    def certificate(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.pem.encode())

    @classmethod
    def make(
        cls, name: str, *, parent: Authority | None = None, spec: keys.KeySpec = EC256, key: Any = None
    ) -> Authority:
        key = key or keys.generate(spec)
        issuer = parent or cls(name, key, "")
        before, lifetime = BEGINNING - DECADE, 2 * DECADE
        return cls(name, key, issuer.sign(key.public_key(), name, is_ca=True, beginning=before, lifetime=lifetime))

    def sign(
        self,
        public_key: Any,
        common_name: str,
        *,
        names: tuple[str, ...] = (),
        is_ca: bool = False,
        beginning: datetime = BEGINNING,
        lifetime: timedelta = LIFETIME,
        serial_number: int | None = None,
        extensions: tuple[x509.ExtensionType, ...] = (),
    ) -> str:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject(common_name))
            .issuer_name(subject(self.name))
            .public_key(public_key)
            .serial_number(serial_number or x509.random_serial_number())
            .not_valid_before(beginning)
            .not_valid_after(beginning + lifetime)
            .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(general_names(names)), critical=False)
        for extension in extensions:
            builder = builder.add_extension(extension, critical=False)
        return pem_of(builder.sign(self.key, hashes.SHA256()))


def der_of(pem: str) -> bytes:
    return base64.b64decode("".join(line for line in pem.splitlines() if "-----" not in line))
