# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A nightly run over a fleet in which some hosts are in trouble: its recap, and what fails the job."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible_collections.certops.certum.tests.integration.project import VARIABLES
from ansible_collections.certops.certum.tests.integration.test_fleet import (
    failed_hosts,
    fleet,
    inventory,
    issued,
    ssh_that,
)
from ansible_collections.certops.certum.tests.integration.test_silence import COMPANY

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.integration.project import Run
    from ansible_collections.certops.certum.tests.integration.world import World

RECAP = "Recap the batch"
GOOD = ("good",)
TROUBLED = ("gone", "refused", "running")
NO_PRODUCT = "999"


@pytest.fixture
def sandbox_options() -> tuple[str, ...]:
    """Return options of the CA: its steps take a moment, so the order of a host that does not wait is pending."""
    return ("--pace", "2", "--approve", "manual", "--products", "all")


def night(world: World, **keywords: Any) -> list[dict[str, Any]]:
    """Return a play over a fleet in which three hosts are in trouble, each in its own way."""
    item = world.declaration(common_name="{{ inventory_hostname }}.example.com")
    refused = world.declaration(common_name="refused.example.com", product=NO_PRODUCT)
    own = {
        "gone": ssh_that(world, "exit 255"),
        "refused": {"certum_certificates": [refused]},
        "running": {"certum_wait_timeout": 0},
    }
    inventory(world, {name: own.get(name, {}) for name in (*TROUBLED, *GOOD)})
    (play,) = fleet(world, *TROUBLED, *GOOD, **keywords)
    of_all = {"certum_certificates": [item], "certum_wait_timeout": 60}
    for name in of_all:
        del play["vars"][name]
    variables = yaml.safe_load((world.project.path / VARIABLES).read_text())
    world.project.write({**variables, **of_all}, name=VARIABLES)
    return [play]


def recap(run: Run) -> list[str]:
    """Return the lines of the recap, which Ansible prints once."""
    lines = [line for line in run.results if line["task"] == RECAP]
    assert len(lines) == 1, run.output
    found: list[str] = lines[0]["result"]["msg"]
    assert all(json.dumps(line)[1:-1] in run.output for line in found)
    return found


def test_run_ends_with_a_recap_of_each_host_in_trouble(world: World) -> None:
    play = night(world)

    run = world.project.run(play)

    assert run.code & 4, "Ansible fails a job with an unreachable host"
    assert {*GOOD} <= issued(world) <= {*GOOD, "running"}, "the order may be issued after the run"
    assert failed_hosts(run) == {"gone", "refused"}
    first, *others = recap(run)
    assert first == "Not as declared: 3. As declared: 1 certificate."
    gone, refused, running = others
    assert re.fullmatch(r"gone: unreachable: .*\. Make the host answer to Ansible, then run again\.", gone), gone
    assert re.fullmatch(r"refused: shop: refused: .*\(error 1075, .*\)\. Ask the CA's .*\.", refused), refused
    assert re.fullmatch(r"running: shop: waiting: .*run again to continue\.?", running), running
    assert run.tasks.index(RECAP) > max(at for at, task in enumerate(run.tasks) if task == "Report each certificate")
    tolerant = ["-e", json.dumps({"certum_fail_on": ["expired"], "certum_wait_timeout": 60})]

    ignored = world.project.run([{**play[0], "ignore_unreachable": True}], *tolerant)
    assert (ignored.code, failed_hosts(ignored)) == (0, set()), ignored.output
    assert [line.partition(": ")[0] for line in recap(ignored)[1:]] == ["gone", "refused"]


def test_operator_decides_whether_a_pending_order_fails_the_host(world: World) -> None:
    """Each host is a batch of its own, so its own report has everything, and the recap stays silent."""
    (play,) = fleet(world, "web1", "web2", strategy="free")
    play["vars"] |= {"certum_product": "trusted_ssl", "certum_organization": COMPANY, "certum_wait_timeout": 0}

    run = world.project.run([play], "-e", '{"certum_fail_on": ["pending"]}').failed()

    assert failed_hosts(run) == {"web1", "web2"}
    assert all("shop: order shop-" in failure and "run again to continue" in failure for failure in run.failures)
    world.project.run([play]).succeeded()
    assert "Not as declared" not in run.output


def test_problem_of_no_kind_always_fails_its_host(world: World) -> None:
    """One has a wrong declaration, and the configuration of the other's web server is broken."""
    broken = world.deployed(common_name="web1.example.com")
    broken = {**broken, "deploy": {**broken["deploy"], "check_command": ["false"]}}
    wrong = world.declaration(common_name="not a name")
    inventory(world, {"web1": {"certum_certificates": [broken]}, "web2": {"certum_certificates": [wrong]}})
    (play,) = fleet(world, "web1", "web2")
    del play["vars"]["certum_certificates"]

    run = world.project.run([play], "-e", '{"certum_fail_on": []}').failed()

    assert failed_hosts(run) == {"web1", "web2"}
    codes = {line.split(": ")[0]: line for line in recap(run)[1:]}
    assert ": rolled_back: " in codes["web1"]
    assert "web2: variables_refused: " in codes["web2"]
