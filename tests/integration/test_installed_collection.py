# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a newcomer does with the README and the collection from Galaxy: the built tarball, installed elsewhere."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.tests.integration.project import REPOSITORY
from ansible_collections.certops.certum.tests.integration.test_account_modules import place
from ansible_collections.certops.certum.tests.integration.test_examples import FENCED_YAML
from ansible_collections.certops.certum.tests.integration.web_server import verified

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.certops.certum.tests.integration.machine import Machine
    from ansible_collections.certops.certum.tests.integration.world import World
    from ansible_collections.certops.certum.tests.support.dns_server import DnsServer

pytestmark = pytest.mark.command

README = (REPOSITORY / "README.md").read_text()
SECONDS = 180
NEEDED = {"meta", "playbooks", "plugins", "roles"}
"""The directories that a collection may use. It has to work without any other file."""


def command(*words: str, environment: Mapping[str, str], directory: Path) -> str:
    """Run a command of Ansible, and return its output."""
    program = str(Path(sys.executable).with_name(words[0]))
    given = {"cwd": directory, "env": dict(environment), "capture_output": True, "text": True, "timeout": SECONDS}
    ended = subprocess.run([program, *words[1:]], check=False, **given)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "WARNING" not in ended.stderr, ended.stderr
    return str(ended.stdout)


@pytest.fixture
def installed(world: World, tmp_path: Path) -> Path:
    """Return the collection, built and installed into an empty directory, where Ansible finds no other copy of it."""
    collections = tmp_path / "collections"
    environment = {**world.project.environment, "ANSIBLE_COLLECTIONS_PATH": str(collections)}
    command(
        *("ansible-galaxy", "collection", "build", "--output-path", str(tmp_path)),
        environment=environment,
        directory=REPOSITORY,
    )
    (tarball,) = tmp_path.glob("certops-certum-*.tar.gz")
    command(
        *("ansible-galaxy", "collection", "install", "--offline", str(tarball), "-p", str(collections)),
        environment=environment,
        directory=tmp_path,
    )
    world.project.environment["ANSIBLE_COLLECTIONS_PATH"] = str(collections)
    return collections / "ansible_collections/certops/certum"


def lines_of_readme(start: str) -> list[list[str]]:
    """Return the commands of the README that start like this, as words."""
    return [shlex.split(line) for line in re.findall(rf"^{start}.*$", README, re.MULTILINE)]


def test_readme_works_with_the_installed_collection(
    world: World, own_machine: Machine, https: None, dns: DnsServer, installed: Path
) -> None:
    world.look_at(dns)
    own_machine.serve_with_nginx(site_is_on=False)
    site = world.project.write(FENCED_YAML.findall(README)[0], name="site.yml")
    checked, played = lines_of_readme("ansible-playbook site.yml")
    others = {path.name for path in installed.iterdir()} - NEEDED
    assert {"MANIFEST.json", "README.md", "docs", "extensions"} <= others
    assert not others & {"tests", "tools", "sandbox", ".github", "build"}
    for name in others - {"MANIFEST.json", "FILES.json"}:
        path = installed / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    world.project.run(site, *checked[2:]).succeeded()
    assert world.ca.orders() == []
    world.project.run(site, *played[2:]).succeeded()

    assert verified(443, server_name="shop.example.com", root=world.ca.root)
    world.is_quiet(site)


def test_command_of_the_readme_works_with_the_installed_collection(world: World, installed: Path) -> None:
    (words,) = lines_of_readme("ansible localhost")
    (documented,) = re.findall(r"`ansible-doc (certops\.certum\.\w+)`", README)
    order_id = words[-1].removeprefix("order_id=")
    place(world, order_id)
    here = {"environment": world.project.environment, "directory": world.project.path}

    command(*words, **here)

    assert world.ca.order(order_id)["state"] == "REJECTED"
    assert documented in command("ansible-doc", documented, **here)
    listed = json.loads(command("ansible-galaxy", "collection", "list", "certops.certum", "--format", "json", **here))
    assert [*listed] == [str(installed.parents[1])], "no other copy of the collection is used"
