# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""DNS queries."""

from __future__ import annotations

import dns.asyncresolver
import dns.exception
import dns.rdata
import dns.resolver

from certum_sandbox.settings import Address

_SECONDS = 5.0


class LookupFailed(Exception):  # noqa: N818 - the name of an event, not of an error class
    """The resolver gave no usable answer. ``str()`` returns the reason."""


class Resolver:
    """A recursive resolver: the one at ``address``, or the system's."""

    def __init__(self, address: Address | None) -> None:
        self._address = address

    def _open(self) -> dns.asyncresolver.Resolver:
        resolver = dns.asyncresolver.Resolver(configure=self._address is None)
        if self._address is not None:
            resolver.nameservers = [self._address.host]
            resolver.port = self._address.port
        resolver.timeout = _SECONDS / 2
        resolver.lifetime = _SECONDS
        return resolver

    async def query(self, name: str, kind: str) -> list[dns.rdata.Rdata]:
        """Return the records, or none if name or type do not exist. Raise LookupFailed if the lookup fails."""
        try:
            answer = await self._open().resolve(name, kind, raise_on_no_answer=False, search=False)
        except dns.resolver.NXDOMAIN:
            return []
        except (dns.exception.DNSException, OSError, ValueError) as error:
            msg = f"{kind} lookup of {name} failed: {error}"
            raise LookupFailed(msg) from error
        return list(answer.rrset or ())
