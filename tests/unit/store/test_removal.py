# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Removes an unwanted certificate completely, but not the key of an order that may still lead to a certificate."""

from __future__ import annotations

import fcntl
import re
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.order_identity import order_id_for
from ansible_collections.certops.certum.plugins.module_utils._store.certificate_on_disk import is_there
from ansible_collections.certops.certum.plugins.module_utils._store.lock import certificate_directory
from ansible_collections.certops.certum.plugins.module_utils._store.metadata import OrderStage
from ansible_collections.certops.certum.plugins.module_utils._store.removal import (
    OrderAnswers,
    out_of_use,
    remove,
)
from ansible_collections.certops.certum.plugins.module_utils._store.staged_order import discard, record_order
from ansible_collections.certops.certum.plugins.module_utils._store.store_errors import StoreError
from ansible_collections.certops.certum.plugins.module_utils._store.version_choice import confirm, roll_back
from ansible_collections.certops.certum.tests.unit.store.faults import Faults
from ansible_collections.certops.certum.tests.unit.store.world import NAME, NOW, World, order, tree


def test_without_a_pending_order_everything_is_removed(world: World) -> None:
    serial_number = world.renew()
    world.stage()
    discard(world.layout, NAME)
    world.stage()
    before = tree(world.base)
    would = remove(world.layout, NAME, check_mode=True)
    assert tree(world.base) == before
    did = remove(world.layout, NAME)
    assert did == would
    assert (did.changed, did.problem, did.before["serial_number"], did.after) == (True, None, serial_number, {})
    assert list(world.base.iterdir()) == []
    assert not is_there(world.layout, NAME)
    assert not remove(world.layout, NAME).changed
    assert list(world.base.iterdir()) == [], "reading makes no directory"


ENDED: dict[str, tuple[Any, dict[str, Any]]] = {
    "recorded as rejected": (replace(order(), stage=OrderStage.REJECTED), {}),
    "rejected, as the CA says": (order(), {"answers": OrderAnswers(ended={"shop-1"})}),
}


@pytest.mark.parametrize("case", ENDED)
def test_finished_order_keeps_nothing(world: World, case: str) -> None:
    record, options = ENDED[case]
    world.stage()
    record_order(world.layout, NAME, record)
    assert remove(world.layout, NAME, **options).problem is None
    assert not is_there(world.layout, NAME)


def _order_pending(world: World) -> None:
    record_order(world.layout, NAME, order())


def _intended(world: World) -> None:
    record_order(world.layout, NAME, replace(order(), stage=OrderStage.INTENDED))


def _reissued(world: World) -> None:
    record_order(world.layout, NAME, replace(order(), operation="reissue"))


def _perhaps_reissued(world: World) -> None:
    record_order(world.layout, NAME, replace(order(), operation="reissue", stage=OrderStage.INTENDED))


def _damaged(world: World) -> None:
    _order_pending(world)
    (world.layout.staged(NAME) / "privkey.pem").write_text("garbage")


def _reissued_and_damaged(world: World) -> None:
    _reissued(world)
    (world.layout.staged(NAME) / "privkey.pem").write_text("garbage")


@pytest.mark.parametrize(
    ("happened", "words"),
    [
        (_order_pending, "order shop-1 is pending, so its key stays in .*staged. Cancel the order with certum_cancel"),
        (_intended, "order shop-1 may have been sent.* If the account has no such order, remove .*staged"),
        (
            _reissued,
            r"^a reissue in order shop-1 is pending, so its key stays in .*staged. The CA does not cancel an order "
            r"that has a certificate \(error 1136\): declare the certificate present until it is issued, "
            r"then run again.$",
        ),
        (_perhaps_reissued, "error 1136.* If the account has no such reissue, remove .*staged"),
        (_reissued_and_damaged, "The reissue in order shop-1 cannot be cancelled"),
        (_damaged, "the private key cannot be parsed.*cancel order shop-1"),
    ],
)
def test_files_a_pending_order_may_need_stay_and_are_reported(world: World, happened: Any, words: str) -> None:
    world.renew()
    world.stage()
    happened(world)
    staged = tree(world.layout.staged(NAME))
    first = remove(world.layout, NAME, answers=OrderAnswers(ended={"another"}))
    again = remove(world.layout, NAME)
    assert (first.changed, again.changed) == (True, False)
    assert first.problem == again.problem
    assert re.search(words, str(first.problem))
    assert tree(world.layout.staged(NAME)) == staged
    assert sorted(path.name for path in world.layout.certificate(NAME).iterdir()) == [".lock", "staged"]


UNKNOWN_ORDERS: dict[str, tuple[dict[str, Any], str | None, str]] = {
    "sent more than an hour ago, if at all": ({}, None, ""),
    "perhaps sent to an unknown system, and production does not have it": ({}, "production", ""),
    "perhaps sent to an unknown system, and only test does not have it": ({}, "test", "Use the account and the envir"),
    "sent a moment ago": (
        {"created": NOW},
        None,
        "may have been sent, and the account does not have it .*error 1033.*Run again after 2026-11-23 01:00 UTC",
    ),
    "placed, so it is another account": (
        {"stage": OrderStage.PLACED},
        None,
        "is pending, and the account does not have it .*Use the account and the environment",
    ),
    "perhaps sent to the other environment": (
        {"environment": "production"},
        "test",
        "Use the account and the environment",
    ),
    "a reissue, whose order exists": ({"operation": "reissue"}, None, "Use the account and the environment"),
    "an order that is not named after the key": ({"order_id": "shop-1"}, None, "Use the account and the environment"),
}


@pytest.mark.parametrize(("changes", "asked", "words"), UNKNOWN_ORDERS.values(), ids=UNKNOWN_ORDERS)
def test_order_unknown_to_the_ca_goes_only_if_never_placed(
    world: World, changes: dict[str, Any], asked: str | None, words: str
) -> None:
    staged = world.stage()
    order_id = order_id_for(name=NAME, public_key_sha256=staged.public_key_sha256)
    intended = replace(order(order_id), stage=OrderStage.INTENDED, created=NOW - timedelta(hours=1))
    record = replace(intended, **changes)
    record_order(world.layout, NAME, record)

    removed = remove(world.layout, NAME, answers=OrderAnswers(unknown={str(record.order_id): asked}, now=NOW))

    assert bool(removed.problem) is is_there(world.layout, NAME) is bool(words)
    assert re.search(words, str(removed.problem))


def test_process_that_waited_for_the_lock_learns_of_removal(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.stage()
    flock = fcntl.flock

    def removed_meanwhile(*given: Any) -> None:
        monkeypatch.undo()
        remove(world.layout, NAME)
        flock(*given)

    monkeypatch.setattr("fcntl.flock", removed_meanwhile)
    with (
        pytest.raises(StoreError, match=r"removed the certificate meanwhile\. Run again"),
        certificate_directory(world.layout, NAME),
    ):
        pass
    assert not is_there(world.layout, NAME)


def test_partly_removed_certificate_is_never_visible(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A version without its key would look broken, and a used key without its order would look new."""
    world.renew()
    world.stage()
    record_order(world.layout, NAME, order())
    whole = world.read().staged
    seen = []

    def look() -> None:
        installed = world.read()
        seen.append(len(installed.versions))
        assert installed.problems == ()
        assert installed.staged in (whole, None)

    with Faults().active(monkeypatch) as faults:
        faults.watch = look
        remove(world.layout, NAME, answers=OrderAnswers(ended={"shop-1"}))
    assert set(seen) == {1, 0}


class NeededError(Exception):
    """A service needs the certificate."""


@pytest.mark.parametrize("half_done", [False, True])
def test_needed_certificate_is_restored(world: World, half_done: bool) -> None:
    world.renew()
    confirm(world.layout, NAME)
    world.renew()
    if half_done:
        with out_of_use(world.layout, NAME):
            pass
    else:
        roll_back(world.layout, NAME, now=world.now)
    before = world.read()
    with suppress(NeededError), out_of_use(world.layout, NAME) as changed:
        assert changed is not half_done
        assert world.read().current is None
        raise NeededError
    after = world.read()
    assert after.verified == before.verified
    assert after.current == (after.newest_good if half_done else before.current)
    assert after.current is not None
