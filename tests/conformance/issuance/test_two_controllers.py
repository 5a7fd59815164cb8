# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two controllers run the role for one host. Each may act between any two steps, and any two calls, of the other."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from ansible_collections.certops.certum.tests.unit.host.declared import Host

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from ansible_collections.certops.certum.plugins.module_utils._partner_api.call import Call
    from ansible_collections.certops.certum.plugins.module_utils._partner_api.client import PartnerApi
    from ansible_collections.certops.certum.plugins.module_utils._partner_api.transport import HttpAnswer, Transport
    from ansible_collections.certops.certum.tests.conformance.issuance.world import World

STEPS = 9
CALLS = 8
Item = dict[str, Any]
EVERYWHERE = list(itertools.product(range(1, STEPS), range(1, STEPS + 1)))
CALL_BY_CALL = list(itertools.product(range(1, CALLS + 1), range(1, STEPS + 1)))
AT_A_STEP = {
    "first order": EVERYWHERE[::2],
    "replacement": [when for when in EVERYWHERE if when[0] in {1, 2}],
    "revoked": [when for when in EVERYWHERE if when[0] in {1, 2}],
}
"""After how many steps of the first the second begins, and after how many of the second the first goes on."""
BEGIN_AT_A_CALL = {
    "first order": CALL_BY_CALL,
    "replacement": [when for when in CALL_BY_CALL if when[1] in {4, 9}],
    "revoked": [when for when in CALL_BY_CALL if when[1] in {4, 9}],
}
"""Before which of the first's calls to the CA the second begins, and after how many of its steps the first goes on."""
END_AT_A_CALL = {
    "first order": CALL_BY_CALL,
    "replacement": [when for when in CALL_BY_CALL if when[1] in {2, 4}],
    "revoked": [when for when in CALL_BY_CALL if when[1] in {2, 4}],
}
"""Before which of the second's calls the first does all its rest, and after how many of its steps the second began."""


class Site:
    """A host, whose web server serves its web root at the time of each request."""

    def __init__(self, ca: World, host: Host, name: str) -> None:
        self.ca, self.host = ca, host
        self.item = host.declare(name)
        self.problems: list[str] = []

    def run(self, api: PartnerApi, **planned: Any) -> Iterator[None]:
        """Run the role, step by step. ``planned`` is the plan that this controller has."""
        plan = self.host.plan(self.item, now=None, **planned.get("options", {}))
        revoked = [*plan["revoked"], *planned.get("revoked", ())]
        yield
        due = plan["due"] or [self.item] * bool(revoked)
        newest = plan["newest"] or {self.item["name"]: planned.get("newest", "")}
        orders = self.host.stage(*due, revoked=revoked, newest=newest)["orders"]
        yield
        ordered = self.ca.first_call(api, orders)
        yield
        self._publish(due, ordered)
        yield
        finished = self.ca.second_call(api, ordered["orders"], wait_timeout=3)
        yield
        self._publish(due, finished)
        yield
        new_codes = {each["name"] for each in finished["certificates"] if each["changed"]}
        again = [order for order in finished["orders"] if order["name"] in new_codes]
        late = self.ca.second_call(api, again, wait_timeout=3)
        yield
        self._publish(due, late)
        yield
        results = ordered["certificates"] + finished["certificates"] + late["certificates"]
        assert self.host.install(*due, orders=results)["problems"] == []
        self.problems += [each["problem"]["text"] for each in results if each["problem"]]
        yield

    def _publish(self, due: list[Item], result: Mapping[str, Any]) -> None:
        self.host.challenge(due, result["certificates"])
        self.ca.web.put(self.item["common_name"], self.host.proof or "nothing")

    def is_settled(self) -> bool:
        return not self.host.plan(self.item, now=None)["reasons"]


@dataclass
class Interrupted:
    """A transport that starts the other controller just before one of its calls; it counts them."""

    transport: Transport
    act_before: int
    act: Callable[[], None]
    calls: int = 0

    def post(self, body: bytes, *, headers: Mapping[str, str], call: Call) -> HttpAnswer:
        self.calls += 1
        if self.calls == self.act_before:
            self.act()
        return self.transport.post(body, headers=headers, call=call)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.transport, name)


def walk(run: Iterator[None], steps: int = STEPS) -> None:
    for _step in itertools.islice(run, steps):
        pass


def interrupt(run: Iterator[None], api: PartnerApi, act_before: int, act: Callable[[], None]) -> bool:
    """Do the whole run; return whether it made that call."""
    transport = Interrupted(api._transport, act_before, act)
    api._transport = transport  # type: ignore[assignment]
    walk(run)
    return transport.calls >= act_before


def begin_at_a_step(first: Iterator[None], second: Iterator[None], when: tuple[int, int], *_apis: PartnerApi) -> bool:
    """Start the second after some steps of the first, which continues after some steps of the second."""
    for run, steps in ((first, when[0]), (second, when[1]), (first, STEPS), (second, STEPS)):
        walk(run, steps)
    return True


def begin_at_a_call(first: Iterator[None], second: Iterator[None], when: tuple[int, int], *apis: PartnerApi) -> bool:
    """Start the second before a call of the first, which continues after some steps of the second."""
    met = interrupt(first, apis[0], when[0], lambda: walk(second, when[1]))
    walk(second, STEPS if met else 0)
    return met


def end_at_a_call(first: Iterator[None], second: Iterator[None], when: tuple[int, int], *apis: PartnerApi) -> bool:
    """Start the second after some steps of the first, which does the rest before a call of the second."""
    walk(first, when[1])
    met = interrupt(second, apis[1], when[0], lambda: walk(first))
    walk(first)
    return met


CASES = [
    *[(begin_at_a_step, kind, moments) for kind, moments in AT_A_STEP.items()],
    *[(begin_at_a_call, kind, moments) for kind, moments in BEGIN_AT_A_CALL.items()],
    *[(end_at_a_call, kind, moments) for kind, moments in END_AT_A_CALL.items()],
]


@pytest.mark.parametrize(("both", "kind", "moments"), CASES, ids=lambda value: getattr(value, "__name__", None))
def test_two_controllers_at_any_time_order_one_certificate(
    both: Callable[..., bool],
    kind: str,
    moments: list[tuple[int, int]],
    start_world: Callable[..., World],
    tmp_path: Path,
) -> None:
    ca, met, lost = start_world(), 0, []
    for when in moments:
        base = tmp_path / "-".join(map(str, when))
        (base / "www").mkdir(parents=True)
        site = Site(ca, Host(base / "certum", base / "www"), f"s{base.name}")
        with ca.client() as api, ca.client() as other:
            planned = _prepared(site, api, kind)
            before = _ordered(site)
            later = datetime.now(timezone.utc) + timedelta(minutes=1)  # of two of one second, which is newer?
            with time_machine.travel(later, tick=True):
                met += both(site.run(api, **planned), site.run(other, **planned), when, api, other)
                assert all("run again" in problem.lower() for problem in site.problems), (when, site.problems)
                if not site.is_settled():
                    lost.append(when)
                    walk(site.run(other))
        assert site.is_settled(), when
        expected = {"first order": (1, 1), "replacement": (0, 1), "revoked": (1, 1)}[kind]
        assert _difference(before, _ordered(site)) == expected, when
        assert site.host.proof is None, when
    assert met
    print(f"\n{both.__name__}, {kind}: {met} interleavings, {len(lost)} needed another run: {lost}")


def _prepared(site: Site, api: PartnerApi, kind: str) -> dict[str, Any]:
    """Return the initial state, and the facts that both controllers have or find out."""
    if kind == "first order":
        return {}
    walk(site.run(api))
    assert site.is_settled()
    name = site.item["name"]
    if kind == "replacement":
        return {"options": {"replace": [name]}}
    newest = site.host.read(name).newest_good
    assert newest is not None
    api.revoke_certificate(serial_number=newest.serial_number)
    return {"revoked": [name], "newest": newest.serial_number}


def _ordered(site: Site) -> tuple[int, int]:
    """Return the orders and certificates that the CA has for this host's declaration."""
    orders = site.ca.orders({"customer": f"web1/{site.item['name']}"})
    return len(orders), sum(len(order["entries"]) for order in orders)


def _difference(before: tuple[int, int], after: tuple[int, int]) -> tuple[int, int]:
    return after[0] - before[0], after[1] - before[1]
