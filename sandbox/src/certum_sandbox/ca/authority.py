# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The certification authority: it issues certificates and publishes its chain, CRL and OCSP responses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from certum_sandbox.ca.hierarchy import KeyType, open_hierarchy, to_pem
from certum_sandbox.ca.profile import CertificateRequest, Locations, issue_certificate
from certum_sandbox.ca.revocation_status import answer_ocsp, make_crl
from certum_sandbox.csr import Csr, read_csr
from certum_sandbox.model import Certificate, Entry, Order
from certum_sandbox.products import Product


class CertificationAuthority:
    """The CA of the sandbox. ``repository_url`` is the base of the CRL and OCSP addresses in certificates."""

    def __init__(self, data: Path, *, repository_url: str, max_days: int) -> None:
        self._authorities = open_hierarchy(data)
        self._repository_url = repository_url
        self._max_days = max_days

    def expiry_date(self, order: Order, entry: Entry, product: Product, start: datetime) -> datetime:
        """Return the expiry date of a certificate: the earliest of lifetime limit, term end and requested date."""
        limit = start + product.longest_life(self._max_days) - timedelta(seconds=1)
        return min(filter(None, [limit, order.term_end, entry.latest_end])).replace(microsecond=0)

    def issue(self, order: Order, entry: Entry, product: Product, now: datetime) -> Entry:
        """Return the entry with a new certificate."""
        csr = read_csr(entry.csr)
        if not isinstance(csr, Csr):
            msg = f"order {order.order_id} was accepted with an unreadable CSR"
            raise TypeError(msg)
        start = now.replace(microsecond=0)
        end = self.expiry_date(order, entry, product, start)
        kind = KeyType.RSA if isinstance(csr.public_key, rsa.RSAPublicKey) else KeyType.EC
        request = CertificateRequest(csr.public_key, entry.subject, entry.names, product, start, end)
        issued = issue_certificate(self._authorities[kind], request, self._locations(kind))
        return replace(entry, certificate=Certificate(f"{issued.serial_number:032X}", to_pem(issued), start, end))

    def has_issued(self, certificate: x509.Certificate) -> bool:
        """Return whether one of our issuing CAs signed the certificate, even if the database does not have it."""
        kind = self._kind(certificate)
        if kind is None:
            return False
        try:
            certificate.verify_directly_issued_by(self._authorities[kind].certificate)
        except Exception:
            return False
        return True

    def chain(self, certificate_pem: str) -> list[str]:
        """Return the chain of a certificate in PEM: the issuing CA, then the root."""
        kind = self._kind(x509.load_pem_x509_certificate(certificate_pem.encode()))
        if kind is None:
            msg = "the certificate comes from a CA hierarchy that no longer exists"
            raise LookupError(msg)
        authority = self._authorities[kind]
        return [to_pem(authority.certificate), to_pem(authority.root)]

    def kind_of(self, certificate: Certificate) -> KeyType | None:
        """Return the key type of the issuing CA, or None if the certificate is not ours."""
        return self._kind(x509.load_pem_x509_certificate(certificate.pem.encode()))

    def _kind(self, certificate: x509.Certificate) -> KeyType | None:
        subjects = {kind: authority.certificate.subject for kind, authority in self._authorities.items()}
        return next((kind for kind, subject in subjects.items() if subject == certificate.issuer), None)

    def issuer_der(self, kind: KeyType) -> bytes:
        """Return the certificate of an issuing CA, DER."""
        return self._authorities[kind].certificate.public_bytes(serialization.Encoding.DER)

    def crl(self, kind: KeyType, revoked: Iterable[Certificate], now: datetime) -> bytes:
        """Return a CRL in DER that is valid for a week."""
        authority = self._authorities[kind]
        own = [each for each in revoked if self.kind_of(each) is kind]
        return make_crl(authority, own, now)

    def ocsp(self, kind: KeyType, request: bytes, certificate: Certificate | None, now: datetime) -> bytes:
        """Return the OCSP response about one certificate, DER."""
        return answer_ocsp(self._authorities[kind], request, certificate, now)

    def _locations(self, kind: KeyType) -> Locations:
        base = f"{self._repository_url}/repository/{kind}"
        return Locations(ocsp=f"{self._repository_url}/ocsp/{kind}", issuer=f"{base}-issuing.cer", crl=f"{base}.crl")
