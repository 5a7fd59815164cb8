# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Jobs as AWX runs them: ansible-runner starts the playbook and keeps what happened in its artifacts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible_collections.certops.certum.tests.integration.awx_credential import IN_CONTAINER, injected, role_variables
from ansible_collections.certops.certum.tests.integration.key_search import forms, searched_files
from ansible_collections.certops.certum.tests.integration.project import SECONDS
from ansible_collections.certops.certum.tests.integration.web_server import WebServer
from ansible_collections.certops.certum.tests.integration.world import CONTACT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ansible_collections.certops.certum.tests.integration.world import World

pytestmark = pytest.mark.command
WEB = ("web1", "web2", "web3")
LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}


RUNNER = Path(sys.executable).with_name("ansible-runner")


def private_directory(path: Path, plays: list[dict[str, Any]], hosts: Mapping[str, Any]) -> Path:
    """Write the directory from which ansible-runner takes a job."""
    for name in ("project", "inventory", "env"):
        (path / name).mkdir(parents=True, exist_ok=True)
    (path / "project/play.yml").write_text(yaml.safe_dump(plays))
    (path / "inventory/hosts.yml").write_text(yaml.safe_dump({"web": {"hosts": dict(hosts)}}))
    settings = {"fact_cache_type": "jsonfile", "suppress_output_file": False}
    (path / "env/settings").write_text(json.dumps(settings))
    return path


def run_runner(world: World, *words: str | Path, stdin: bytes = b"", without: str = "") -> bytes:
    """Run ansible-runner in the environment of the project, ``without`` the variables that begin so."""
    ours = ("ANSIBLE_CALLBACK", "ANSIBLE_INVENTORY", *([without] if without else []))
    environment = {name: value for name, value in world.project.environment.items() if not name.startswith(ours)}
    done = subprocess.run(
        [RUNNER, *words],
        env={**environment, "PATH": f"{RUNNER.parent}:{os.environ['PATH']}"},
        input=stdin,
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr).decode()
    return done.stdout


def job(world: World, plays: list[dict[str, Any]], *, without: str = "") -> Path:
    """Run plays on three hosts as a job with full verbosity and a fact cache. Return the directory of its artifacts."""
    private = private_directory(world.project.path / "job", plays, dict.fromkeys(WEB, LOCAL))
    run_runner(world, "run", private, "-p", "play.yml", "--ident", "1", "-vvvv", without=without)
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


def test_no_artifact_has_a_password_that_comes_from_a_file(world: World, password: str) -> None:
    """Without AWX, ansible-runner keeps the environment in its artifacts. A lookup keeps the password out of it."""
    (world.project.path / "account").write_text(password)
    lookup = f"{{{{ lookup('ansible.builtin.file', '{world.project.path}/account') }}}}"
    read = {"name": "Read the products", "certops.certum.certum_product_info": {"api_password": lookup}}

    artifacts = job(world, world.tasks(read, hosts="web1"), without="CERTUM_API_PASSWORD")

    assert world.operations() == ["getProductList"]
    assert [path for path in artifacts.rglob("*") if path.is_file() and password in path.read_text()] == []


SITES = {"web1": "shop", "web2": "mail", "web3": "wiki", "web4": "chat"}
SLICES = 2


class TestSlices:
    """AWX gives each slice every second host, and runs all slices at the same time, each on another node."""

    @pytest.fixture
    def web(self, tmp_path: Path) -> Iterator[WebServer]:
        server = WebServer.make(tmp_path / "nginx", by_host=True)
        server.start()
        yield server
        server.stop()

    def host(self, world: World, name: str) -> dict[str, Any]:
        common_name = f"{SITES[name]}.example.com"
        validation = {"method": "file", "webroot": str(world.web.add_host(common_name))}
        return {
            **LOCAL,
            "ansible_become": False,
            "certum_certificates": [{"name": "site", "common_name": common_name, "validation": validation}],
            "certum_path": str(world.store / name),
            "certum_contact": CONTACT,
            "certum_purchase": "allow",
            "certum_preflight": "no",
            "certum_wait_sleep": 1,
        }

    def run_slice(self, world: World, password: str, number: int) -> Path:
        """Send a slice to a worker, and process what comes back. Return the directory of the artifacts."""
        here, there = (world.project.path / f"slice-{number}-{place}" for place in ("control", "worker"))
        hosts = {name: self.host(world, name) for name in sorted(SITES)[number - 1 :: SLICES]}
        private_directory(here, [{"import_playbook": "certops.certum.renew"}], hosts)
        account = {
            "api_username": world.project.environment["CERTUM_API_USERNAME"],
            "api_password": password,
            "api_url": world.ca.url,
            "api_ca_certificates": world.ca.ca.read_text(),
        }
        environment = injected(role_variables(), account, here).environment
        in_job = {name: value.replace(IN_CONTAINER, str(there)) for name, value in environment.items()}
        (here / "env/envvars").write_text(json.dumps(in_job))

        sent = run_runner(world, "transmit", here, "-p", "play.yml", without="CERTUM_")
        returned = run_runner(world, "worker", "--private-data-dir", there, "--delete", stdin=sent, without="CERTUM_")
        run_runner(world, "process", here, "--ident", "1", stdin=returned, without="CERTUM_")
        assert not there.exists()
        return here / "artifacts/1"

    def test_slices_run_at_once_and_each_host_gets_its_order(self, world: World, password: str) -> None:
        numbers = range(1, SLICES + 1)
        with ThreadPoolExecutor(SLICES) as pool:
            artifacts = list(pool.map(lambda number: self.run_slice(world, password, number), numbers))

        found = sorted((order["customer"], order["state"]) for order in world.ca.orders())
        assert found == [(f"{host}/site", "ENROLLED") for host in sorted(SITES)]
        for number, directory in zip(numbers, artifacts):
            events = [json.loads(path.read_text()) for path in (directory / "job_events").glob("*.json")]
            hosts = {each["event_data"].get("host") for each in events if each["event"] == "runner_on_ok"}
            assert hosts - {None, "localhost"} == set(sorted(SITES)[number - 1 :: SLICES])
            assert (directory / "rc").read_text() == "0"
            secret = [path.name for path in directory.rglob("*") if path.is_file() and password in path.read_text()]
            assert secret == ["command"]
