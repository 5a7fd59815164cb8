# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A quiet run uses the last plan without work, and any change on the host leads to a new plan."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.integration.world import World

RUNS = 5
"""The first runs make no record while the files are younger than two seconds."""
FOR_ANSIBLE = {"add_host": {"host_name": "added", "groups": ["web"]}, "ansible_facts": {"made_up": 1}}
"""Results that Ansible would obey."""
FOUND = {"name": "shop", "reason": {"code": "not_declared", "text": "this plan comes from the record"}}


def test_quiet_run_uses_the_last_plan_until_something_changes(world: World) -> None:
    play = world.role(world.declaration())
    world.project.run(play).succeeded()
    record = world.store / ".plan.json"
    quiet_runs = 0
    while not record.exists() and quiet_runs < RUNS:
        world.is_quiet(play)
        quiet_runs += 1
    kept = json.loads(record.read_text())
    assert (kept["result"]["current"], kept["result"]["due"]) == (1, [])
    record.write_text(json.dumps({**kept, "result": {**kept["result"], "findings": [FOUND], **FOR_ANSIBLE}}))

    again = world.project.run(play, warnings=True).succeeded()
    assert FOUND["reason"]["text"] in again.output
    assert not FOR_ANSIBLE.keys() & again.result("Plan certificates").keys()

    key = world.store / "shop/current/privkey.pem"
    key.chmod(0o644)
    repaired = world.project.run(play).succeeded()
    assert repaired.changed > 0
    assert key.stat().st_mode & 0o777 == 0o600
    assert FOUND["reason"]["text"] not in world.project.run(play, warnings=True).succeeded().output
    world.is_quiet(play)
