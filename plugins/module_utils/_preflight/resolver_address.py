# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Addresses in the options of certum_preflight.

Private to the collection.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .._handover.foreign_text import quote
from .._handover.problems import KnownError
from .._lifecycle.certificate_names import is_ip_address

_ADDRESS = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<host>[A-Za-z0-9._-]+))(?::(?P<port>[0-9]{1,5}))?\Z")


class InvalidPreflightError(KnownError, ValueError):
    """An option has an unusable value; the text names the option and an accepted form."""

    remedy = "Correct the option, then run again."


@dataclass(frozen=True)
class ResolverAddress:
    """The address of a server. ``host`` is an IP address or a name, without brackets."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @classmethod
    def parse(cls, text: str, *, port: int, option: str) -> ResolverAddress:
        """Return the address in ``HOST``, ``HOST:PORT`` or ``[IPV6]:PORT``; ``port`` is the default.

        Raises InvalidPreflightError.
        """
        found = _ADDRESS.match(text)
        if found:
            host, given = found["v6"] or found["host"], int(found["port"] or port)
            looks_like_ip = ":" in host or host.replace(".", "").isdecimal()
            if 0 < given < 65536 and (is_ip_address(host) or not looks_like_ip):
                return cls(host, given)
        raise InvalidPreflightError(
            f"{option}: '{quote(text)}' is not HOST:PORT, such as 192.0.2.1:{port} or [2001:db8::1]:{port}."
        )

    @classmethod
    def parse_ip(cls, text: str, *, port: int, option: str) -> ResolverAddress:
        """Return the address like ``parse``, but accept only an IP address."""
        address = cls.parse(f"[{text}]" if text.count(":") > 1 and "[" not in text else text, port=port, option=option)
        if not is_ip_address(address.host):
            raise InvalidPreflightError(
                f"{option}: '{quote(text)}' is a name. Give the IP address of the resolver, such as 192.0.2.1:{port}."
            )
        return address
