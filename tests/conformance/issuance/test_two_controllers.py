# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Two controllers run the role for one host. The second may come at every step, and the first go on at every other."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from ansible_collections.certops.certum.tests.unit.host.declared import Host

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from ansible_collections.certops.certum.plugins.module_utils._partner_api.client import PartnerApi
    from ansible_collections.certops.certum.tests.conformance.issuance.world import World

STEPS = 9
Item = dict[str, Any]
EVERYWHERE = list(itertools.product(range(1, STEPS), range(1, STEPS + 1)))
WHEN = {
    "first order": EVERYWHERE[::2],
    "replacement": [when for when in EVERYWHERE if when[0] in {1, 2}],
    "revoked": [when for when in EVERYWHERE if when[0] in {1, 2}],
}
"""After how many steps of the first the second begins, and after how many of the second the first goes on."""


class Site:
    """A host, whose web server serves what is in its web root whenever somebody looks."""

    def __init__(self, ca: World, host: Host, name: str) -> None:
        self.ca, self.host = ca, host
        self.item = host.declare(name)

    def run(self, api: PartnerApi, **planned: Any) -> Iterator[None]:
        """The role, step by step. ``planned`` is what only its plan knows."""
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
        yield

    def _publish(self, due: list[Item], result: Mapping[str, Any]) -> None:
        self.host.challenge(due, result["certificates"])
        self.ca.web.put(self.item["common_name"], self.host.proof or "nothing")

    def is_settled(self) -> bool:
        return not self.host.plan(self.item, now=None)["reasons"]


def interleave(first: Iterator[None], second: Iterator[None], *, begins: int, ends: int) -> None:
    """The first does so many steps before the second begins, which does so many before the first goes on."""
    for run, steps in ((first, begins), (second, ends), (first, STEPS), (second, STEPS)):
        for _step in itertools.islice(run, steps):
            pass


@pytest.mark.parametrize("kind", list(WHEN))
def test_at_every_step_the_second_comes_and_the_first_goes_on_one_certificate_is_bought(
    kind: str, start_world: Callable[..., World], tmp_path: Path
) -> None:
    ca, lost = start_world(), []
    for begins, ends in WHEN[kind]:
        base = tmp_path / f"{begins}-{ends}"
        (base / "www").mkdir(parents=True)
        site = Site(ca, Host(base / "certum", base / "www"), f"s{begins}-{ends}")
        with ca.client() as api, ca.client() as other:
            planned = _prepared(site, api, kind)
            before = _bought(site)
            later = datetime.now(timezone.utc) + timedelta(minutes=1)  # of two of one second, which is newer?
            with time_machine.travel(later, tick=True):
                interleave(site.run(api, **planned), site.run(other, **planned), begins=begins, ends=ends)
                if not site.is_settled():
                    lost.append((begins, ends))
                    list(site.run(api))
        assert site.is_settled(), (begins, ends)
        expected = {"first order": (1, 1), "replacement": (0, 1), "revoked": (1, 1)}[kind]
        assert _difference(before, _bought(site)) == expected, (begins, ends)
        assert site.host.proof is None, (begins, ends)
    print(f"\n{kind}: {len(WHEN[kind])} interleavings, {len(lost)} needed another run: {lost}")


def _prepared(site: Site, api: PartnerApi, kind: str) -> dict[str, Any]:
    """What is there before both come, and what both have been told or find out."""
    if kind == "first order":
        return {}
    list(site.run(api))
    assert site.is_settled()
    name = site.item["name"]
    if kind == "replacement":
        return {"options": {"replace": [name]}}
    newest = site.host.read(name).newest_good
    assert newest is not None
    api.revoke_certificate(serial_number=newest.serial_number)
    return {"revoked": [name], "newest": newest.serial_number}


def _bought(site: Site) -> tuple[int, int]:
    """Orders and certificates that the CA has for this host's declaration."""
    orders = site.ca.orders({"customer": f"web1/{site.item['name']}"})
    return len(orders), sum(len(order["entries"]) for order in orders)


def _difference(before: tuple[int, int], after: tuple[int, int]) -> tuple[int, int]:
    return after[0] - before[0], after[1] - before[1]
