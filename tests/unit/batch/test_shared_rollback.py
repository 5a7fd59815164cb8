# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which hosts roll back to the previous certificate if a host cannot use a new one that they share."""

from __future__ import annotations

import pytest
from ansible_collections.certops.certum.plugins.module_utils._batch.shared_rollback import (
    DeployingHost,
    hosts_that_return,
)
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import RollbackScope
from hypothesis import given
from hypothesis import strategies as st

BATCH, GROUP = RollbackScope.BATCH, RollbackScope.GROUP


def host(name: str, *, failed: bool = False, in_batch: bool = True, scope: RollbackScope = BATCH) -> DeployingHost:
    return DeployingHost(name, failed=failed, in_batch=in_batch, scope=scope)


CASES: dict[str, tuple[list[DeployingHost], list[str], list[str]]] = {
    "no host failed": ([host("a"), host("b")], [], []),
    "a host of the batch failed": ([host("a"), host("b", failed=True), host("c")], ["a", "c"], []),
    "a host of the batch failed, with an earlier batch": (
        [host("a", in_batch=False), host("b", failed=True), host("c")],
        ["c"],
        [],
    ),
    "a host of the batch failed, for the group": (
        [host("a", in_batch=False), host("b", failed=True, scope=GROUP), host("c", scope=GROUP)],
        ["c"],
        ["a"],
    ),
    "the scope of the host that failed counts": (
        [host("a", in_batch=False, scope=GROUP), host("b", failed=True)],
        [],
        [],
    ),
    "a host of an earlier batch failed": (
        [host("a", in_batch=False), host("b", in_batch=False, failed=True, scope=GROUP), host("c")],
        ["c"],
        [],
    ),
}


@pytest.mark.parametrize(("members", "now", "earlier"), CASES.values(), ids=CASES)
def test_hosts_that_return(members: list[DeployingHost], now: list[str], earlier: list[str]) -> None:
    assert hosts_that_return(members) == (now, earlier)


@given(
    st.lists(
        st.builds(
            DeployingHost,
            name=st.text("abc", min_size=1, max_size=2),
            failed=st.booleans(),
            in_batch=st.booleans(),
            scope=st.sampled_from(RollbackScope),
        ),
        unique_by=lambda member: member.name,
    )
)
def test_group_never_ends_with_both_in_one_batch(members: list[DeployingHost]) -> None:
    now, earlier = hosts_that_return(members)
    keep = [each for each in members if not each.failed and each.name not in (*now, *earlier)]

    if any(each.failed for each in members):
        assert not any(each.in_batch for each in keep)
    if any(each.failed and each.in_batch and each.scope is GROUP for each in members):
        assert not keep
    assert not {each.name for each in members if each.failed} & {*now, *earlier}
