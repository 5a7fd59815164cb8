# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A batch of hosts without Ansible: the modules of each host on disk, and the steps of the controller between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible_collections.certops.certum.plugins.module_utils._host.install import install_all
from ansible_collections.certops.certum.plugins.module_utils._host.plan import plan
from ansible_collections.certops.certum.plugins.module_utils._host.publish import publish_all
from ansible_collections.certops.certum.plugins.module_utils._host.stage import stage_all
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.publication import FILE_PATH
from ansible_collections.certops.certum.plugins.module_utils._module.batch_action import run_step
from ansible_collections.certops.certum.tests.conformance.issuance.world import CONTACT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ansible_collections.certops.certum.tests.conformance.issuance.world import World

ROUNDS = 30


@dataclass
class FleetHost:
    """One host: its frozen variables, its directory, and the results of its modules."""

    name: str
    variables: dict[str, Any]
    reports: dict[str, Any] = field(default_factory=dict)

    @property
    def store(self) -> Path:
        return Path(self.variables["path"])

    def look(self) -> None:
        """Plan and stage, like the role before the controller's first step."""
        self.reports = {}
        given = {key: self.variables[key] for key in ("path", "certificates")}
        planned = plan(
            {
                **given,
                "defaults": {"contact": CONTACT},
                "now": None,
                "policy": None,
                "replace": [],
                "host": self.name,
                "passphrases": {},
                "api_environment": None,
                "check_revocation": False,
            },
            check_mode=False,
        )
        self.reports["certum__planned"] = planned
        options = {"path": given["path"], "host": self.name, "order_again": [], "revoked": [], "api_environment": None}
        due = {"certificates": planned["due"], "newest": planned["newest"], "renamed": planned["renamed"]}
        staged = stage_all({**options, **due, "command_timeout": 60, "trial": False}, check_mode=False)
        self.reports["certum__staged"] = staged

    def publish(self, share: Mapping[str, Any]) -> None:
        """Publish or remove validation files, and keep the record."""
        params = {
            "path": str(self.store),
            "certificates": self.reports["certum__planned"]["due"],
            "orders": share["publish"],
        }
        self.reports["certum__published"] = dict(publish_all(params, check_mode=False))

    def install(self, share: Mapping[str, Any]) -> None:
        """Install the issued certificates."""
        params = {
            "path": str(self.store),
            "certificates": [*self.reports["certum__planned"]["due"], *self.reports["certum__planned"]["activate"]],
            "renamed": self.reports["certum__planned"]["renamed"],
            "orders": share["certificates"],
            "state": "present",
            "keep_versions": 3,
            "api_environment": None,
            "passphrases": {},
        }
        problems = install_all(params, check_mode=False)["problems"]
        assert [each for each in problems if " expired on " not in each["text"]] == []

    def serial_number(self, name: str = "shop") -> str:
        return (self.store / name / "current").resolve().name


@dataclass
class Fleet:
    """Hosts of one batch. ``verified`` is the web root of each domain."""

    world: World
    directory: Path
    hosts: dict[str, FleetHost] = field(default_factory=dict)
    verified: dict[str, Path] = field(default_factory=dict)

    def add(
        self, name: str, *, webroot: Path | None = None, names: Sequence[str] = ("shop",), **more: Any
    ) -> FleetHost:
        """Add a host with a certificate for each of ``names``."""
        items = []
        for each in names:
            domain = f"{each}.{name}.{self.directory.name.replace('_', '-')}.example.com"[-60:].strip("-.")
            root = webroot or self.directory / "web" / name / each
            root.mkdir(parents=True, exist_ok=True)
            self.verified[domain] = root
            items.append({"name": each, "common_name": domain, "validation": {"method": "file", "webroot": str(root)}})
        sandbox = self.world.sandbox
        variables = {
            "path": str(self.directory / "hosts" / name),
            "certificates": items,
            "contact": CONTACT,
            "api_url": sandbox.url,
            "api_username": sandbox.user,
            "api_password": sandbox.password,
            "api_ca_path": str(sandbox.ca) if sandbox.ca else "",
            "preflight": "no",
            "wait_timeout": 20,
            "wait_sleep": 1,
            **more,
        }
        Path(variables["path"]).mkdir(parents=True, exist_ok=True)
        self.hosts[name] = FleetHost(name, variables)
        return self.hosts[name]

    def step(self, step: str, orders: Mapping[str, Any] | None = None, *, check_mode: bool = False) -> dict[str, Any]:
        """Do one step of the controller for all hosts."""
        frozen = {host.name: host.variables for host in self.hosts.values()}
        reports = {host.name: host.reports for host in self.hosts.values()}
        return run_step(step, frozen, reports, orders=orders, check_mode=check_mode)

    def look(self) -> None:
        for host in self.hosts.values():
            host.look()

    def publish(self, orders: Mapping[str, Any]) -> None:
        """Publish the files of every host on the web servers."""
        for host in self.hosts.values():
            if host.name in orders["hosts"]:
                host.publish(orders["hosts"][host.name])
        for domain, root in self.verified.items():
            path = root / FILE_PATH
            self.world.web.put(domain, path.read_bytes() if path.exists() else b"")

    def rounds(self, orders: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Publish and validate until no round has anything to do; return the last result and the number of rounds."""
        for number in range(ROUNDS):
            if not orders["again"]:
                return orders, number
            self.publish(orders)
            orders = self.step("validate", orders)
        raise AssertionError(f"still not done after {ROUNDS} rounds: {orders['pending']}")

    def run(self) -> tuple[dict[str, Any], int]:
        """Run the role once for all hosts."""
        self.look()
        orders, rounds = self.rounds(self.step("order"))
        self.publish(orders)
        for host in self.hosts.values():
            if host.name in orders["hosts"]:
                host.install(orders["hosts"][host.name])
        return orders, rounds

    def operations(self) -> list[str]:
        return [call["operation"] for call in self.world.sandbox.calls()]
