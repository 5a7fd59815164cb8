# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from contextlib import suppress

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import KeyType
from ansible_collections.certops.certum.plugins.module_utils._x509 import keys
from ansible_collections.certops.certum.plugins.module_utils._x509.csr import build_request, read_request
from ansible_collections.certops.certum.plugins.module_utils._x509.pem import armour
from ansible_collections.certops.certum.plugins.module_utils._x509.x509_errors import X509Error
from ansible_collections.certops.certum.tests.unit.x509.authority import EC256, RSA2048, der_of
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from hypothesis import given
from hypothesis import strategies as st

EC384 = keys.KeySpec(KeyType.EC, 384)
KEYS = {spec: keys.generate(spec) for spec in (EC256, EC384, RSA2048)}


@pytest.mark.parametrize("spec", KEYS, ids=str)
@pytest.mark.parametrize("form", ["PKCS8", "TraditionalOpenSSL"])
def test_fingerprint_is_equal_for_key_file_and_csr(spec: keys.KeySpec, form: str) -> None:
    key = KEYS[spec]
    pem = key.private_bytes(
        serialization.Encoding.PEM, getattr(serialization.PrivateFormat, form), serialization.NoEncryption()
    )
    fingerprint = keys.public_key_sha256(key.public_key())
    assert keys.public_key_sha256_of_private(pem) == fingerprint
    assert keys.public_key_sha256_of_private(pem.replace(b"\n", b"\r\n")) == fingerprint
    request = read_request(build_request(keys.load(pem), common_name="a.example.com", names=["a.example.com"]))
    assert (request.public_key_sha256, request.key_spec, request.signature_valid) == (fingerprint, spec, True)


def test_key_is_written_as_unencrypted_pkcs8() -> None:
    assert keys.to_pem(KEYS[EC256]).startswith(b"-----BEGIN PRIVATE KEY-----\n")


@pytest.mark.parametrize("spec", KEYS, ids=str)
def test_spec_of_accepts_public_and_private_keys(spec: keys.KeySpec) -> None:
    assert keys.spec_of(KEYS[spec]) == keys.spec_of(KEYS[spec].public_key()) == spec


def test_other_curve_of_the_same_size_is_another_kind() -> None:
    assert keys.spec_of(ec.generate_private_key(ec.SECP256K1())) is None


@pytest.mark.parametrize(
    ("kind", "size"), [("rsa", 1024), ("rsa", 256), ("ec", 2048), ("ec", 521), ("rsa", 8192), ("ec", 0)]
)
def test_other_key_sizes_are_refused_with_the_possible_ones(kind: str, size: int) -> None:
    with pytest.raises(X509Error, match=f"^{size} is not a size of {kind} keys; possible sizes: [0-9, ]+$"):
        keys.KeySpec(KeyType(kind), size)


@given(position=st.integers(min_value=0), octet=st.integers(min_value=0, max_value=255))
@pytest.mark.parametrize("spec", [EC256, RSA2048], ids=str)
def test_damaged_key_never_crashes(spec: keys.KeySpec, position: int, octet: int) -> None:
    der = bytearray(der_of(keys.to_pem(KEYS[spec]).decode()))
    der[position % len(der)] = octet
    with suppress(X509Error):
        assert len(keys.public_key_sha256_of_private(armour(bytes(der), "PRIVATE KEY").encode())) == 64


@pytest.mark.parametrize("spec", [EC256, RSA2048], ids=str)
def test_key_with_mismatched_halves_is_refused(spec: keys.KeySpec) -> None:
    numbers = KEYS[spec].private_numbers()
    secret: int = getattr(numbers, "private_value" if spec is EC256 else "d")
    octets = secret.to_bytes((secret.bit_length() + 7) // 8, "big")
    der = der_of(keys.to_pem(KEYS[spec]).decode()).replace(octets, octets[:-1] + bytes([octets[-1] ^ 2]))
    with pytest.raises(X509Error, match="cannot be parsed"):
        keys.load(armour(der, "PRIVATE KEY").encode())


def _pem(key: object, encryption: object = None) -> bytes:
    return key.private_bytes(  # type: ignore[attr-defined,no-any-return]
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption or serialization.NoEncryption()
    )


@pytest.mark.parametrize(
    ("pem", "words"),
    [
        (b"", "cannot be parsed"),
        (b"\xff\x00", "cannot be parsed"),
        (_pem(KEYS[EC256]).decode().encode("utf-16"), "is not PEM in UTF-8"),
        (der_of(_pem(KEYS[EC256]).decode()), "is not PEM in UTF-8"),
        (_pem(KEYS[EC256])[:-60], "cannot be parsed"),
        (_pem(KEYS[EC256], serialization.BestAvailableEncryption(b"x")), "encrypted"),
        (_pem(ed25519.Ed25519PrivateKey.generate()), "neither RSA nor EC"),
    ],
)
def test_invalid_key_is_described_without_content(pem: bytes, words: str) -> None:
    for read in (keys.load, keys.public_key_sha256_of_private):
        with pytest.raises(X509Error, match=words) as caught:
            read(pem)
        assert "PRIVATE KEY" not in str(caught.value)
