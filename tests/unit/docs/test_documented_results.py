# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documented results have the keys of the typed dictionaries that declare the results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.batches import (
    BatchRemovals,
    HostOrders,
    HostRemovals,
    OrderedBatch,
)
from ansible_collections.certops.certum.plugins.module_utils._handover.certificate_results import CertificateResult
from ansible_collections.certops.certum.plugins.module_utils._handover.estate import InfoResult, ReportResult
from ansible_collections.certops.certum.plugins.module_utils._handover.host_results import (
    DeployResult,
    InstallResult,
    PublishResult,
)
from ansible_collections.certops.certum.plugins.module_utils._handover.order_items import StageResult
from ansible_collections.certops.certum.plugins.module_utils._handover.plan_results import PlanResult
from ansible_collections.certops.certum.plugins.module_utils._handover.problems import Ended
from ansible_collections.certops.certum.plugins.module_utils._handover.shared_items import (
    ComparedBatch,
    ComparedHost,
    HostAssignment,
    HostRollback,
    HostSupply,
    RollbackBatch,
    SealResult,
    SharedBatch,
    SupplyBatch,
)
from ansible_collections.certops.certum.tests.support.shapes import below, members
from ansible_collections.certops.certum.tests.unit.docs.documentation import results_of

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMON = {"changed", "diff", "warnings", *Ended.__annotations__}
"""What Ansible documents for every module, and what the fragment ``_attributes`` does for every failure."""


@pytest.mark.parametrize(
    ("module", "shapes"),
    [
        ("certum_plan", [PlanResult]),
        ("certum_info", [InfoResult]),
        ("certum_report", [ReportResult]),
        ("certum_stage", [StageResult]),
        ("certum_publish", [PublishResult]),
        ("certum_install", [InstallResult]),
        ("certum_deploy", [DeployResult]),
        ("certum_batch", [OrderedBatch, BatchRemovals, ComparedBatch, SharedBatch, SupplyBatch, RollbackBatch]),
        ("certum_transfer", [SealResult, InstallResult]),
    ],
)
def test_documented_results_are_the_declared_ones(module: str, shapes: list[Any]) -> None:
    documented = results_of(module)
    assert documented.keys() == {key for shape in shapes for key in members(shape)} - COMMON
    assert list(undocumented(documented, {key: each for shape in shapes for key, each in members(shape).items()})) == []


def test_documented_certificates_and_hosts_are_the_declared_ones() -> None:
    of_one = results_of("certum_certificates")["certificates"]["contains"]
    assert of_one.keys() == members(CertificateResult).keys()
    assert list(undocumented(of_one, members(CertificateResult))) == []
    of_host = results_of("certum_batch")["hosts"]["contains"]
    parts = (HostOrders, HostRemovals, ComparedHost, HostAssignment, HostSupply, HostRollback)
    assert of_host.keys() == {key for shape in parts for key in members(shape)}


def undocumented(documented: dict[str, Any], declared: dict[str, Any]) -> Iterator[str]:
    """Return the keys within results that are documented or declared alone. Without ``contains``, none is looked at."""
    for name, result in documented.items():
        shape = below(declared.get(name))
        if shape and "contains" in result and name != "hosts":
            yield from (f"{name}.{key}" for key in sorted(result["contains"].keys() ^ members(shape).keys()))
            yield from undocumented(result["contains"], members(shape))
