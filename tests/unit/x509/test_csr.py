# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64

import pytest
from ansible_collections.certops.certum.plugins.module_utils._x509 import keys
from ansible_collections.certops.certum.plugins.module_utils._x509.csr import build_request, read_request
from ansible_collections.certops.certum.plugins.module_utils._x509.errors import X509Error
from ansible_collections.certops.certum.plugins.module_utils._x509.pem import armour
from ansible_collections.certops.certum.tests.unit.x509.authority import EC256, der_of

KEY = keys.generate(EC256)


def test_a_request_says_what_was_asked() -> None:
    names = ["www.Example.com", "example.com", "*.example.com", "192.0.2.7", "2001:DB8::0:1", "example.com"]
    request = read_request(build_request(KEY, common_name="example.com", names=names))
    assert request.common_name == "example.com"
    assert request.names == ("*.example.com", "192.0.2.7", "2001:db8::1", "example.com", "www.example.com")
    assert request.key_spec == EC256
    assert request.signature_valid


def test_a_request_without_alternative_names() -> None:
    assert read_request(build_request(KEY, common_name="example.com", names=[])).names == ()


@pytest.mark.parametrize("common_name", ["", "x" * 65])
def test_common_names_that_no_request_can_hold(common_name: str) -> None:
    with pytest.raises(X509Error, match="1 to 64"):
        build_request(KEY, common_name=common_name, names=[])


@pytest.mark.parametrize("name", ["żółw.example.com", ""])
def test_names_must_be_encoded_before(name: str) -> None:
    with pytest.raises(X509Error, match="not a DNS name in its ASCII form"):
        build_request(KEY, common_name="example.com", names=[name])


def test_a_forged_request_is_read_and_its_signature_is_not_valid() -> None:
    der = der_of(build_request(KEY, common_name="a.example.com", names=[]))
    forged = armour(der.replace(b"a.example.com", b"b.example.com"), "CERTIFICATE REQUEST")
    request = read_request(forged.replace("\n", "\r\n").encode())
    assert (request.common_name, request.signature_valid) == ("b.example.com", False)


@pytest.mark.parametrize("body", ["", "MAA=", base64.b64encode(b"\x30\x03\x02\x01\x01").decode()])
def test_what_is_no_request(body: str) -> None:
    with pytest.raises(X509Error, match="CSR"):
        read_request(f"-----BEGIN CERTIFICATE REQUEST-----\n{body}\n-----END CERTIFICATE REQUEST-----\n")
    with pytest.raises(X509Error, match="not exactly one CSR"):
        read_request(body)
