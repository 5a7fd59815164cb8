# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checking the names of one order, all at once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from certum_sandbox.dialect import Switch
from certum_sandbox.hostnames import without_wildcard
from certum_sandbox.model import Method, Order, SystemMethod
from certum_sandbox.proof.caa import check_caa
from certum_sandbox.proof.records import check_record, climb
from certum_sandbox.proof.resolver import Resolver
from certum_sandbox.proof.web_file import FileFetcher
from certum_sandbox.settings import Settings

_AT_ONCE = 32
# A first label that makes an automatic check fail, so that such orders can be rehearsed.
_TRIGGERS = {
    "top-sites": SystemMethod.TOP_SITES,
    "phishtank": SystemMethod.PHISHTANK,
    "google-safe-browsing": SystemMethod.GOOGLE_SAFE_BROWSING,
    "revoked-certificate": SystemMethod.REVOKED_CERTIFICATE,
}


class Checker:
    """Everything that looks at the world outside."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._resolver = Resolver(settings.dns)
        self._fetcher = FileFetcher(settings.resolve, settings.dialect)
        self._limit = asyncio.Semaphore(_AT_ONCE)

    async def close(self) -> None:
        """Give up all connections."""
        await self._fetcher.close()

    async def prove(self, order: Order) -> dict[str, str | None]:
        """For each name of an order that is not proved yet: None if control of it is, else what is wrong."""
        found = await asyncio.gather(*(self._prove(order, name) for name in order.unproved))
        return dict(zip(order.unproved, found, strict=True))

    async def _prove(self, order: Order, name: str) -> str | None:
        if order.approver is None or order.code is None:
            return "no verification code was asked for"
        method, bare = order.approver.method, without_wildcard(name)
        async with self._limit:
            if method is Method.FILE:
                return await self._fetcher.check(name=bare, code=order.code)
            return await self._prove_by_record(method, bare, order.code)

    async def _prove_by_record(self, method: Method, name: str, code: str) -> str | None:
        dialect, troubles = self._settings.dialect, []
        follow_aliases = dialect[Switch.DNS_ALIAS] == "followed"
        for owner in climb(name) if dialect[Switch.DNS_CLIMB] == "yes" else [name]:
            trouble = await check_record(
                self._resolver, method=method, name=owner, code=code, follow_aliases=follow_aliases
            )
            if trouble is None:
                return None
            troubles.append(trouble)
        return troubles[0]

    async def inspect(self, order: Order) -> dict[str, dict[SystemMethod, str]]:
        """What the automatic checks find against each name; names without findings are left out."""
        method = order.approver.method if order.approver else Method.FILE
        names = [proof.name for proof in order.names]
        findings = await asyncio.gather(*(self._inspect(name, method) for name in names))
        return {name: found for name, found in zip(names, findings, strict=True) if found}

    async def _inspect(self, name: str, method: Method) -> dict[SystemMethod, str]:
        found = dict(self._triggered(name))
        if self._settings.dns is not None:
            async with self._limit:
                trouble = await check_caa(self._resolver, name=name, method=method)
            if trouble is not None:
                found[SystemMethod.CAA] = trouble
        return found

    @staticmethod
    def _triggered(name: str) -> Iterable[tuple[SystemMethod, str]]:
        label = without_wildcard(name).partition(".")[0]
        if label in _TRIGGERS:
            yield _TRIGGERS[label], f"the label {label} makes this check fail in the sandbox"
