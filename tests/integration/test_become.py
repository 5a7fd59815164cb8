# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the play as an unprivileged user: only the steps on the host become root."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.tests.integration.project import REPOSITORY, Project

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.certops.certum.tests.integration.machine import Machine
    from ansible_collections.certops.certum.tests.integration.world import World

NOBODY = 65534
AS_NOBODY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")


IN_THE_MACHINE = {"webroot": "/var/www/shop"}
NEEDED = (Path(sys.base_prefix), Path(sys.prefix), REPOSITORY)


def open_for_nobody(machine: Machine) -> None:
    """Open the directories that Python and this checkout need, which may be closed to other users."""
    homes = {next(filter(is_closed, reversed(path.parents)), None) for path in NEEDED} - {None}
    for number, path in enumerate(NEEDED):
        machine.run("mkdir", "-p", f"/var/needed/{number}")
        machine.run("mount", "--bind", str(path), f"/var/needed/{number}")
    for home in homes:
        machine.run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", str(home))
    for number, path in enumerate(NEEDED):
        if homes & set(path.parents):
            machine.run("mkdir", "-p", str(path))
            machine.run("mount", "--bind", f"/var/needed/{number}", str(path))


def is_closed(directory: Path) -> bool:
    return not directory.stat().st_mode & stat.S_IXOTH


@pytest.fixture
def become(world: World, own_machine: Machine) -> Iterator[dict[str, Any]]:
    """Return a project of user nobody, and options of a play that becomes root with su and a password."""
    open_for_nobody(own_machine)
    password = f"canary-{secrets.token_hex(12)}"
    own_machine.run("sh", "-c", f"echo root:{password} | chpasswd --crypt-method SHA512")
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o755)
        (Path(directory) / "t").mkdir()
        ca = shutil.copy(world.ca.ca, directory) if world.ca.ca else ""
        project = Project.make(
            Path(directory) / "project",
            {**world.project.environment, "CERTUM_API_CA_PATH": str(ca)},
            temporary=Path(directory) / "t",
            secrets=(*world.project.secrets, password),
        )
        own = {"HOME": str(project.path / "home"), "TMPDIR": str(project.temporary)}
        own["ANSIBLE_REMOTE_TEMP"] = str(project.path / "home/tmp")
        own["ANSIBLE_INVENTORY"] = str(project.path / "inventory.yml")
        project.environment.update(own)
        inside = replace(own_machine, home=project.path).launcher[:-1]
        project.launcher = (*inside, str(project.path), *AS_NOBODY)
        world.project = project
        variables = {"ansible_become_method": "su", "ansible_become_password": "{{ lookup('file', 'password') }}"}
        (project.path / "password").write_text(password)
        for path in (Path(directory), *Path(directory).rglob("*")):
            os.chown(path, NOBODY, NOBODY)
        yield variables


def test_unprivileged_user_becomes_root_on_the_host_only(
    world: World, own_machine: Machine, become: dict[str, Any]
) -> None:
    item = world.declaration(validation=IN_THE_MACHINE, owner="root", mode="0600")
    (play,) = world.role(item, certum_path="/etc/certum", **become)
    whoami = {"name": "Who", "ansible.builtin.command": "id -u", "become": False, "changed_when": False}
    privileged = [{**play, "become": True, "pre_tasks": [whoami]}]

    run = world.project.run(privileged).succeeded()

    assert run.result("Who")["stdout"] == str(NOBODY)
    assert [order["state"] for order in world.ca.orders()] == ["ENROLLED"]
    own_machine.run("sh", "-c", 'test "$(stat -Lc "%U %a" /etc/certum/shop/current/privkey.pem)" = "root 600"')
    world.is_quiet(privileged)


def test_without_become_nothing_is_ordered(world: World, own_machine: Machine, become: dict[str, Any]) -> None:
    del become
    own_machine.run("mkdir", "-p", "/etc/certum")
    item = world.declaration(validation=IN_THE_MACHINE)

    run = world.project.run(world.role(item, certum_path="/etc/certum")).failed()

    assert "/var/www/shop/.well-known: permission denied. Run with become" in run.failures[-1]
    assert world.operations() == []
