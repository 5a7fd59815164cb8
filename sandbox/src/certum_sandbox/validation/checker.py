# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The checks of all names of one order, in parallel."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from certum_sandbox.dialect import Switch
from certum_sandbox.hostnames import without_wildcard
from certum_sandbox.model import Method, Order, SystemMethod
from certum_sandbox.settings import Settings
from certum_sandbox.validation.caa import check_caa
from certum_sandbox.validation.dns_records import check_record, name_and_parents
from certum_sandbox.validation.resolver import Resolver
from certum_sandbox.validation.validation_file import FileFetcher

_AT_ONCE = 32
# Each of these first labels makes an automatic check fail, so that users can test such orders.
_TRIGGERS = {
    "top-sites": SystemMethod.TOP_SITES,
    "phishtank": SystemMethod.PHISHTANK,
    "google-safe-browsing": SystemMethod.GOOGLE_SAFE_BROWSING,
    "revoked-certificate": SystemMethod.REVOKED_CERTIFICATE,
}


class Checker:
    """The checks that need the network: validation files, DNS records and CAA."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._resolver = Resolver(settings.dns)
        self._fetcher = FileFetcher(settings.resolve, settings.dialect)
        self._limit = asyncio.Semaphore(_AT_ONCE)

    async def close(self) -> None:
        """Close all connections."""
        await self._fetcher.close()

    async def validate(self, order: Order) -> dict[str, str | None]:
        """Validate the names of an order that need it. Return for each name None on success, else the problem."""
        found = await asyncio.gather(*(self._validate_name(order, name) for name in order.unvalidated))
        return dict(zip(order.unvalidated, found, strict=True))

    async def _validate_name(self, order: Order, name: str) -> str | None:
        if order.approver is None or order.code is None:
            return "the order has no verification code"
        method, bare = order.approver.method, without_wildcard(name)
        async with self._limit:
            if method is Method.FILE:
                return await self._fetcher.check(name=bare, code=order.code)
            return await self._validate_by_record(method, bare, order.code)

    async def _validate_by_record(self, method: Method, name: str, code: str) -> str | None:
        dialect, troubles = self._settings.dialect, []
        follow_aliases = dialect[Switch.DNS_ALIAS] == "followed"
        for owner in name_and_parents(name) if dialect[Switch.DNS_CLIMB] == "yes" else [name]:
            trouble = await check_record(
                self._resolver, method=method, name=owner, code=code, follow_aliases=follow_aliases
            )
            if trouble is None:
                return None
            troubles.append(trouble)
        return troubles[0]

    async def run_automatic_checks(self, order: Order) -> dict[str, dict[SystemMethod, str]]:
        """Return the findings of the automatic checks for each name. Names without findings are left out."""
        method = order.approver.method if order.approver else Method.FILE
        names = [validation.name for validation in order.names]
        findings = await asyncio.gather(*(self._check_automatically(name, method) for name in names))
        return {name: found for name, found in zip(names, findings, strict=True) if found}

    async def _check_automatically(self, name: str, method: Method) -> dict[SystemMethod, str]:
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
            yield _TRIGGERS[label], f"a name with the first label {label} fails this check in the sandbox"
