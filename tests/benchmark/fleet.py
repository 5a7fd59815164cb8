# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measures the time and the CA calls of one play over many hosts with one due certificate each, with ten forks."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from .ours import WEB
from .play import BUILD, PLAYBOOKS

if TYPE_CHECKING:
    from tests.support.sandbox import Sandbox

FLEET = BUILD / "fleet"
FORKS = 10
_rounds = count(1)


def issue(number: int, sandbox: Sandbox) -> Counter[str]:
    """Obtain a certificate for each of ``number`` new hosts with the role. Return the calls by operation."""
    sandbox.clear_calls()
    output = _play(number, sandbox)
    calls = _calls(sandbox)
    issued = len(list(FLEET.glob("*/shop/current/fullchain.pem")))
    wanted = {"quickOrder": number, "getOrdersByDateRange": 1}
    if issued != number or {operation: calls[operation] for operation in wanted} != wanted:
        sys.exit(f"benchmark: {issued} of {number} hosts have a certificate, calls: {dict(calls)}\n{output}")
    return calls


def refused(number: int, sandbox: Sandbox) -> int:
    """Run the role for ``number`` hosts with a wrong password. Return how often the CA was called."""
    sandbox.clear_calls()
    _play(number, sandbox, CERTUM_API_PASSWORD="wrong")
    return sum(_calls(sandbox).values())


def without_ca(number: int, sandbox: Sandbox) -> None:
    """Run the role for ``number`` hosts with a CA that does not answer."""
    _play(number, sandbox, CERTUM_API_URL="https://127.0.0.1:9/service/PartnerApi.wsdl")


def ping(number: int) -> None:
    """Run as many tasks with Ansible alone on each of ``number`` hosts as the role runs there for a new certificate."""
    done = _run("pings", _inventory(number), {})
    if "failed=0" not in done:
        sys.exit(f"benchmark: a host did not answer a ping\n{done}")


def _calls(sandbox: Sandbox) -> Counter[str]:
    return Counter(call["operation"] for call in sandbox.calls())


def _play(number: int, sandbox: Sandbox, **environment: str) -> str:
    access = {
        "CERTUM_API_URL": sandbox.url,
        "CERTUM_API_CA_PATH": str(sandbox.ca),
        "CERTUM_API_USERNAME": sandbox.user,
        "CERTUM_API_PASSWORD": sandbox.password,
    }
    return _run("fleet", _inventory(number), {**access, **environment})


def _inventory(number: int) -> Path:
    for directory in (FLEET, WEB):
        shutil.rmtree(directory, ignore_errors=True)
    hosts: dict[str, dict[str, str]] = {f"r{next(_rounds)}-web{each}": {} for each in range(number)}
    for host in hosts:
        for directory in (FLEET / host, WEB / f"{host}.example.com"):
            directory.mkdir(parents=True)
    local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
    declared = {
        "certum_path": f"{FLEET}/{{{{ inventory_hostname }}}}",
        "certum_contact": {"first_name": "Ada", "last_name": "Nowak", "email": "ops@example.com"},
        "certum_certificates": [
            {
                "name": "shop",
                "common_name": "{{ inventory_hostname }}.example.com",
                "validation": {"webroot": f"{WEB}/{{{{ inventory_hostname }}}}.example.com"},
            }
        ],
        "certum_wait_sleep": 1,
        "certum_preflight": "no",  # these names are in no DNS
    }
    inventory = FLEET / "inventory.json"
    inventory.write_text(json.dumps({"all": {"hosts": hosts, "vars": {**local, **declared}}}))
    return inventory


def _run(playbook: str, inventory: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [
            Path(sys.executable).with_name("ansible-playbook"),
            PLAYBOOKS / f"{playbook}.yml",
            f"--inventory={inventory}",
            f"--forks={FORKS}",
        ],
        env={**os.environ, "ANSIBLE_PIPELINING": "1", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout
