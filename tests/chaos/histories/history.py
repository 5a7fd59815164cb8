# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A history of a host: runs of the role with faults, and the state after them."""

from __future__ import annotations

import errno
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from ansible_collections.certops.certum.tests.chaos.histories import people
from ansible_collections.certops.certum.tests.chaos.histories.invariants import Invariants
from ansible_collections.certops.certum.tests.chaos.histories.role import Role
from ansible_collections.certops.certum.tests.chaos.histories.trouble import HEALTHY, Trouble, Wire
from ansible_collections.certops.certum.tests.chaos.histories.waiting import Waiting
from ansible_collections.certops.certum.tests.unit.store.faults import Faults, Killed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ansible_collections.certops.certum.tests.chaos.histories.host import Site
    from ansible_collections.certops.certum.tests.chaos.histories.role import Report

A_MINUTE = timedelta(minutes=1)
RUNS_TO_CONVERGE = 3


class History:
    """Runs for one host, each of them checked and logged."""

    def __init__(self, site: Site) -> None:
        self.site, self.ca = site, site.ca
        self.invariants = Invariants(site)
        self.ca_is_down = False
        self.log: list[str] = []

    def run(self, trouble: Trouble = HEALTHY, *, order_again: Sequence[str] = ()) -> Report:
        """Do one run of the role, a minute after the last, and check everything that must hold after each run."""
        self.ca.advance(A_MINUTE)
        before = self.site.orders()
        self.invariants.begin_run()
        disk = Faults(at=trouble.disk, effect=trouble.effect, number=errno.ENOSPC)
        disk.watch = self.invariants.watch_disk
        role = Role(self.site, order_again=order_again, watch=self.invariants.watch_result)
        waiting = Waiting(self.ca, self.site.name, longest=10 if trouble.is_none and not self.ca_is_down else 0.3)
        monkeypatch = pytest.MonkeyPatch()
        self._arrange(trouble)
        with (
            disk.active(monkeypatch),
            Wire(trouble, disk).active(monkeypatch),
            waiting.active(monkeypatch),
            time_machine.travel(self.ca.now, tick=True),
            suppress(Killed),
        ):
            role.play()
        self.ca.sandbox.clear_faults()
        orders = [f"{order['orderID']} {order['state']} {order['names']}" for order in self.site.orders()]
        self.log.append(f"{self.ca.now:%Y-%m-%d} {trouble} {list(order_again)}: {role.said}; at the CA: {orders}")
        try:
            self.invariants.check_purchases(before, order_again)
            self.invariants.check_keys()
        except AssertionError as error:
            error.add_note("The last runs:\n" + "\n".join(self.log[-6:]))
            raise
        return role.said

    def _arrange(self, trouble: Trouble) -> None:
        if self.ca_is_down:
            self.ca.sandbox.add_fault("http-503", times=10**6)
        if trouble.fault:
            self.ca.sandbox.add_fault(**trouble.fault)

    def settle(self) -> None:
        """Check that with a healthy CA, and people who follow the messages, three runs lead to the declared state."""
        self.ca_is_down, self.site.check_revocation = False, True
        order_again: list[str] = []
        runs = 0
        while runs < RUNS_TO_CONVERGE:
            for name in self.site.declared:
                people.decide(self.site, name)
            said = self.run(order_again=order_again)
            runs += 1
            order_again = people.wanted_again(self.site, said.problems)
            if people.act(self.site, said.problems) or order_again:
                runs = 0
            if said.nothing:
                break
            assert len(self.log) < 200, "people are asked again and again:\n" + "\n".join(self.log[-6:])
        last = self.run()
        assert last.nothing, "it does not converge:\n" + "\n".join(self.log[-6:])
        self.invariants.check_settled()
