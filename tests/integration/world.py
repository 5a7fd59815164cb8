# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The environment of a playbook: a CA, a web server, and a project with an inventory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.certops.certum.tests.integration.project import VARIABLES
from ansible_collections.certops.certum.tests.integration.web_server import verified

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.certops.certum.tests.integration.project import Project
    from ansible_collections.certops.certum.tests.integration.web_server import WebServer
    from ansible_collections.certops.certum.tests.support.dns_server import DnsServer
    from ansible_collections.certops.certum.tests.support.sandbox import Sandbox

EXAMPLE_NAMES = ("shop", "www.shop", "mail", "wiki", "chat", "tickets")
"""The hosts of example.com that the documentation's examples have certificates for."""
CONTACT = {"first_name": "Ada", "last_name": "Nowak", "email": "ops@example.com"}


@dataclass
class World:
    project: Project
    ca: Sandbox
    web: WebServer

    @property
    def store(self) -> Path:
        return self.project.path / "certum"

    def declaration(self, name: str = "shop", common_name: str = "shop.example.com", **changes: Any) -> dict[str, Any]:
        """Return a certificate that is validated by file; None removes a key."""
        item = {
            "name": name,
            "common_name": common_name,
            "validation": {"method": "file", "webroot": str(self.web.webroot)},
            **changes,
        }
        return {key: value for key, value in item.items() if value is not None}

    def deployed(self, name: str = "shop", common_name: str = "shop.example.com", **changes: Any) -> dict[str, Any]:
        """Return the same, deployed to nginx."""
        deploy = self.web.add_site(self.store / name, server_name=common_name)
        return self.declaration(name, common_name, deploy=deploy, **changes)

    def role(self, *certificates: dict[str, Any], hosts: str = "web1", **variables: Any) -> list[dict[str, Any]]:
        """Return a play with the role."""
        return [
            {
                "name": "Certificates",
                "hosts": hosts,
                "gather_facts": False,
                "vars": {
                    "certum_path": str(self.store),
                    "certum_contact": CONTACT,
                    "certum_wait_timeout": 20,
                    "certum_wait_sleep": 1,
                    "certum_certificates": list(certificates),
                    **variables,
                },
                "roles": ["certops.certum.certum"],
            }
        ]

    def look_at(self, dns: DnsServer) -> None:
        """Set where domains are found in the inventory, and check domains like the role does."""
        self.project.write(
            {
                "certum_preflight_resolvers": [dns.address],
                "certum_preflight_resolve": {
                    f"{name}.example.com": f"127.0.0.1:{self.web.http_port}" for name in EXAMPLE_NAMES
                },
            },
            name=VARIABLES,
        )

    def tasks(self, *tasks: dict[str, Any], hosts: str = "localhost", **variables: Any) -> list[dict[str, Any]]:
        """Return a play with tasks."""
        return [{"name": "Tasks", "hosts": hosts, "gather_facts": False, "vars": variables, "tasks": list(tasks)}]

    def operations(self) -> list[str]:
        """Return the operations that the CA got since they were last cleared."""
        return [call["operation"] for call in self.ca.calls()]

    def serves(self, common_name: str = "shop.example.com") -> str:
        """Return the serial number that nginx serves, verified."""
        return verified(self.web.https_port, server_name=common_name, root=self.ca.root)

    def converged(self, play: object, *, orders: int = 1) -> None:
        """Check that another run leads to that many orders, all issued."""
        self.project.run(play).succeeded()
        found = self.ca.orders()
        assert [order["state"] for order in found] == ["ENROLLED"] * orders, found

    def is_quiet(self, play: object) -> None:
        """Check that another run changes nothing and makes no CA call."""
        self.ca.clear_calls()
        again = self.project.run(play).succeeded()
        assert again.changed == 0, again.output
        assert self.operations() == []
