# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A certificate that was ordered by other means and lies in the usual directories."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.certops.certum.plugins.module_utils._partner_api.client import PartnerApi
from ansible_collections.certops.certum.plugins.module_utils._x509.pem import certificates_in
from ansible_collections.certops.certum.tests.integration.test_account_modules import issue
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.certops.certum.tests.integration.world import World


@dataclass(frozen=True)
class Existing:
    """What lies below ``directory``: certs/NAME.pem, certs/NAME-chain.pem and private/NAME.key."""

    directory: Path
    name: str
    common_name: str
    serial_number: str

    def item(self, name: str) -> dict[str, str]:
        """Return the item of certum_adopt for it, as the declaration ``name``."""
        return {
            "name": name,
            "common_name": self.common_name,
            "certificate_path": f"{self.directory}/certs/{self.name}.pem",
            "chain_path": f"{self.directory}/certs/{self.name}-chain.pem",
            "privatekey_path": f"{self.directory}/private/{self.name}.key",
        }


def existing(world: World, name: str, *names: str, key: Any = None, **order: Any) -> Existing:
    """Order it by our own client, with a key of openssl's usual form, and write it to a directory like /etc/ssl."""
    directory = world.project.path / "ssl"
    for below in ("certs", "private"):
        (directory / below).mkdir(parents=True, exist_ok=True)
    key = key or ec.generate_private_key(ec.SECP256R1())
    form = serialization.PrivateFormat.TraditionalOpenSSL
    (directory / f"private/{name}.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    )
    csr = directory / f"{name}.csr"
    csr.write_bytes(request(key, *names))
    serial_number = issue(world, name, csr_path=csr, **order)
    certificate, chain = fetch(world, serial_number)
    (directory / f"certs/{name}.pem").write_text(certificate)
    (directory / f"certs/{name}-chain.pem").write_text(chain)
    return Existing(directory, name, names[0], serial_number.upper().lstrip("0"))


def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def request(key: Any, *names: str) -> bytes:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def fetch(world: World, serial_number: str) -> tuple[str, str]:
    """Return a certificate and its chain, with the root."""
    names = ("url", "username", "password", "ca_path")
    with PartnerApi.from_options(**{n: world.project.environment[f"CERTUM_API_{n.upper()}"] for n in names}) as api:
        answer = api.get_certificate(serial_number=serial_number)
    assert answer.certificate_details is not None
    (certificate,) = certificates_in(answer.certificate_details.x509_cert)
    return certificate, "".join(pem for text in answer.ca_bundle for pem in certificates_in(text))
