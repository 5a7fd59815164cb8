# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the certificate that a TLS 1.2 server has shown before it refused, from records of any size."""

from __future__ import annotations

import pytest
from ansible_collections.certops.certum.plugins.module_utils._service.refused_handshake import shown_before_refusal
from hypothesis import given
from hypothesis import strategies as st

LEAF, ISSUER = b"leaf" * 300, b"issuer"


def message(kind: int, body: bytes) -> bytes:
    return bytes((kind,)) + len(body).to_bytes(3, "big") + body


def record(content: bytes, kind: int = 22) -> bytes:
    return bytes((kind, 3, 3)) + len(content).to_bytes(2, "big") + content


def sized(data: bytes) -> bytes:
    return len(data).to_bytes(3, "big") + data


HELLO = message(2, b"hello")
CERTIFICATE = message(11, sized(sized(LEAF) + sized(ISSUER)))
KEY_EXCHANGE = message(12, b"key")
REQUEST = message(13, b"request")
DONE = message(14, b"")
ALERT = record(b"\x02\x28", 21)
FLIGHT = HELLO + CERTIFICATE + KEY_EXCHANGE + REQUEST + DONE


@given(cuts=st.lists(st.integers(1, len(FLIGHT) - 1), unique=True).map(sorted))
def test_certificates_are_read_from_records_of_any_size(cuts: list[int]) -> None:
    parts = [FLIGHT[start:end] for start, end in zip([0, *cuts], [*cuts, len(FLIGHT)])]
    assert shown_before_refusal(b"".join(map(record, parts)) + ALERT) == (LEAF, ISSUER)


@pytest.mark.parametrize(
    "received",
    [
        b"",
        ALERT,
        record(HELLO + CERTIFICATE + KEY_EXCHANGE + DONE),
        record(HELLO + CERTIFICATE + REQUEST),
        record(HELLO) + record(CERTIFICATE + REQUEST + DONE, 23),
        record(HELLO + REQUEST + DONE),
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
    ],
)
def test_other_records_show_no_certificate(received: bytes) -> None:
    assert shown_before_refusal(received) == ()


@given(st.binary(max_size=60), st.integers(0, len(FLIGHT)))
def test_random_server_bytes_never_raise(noise: bytes, kept: int) -> None:
    shown_before_refusal(noise)
    shown_before_refusal(record(FLIGHT[:kept]) + noise)
