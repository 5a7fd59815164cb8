# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses of deploy.verify are read, with the usual ports of their URL schemes."""

from __future__ import annotations

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import StartTls
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.certificate_names import InvalidNameError
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.verify_address import SCHEMES, read_address


@pytest.mark.parametrize(
    ("address", "read"),
    [
        ("shop.example.com:443", ("shop.example.com", 443, None)),
        ("[2001:DB8::1]:443", ("2001:db8::1", 443, None)),
        ("https://Shop.Example.com", ("shop.example.com", 443, None)),
        ("https://shop.example.com:8443/", ("shop.example.com", 8443, None)),
        ("https://[::1]", ("::1", 443, None)),
        ("smtp://[::1]:2525", ("::1", 2525, StartTls.SMTP)),
        ("smtp://mail.example.com:25", ("mail.example.com", 25, StartTls.SMTP)),
        ("imaps://mail.example.com:993", ("mail.example.com", 993, None)),
        ("IMAP://mail.example.com", ("mail.example.com", 143, StartTls.IMAP)),
        ("postgresql://db.example.com:5433", ("db.example.com", 5433, StartTls.POSTGRES)),
        ("postgres://db.example.com", ("db.example.com", 5432, StartTls.POSTGRES)),
    ],
)
def test_address_is_read(address: str, read: tuple[str, int, StartTls | None]) -> None:
    assert read_address(address) == read


@pytest.mark.parametrize("protocol", StartTls)
def test_each_protocol_has_a_scheme(protocol: StartTls) -> None:
    assert protocol in {scheme.protocol for scheme in SCHEMES.values()}


NOT_A_PORT = (":443", "shop:0", "shop:65536", "shop:x", "shop:4\u00b2", "https://:443", "://shop:1", "a b:443")
NOT_AN_ADDRESS = ("", "shop", "[::1]", "https://", "https://[::1", "https://shop/path", "smtp://shop:25?x")
FOREIGN = ("xmpp://shop:5222", "smtp://user@shop:25")


@pytest.mark.parametrize("address", [*NOT_A_PORT, *NOT_AN_ADDRESS, *FOREIGN])
def test_unusable_address_is_refused(address: str) -> None:
    with pytest.raises(InvalidNameError):
        read_address(address)
