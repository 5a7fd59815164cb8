# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The control API and the page for people refuse requests that a foreign web page may have sent."""

from __future__ import annotations

import pytest
from certum_sandbox.web.cross_site_guard import Guard
from starlette.datastructures import Headers

GUARDS = {
    "loopback": Guard("127.0.0.1"),
    "IPv6": Guard("::1"),
    "every address": Guard("0.0.0.0"),
    "every IPv6 address": Guard("::"),
    "an address": Guard("192.0.2.7"),
    "a name": Guard("Sandbox.Example.Net"),
    "allowed names": Guard("0.0.0.0", ("sandbox.example.net", "192.0.2.9")),
}
LOCAL = "192.0.2.7"
"""The address of this machine that the connections of these tests came to."""


def refusal(guard: str, scheme: str = "https", local: str | None = LOCAL, **headers: str) -> str | None:
    sent = Headers({key.replace("_", "-"): value for key, value in headers.items()})
    return GUARDS[guard].refusal(sent, scheme, local)


@pytest.mark.parametrize(
    ("guard", "host", "allowed"),
    [
        ("loopback", "127.0.0.1:8443", True),
        ("loopback", "127.0.0.1", True),
        ("loopback", "127.1.2.3:1", True),
        ("loopback", "localhost:9443", True),  # an SSH tunnel from another port
        ("loopback", "LOCALHOST.:8443", True),
        ("loopback", "[::1]:8443", True),
        ("loopback", "[::1]", True),
        ("loopback", "evil.example", False),
        ("loopback", "evil.example:8443", False),
        ("loopback", "127.0.0.1.evil.example:8443", False),
        ("loopback", "localhost.evil.example:8443", False),
        ("loopback", "evil.localhost.example:8443", False),
        ("loopback", "192.0.2.8:8443", False),
        ("loopback", "[2001:db8::7]:8443", False),
        ("loopback", "", False),
        ("loopback", ":8443", False),
        ("loopback", "127.0.0.1:8443@evil.example", False),
        ("loopback", "evil.example:8443@127.0.0.1", False),
        ("loopback", "127.0.0.1, evil.example", False),
        ("loopback", "127.0.0.1:x", False),
        ("loopback", "[::1", False),
        ("loopback", "::1", False),
        ("IPv6", "[::1]:8443", True),
        ("IPv6", "[0:0:0:0:0:0:0:1]:8443", True),
        ("IPv6", "evil.example:8443", False),
        ("every address", "localhost:8443", True),
        ("every address", "0.0.0.0:8443", True),
        ("every address", "192.0.2.7:8443", True),
        ("every address", "192.0.2.8:8443", False),
        ("every address", "sandbox.example.net:8443", False),
        ("every IPv6 address", "[::]:8443", True),
        ("every IPv6 address", "192.0.2.7:8443", True),
        ("an address", "192.0.2.7:8443", True),
        ("an address", "127.0.0.1:8443", True),
        ("an address", "evil.example:8443", False),
        ("a name", "sandbox.example.net:8443", True),
        ("a name", "SANDBOX.example.net.", True),
        ("a name", "other.example.net:8443", False),
        ("allowed names", "sandbox.example.net:443", True),
        ("allowed names", "192.0.2.9", True),
        ("allowed names", "sub.sandbox.example.net", False),
    ],
)
def test_request_with_a_foreign_host_is_refused(guard: str, host: str, allowed: bool) -> None:
    words = refusal(guard, Host=host)
    assert (words is None) is allowed
    assert words is None or "--allowed-host" in words


def test_request_without_host_is_refused() -> None:
    assert "Host" in str(refusal("loopback"))


@pytest.mark.parametrize("local", ["::ffff:192.0.2.7", "192.0.2.7"])
def test_request_to_the_address_of_the_connection_is_accepted(local: str) -> None:
    assert refusal("every address", local=local, Host="192.0.2.7:8443") is None


def test_connection_without_address_allows_no_more() -> None:
    assert refusal("every address", local=None, Host="192.0.2.7:8443") is not None
    assert refusal("every address", local=None, Host="localhost") is None


@pytest.mark.parametrize(
    ("host", "headers", "allowed"),
    [
        ("localhost:8443", {"Origin": "https://localhost:8443"}, True),
        ("localhost:8443", {"Origin": "https://LOCALHOST:8443"}, True),
        ("localhost", {"Origin": "https://localhost"}, True),
        ("localhost:443", {"Origin": "https://localhost"}, True),
        ("[::1]:8443", {"Origin": "https://[::1]:8443"}, True),
        ("localhost:8443", {"Origin": "https://evil.example"}, False),
        ("localhost:8443", {"Origin": "https://localhost:3000"}, False),  # another program's page on this machine
        ("localhost:8443", {"Origin": "https://localhost"}, False),
        ("localhost:8443", {"Origin": "http://localhost:8443"}, False),
        ("localhost:8443", {"Origin": "https://127.0.0.1:8443"}, False),
        ("localhost:8443", {"Origin": "https://localhost:8443.evil.example"}, False),
        ("localhost:8443", {"Origin": "null"}, False),
        ("localhost:8443", {"Origin": ""}, False),
        ("localhost:8443", {"Sec_Fetch_Site": "none"}, True),  # typed by hand
        ("localhost:8443", {"Sec_Fetch_Site": "same-origin"}, True),
        ("localhost:8443", {"Sec_Fetch_Site": "same-site"}, False),
        ("localhost:8443", {"Sec_Fetch_Site": "cross-site"}, False),
        ("localhost:8443", {"Sec_Fetch_Site": "whatever"}, False),
        ("localhost:8443", {"Origin": "https://localhost:8443", "Sec_Fetch_Site": "cross-site"}, False),
        ("localhost:8443", {"Origin": "https://evil.example", "Sec_Fetch_Site": "same-origin"}, False),
    ],
)
def test_request_of_a_foreign_page_is_refused(host: str, headers: dict[str, str], allowed: bool) -> None:
    words = refusal("loopback", Host=host, **headers)
    assert (words is None) is allowed
    assert words is None or "address bar" in words
