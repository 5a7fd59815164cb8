# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The effect of each state of an order on its validation file and its record."""

from __future__ import annotations

import shutil

import pytest
from ansible_collections.certops.certum.plugins.module_utils._store.metadata import OrderStage
from ansible_collections.certops.certum.tests.unit.host.declared import PROOF, Host, answer
from ansible_collections.certops.certum.tests.unit.store.world import tree

INTENDED, PLACED, REJECTED = OrderStage.INTENDED, OrderStage.PLACED, OrderStage.REJECTED


def record(host: Host) -> tuple[OrderStage, str | None] | None:
    staged = host.read().staged
    assert staged is not None, "every state of an order keeps the key"
    return (staged.order.stage, staged.order.validation_code) if staged.order else None


@pytest.mark.parametrize(
    ("before", "state", "code", "after", "published"),
    [
        pytest.param("", "pending", "c0de", (PLACED, "c0de"), "c0de-certum.pl", id="placed"),
        pytest.param("pending", "pending", "c0de", (PLACED, "c0de"), "c0de-certum.pl", id="still pending"),
        pytest.param("pending", "pending", "0ther", (PLACED, "0ther"), "0ther-certum.pl", id="a new code"),
        pytest.param("pending", "pending", None, (PLACED, "c0de"), "c0de-certum.pl", id="nothing new"),
        pytest.param("pending", "issued", "c0de", (PLACED, "c0de"), None, id="issued"),
        pytest.param("pending", "rejected", "c0de", (REJECTED, "c0de"), None, id="rejected"),
        pytest.param("", "not_ordered", None, None, None, id="refused before it was placed"),
        pytest.param("", "unknown", None, (INTENDED, None), None, id="outcome unknown"),
        pytest.param("pending", "unknown", None, (PLACED, "c0de"), "c0de-certum.pl", id="could not be read"),
        pytest.param("pending", "not_ordered", None, (PLACED, "c0de"), "c0de-certum.pl", id="the wrong account"),
        pytest.param("pending", "a state of tomorrow", None, (PLACED, "c0de"), "c0de-certum.pl", id="unknown state"),
    ],
)
def test_publication_states_are_reported(
    host: Host, before: str, state: str, code: str | None, after: tuple[OrderStage, str] | None, published: str | None
) -> None:
    item = host.declare()
    (order,) = host.stage(item)["orders"]
    if before:
        host.challenge([item], [answer(order, before, code="c0de")])
    now = answer(order, state, code=code)
    disk = tree(host.base), tree(host.web_root)
    would = host.challenge([item], [now], check_mode=True)
    assert (tree(host.base), tree(host.web_root)) == disk
    did = host.challenge([item], [now])
    assert (did["changed"], did["diff"]) == (would["changed"], would["diff"])
    assert (record(host), host.proof) == (after, published)
    again = host.challenge([item], [now])
    assert (again["changed"], again["reason"]["text"]) == (False, "nothing had to be published or removed")


def test_failure_of_one_file_does_not_stop_the_others(host: Host) -> None:
    gone = host.declare("mail", validation={"method": "file", "webroot": str(host.web_root / "gone")})
    items = [gone, host.declare("shop"), host.declare("never-ordered")]
    (host.web_root / "gone").mkdir()
    orders = [answer(order, "pending", code="c0de") for order in host.stage(*items[:2])["orders"]]
    shutil.rmtree(host.web_root / "gone")
    result = host.challenge(items, orders)
    assert (result["failed"], len(result["problems"])) == (True, 1)
    assert result["problems"][0]["text"].startswith("mail: ")
    assert host.proof == "c0de-certum.pl"


def test_order_of_another_key_changes_no_record(host: Host) -> None:
    item = host.declare()
    (order,) = host.stage(item)["orders"]
    host.challenge([item], [{**answer(order, "rejected", code="c0de"), "public_key_sha256": "00" * 32}])
    assert record(host) == (INTENDED, None)


def test_dns_method_writes_nothing_to_a_web_root(host: Host) -> None:
    item = host.declare(validation={"method": "dns_txt_prefix"})
    (order,) = host.stage(item)["orders"]
    host.challenge([item], [answer(order, "pending", code="c0de")])
    assert record(host) == (PLACED, "c0de")
    assert not (host.web_root / PROOF).exists()
