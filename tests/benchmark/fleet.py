# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Simulated hosts: each has a store of its own on this machine. Ansible works with ten forks."""

from __future__ import annotations

import json
import shutil
import sys
from collections import Counter
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from .ours import WEB, access
from .play import BUILD, Cost, run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.support.sandbox import Sandbox

    from .play import Played

FLEET = BUILD / "fleet"
FORKS = 10
ORDERS_OF_A_PAGE = 100
_rounds = count(1)


@dataclass(frozen=True)
class Fleet:
    """New hosts with the same number of declared certificates each."""

    inventory: Path
    hosts: int
    certificates: int

    @classmethod
    def make(cls, hosts: int, certificates: int = 1, *, interpreter: str = sys.executable) -> Fleet:
        """Make empty stores and web roots, and an inventory with names that no order has yet."""
        for directory in (FLEET, WEB):
            shutil.rmtree(directory, ignore_errors=True)
        names = [f"r{next(_rounds)}-web{each}" for each in range(hosts)]
        sites = [f"shop{each}" for each in range(certificates)]
        for host in names:
            (FLEET / host).mkdir(parents=True)
            for site in sites:
                (WEB / f"{site}.{host}.example.com").mkdir(parents=True)
        declared = {
            "ansible_connection": "local",
            "ansible_python_interpreter": interpreter,
            "certum_path": f"{FLEET}/{{{{ inventory_hostname }}}}",
            "certum_contact": {"first_name": "Ada", "last_name": "Nowak", "email": "ops@example.com"},
            "certum_certificates": [
                {
                    "name": site,
                    "common_name": f"{site}.{{{{ inventory_hostname }}}}.example.com",
                    "validation": {"webroot": f"{WEB}/{site}.{{{{ inventory_hostname }}}}.example.com"},
                }
                for site in sites
            ],
            "certum_wait_sleep": 1,
            "certum_preflight": "no",  # these names are in no DNS
        }
        inventory = FLEET / "inventory.json"
        inventory.write_text(json.dumps({"all": {"hosts": {host: {} for host in names}, "vars": declared}}))
        return cls(inventory, hosts, certificates)

    @property
    def size(self) -> int:
        return self.hosts * self.certificates

    @property
    def sites(self) -> list[str]:
        return [f"shop{each}" for each in range(self.certificates)]

    def serial_numbers(self) -> set[str]:
        """Return the serial numbers of the certificates in use."""
        return {link.readlink().name for link in FLEET.glob("*/*/current")}

    def play(self, environment: Mapping[str, str], variables: Mapping[str, object] | None = None) -> Played:
        """Run the role for all hosts."""
        more = ["-e", json.dumps(variables)] if variables else []
        return _run("fleet", self.inventory, environment, *more)


def issue(hosts: int, sandbox: Sandbox, *, certificates: int = 1) -> Cost:
    """Obtain certificates for new hosts with the role. The account is read once for all of them."""
    fleet = Fleet.make(hosts, certificates)
    pages = len(sandbox.orders()) // ORDERS_OF_A_PAGE + 1
    sandbox.clear_calls()
    done = fleet.play(access(sandbox))
    calls = calls_by_operation(sandbox)
    issued = len(fleet.serial_numbers())
    if {issued, calls["quickOrder"]} != {fleet.size} or calls["getOrdersByDateRange"] > pages:
        sys.exit(f"benchmark: {issued} of {fleet.size} certificates are issued, calls: {dict(calls)}\n{done.output}")
    return done.cost


def refused(hosts: int, sandbox: Sandbox) -> int:
    """Run the role for new hosts with a wrong password. Return how often the CA was called."""
    sandbox.clear_calls()
    Fleet.make(hosts).play({**access(sandbox), "CERTUM_API_PASSWORD": "wrong"})
    return sum(calls_by_operation(sandbox).values())


def without_ca(hosts: int, sandbox: Sandbox) -> Cost:
    """Run the role for new hosts with a CA that does not answer."""
    nobody = {"CERTUM_API_URL": "https://127.0.0.1:9/service/PartnerApi.wsdl"}
    return Fleet.make(hosts).play({**access(sandbox), **nobody}).cost


def ping(hosts: int) -> Cost:
    """Run as many tasks with Ansible alone on each host as the role runs there for a new certificate."""
    done = _run("pings", Fleet.make(hosts).inventory, {})
    if done.exit_code:
        sys.exit(f"benchmark: a host did not answer a ping\n{done.output}")
    return done.cost


def calls_by_operation(sandbox: Sandbox) -> Counter[str]:
    """Return the number of calls that the CA received, by operation."""
    return Counter(call["operation"] for call in sandbox.calls())


def _run(playbook: str, inventory: Path, environment: Mapping[str, str], *more: str) -> Played:
    arguments = [f"--inventory={inventory}", f"--forks={FORKS}", *more]
    return run(playbook, arguments, {"ANSIBLE_PIPELINING": "1", **environment})
