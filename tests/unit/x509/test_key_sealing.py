# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An encrypted key is of use only for the host, the certificate and the transfer that it was made for."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from ansible_collections.certops.certum.plugins.module_utils._x509.key_sealing import (
    Purpose,
    SealedKey,
    TransferKey,
    generate_transfer_key,
    read_transfer_key,
    seal,
    unseal,
)
from ansible_collections.certops.certum.plugins.module_utils._x509.x509_errors import X509Error
from hypothesis import example, given
from hypothesis import strategies as st

PEM = b"-----BEGIN PRIVATE KEY-----\nnot really\n-----END PRIVATE KEY-----\n"
SHOP = Purpose(name="shop", serial_number="0a1b", sender="web1", receiver="web2")
OWN = generate_transfer_key()
SEALED = seal(PEM, receiver_key=OWN.public, purpose=SHOP)


def flipped(text: str, bit: int) -> str:
    raw = bytearray(base64.b64decode(text))
    raw[bit // 8 % len(raw)] ^= 1 << bit % 8
    return base64.b64encode(bytes(raw)).decode()


@given(st.binary(max_size=5000))
def test_receiver_reads_what_the_sender_encrypted(pem: bytes) -> None:
    kept = read_transfer_key(generate_transfer_key().private)
    assert unseal(seal(pem, receiver_key=kept.public, purpose=SHOP), own=kept, purpose=SHOP) == pem


def test_transfers_of_one_key_have_nothing_in_common() -> None:
    other = seal(PEM, receiver_key=OWN.public, purpose=SHOP)
    assert other.sender_key != SEALED.sender_key
    assert other.ciphertext != SEALED.ciphertext
    assert PEM not in base64.b64decode(SEALED.ciphertext)


@given(st.sampled_from(["sender_key", "ciphertext"]), st.integers(min_value=0))
@example("sender_key", 255)  # X25519 ignores this bit
def test_any_changed_bit_is_refused(part: str, bit: int) -> None:
    changed = replace(SEALED, **{part: flipped(getattr(SEALED, part), bit)})
    with pytest.raises(X509Error):
        unseal(changed, own=OWN, purpose=SHOP)


@given(st.sampled_from(["name", "serial_number", "sender", "receiver"]), st.text(max_size=20))
def test_any_other_purpose_is_refused(part: str, word: str) -> None:
    other = replace(SHOP, **{part: word})
    if other == SHOP:
        return
    with pytest.raises(X509Error):
        unseal(SEALED, own=OWN, purpose=other)


def test_words_are_not_taken_from_each_other() -> None:
    sealed = seal(PEM, receiver_key=OWN.public, purpose=replace(SHOP, name="sho", serial_number="p0a1b"))
    with pytest.raises(X509Error):
        unseal(sealed, own=OWN, purpose=SHOP)


def test_another_host_cannot_read_the_key() -> None:
    with pytest.raises(X509Error):
        unseal(SEALED, own=generate_transfer_key(), purpose=SHOP)


@pytest.mark.parametrize("key", ["", "AAAA", "é", "not base64", base64.b64encode(bytes(32)).decode()], ids=str)
def test_unusable_public_key_is_refused(key: str) -> None:
    with pytest.raises(X509Error):
        seal(PEM, receiver_key=key, purpose=SHOP)
    with pytest.raises(X509Error):
        unseal(SealedKey(key, SEALED.ciphertext), own=OWN, purpose=SHOP)


@pytest.mark.parametrize("data", [b"", b"short", bytes(33)], ids=len)
def test_file_that_is_no_transfer_key_is_refused(data: bytes) -> None:
    with pytest.raises(X509Error):
        read_transfer_key(data)


def test_private_part_is_in_no_text() -> None:
    key = TransferKey(bytes(range(32)))
    assert repr(key) == "TransferKey()"
