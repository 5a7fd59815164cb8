# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DNS names and IP addresses in certificates: form, wildcards, private addresses, public suffixes."""

from __future__ import annotations

import ipaddress
import re

MAX_NAME = 253
MAX_LABEL = 63

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_LABEL = re.compile(r"(?!-)[a-z0-9_-]+(?<!-)", re.IGNORECASE)
# Top-level domains of private networks: RFC 6761, RFC 6762, RFC 8375, RFC 9476 and the names that BR 4.2.2 forbids.
_INTERNAL = frozenset(
    {"local", "localhost", "localdomain", "internal", "intranet", "lan", "home", "corp", "private", "onion"}
)
# A part of the public suffix list, enough to cause error 1157. The real service surely uses the whole list.
_PUBLIC_SUFFIXES = frozenset(
    {"co.uk", "org.uk", "com.pl", "net.pl", "org.pl", "edu.pl", "gov.pl", "waw.pl", "com.au", "co.jp", "com.br"}
)


def without_wildcard(name: str) -> str:
    """Return the name to validate for ``name`` (BR 3.2.2.6): lower case, without ``*.`` and a final dot."""
    return name.lower().removeprefix("*.").rstrip(".")


def is_wildcard(name: str) -> bool:
    """Return whether the first label is ``*``."""
    return name.startswith("*.")


def as_address(name: str) -> Address | None:
    """Return ``name`` as an IP address, or None if it is a DNS name."""
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def is_private(address: Address) -> bool:
    """Return whether no CA may certify the address. Documentation ranges count as public, because examples use them."""
    documentation = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
    if any(address in ipaddress.ip_network(network) for network in documentation):
        return False
    return not address.is_global


def is_well_formed(name: str) -> bool:
    """Return whether the name is a DNS name in ASCII. ``*`` may be the first label. Lengths are not checked here."""
    labels = name.removeprefix("*.").split(".")
    return all(_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdigit()


def is_internal(name: str) -> bool:
    """Return whether the name belongs to no public zone (BR 4.2.2)."""
    return name.lower().rpartition(".")[2] in _INTERNAL


def is_public_suffix(name: str) -> bool:
    """Return whether the name is a top-level domain or another suffix below which the public can register names."""
    bare = without_wildcard(name)
    return ("." not in bare and not is_internal(bare)) or bare in _PUBLIC_SUFFIXES
