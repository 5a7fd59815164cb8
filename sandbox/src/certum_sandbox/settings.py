# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings of ``certum-sandbox serve``, as its command line gives them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from certum_sandbox.dialect import Dialect
from certum_sandbox.hostnames import as_address, is_well_formed, is_wildcard
from certum_sandbox.products import Sale


class Approval(StrEnum):
    """Who decides the checks by CA staff: they pass at once, or the control API decides them."""

    AUTO = "auto"
    MANUAL = "manual"


@dataclass(frozen=True)
class Address:
    """A host and a TCP or UDP port."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Address:
        """Parse ``127.0.0.1:8443``, ``localhost:0`` or ``[::1]:53``. Raise ValueError for anything else."""
        host, colon, port = text.rpartition(":")
        if not colon or not host or not port.isdecimal() or int(port) > 65535:
            msg = f"{text!r} is not HOST:PORT"
            raise ValueError(msg)
        return cls(host.removeprefix("[").removesuffix("]"), int(port))

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the address."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


class Resolutions:
    """The servers of validation files by domain name. An exact name wins, then the longest ``*.`` pattern."""

    def __init__(self, pairs: Iterable[tuple[str, Address]] = ()) -> None:
        self._addresses = {name.lower().rstrip("."): address for name, address in pairs}

    @classmethod
    def parse(cls, arguments: Iterable[str]) -> Resolutions:
        """Parse ``NAME=HOST:PORT`` texts. Raise ValueError if one has another form."""
        pairs = []
        for argument in arguments:
            name, equals, address = argument.partition("=")
            if not equals or not name:
                msg = f"{argument!r} is not NAME=HOST:PORT"
                raise ValueError(msg)
            pairs.append((name, Address.parse(address)))
        return cls(pairs)

    def find(self, name: str) -> Address | None:
        """Return the address for ``name``. ``*`` matches every name, ``*.example.org`` every name below it."""
        name = name.lower().rstrip(".")
        if name in self._addresses:
            return self._addresses[name]
        labels = name.split(".")
        patterns = [".".join(["*", *labels[depth:]]) for depth in range(1, len(labels) + 1)]
        return next((self._addresses[pattern] for pattern in patterns if pattern in self._addresses), None)


@dataclass(frozen=True)
class Settings:
    """The settings of one sandbox.

    ``clock`` is the offset of its clock; None keeps the last offset. ``pace`` is the duration of each step of the CA in
    seconds.

    ``repository`` of None means the port after that of ``listen``, or a free port if that is 0. ``allowed_hosts`` are
    further host names of the control API and the status page.
    """

    listen: Address
    data: Path
    tls: bool = True
    repository: Address | None = None
    allowed_hosts: tuple[str, ...] = ()
    user: str = "demo"
    password: str = field(default="demo", repr=False)
    resolve: Resolutions = field(default_factory=Resolutions)
    dns: Address | None = None
    smtp: Address | None = None
    approve: Approval = Approval.AUTO
    products: Sale = Sale.LIKELY
    max_days: int = 199
    max_names: int = 100
    clock: timedelta | None = None
    pace: float = 0.0
    dialect: Dialect = field(default_factory=Dialect)

    @property
    def repository_address(self) -> Address:
        """The address of CRL, OCSP and issuer certificates, which every CA serves over plain HTTP (RFC 5280 8)."""
        port = self.listen.port
        return self.repository or Address(self.listen.host, (port + 1) % 65536 if port else 0)

    def __post_init__(self) -> None:
        if not self.tls and not self.listen.is_loopback:
            msg = f"--no-tls serves on loopback only, not on {self.listen}: passwords would travel unencrypted"
            raise ValueError(msg)
        for name in self.allowed_hosts:
            if as_address(name) is None and (is_wildcard(name) or not is_well_formed(name)):
                msg = f"--allowed-host needs a host name or an address without a port, not {name!r}"
                raise ValueError(msg)
        if self.max_days < 1:
            msg = f"--max-days must be at least 1, not {self.max_days}"
            raise ValueError(msg)
