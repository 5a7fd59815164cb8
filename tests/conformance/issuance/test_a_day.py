# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the role every quarter of an hour for a day, with a CA that is down half of the time.

No test waits: a pause moves the clocks of the host, of the CA and of the client, and does the events in between.
"""

from __future__ import annotations

import itertools
import random
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
import yaml
from ansible_collections.certops.certum.plugins.module_utils._issuance.waiting import Patience
from ansible_collections.certops.certum.plugins.module_utils._partner_api.retry import Retry
from ansible_collections.certops.certum.plugins.module_utils._partner_api.transport import Transport
from ansible_collections.certops.certum.tests.unit.host.declared import Host

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ansible_collections.certops.certum.plugins.module_utils._partner_api.client import PartnerApi
    from ansible_collections.certops.certum.tests.conformance.issuance.world import World

MINUTE, QUARTER, HOUR, DAY = 60.0, 900.0, 3600.0, 86400.0
DEFAULTS = Path(__file__).parents[3] / "roles/certum/defaults/main.yml"
NAMES = ("simple", "hidden", "vetted")
PROOF_IS_VISIBLE = 6 * HOUR
STAFF_DECIDES = 20 * HOUR
COMPANY = {
    "name": "Example S.A.",
    "tax_identification_number": "5250000000",
    "country": "PL",
    "locality": "Szczecin",
    "registration_number": "0000421310",
}
CONVERSATION = 15
"""The calls that one run may need at once: order, trigger validation, poll for a moment and fetch."""


@dataclass(frozen=True)
class Outage:
    begin: float
    end: float
    kind: str


def outages(seed: int) -> list[Outage]:
    """Return outages for about half of the day. The first run meets one."""
    chance, found, moment = random.Random(seed), [], 0.0
    while moment < DAY - HOUR:
        down = chance.uniform(5 * MINUTE, 100 * MINUTE)
        kind = ("http-503", "drop", "refused")[len(found) % 3]
        found.append(Outage(moment, min(moment + down, DAY - HOUR), kind))
        moment += down + chance.uniform(5 * MINUTE, 100 * MINUTE)
    return found


@dataclass(frozen=True)
class Attempt:
    """One call to the CA, whether it arrives or not."""

    at: float
    client: int
    operation: str
    body: str


@dataclass
class Day:
    ca: World
    host: Host
    outages: Sequence[Outage]
    now: float = 0.0
    runs: int = 0
    clients: int = 0
    attempts: list[Attempt] = field(default_factory=list)
    installed: dict[str, float] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    """Whose codes and serial numbers are in a message."""
    begin: datetime = field(default_factory=lambda: datetime.now(timezone.utc))
    _owed: float = 0.0
    _down: Outage | None = None
    _travel: Callable[[timedelta], None] = lambda _by: None

    @contextmanager
    def going_by(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """Set all clocks to this day while the context lasts."""
        of = Patience.of
        own = {"clock": lambda: self.now, "sleep": self.pass_by}
        monkeypatch.setattr(Patience, "of", lambda params: replace(of(params), **own))
        send = Transport.post

        def post(transport: Transport, body: bytes, **more: Any) -> Any:
            self.attempts.append(Attempt(self.now, self.clients, more["call"].operation.value, body.decode()))
            return send(transport, body, **more)

        monkeypatch.setattr(Transport, "post", post)
        with time_machine.travel(self.begin, tick=True) as traveller:
            self._travel = traveller.shift
            self._break_or_mend()
            try:
                yield
                self._mend()
            finally:
                self.ca.sandbox.stop()

    def pass_by(self, seconds: float) -> None:
        self.now += seconds
        self._owed += seconds
        self._travel(timedelta(seconds=seconds))
        self._break_or_mend()

    def _break_or_mend(self) -> None:
        down = next((outage for outage in self.outages if outage.begin <= self.now < outage.end), None)
        if down is not self._down:
            self._mend()
            if down is not None and down.kind == "refused":
                self.ca.sandbox.stop()
            elif down is not None:
                self.ca.sandbox.add_fault(down.kind, times=10**9)
            self._down = down
        if down is None or down.kind != "refused":
            self.ca.sandbox.advance(f"PT{int(self._owed)}S")
            self._owed %= 1

    def _mend(self) -> None:
        if self._down is not None and self._down.kind == "refused":
            self.ca.sandbox = self.ca.sandbox.restart()
        self.ca.sandbox.clear_faults()
        self._down = None

    def items(self) -> list[dict[str, Any]]:
        by_dns = {"validation": {"method": "dns_txt_prefix"}}
        vetted = {"product": "trusted_ssl", "organization": COMPANY}
        return [
            self.host.declare("simple", **by_dns),
            self.host.declare("hidden"),
            self.host.declare("vetted", **by_dns, **vetted),
        ]

    def run(self, options: Mapping[str, Any]) -> bool:
        """Do the steps of the role; return whether any certificate was due. A failure is left to the next run."""
        self.runs += 1
        planned = self.host.plan(*self.items(), now=None)
        if planned["due"]:
            self._issue(planned["due"], options)
        return bool(planned["due"])

    def _issue(self, due: list[dict[str, Any]], options: Mapping[str, Any]) -> None:
        staged = self.host.stage(*due)
        assert staged["problems"] == []
        with self._client() as api:
            ordered = self.ca.first_call(api, staged["orders"], concurrency=1)
        self.host.challenge(due, ordered["certificates"])
        self._publish(ordered)
        with self._client() as api:
            finished = self.ca.second_call(api, ordered["orders"], concurrency=1, **options)
        self.host.challenge(due, finished["certificates"])
        results = ordered["certificates"] + finished["certificates"]
        assert self.host.install(*due, orders=results)["problems"] == []
        for certificate in results:
            self._note(certificate)

    def _client(self) -> PartnerApi:
        self.clients += 1
        chance = random.Random(self.clients)
        return self.ca.client(retry=Retry(clock=lambda: self.now, sleep=self.pass_by, draw=chance.uniform))

    def _publish(self, ordered: Mapping[str, Any]) -> None:
        for certificate in ordered["certificates"]:
            self._note(certificate)
            hidden = certificate["name"] == "hidden" and self.now < PROOF_IS_VISIBLE
            if not hidden:
                self.ca.publish_files({"certificates": [certificate]})
        if self.now >= STAFF_DECIDES and self._down is None:
            for order in self.ca.sandbox.orders():
                for kind in ("ORGANIZATION", "APPLICANT", "AUTHORIZATION"):
                    if kind in order["verifications"]:
                        self.ca.sandbox.decide(order["orderID"], kind)

    def _note(self, certificate: Mapping[str, Any]) -> None:
        name = certificate["name"]
        if certificate["validation"]:
            self.told[certificate["validation"]["code"]] = name
        if certificate.get("serial_number"):
            self.told[certificate["serial_number"]] = name
            self.installed.setdefault(name, self.now)

    def calls_for(self, name: str) -> list[Attempt]:
        """Return the number of calls for this certificate, and for all."""
        others = {word for word, whose in self.told.items() if whose != name} | set(NAMES) - {name}
        return [attempt for attempt in self.attempts if not any(word in attempt.body for word in others)]


def worst_minute(moments: Sequence[float]) -> int:
    return max(sum(begin <= moment < begin + MINUTE for moment in moments) for begin in moments)


def sequences_in(outage: Outage, attempts: Sequence[Attempt]) -> list[list[float]]:
    """Return the pauses between attempts of one call of a module while the CA was down."""
    within = [attempt for attempt in attempts if outage.begin <= attempt.at < outage.end]
    by_call = itertools.groupby(within, key=lambda attempt: (attempt.client, attempt.operation))
    moments = [[attempt.at for attempt in alike] for _call, alike in by_call]
    return [[later - former for former, later in itertools.pairwise(each)] for each in moments]


@pytest.mark.parametrize("seed", [5])
def test_half_a_day_without_the_ca_leads_to_one_order_each(
    seed: int, start_world: Callable[..., World], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "www").mkdir()
    day = Day(start_world("--approve=manual"), Host(tmp_path / "certum", tmp_path / "www"), outages(seed))
    defaults = yaml.safe_load(DEFAULTS.read_text())
    options = {key: defaults[f"certum_{key}"] for key in ("wait_timeout", "wait_sleep")}
    down = sum(outage.end - outage.begin for outage in day.outages)
    assert DAY * 0.4 < down < DAY * 0.6

    with day.going_by(monkeypatch):
        while day.now < DAY:
            due = day.run(options)
            day.pass_by(QUARTER - day.now % QUARTER)
        orders = day.ca.sandbox.orders()

    assert not due, "the last runs change nothing"
    assert sorted((order["customer"], order["state"]) for order in orders) == [
        (f"web1/{name}", "ENROLLED") for name in sorted(NAMES)
    ]
    assert day.installed["hidden"] >= PROOF_IS_VISIBLE
    assert day.installed["vetted"] >= STAFF_DECIDES
    print(f"\nseed {seed}: {len(day.outages)} outages, {down / DAY:.0%} of the day; {day.runs} runs")
    longest: list[float] = []
    for name in NAMES:
        moments = [attempt.at for attempt in day.calls_for(name)]
        minutes = (day.installed[name] - moments[0]) / MINUTE
        print(
            f"  {name}: {len(moments)} calls in {minutes:.1f} minutes pending,"
            f" {worst_minute(moments)} in the worst minute"
        )
        for outage in day.outages:
            for pauses in sequences_in(outage, day.calls_for(name)):
                growing = pauses[:-1]  # the deadline may cut the last
                assert all(later > former or later >= MINUTE for former, later in itertools.pairwise(growing)), pauses
                longest.append(max(pauses, default=0))
        assert moments[-1] <= day.installed[name]
        assert len(moments) <= minutes + CONVERSATION
        assert worst_minute(moments) <= CONVERSATION
    assert max(longest) >= MINUTE, "a run during a long outage reaches the longest pause"
