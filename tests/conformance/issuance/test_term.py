# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later


"""A certificate over two years of the sandbox's clock, with one run each night."""

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
        """Do the run of one night; return whether any certificate was due."""
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


def days_of_purchases(ca: World, start: datetime) -> list[int]:
    """Return the days of purchases."""
    return [
        round((datetime.fromisoformat(order["created"]) - start) / timedelta(days=1)) for order in ca.sandbox.orders()
    ]


@pytest.mark.parametrize("days", [200, 100, 47])
def test_certificate_never_expires_and_is_ordered_once_a_year(
    days: int, start_world: Callable[..., World], tmp_path: Path
) -> None:
    """Reissues are as rare as is safe: a tenth of the lifetime and a week are left for trouble."""
    ca = start_world("--no-tls", f"--max-days={days}")
    nightly = two_years(ca, tmp_path)
    purchases = days_of_purchases(ca, nightly.start)
    print(f"{days} days: ordered on days {purchases}, certificates per order {certificates_per_order(ca)}")
    assert all(later - former >= YEAR - 21 for former, later in zip(purchases, purchases[1:]))
    assert len(purchases) <= 3
    fewest = math.ceil((YEAR - days) / min(days * 0.9, days - 7))
    assert certificates_per_order(ca)[:2] == [1 + fewest] * 2


def certificates_per_order(ca: World) -> list[int]:
    return [len(order["entries"]) for order in ca.sandbox.orders()]


def test_reissue_that_keeps_the_expiry_date_leads_to_a_renewal(
    start_world: Callable[..., World], tmp_path: Path
) -> None:
    ca = start_world("--no-tls", "--max-days=200", **{"reissue-end": "kept"})
    nightly = two_years(ca, tmp_path)
    print(
        f"kept: ordered on days {days_of_purchases(ca, nightly.start)}, "
        f"certificates per order {certificates_per_order(ca)}"
    )
    assert "the reissue has the same expiry date, so it is renewed before" in nightly.said[1]
    assert all(count == 2 for count in certificates_per_order(ca)[:-1]), "after one reissue comes the next term"


@pytest.mark.parametrize(
    ("lifetime", "next_one", "restored"),
    [(199, 178, 250), (398, 355, 370), (398, 355, 420)],
    ids=["reissued, expired here", "renewed, due here", "renewed, expired here"],
)
def test_restored_host_gets_the_paid_certificate(
    lifetime: int, next_one: int, restored: int, start_world: Callable[..., World], tmp_path: Path
) -> None:
    """The disk does not show all orders: the account has a successor that this host has forgotten."""
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
def test_lost_answer_to_the_next_term_leads_to_one_order(
    operation: str, effect: str, when: str, start_world: Callable[..., World], tmp_path: Path
) -> None:
    """The first night may fail, and leave an intent. The second finds the order, or places it."""
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
