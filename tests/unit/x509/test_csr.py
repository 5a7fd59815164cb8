# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import codecs
from pathlib import Path
from typing import Callable

import pytest
from ansible_collections.certops.certum.plugins.module_utils._x509 import compatibility, keys
from ansible_collections.certops.certum.plugins.module_utils._x509.certificate_facts import read_certificate
from ansible_collections.certops.certum.plugins.module_utils._x509.csr import build_request, read_request
from ansible_collections.certops.certum.plugins.module_utils._x509.pem import armour
from ansible_collections.certops.certum.plugins.module_utils._x509.x509_errors import X509Error
from ansible_collections.certops.certum.tests.unit.x509.authority import EC256, Authority, der_of
from cryptography.exceptions import UnsupportedAlgorithm

KEY = keys.generate(EC256)
AUTHORITY = Authority.make("Root")
DATA = Path(__file__).parent / "data"


def test_csr_is_read_in_full() -> None:
    names = ["www.Example.com", "example.com", "*.example.com", "192.0.2.7", "2001:DB8::0:1", "example.com"]
    request = read_request(build_request(KEY, common_name="example.com", names=names))
    assert request.common_name == "example.com"
    assert request.names == ("*.example.com", "192.0.2.7", "2001:db8::1", "example.com", "www.example.com")
    assert request.key_spec == EC256
    assert request.signature_valid


def test_csr_without_alternative_names_is_read() -> None:
    assert read_request(build_request(KEY, common_name="example.com", names=[])).names == ()


@pytest.mark.parametrize("common_name", ["", "x" * 65])
def test_invalid_common_name_is_refused(common_name: str) -> None:
    with pytest.raises(X509Error, match="1 to 64"):
        build_request(KEY, common_name=common_name, names=[])


@pytest.mark.parametrize("name", ["żółw.example.com", ""])
def test_unencoded_names_are_refused(name: str) -> None:
    with pytest.raises(X509Error, match="not a DNS name in its ASCII form"):
        build_request(KEY, common_name="example.com", names=[name])


def test_forged_csr_has_an_invalid_signature() -> None:
    der = der_of(build_request(KEY, common_name="a.example.com", names=[]))
    forged = armour(der.replace(b"a.example.com", b"b.example.com"), "CERTIFICATE REQUEST")
    request = read_request(forged.replace("\n", "\r\n").encode())
    assert (request.common_name, request.signature_valid) == ("b.example.com", False)


@pytest.mark.parametrize(
    "write",
    [
        lambda pem: codecs.BOM_UTF16_LE + pem.replace("\n", "\r\n").encode("utf-16-le"),
        lambda pem: pem.encode("utf-16-be"),
        lambda pem: pem.replace("\n", "\\n"),
        der_of,
        lambda pem: pem.replace("CERTIFICATE", "NEW CERTIFICATE"),
    ],
)
def test_every_form_of_a_csr_becomes_the_same_pem(write: Callable[[str], str | bytes]) -> None:
    pem = build_request(KEY, common_name="example.com", names=["www.example.com"])
    assert read_request(write(pem)).pem == pem


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (AUTHORITY.pem, "this is a certificate, not a CSR"),
        (der_of(AUTHORITY.pem), "this is a certificate, not a CSR"),
        ((DATA / "chain.p7b").read_bytes(), "PKCS#7"),
        (keys.to_pem(KEY), "this is a private key, not a CSR"),
    ],
)
def test_file_of_another_kind_is_named(data: str | bytes, words: str) -> None:
    with pytest.raises(X509Error, match=words):
        read_request(data)


def test_csr_with_an_old_hash_is_judged() -> None:
    """cryptography 50 calls every signature with SHA-1 invalid."""
    assert read_request((DATA / "sha1.csr").read_bytes()).signature_valid is True


def test_unsupported_signature_of_a_csr_is_not_invalid(monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(*_arguments: object) -> None:
        raise UnsupportedAlgorithm("SHA-1 is switched off by a policy")

    der = der_of((DATA / "sha1.csr").read_text())
    monkeypatch.setattr(compatibility, "_rsa_scheme", unsupported)
    assert read_request(der.replace(b"a.example.com", b"b.example.com")).signature_valid is None


def test_unreadable_subject_is_named() -> None:
    """Older versions of cryptography read the letters of a T61String in one way or another."""
    for read, name in ((read_request, "t61.csr"), (read_certificate, "t61.pem")):
        try:
            read((DATA / name).read_bytes())
        except X509Error as error:
            assert "T61String" in str(error)  # noqa: PT017 - only some versions raise


@pytest.mark.parametrize("body", ["", "MAA=", base64.b64encode(b"\x30\x03\x02\x01\x01").decode()])
def test_invalid_csr_is_refused(body: str) -> None:
    with pytest.raises(X509Error, match="CSR"):
        read_request(f"-----BEGIN CERTIFICATE REQUEST-----\n{body}\n-----END CERTIFICATE REQUEST-----\n")
    with pytest.raises(X509Error, match="not exactly one CSR"):
        read_request(body)
