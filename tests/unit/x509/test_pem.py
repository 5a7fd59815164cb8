# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from ansible_collections.certops.certum.plugins.module_utils._x509.pem import certificates_in, one_certificate
from ansible_collections.certops.certum.plugins.module_utils._x509.x509_errors import X509Error
from ansible_collections.certops.certum.tests.unit.x509.authority import Authority, der_of

ROOT = Authority.make("Root")
OTHER = Authority.make("Other")
PEM = ROOT.pem
BODY = "".join(PEM.splitlines()[1:-1])
DATA = Path(__file__).parent / "data"
P7B = (DATA / "chain.p7b").read_text()
PKCS12 = bytes.fromhex("3005020103") + b"\x30\x00"


@pytest.mark.parametrize(
    "text",
    [
        PEM,
        PEM.encode(),
        der_of(PEM),
        PEM.rstrip(),
        PEM.replace("\n", "\r\n"),
        f"-----BEGIN CERTIFICATE-----{BODY}-----END CERTIFICATE-----",
        f"-----BEGIN CERTIFICATE-----\n{BODY}\n-----END CERTIFICATE-----",
        PEM.replace("\n", " "),
        "\n".join("  " + line + " " for line in PEM.splitlines()),
        BODY,
        "\r\n".join(BODY[start : start + 76] for start in range(0, len(BODY), 76)),
        f"Subject: CN=Root\n\n{PEM}\ngoodbye",
        "\ufeff" + PEM,
        PEM.replace("CERTIFICATE", "X509 CERTIFICATE"),
        codecs.BOM_UTF16_LE + PEM.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + PEM.replace("\n", "\r\n").encode("utf-16-be"),
        PEM.encode("utf-16-le"),
        PEM.encode("utf-16-be"),
        PEM.replace("\n", "\\n"),
        PEM.replace("\n", "\\r\\n").encode(),
    ],
)
def test_every_form_of_a_certificate_becomes_the_same_pem(text: str | bytes) -> None:
    assert one_certificate(text) == PEM


def test_several_certificates_keep_their_order() -> None:
    assert certificates_in(f"first\r\n{OTHER.pem}-- \n{PEM.rstrip()} {OTHER.pem}") == (OTHER.pem, PEM, OTHER.pem)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no certificate"),
        ("  \n", "no certificate"),
        ("<html>Service unavailable</html>", "not valid base64"),
        ("AAAA", "DER structure"),
        ("-----BEGIN CERTIFICATE-----\n" + BODY, "no certificate"),
        (PEM.replace(BODY[:64], "!" * 64), "not valid base64"),
        (PEM.replace("CERTIFICATE", "PRIVATE KEY"), "this is a private key, not a certificate"),
        (PEM.replace("CERTIFICATE", "CERTIFICATE REQUEST"), "this is a CSR, not a certificate"),
        (PEM.replace(BODY[:64], "!" * 64) + PEM.replace("CERTIFICATE", "PRIVATE KEY"), "not valid base64"),
        (P7B, "openssl pkcs7 -print_certs"),
        (der_of(P7B), "openssl pkcs7 -print_certs"),
        ((DATA / "trusted.pem").read_bytes(), "TRUSTED CERTIFICATE.*openssl x509 -in"),
        (PKCS12, "openssl pkcs12 -nokeys"),
        (der_of(PEM) + b"\x05\x00", "followed by other data"),
        (der_of(PEM)[:-4], "ends too early"),
        (b"\x30\x03\x02\x01\x01", "cannot be parsed"),
        (b"\x30\x82", "ends too early"),
        (b"\x30\xff", "ends too early"),
    ],
)
def test_invalid_certificate_is_described_without_content(text: str | bytes, words: str) -> None:
    with pytest.raises(X509Error, match=words) as caught:
        certificates_in(text)
    assert BODY[:20] not in str(caught.value)


def test_several_certificates_are_refused_instead_of_one() -> None:
    with pytest.raises(X509Error, match="2 certificates instead of one"):
        one_certificate(PEM + OTHER.pem)
