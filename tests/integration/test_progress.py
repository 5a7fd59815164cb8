# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run that waits says so while it waits."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.tests.integration.requests_made import write_request
from ansible_collections.certops.certum.tests.integration.test_fleet import fleet, inventory
from ansible_collections.certops.certum.tests.integration.world import CONTACT

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.integration.project import Running
    from ansible_collections.certops.certum.tests.integration.world import World

SECONDS = 120
DETAILS = {"contact": CONTACT, "validation": {"method": "dns_txt"}}
TIMES = r"since \d\d:\d\d:\d\d, until \d\d:\d\d:\d\d at the latest"


@pytest.fixture
def sandbox_options() -> tuple[str, ...]:
    """Return a pace at which no step of the CA ends during the test."""
    return ("--pace", "600")


def line_while_it_runs(running: Running, pattern: str) -> str:
    """Return the first line of the output that matches, while the run goes on."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and running.process.poll() is None:
        if found := re.search(f"^{pattern}$", running.output.read_text(), re.MULTILINE):
            return found.group()
        time.sleep(0.05)
    raise AssertionError(running.output.read_text())


@pytest.mark.command
def test_role_and_module_show_what_they_wait_for(world: World) -> None:
    names = ("web1", "web2", "web3", "web4")
    inventory(world, {name: {} for name in names})
    (play,) = fleet(world, *names)
    play["vars"]["certum_wait_timeout"] = 300
    write_request(world.project.path / "mail.csr", "mail.example.com")
    module = {
        "name": "A certificate without the role",
        "certops.certum.certum_certificate": {
            "name": "mail",
            "csr_path": "mail.csr",
            "cert_dest": "mail.pem",
            **DETAILS,
        },
    }
    role = world.project.start([play])
    in_role = line_while_it_runs(
        role, rf"\d certificates? waits? for the CA to validate the domains {TIMES}: web\d: .*"
    )
    assert "TASK [certops.certum.certum : Install certificates]" not in role.output.read_text()
    assert len(in_role) < 250
    role.kill()
    world.ca.add_fault("delay", seconds=600)
    alone = world.project.start(world.tasks(module))
    line_while_it_runs(alone, rf"1 certificate waits for an answer of the CA {TIMES}: mail")
    for running in (role, alone):
        assert not any(secret in running.output.read_text() for secret in world.project.secrets)
