# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.certops.certum.plugins.module_utils._x509 import keys
from ansible_collections.certops.certum.plugins.module_utils._x509.certificate_facts import (
    CertificateFacts,
    read_certificate,
    read_serial_number,
)
from ansible_collections.certops.certum.plugins.module_utils._x509.x509_errors import X509Error
from ansible_collections.certops.certum.tests.unit.x509.authority import EC256, RSA2048, Authority


@pytest.mark.parametrize("spec", [EC256, RSA2048], ids=str)
def test_certificate_facts_are_plain_values(spec: keys.KeySpec) -> None:
    key = keys.generate(spec)
    pem = Authority.make("Issuing CA").sign(
        key.public_key(),
        "Shop.example.com",
        names=("WWW.example.com", "shop.example.com", "2001:db8:0::1"),
        beginning=datetime(2026, 11, 22, 10, 15, 2),
        lifetime=timedelta(days=199),
        serial_number=0xABC,
    )
    assert read_certificate(pem) == CertificateFacts(
        serial_number="ABC",
        common_name="Shop.example.com",
        names=("2001:db8::1", "shop.example.com", "www.example.com"),
        not_before=datetime(2026, 11, 22, 10, 15, 2, tzinfo=timezone.utc),
        not_after=datetime(2027, 6, 9, 10, 15, 2, tzinfo=timezone.utc),
        issuer="CN=Issuing CA",
        public_key_sha256=keys.public_key_sha256(key.public_key()),
        key_spec=spec,
        is_ca=False,
    )


def test_ca_certificate_is_recognised() -> None:
    facts = read_certificate(Authority.make("Root").pem)
    assert facts.is_ca
    assert facts.names == ()


@pytest.mark.parametrize(
    ("text", "canonical"), [("0abc", "ABC"), ("0A:BC", "ABC"), ("a b c", "ABC"), ("ABC", "ABC"), ("00", "0")]
)
def test_serial_numbers_compare_in_one_form(text: str, canonical: str) -> None:
    assert read_serial_number(text) == canonical


def test_serial_number_is_hexadecimal() -> None:
    with pytest.raises(X509Error, match="'order-1' is not"):
        read_serial_number("order-1")
