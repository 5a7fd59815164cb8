# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates in the form of responses."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from cryptography import x509

from certum_sandbox.backend import Backend
from certum_sandbox.dialect import Switch
from certum_sandbox.model import Entry
from certum_sandbox.soap.render import Node, node, nodes

_SEPARATORS = {"comma": ",", "comma-space": ", ", "semicolon": ";", "space": " ", "newline": "\n"}


def shown_pem(backend: Backend, pem: str) -> str:
    """Return a PEM certificate in the form of the dialect."""
    lines = pem.strip().splitlines()
    style = backend.dialect[Switch.PEM]
    if style == "bare":
        return "\n".join(lines[1:-1])
    if style == "unwrapped":
        return "".join(lines[1:-1])
    end = "\r\n" if style == "crlf" else "\n"
    return end.join(lines) + end


def shown_serial(backend: Backend, serial_number: str) -> str:
    """Return a serial number in the form of the dialect."""
    if backend.dialect[Switch.SERIAL_FORM] == "upper":
        return serial_number
    digits = serial_number.lower()
    return ":".join(digits[start : start + 2] for start in range(0, len(digits), 2))


def shown_date(backend: Backend, moment: datetime | None) -> datetime | None:
    """Return a moment, or None in the dialect that leaves such moments out, as real responses do."""
    return moment if backend.dialect[Switch.OPTIONAL_DATES] == "present" else None


def shown_names(backend: Backend, names: Iterable[str]) -> str | None:
    """Return the text of ``DNSNames`` in the form of the dialect."""
    style = backend.dialect[Switch.DNS_NAMES]
    if style == "absent":
        return None
    if style == "prefixed":
        return ", ".join(f"DNS:{name}" for name in names) or None
    return _SEPARATORS[style].join(names) or None


def certificate_details(backend: Backend, entry: Entry) -> Node:
    """Return ``certificateDetails`` of an issued entry."""
    certificate = entry.certificate
    if certificate is None:
        msg = f"order {entry.order_id} has no certificate yet"
        raise ValueError(msg)
    now = backend.clock.now()
    parsed = x509.load_pem_x509_certificate(certificate.pem.encode())
    return node(
        "certificateDetails",
        nodes(
            certificateStatus=certificate.status(now).value,
            commonName=entry.subject.get("commonName", ""),
            DNSNames=shown_names(backend, entry.names),
            endDate=certificate.not_after,
            revokedDate=certificate.revoked(now),
            serialNumber=shown_serial(backend, certificate.serial_number),
            startDate=certificate.not_before,
            subjectName=parsed.subject.rfc4514_string(),
            X509Cert=shown_pem(backend, certificate.pem),
        ),
    )


def ca_bundle(backend: Backend, entry: Entry) -> Node:
    """Return ``caBundle`` with the chain above the certificate."""
    chain = backend.authority.chain(entry.certificate.pem if entry.certificate else "")
    if backend.dialect[Switch.BUNDLE_ROOT] == "no":
        chain = chain[:-1]
    if backend.dialect[Switch.BUNDLE_ORDER] == "root-first":
        chain = chain[::-1]
    return node("caBundle", [node("X509Cert", shown_pem(backend, pem)) for pem in chain])
