# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The certification authority: issues certificates for entries, shows its chain, signs revocation lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from certum_sandbox.ca.hierarchy import Authority, KeyType, open_hierarchy, to_pem
from certum_sandbox.ca.profile import Locations, TlsRequest, issue_tls
from certum_sandbox.csr import Csr, read_csr
from certum_sandbox.model import Certificate, Entry, Order
from certum_sandbox.products import Product


class CertificationAuthority:
    """``base_url`` is where this sandbox serves its own revocation lists and issuer certificates."""

    def __init__(self, data: Path, *, base_url: str, max_days: int) -> None:
        self._authorities = open_hierarchy(data)
        self._base_url = base_url
        self._max_days = max_days

    def last_end(self, order: Order, start: datetime) -> datetime:
        """The latest ``notAfter`` of a certificate that starts now: the lifetime limit, inside the bought term."""
        limit = start + timedelta(days=self._max_days) - timedelta(seconds=1)
        return min(limit, order.term_end)

    def issue(self, order: Order, entry: Entry, product: Product, now: datetime) -> Entry:
        """The entry with its certificate."""
        csr = read_csr(entry.csr)
        if not isinstance(csr, Csr):
            msg = f"order {order.order_id} was accepted with a CSR that cannot be read"
            raise TypeError(msg)
        start = now.replace(microsecond=0)
        end = min(filter(None, [self.last_end(order, start), entry.wanted_end])).replace(microsecond=0)
        kind = KeyType.RSA if isinstance(csr.public_key, rsa.RSAPublicKey) else KeyType.EC
        request = TlsRequest(csr.public_key, entry.subject, entry.names, product.validation, start, end)
        issued = issue_tls(self._authorities[kind], request, self._locations(kind))
        return replace(entry, certificate=Certificate(f"{issued.serial_number:032X}", to_pem(issued), start, end))

    def chain(self, certificate_pem: str) -> list[str]:
        """The issuing CA and the root of a certificate, PEM, in this order."""
        issuer = x509.load_pem_x509_certificate(certificate_pem.encode()).issuer
        authority = next(a for a in self._authorities.values() if a.certificate.subject == issuer)
        return [to_pem(authority.certificate), to_pem(authority.root)]

    def issuer_der(self, kind: KeyType) -> bytes:
        """The certificate of an issuing CA."""
        return self._authorities[kind].certificate.public_bytes(serialization.Encoding.DER)

    def crl(self, kind: KeyType, revoked: Iterable[x509.RevokedCertificate], now: datetime) -> bytes:
        """A revocation list, DER, good for a week."""
        authority: Authority = self._authorities[kind]
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(authority.certificate.subject)
            .last_update(now)
            .next_update(now + timedelta(days=7))
            .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False
            )
        )
        for certificate in revoked:
            builder = builder.add_revoked_certificate(certificate)
        return builder.sign(authority.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def _locations(self, kind: KeyType) -> Locations:
        base = f"{self._base_url}/repository/{kind}"
        return Locations(ocsp=f"{self._base_url}/ocsp/{kind}", issuer=f"{base}-issuing.cer", crl=f"{base}.crl")
