# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later


"""A certificate over two years of the sandbox's clock, one nightly run after the other."""

from __future__ import annotations

import contextlib
import math
import shutil
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from ansible_collections.certops.certum.tests.conformance.issuance.world import CONTACT
from ansible_collections.certops.certum.tests.unit.host.declared import Host

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ansible_collections.certops.certum.plugins.module_utils._partner_api.client import PartnerApi
    from ansible_collections.certops.certum.tests.conformance.issuance.world import World

YEAR = 365
NIGHTS = range(2 * YEAR)


class Nightly:
    """The steps of the role, on a host whose clock goes with that of the CA."""

    def __init__(self, ca: World, base: Path) -> None:
        (base / "www").mkdir()
        self.ca, self.host = ca, Host(base / "certum", base / "www")
        self.item: dict[str, Any] = {
            "name": "shop",
            "common_name": "shop.example.com",
            "validation": {"method": "dns_txt_prefix"},
            "contact": CONTACT,
        }
        self.start, self.day = datetime.now(timezone.utc), 0
        self.said: list[str] = []

    def run(self, api: PartnerApi, day: int) -> bool:
        """What happens in one night; whether anything was due."""
        now = self.start + timedelta(days=day)
        if not self.host.plan(self.item, now=now.isoformat())["due"]:
            return False
        self.ca.sandbox.advance(f"P{day - self.day}D")
        self.day = day
        with time_machine.travel(now, tick=True):
            self._issue(api)
        return True

    def _issue(self, api: PartnerApi) -> None:
        ordered = self.ca.first_call(api, self.host.stage(self.item)["orders"])
        self.host.challenge([self.item], ordered["certificates"])
        self.ca.publish(ordered)
        finished = self.ca.second_call(api, ordered["orders"])
        assert finished["msg"] == ""
        self.host.challenge([self.item], finished["certificates"])
        installed = self.host.install(self.item, orders=ordered["certificates"] + finished["certificates"])
        assert installed["problems"] == []
        self.said.append(installed["reason"]["text"])

    def is_valid(self, day: int) -> bool:
        newest = self.host.read().newest_good
        assert newest is not None
        assert newest.facts is not None
        return newest.facts.not_after > self.start + timedelta(days=day)


def two_years(ca: World, base: Path) -> Nightly:
    nightly = Nightly(ca, base)
    with ca.client() as api:
        for night in NIGHTS:
            nightly.run(api, night)
            assert nightly.is_valid(night + 1), f"no valid certificate in the morning after night {night}"
    return nightly


def bought_on(ca: World, start: datetime) -> list[int]:
    """The days of purchases."""
    return [
        round((datetime.fromisoformat(order["created"]) - start) / timedelta(days=1)) for order in ca.sandbox.orders()
    ]


@pytest.mark.parametrize("days", [200, 100, 47])
def test_a_certificate_is_never_expired_bought_once_a_year_and_reissued_as_rarely_as_is_safe(
    days: int, start_world: Callable[..., World], tmp_path: Path
) -> None:
    """As rarely as is safe: a tenth of the lifetime and a week are left for trouble."""
    ca = start_world("--no-tls", f"--max-days={days}")
    nightly = two_years(ca, tmp_path)
    purchases = bought_on(ca, nightly.start)
    print(f"{days} days: bought on days {purchases}, certificates per order {certificates_per_order(ca)}")
    assert all(later - former >= YEAR - 21 for former, later in zip(purchases, purchases[1:]))
    assert len(purchases) <= 3
    fewest = math.ceil((YEAR - days) / min(days * 0.9, days - 7))
    assert certificates_per_order(ca)[:2] == [1 + fewest] * 2


def certificates_per_order(ca: World) -> list[int]:
    return [len(order["entries"]) for order in ca.sandbox.orders()]


def test_a_ca_whose_reissues_keep_the_end_is_noticed_and_the_term_renewed(
    start_world: Callable[..., World], tmp_path: Path
) -> None:
    ca = start_world("--no-tls", "--max-days=200", **{"reissue-end": "kept"})
    nightly = two_years(ca, tmp_path)
    print(f"kept: bought on days {bought_on(ca, nightly.start)}, certificates per order {certificates_per_order(ca)}")
    assert "the reissue did not move its end, so it is renewed before" in nightly.said[1]
    assert all(count == 2 for count in certificates_per_order(ca)[:-1]), "one reissue shows it, then the next term"


@pytest.mark.parametrize(
    ("lifetime", "next_one", "restored"),
    [(199, 178, 250), (398, 355, 370), (398, 355, 420)],
    ids=["reissued, expired here", "renewed, due here", "renewed, expired here"],
)
def test_a_host_that_is_restored_from_an_old_copy_gets_what_is_paid_for(
    lifetime: int, next_one: int, restored: int, start_world: Callable[..., World], tmp_path: Path
) -> None:
    """What is on disk is no proof of what was bought: the account has a successor that this host has forgotten."""
    ca = start_world("--no-tls", f"--max-days={lifetime}")
    nightly = Nightly(ca, tmp_path)
    with ca.client() as api:
        nightly.run(api, 0)
        shutil.copytree(nightly.host.base, tmp_path / "copy", symlinks=True)
        nightly.run(api, next_one)
        shutil.rmtree(nightly.host.base)
        (tmp_path / "copy").rename(nightly.host.base)
        paid = len(ca.sandbox.orders())
        assert nightly.run(api, restored)
    assert len(ca.sandbox.orders()) == paid
    assert nightly.is_valid(restored + 1)


LOST = [
    (effect, when) for effect in ("drop", "http-500", "http-503", "garbage", "truncate") for when in ("before", "after")
]


@pytest.mark.parametrize(("effect", "when"), LOST)
@pytest.mark.parametrize("operation", ["reissueCertificate", "renewCertificate"])
def test_what_follows_a_certificate_is_bought_once_whatever_becomes_of_the_answer(
    operation: str, effect: str, when: str, start_world: Callable[..., World], tmp_path: Path
) -> None:
    """The first night may fail, and leave an intent. The second finds what was bought, or buys it."""
    lifetime, day = {"reissueCertificate": (199, 178), "renewCertificate": (398, 353)}[operation]
    ca = start_world("--no-tls", f"--max-days={lifetime}")
    nightly = Nightly(ca, tmp_path)
    with ca.client() as api:
        nightly.run(api, 0)
        ca.sandbox.add_fault(effect, operation=operation, when=when)
        for night in (day, day + 1, day + 2):
            with contextlib.suppress(AssertionError):
                nightly.run(api, night)
        assert not nightly.run(api, day + 3), "it is not due any more"
    assert sum(certificates_per_order(ca)) == 2
    assert nightly.is_valid(day + 3)
