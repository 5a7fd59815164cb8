# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks any history of events: nothing is ordered twice, no key is lost, no pair is wrong, and the end is as declared.

After every run and everything else that happens:

- Each new order at the CA is justified by the earlier orders there (purchases.py).
- The public key of every certificate that the CA has open or issued for this host lies on the host, until it was
  installed, refused, or the host was lost.
- ``current`` leads to a key and a chain that belong together, and does not vanish, at every call that changes the disk.
- No private key is in a result or in a request.
- A run that leaves a pending order reports the reason.

At the end the CA is healthy and people follow the messages. Then three runs lead to the declared state, and one more
has nothing to do.

CERTUM_HISTORIES=1000 tries as many histories, which differ each time; without it they are the same every time.
"""

from __future__ import annotations

import itertools
import os
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.tests.chaos.histories import people
from ansible_collections.certops.certum.tests.chaos.histories.authority import Ca
from ansible_collections.certops.certum.tests.chaos.histories.declared import CODES, Declared
from ansible_collections.certops.certum.tests.chaos.histories.history import History
from ansible_collections.certops.certum.tests.chaos.histories.host import Site
from ansible_collections.certops.certum.tests.chaos.histories.trouble import Trouble
from ansible_collections.certops.certum.tests.unit.store.faults import Effect
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HISTORIES = int(os.environ.get("CERTUM_HISTORIES", "0"))
SETTINGS = settings(
    max_examples=HISTORIES or 16,
    stateful_step_count=20,
    derandomize=not HISTORIES,
    database=None,
    deadline=None,  # a step is a run against a server, and the machine may be busy
    print_blob=bool(HISTORIES),
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow],  # for the same reason
)

NAMES = st.sampled_from(["shop", "shop", "mail"])
CHANGES = st.one_of(
    st.fixed_dictionaries({"product": st.sampled_from(sorted(CODES))}),
    st.fixed_dictionaries({"site": st.sampled_from("ab")}),
    st.fixed_dictionaries({"www": st.booleans()}),
    st.fixed_dictionaries({"more": st.booleans()}),
    st.fixed_dictionaries({"key": st.sampled_from(["ec", "rsa"])}),
    st.fixed_dictionaries({"method": st.sampled_from(["dns_txt_prefix", "file"])}),
    st.fixed_dictionaries({"mode": st.sampled_from(["0600", "0640"])}),
)
DECLARED = st.fixed_dictionaries(
    {
        "product": st.sampled_from(["trusted_ssl", *sorted(CODES)]),
        "www": st.booleans(),
        "key": st.sampled_from(["ec", "ec", "rsa"]),
        "method": st.sampled_from(["dns_txt_prefix", "file"]),
    }
)
FULL = st.builds(Trouble, disk=st.integers(0, 90), effect=st.just(Effect.FAIL))
DEATH = st.builds(Trouble, disk=st.integers(0, 90), effect=st.sampled_from([Effect.KILL_BEFORE, Effect.KILL_AFTER]))
WIRE = st.builds(Trouble, wire=st.integers(0, 8), answered=st.booleans())
OPERATIONS = ("*", "quickOrder", "renewCertificate", "reissueCertificate", "getOrderByOrderID", "getOrderState")
FAULT = st.builds(
    Trouble,
    fault=st.fixed_dictionaries(
        {
            "operation": st.sampled_from(OPERATIONS),
            "effect": st.sampled_from(["drop", "http-500", "http-503", "garbage", "truncate"]),
            "when": st.sampled_from(["before", "after"]),
            "skip": st.integers(0, 3),
        }
    ),
)

OWN_NUMBERS = itertools.count(10**6)
"""Settings of histories that are written here, not found."""


class AnyHistory(RuleBasedStateMachine):
    """``ca`` and ``base`` are set by the test; ``steps`` counts what was done in all histories."""

    ca: Ca
    numbers: Iterator[int]
    base: Path
    steps: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        self.ca.new_history()
        self.broken = False
        self.site: Site
        self.history: History

    def _do(self, action: Callable[[], object]) -> None:
        """Do a step; a step that fails is not settled at the end."""
        self.broken = True
        action()
        self.broken = False
        self.steps["steps"] += 1

    @initialize(check_revocation=st.booleans(), spec=DECLARED, installed=st.booleans())
    def begin(self, check_revocation: bool, spec: dict[str, Any], installed: bool) -> None:
        self.site = Site(self.ca, self.base, next(self.numbers), check_revocation=check_revocation)
        self.history = History(self.site)
        self.site.declared["shop"] = Declared("shop", **spec)
        self.steps["histories"] += 1
        if installed:
            self._do(self.history.settle)
            self.site.check_revocation = check_revocation

    @rule(name=NAMES, spec=DECLARED)
    def declare(self, name: str, spec: dict[str, Any]) -> None:
        self.site.declared[name] = Declared(name, **spec)

    @rule(name=NAMES, change=CHANGES)
    def change(self, name: str, change: dict[str, Any]) -> None:
        if name in self.site.declared:
            self.site.declared[name] = replace(self.site.declared[name], **change)

    @rule(name=NAMES, revoke=st.booleans())
    def declare_absent(self, name: str, revoke: bool) -> None:
        if name in self.site.declared:
            self.site.declared[name] = replace(self.site.declared[name], absent=True, revoke=revoke)

    @rule()
    def run(self) -> None:
        self._do(lambda: self._run_well(order_again=False))

    @rule()
    def run_that_orders_all_again(self) -> None:
        self._do(lambda: self._run_well(order_again=True))

    def _run_well(self, *, order_again: bool) -> None:
        said = self.history.run(order_again=sorted(self.site.declared) if order_again else ())
        assert said.finished
        for name, reason in said.pending.items():
            undecided = [
                kind
                for order in self.site.open_orders(name)
                for kind, state in order["verifications"].items()
                if state == "REQUIRED"
            ]
            assert self.history.ca_is_down or any(kind in reason for kind in undecided), (reason, undecided)

    @rule(trouble=FULL)
    def run_while_the_disk_is_full(self, trouble: Trouble) -> None:
        self._do(lambda: self.history.run(trouble))

    @rule(trouble=DEATH)
    def run_until_the_host_dies(self, trouble: Trouble) -> None:
        self._do(lambda: self.history.run(trouble))

    @rule(trouble=WIRE)
    def run_until_the_controller_dies(self, trouble: Trouble) -> None:
        self._do(lambda: self.history.run(trouble))

    @rule(trouble=FAULT)
    def run_with_a_fault_of_the_ca(self, trouble: Trouble) -> None:
        self._do(lambda: self.history.run(trouble))

    @rule(days=st.sampled_from([1, 20, 100, 170, 400]))
    def time_goes_by(self, days: int) -> None:
        self._do(lambda: self.ca.advance(timedelta(days=days)))

    @rule(down=st.booleans())
    def the_ca_goes_down_or_comes_back(self, down: bool) -> None:
        self.history.ca_is_down = down

    @rule(name=NAMES)
    def the_ca_refuses(self, name: str) -> None:
        self._do(lambda: people.reject(self.site, name))

    @rule(name=NAMES)
    def staff_decide(self, name: str) -> None:
        self._do(lambda: people.decide(self.site, name))

    @rule(name=NAMES)
    def somebody_revokes(self, name: str) -> None:
        self._do(lambda: people.revoke_newest(self.site, name))

    @rule(name=NAMES)
    def somebody_removes_the_link(self, name: str) -> None:
        (self.site.host.base / name / "current").unlink(missing_ok=True)

    @rule(name=NAMES, which=st.integers(0, 2))
    def somebody_removes_a_version(self, name: str, which: int) -> None:
        self._do(lambda: people.remove_version(self.site, name, which))

    @rule()
    def the_host_is_rebuilt(self) -> None:
        self._do(self.site.forget_everything)

    @rule()
    def the_host_is_copied(self) -> None:
        self.site.copy()

    @rule()
    def the_host_is_restored(self) -> None:
        self._do(self.site.restore)

    @rule()
    def all_is_well(self) -> None:
        self._do(self.history.settle)

    def teardown(self) -> None:
        if not hasattr(self, "site"):
            return
        try:
            if not self.broken:
                self.history.settle()
        finally:
            self.site.close()


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ca]:
    """Yield a CA of its own, whose clock moves forward by decades."""
    with Ca(tmp_path_factory.mktemp("ca")) as ca:
        yield ca


def test_any_history_ends_as_declared(ca: Ca, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    machine = type(
        "AnyHistory",
        (AnyHistory,),
        {"ca": ca, "base": tmp_path, "numbers": itertools.count(1), "steps": Counter()},
    )
    try:
        run_state_machine_as_test(machine, settings=SETTINGS)
    finally:
        counted = machine.steps  # type: ignore[attr-defined]
        record_property("histories", f"{counted['histories']} with {counted['steps']} steps")


def _restored_when_all_has_ended(history: History) -> None:
    history.run()
    history.site.copy()
    history.settle()
    history.ca.advance(timedelta(days=400))
    history.site.restore()


def _silence_of_the_ca(history: History) -> None:
    history.ca_is_down = True
    for dummy in range(3):
        history.run()


@pytest.mark.parametrize("happened", [_restored_when_all_has_ended, _silence_of_the_ca])
def test_history_that_failed_before_ends_as_declared(
    ca: Ca, tmp_path: Path, happened: Callable[[History], None]
) -> None:
    ca.new_history()
    site = Site(ca, tmp_path, next(OWN_NUMBERS), check_revocation=False)
    site.declared["shop"] = Declared("shop", product="trusted_ssl")
    history = History(site)
    happened(history)
    history.settle()
