# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A job as AWX runs it: ansible-runner starts the playbook and keeps what happened in its artifacts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible_collections.certops.certum.tests.integration.key_search import forms, searched_files
from ansible_collections.certops.certum.tests.integration.project import SECONDS

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.integration.world import World

pytestmark = pytest.mark.command
WEB = ("web1", "web2", "web3")
LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}


def job(world: World, plays: list[dict[str, Any]]) -> Path:
    """Run plays on three hosts as a job with full verbosity and a fact cache. Return the directory of its artifacts."""
    private = world.project.path / "job"
    for name in ("project", "inventory", "env"):
        (private / name).mkdir(parents=True)
    (private / "project/play.yml").write_text(yaml.safe_dump(plays))
    (private / "inventory/hosts.yml").write_text(yaml.safe_dump({"web": {"hosts": dict.fromkeys(WEB, LOCAL)}}))
    settings = {"fact_cache_type": "jsonfile", "suppress_output_file": False}
    (private / "env/settings").write_text(json.dumps(settings))
    runner = Path(sys.executable).with_name("ansible-runner")
    own = {name: value for name, value in world.project.environment.items() if not name.startswith("ANSIBLE_CALLBACK")}
    own.pop("ANSIBLE_INVENTORY")
    done = subprocess.run(
        [runner, "run", private, "-p", "play.yml", "--ident", "1", "-vvvv"],
        env={**own, "PATH": f"{runner.parent}:{os.environ['PATH']}"},
        capture_output=True,
        timeout=SECONDS,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return private / "artifacts/1"


def test_artifacts_have_no_key_and_only_the_command_a_password(world: World, password: str) -> None:
    variables = {"certum_path": f"{world.store}/{{{{ inventory_hostname }}}}", "certum_preflight": "no"}
    plays = world.role(world.declaration(share="web"), hosts="web", **variables)
    # A fact of Ansible's own is the environment, which on a local connection is that of the controller.
    plays[0] |= {"gather_facts": True, "gather_subset": ["!all", "!min", "network"]}

    artifacts = job(world, plays)

    (key,) = {(world.store / host / "shop/current/privkey.pem").read_text() for host in WEB}
    files = searched_files(world.project.path, without=world.store, key=key)
    events = [path for path in files if path.parent.name == "job_events"]
    assert any("sealed" in path.read_text() for path in events)
    assert len(list((artifacts / "fact_cache").iterdir())) == len(WEB)
    assert [path.name for path in files if password in path.read_text(errors="replace")] == ["command"]
    assert any(form in (world.store / "web1/shop/current/privkey.pem").read_bytes() for form in forms(key))
