# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The CA of all histories: a real sandbox that fetches files and records, and whose clock only moves forward."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from ansible_collections.certops.certum.plugins.module_utils._partner_api.client import PartnerApi
from ansible_collections.certops.certum.plugins.module_utils._partner_api.retry import Retry
from ansible_collections.certops.certum.tests.support.dns_server import DnsServer
from ansible_collections.certops.certum.tests.support.file_server import FileServer
from ansible_collections.certops.certum.tests.support.sandbox import Sandbox
from ansible_collections.certops.certum.tests.unit.host.declared import PROOF

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

STAFF = ("ORGANIZATION", "APPLICANT", "AUTHORIZATION")
OPEN = ("AWAITING", "VERIFICATION", "ACCEPTED")
ROBOTS = ("DOMAIN", "INTERNAL")
LONGEST_CLOCK = timedelta(days=4000)


class WebRoots(FileServer):
    """Serves the web root of each host under all of its names."""

    def __init__(self) -> None:
        super().__init__()
        self.roots: dict[str, Path] = {}

    def body(self, name: str) -> bytes | None:
        try:
            return (self.roots[name.split(".")[-3]] / PROOF).read_bytes()
        except FileNotFoundError:
            return None


class Ca:
    """The sandbox and the servers that it asks. A new one starts before its clock leaves the lifetime of its keys."""

    def __init__(self, base: Path) -> None:
        self.base, self.offset = base, timedelta()
        self.web, self.dns = WebRoots(), DnsServer()
        self._numbers = itertools.count(1)
        self._published: set[tuple[str, str, str]] = set()
        self._sandbox: Sandbox | None = None
        self._client: PartnerApi | None = None

    def __enter__(self) -> Ca:
        self.web.__enter__()
        self.dns.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop()
        self.web.__exit__(None, None, None)
        self.dns.__exit__(None, None, None)

    @property
    def sandbox(self) -> Sandbox:
        if self._sandbox is None:
            number = next(self._numbers)
            self._sandbox = Sandbox.start(
                self.base / f"sandbox-{number}",
                ca_from=self.base / "sandbox-1" if number > 1 else None,
                resolve={"*": self.web.address},
                options=["--no-tls", "--approve=manual", "--clock=PT0S", "--dns", self.dns.address],
            )
            self.offset = timedelta()
        return self._sandbox

    def new_history(self) -> None:
        if self.offset > LONGEST_CLOCK:
            self._stop()
        self.sandbox.clear_faults()

    def _stop(self) -> None:
        if self._client:
            self._client.close()
        if self._sandbox:
            self._sandbox.stop()
        self._client = self._sandbox = None

    def advance(self, by: timedelta) -> None:
        self.sandbox.advance(f"PT{int(by.total_seconds())}S")
        self.offset += by

    @property
    def now(self) -> datetime:
        return datetime.now(timezone.utc) + self.offset

    def _seconds(self) -> float:
        """Return the time that a client sees, which passes only between the runs."""
        return self.offset.total_seconds()

    @property
    def client(self) -> PartnerApi:
        """Return one client for all runs: to make one reads the CA certificates of the system, which takes longer than
        a run.

        It forgets that a CA was unreachable a minute later, in the next run.
        """
        if self._client is None:
            self._client = PartnerApi.from_options(
                url=self.sandbox.url,
                username=self.sandbox.user,
                password=self.sandbox.password,
                retry=Retry(sleep=lambda _seconds: None, clock=self._seconds),
            )
        return self._client

    def orders(self, host: str) -> list[dict[str, Any]]:
        """Return the orders of a host, sorted by time."""
        return [order for order in self.sandbox.orders() if order["customer"].startswith(f"{host}/")]

    def publish(self, result: Mapping[str, Any]) -> None:
        """Publish the records, like a DNS task on the controller."""
        for certificate in result["certificates"]:
            for record in (certificate["validation"] or {"records": []})["records"]:
                key = (record["name"], record["type"], f'"{record["value"]}"')
                if key not in self._published:
                    self._published.add(key)
                    self.dns.add(*key)
