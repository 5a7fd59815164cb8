# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who orders a shared certificate and who receives it, whichever hosts answer and whatever dies."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.certops.certum.plugins.module_utils._batch.shared_assignment import (
    Decision,
    Member,
    OnMember,
    decide,
)
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.order_identity import shared_order_id_for
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.shared_orders import (
    NewestCertificate,
    RecordedOrder,
    is_void,
)
from hypothesis import given
from hypothesis import strategies as st

START = datetime(2026, 11, 1, tzinfo=timezone.utc)
LIFETIME = timedelta(days=100)


def certificate(number: int, *, due: bool = False, fresh: bool = False) -> OnMember:
    begin = START + timedelta(days=number)
    return OnMember(f"{number:02X}", begin, begin + LIFETIME, f"order-{number}", due=due, fresh=fresh)


def order(day: int, *, placed: bool = True, order_id: str = "new", operation: str = "order") -> RecordedOrder:
    return RecordedOrder(order_id, operation, placed, predecessor="", created=START + timedelta(days=day))


A, B, C = (Member(host) for host in "abc")
ONE, TWO, DUE = certificate(1), certificate(2), certificate(2, due=True)


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        pytest.param([A, B], Decision("a", True, True, "", ("b",)), id="nobody has it"),
        pytest.param([A, replace(B, certificate=ONE)], Decision("b", False, False, "01", ("a",)), id="one has it"),
        pytest.param(
            [replace(A, certificate=certificate(1, due=True)), replace(B, certificate=TWO)],
            Decision("b", False, False, "02", ("a",)),
            id="a late host needs no order",
        ),
        pytest.param(
            [replace(A, certificate=DUE), replace(B, certificate=DUE)],
            Decision("a", True, True, "02", ("b",)),
            id="the newest is due",
        ),
        pytest.param(
            [replace(A, certificate=DUE), replace(B, certificate=TWO)],
            Decision("a", False, False, "02", ()),
            id="hosts with the same certificate disagree",
        ),
        pytest.param(
            [A, replace(B, pending=order(1))], Decision("b", True, True, "", ("a",)), id="an order is pending"
        ),
        pytest.param(
            [replace(A, pending=order(1, placed=False)), replace(B, pending=order(2))],
            Decision("b", True, True, "", ("a",)),
            id="a placed order goes first",
        ),
        pytest.param(
            [replace(A, certificate=TWO), replace(B, pending=order(1, order_id="order-2"))],
            Decision("a", False, False, "02", ("b",)),
            id="the pending order is that of the other host",
        ),
        pytest.param(
            [replace(A, certificate=TWO), replace(B, pending=order(3, placed=False))],
            Decision("b", True, False, "02", ("a", "b")),
            id="a recorded order is only looked up while another host is current",
        ),
        pytest.param(
            [A, replace(B, certificate=certificate(1, fresh=True), in_batch=False), replace(C, certificate=TWO)],
            Decision("b", False, False, "01", ("a", "c")),
            id="an earlier batch of the play has it",
        ),
        pytest.param(
            [A, replace(B, pending=order(1), in_batch=False)],
            Decision("b", False, True, "", ()),
            id="an earlier batch of the play waits for it",
        ),
    ],
)
def test_decision(members: list[Member], expected: Decision) -> None:
    assert decide(members) == expected


def test_order_id_is_the_same_on_all_hosts_and_different_for_the_next() -> None:
    ids = {
        shared_order_id_for(name=name, owner=owner, predecessor=serial)
        for name in ("shop", "mail")
        for owner in ("@web", "@db")
        for serial in ("", "0A", "0B")
    }
    assert len(ids) == 12
    assert shared_order_id_for(name="shop", owner="@web", predecessor="0a") in ids


HOSTS = ("a", "b", "c")


@dataclass
class Host:
    certificate: int = 0
    order: RecordedOrder | None = None
    sent_key: bool = False


@dataclass
class Group:
    """A group of hosts and its account. ``issued`` are the days of certificates by order id, 0 while it is pending."""

    hosts: dict[str, Host] = field(default_factory=lambda: {name: Host() for name in HOSTS})
    orders: dict[str, tuple[str, int]] = field(default_factory=dict)
    predecessors: list[str] = field(default_factory=list)
    day: int = 0

    def is_due(self, number: int) -> bool:
        return not number or self.day - number >= 60

    def member(self, name: str) -> Member:
        host = self.hosts[name]
        found = certificate(host.certificate, due=self.is_due(host.certificate)) if host.certificate else None
        if found:
            found = replace(found, order_id=self.order_of(host.certificate))
        return Member(name, found, host.order)

    def order_of(self, number: int) -> str:
        return next(order_id for order_id, (_host, day) in self.orders.items() if day == number)

    def run(self, present: list[str], *, dies: str = "", looks: bool = True, lost: tuple[str, ...] = ()) -> None:
        """Do what the role does. ``looks`` is False if another play orders between the look and the order."""
        self.day += 1
        decision = decide([self.member(name) for name in present])
        holder = self.hosts[decision.holder]
        if decision.issue:
            self.issue(decision, holder, dies=dies, looks=looks)
        if dies == "before the transfer":
            return
        newest = max(self.hosts[name].certificate for name in present)
        for name in present:
            if newest and self.hosts[name].certificate != newest and name not in lost:
                self.receive(self.hosts[name], newest)

    def issue(self, decision: Decision, holder: Host, *, dies: str, looks: bool) -> None:
        predecessor = f"{holder.certificate:02X}" if holder.certificate else ""
        is_new = holder.order is None
        if holder.order is None:
            new_id = shared_order_id_for(name="shop", owner="@web", predecessor=predecessor)
            holder.order = RecordedOrder(new_id, "order", False, "", START + timedelta(days=self.day))
        order_id = holder.order.order_id
        if dies == "before the order":
            return
        ours = self.orders.get(order_id)
        if ours is None:
            elsewhere = [day for _host, day in self.orders.values() if f"{day:02X}" != decision.held and day]
            waiting = [day for _host, day in self.orders.values() if not day]
            live = [day for day in elsewhere if self.day - day < LIFETIME.days and day == max(elsewhere)]
            if not decision.may_send or (looks and ((live and f"{max(live):02X}" > decision.held) or waiting)):
                holder.order = None if is_new or not decision.may_send else holder.order
                return
            assert self.is_due(max([day for _host, day in self.orders.values()], default=0)), "ordered without need"
            self.orders[order_id] = (decision.holder, 0)
            self.predecessors.append(predecessor)
        elif ours[0] != decision.holder:
            # Error 1012: the order is that of another host. After a crash this shows only when it is issued.
            holder.order = None if is_new or ours[1] else replace(holder.order, placed=True)
            self.orders[order_id] = (ours[0], ours[1] or self.day)
            return
        holder.order = replace(holder.order, placed=True)
        if dies == "after the order":
            return
        self.orders[order_id] = (decision.holder, ours[1] if ours and ours[1] else self.day)
        if dies == "before the installation":
            return
        holder.certificate, holder.order = self.orders[order_id][1], None

    def receive(self, host: Host, number: int) -> None:
        host.certificate = number
        newest = NewestCertificate(f"{number:02X}", self.order_of(number), START + timedelta(days=number))
        if host.order and is_void(host.order, newest):
            host.order = None


DEATHS = ("", "before the order", "after the order", "before the installation", "before the transfer")


@st.composite
def runs(draw: st.DrawFn) -> tuple[list[str], str, bool, tuple[str, ...], int]:
    present = draw(st.lists(st.sampled_from(HOSTS), min_size=1, unique=True))
    lost = tuple(draw(st.lists(st.sampled_from(HOSTS), unique=True)))
    return present, draw(st.sampled_from(DEATHS)), draw(st.booleans()), lost, draw(st.sampled_from([0, 30, 70]))


@given(st.lists(runs(), max_size=12))
def test_one_purchase_and_every_host_gets_the_newest(
    history: list[tuple[list[str], str, bool, tuple[str, ...], int]],
) -> None:
    group = Group()
    for present, dies, looks, lost, days in history:
        group.day += days
        group.run(present, dies=dies, looks=looks, lost=lost)
        assert len(set(group.predecessors)) == len(group.predecessors), "a certificate was ordered twice"

    for _run in range(4):  # orders of several hosts are resumed one after the other
        group.run(list(HOSTS))
    numbers = {host.certificate for host in group.hosts.values()}
    assert len(numbers) == 1
    assert numbers == {max(day for _host, day in group.orders.values())}
    assert [host.order for host in group.hosts.values()] == [None, None, None]
    placed = len(group.orders)
    group.run(list(HOSTS))
    assert len(group.orders) == placed
