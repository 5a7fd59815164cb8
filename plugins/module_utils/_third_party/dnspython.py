# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Imports dnspython, with which the controller looks up domains and sends dynamic updates.

Private to the collection. No other file imports it. If it is missing, every file of the collection still imports, and
DNS_PACKAGES_MISSING names the package to install.
"""

from __future__ import annotations

DNS_PACKAGES_MISSING: tuple[str, ...] = ()

try:
    import dns.exception
    import dns.flags
    import dns.message
    import dns.name
    import dns.nameserver
    import dns.query
    import dns.rcode
    import dns.rdata
    import dns.rdatatype
    import dns.resolver
    import dns.tsig
    import dns.update
    from dns.rdtypes.ANY.CAA import CAA
except ImportError:
    DNS_PACKAGES_MISSING = ("dnspython",)
    dns = CAA = None  # type: ignore[assignment,misc]

__all__ = ["CAA", "DNS_PACKAGES_MISSING", "dns"]
