# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A CA, a web server and the hosts of one operation, with many certificates that break at different points."""

from __future__ import annotations

import itertools
import signal
from collections import defaultdict
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ansible_collections.certops.certum.tests.chaos.play import Command, Played, Quick, play
from ansible_collections.certops.certum.tests.chaos.watch import Watch
from ansible_collections.certops.certum.tests.integration.project import Project
from ansible_collections.certops.certum.tests.integration.web_server import WebServer
from ansible_collections.certops.certum.tests.integration.world import World
from ansible_collections.certops.certum.tests.support.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from ansible_collections.certops.certum.tests.chaos.play import Player

REQUEST_TIMEOUT = 2
"""Seconds, for runs in which an answer is late."""
WAIT_TIMEOUT = 150
"""Seconds, for as many certificates as there are points."""
OUTAGE_TIMEOUT = 3
"""Seconds, for runs in which the CA dies and is down until they end."""


class Scene:
    """The world of one operation. Certificates are called c0000, c0001, … and are dealt out to the hosts in turn."""

    def __init__(self, world: World, preloaded: Quick, hosts: Sequence[str]) -> None:
        self.world, self.preloaded, self.hosts = world, preloaded, hosts
        self.watch = Watch(world.web.https_port, world.ca.root, self.directory)
        self.command = Command()
        self._runs = itertools.count(1)
        self._wait_timeout = WAIT_TIMEOUT
        self._names = (f"c{number:04}" for number in itertools.count())

    def names(self, count: int) -> list[str]:
        """Return new certificate names."""
        found = list(itertools.islice(self._names, count))
        for name in found:
            self.world.web.add_host(common_name(name))
            (self.world.web.webroot / f"more-{common_name(name)}").symlink_to(common_name(name))
        return found

    def groups(self, count: int) -> list[tuple[str, ...]]:
        """Return new certificates: in each group one for each host, in the order of the hosts."""
        of = len(self.hosts)
        names = self.names(count * of)
        return [tuple(names[at : at + of]) for at in range(0, len(names), of)]

    def host(self, name: str) -> str:
        """Return the host that has the certificate."""
        return self.hosts[int(name[1:]) % len(self.hosts)]

    def directory(self, name: str) -> Path:
        """Return where the host keeps the certificate. Each host has a ``certum_path`` of its own."""
        return self.world.store / self.host(name) / name

    def customer(self, name: str) -> str:
        """Return the ``customer`` of an order."""
        return f"{self.host(name)}/{name}"

    def is_deployed(self, name: str) -> bool:
        """Return whether nginx serves the certificate. Only the first host has an nginx."""
        return self.host(name) == self.hosts[0]

    def declared(self, name: str, *, deployed: bool = True, **changes: Any) -> dict[str, Any]:
        validation = {"method": "file", "webroot": str(self.world.web.webroot / common_name(name))}
        if deployed and self.is_deployed(name):
            changes["deploy"] = self.world.web.add_site(self.directory(name), server_name=common_name(name))
        return self.world.declaration(name, common_name(name), **{"validation": validation, **changes})

    def role(self, *certificates: dict[str, Any], **variables: Any) -> list[dict[str, Any]]:
        """Return a play in which each host declares its own certificates."""
        by_host: dict[str, list[dict[str, Any]]] = {host: [] for host in self.hosts}
        for certificate in certificates:
            by_host[self.host(certificate["name"])].append(certificate)
        others = {host: sorted(path.name for path in (self.world.store / host).glob("*")) for host in self.hosts}
        return self.world.role(
            hosts=":".join(self.hosts),
            **{
                "declared_by_host": by_host,
                "certum_certificates": "{{ declared_by_host[inventory_hostname] }}",
                "others_by_host": others,
                "certum_declared_elsewhere": "{{ others_by_host[inventory_hostname] }}",
                "certum_path": f"{self.world.store}/{{{{ inventory_hostname }}}}",
                "certum_wait_timeout": self._wait_timeout,
                **variables,
            },
        )

    @contextmanager
    def outage(self) -> Iterator[None]:
        """Shorten the waits for the CA while the context lasts."""
        self._wait_timeout = OUTAGE_TIMEOUT
        try:
            yield
        finally:
            self._wait_timeout = WAIT_TIMEOUT

    def run(
        self,
        playbook: Sequence[dict[str, Any]],
        names: Sequence[str],
        *,
        player: Player | None = None,
        breaks: Mapping[str, Mapping[str, Any]] | None = None,
        **options: Any,
    ) -> Played:
        """Play it with the options of ``play``, and watch these certificates meanwhile."""
        with self.watch.at(*names):
            played = play(
                self.world.project,
                player or self.preloaded,
                playbook,
                number=next(self._runs),
                breaks=breaks or {},
                **options,
            )
        self.watch.mismatches.extend(played.mismatches)
        return played

    def orders(self) -> Mapping[str, list[dict[str, Any]]]:
        """Return the orders at the CA for each ``customer``, the last order last."""
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for order in sorted(self.world.ca.orders(), key=lambda order: str(order["created"])):
            found[order["customer"]].append(order)
        return found

    def fault_is_met(self) -> bool:
        """Return whether the CA is alive and has met its fault."""
        return not self.world.ca.request("GET", "/sandbox/faults")

    def mend_ca(self) -> bool:
        """Return whether a run has met the fault, and remove it; start the CA again if it died."""
        try:
            left = self.world.ca.request("GET", "/sandbox/faults")
        except OSError:
            code = self.world.ca.wait()
            assert code == -signal.SIGKILL, f"the CA exited by itself with {code}"
            self.world.ca = self.world.ca.restart()
            return True
        self.world.ca.clear_faults()
        return not left


def common_name(name: str) -> str:
    return f"{name}.example.com"


@contextmanager
def scene(
    path: Path, *, hosts: Sequence[str] = ("web1",), options: Sequence[str] = (), ca_from: Path | None = None
) -> Iterator[Scene]:
    """Set up a scene and remove it. *path* has to be short: Ansible makes sockets below it."""
    web = WebServer.make(path / "nginx", by_host=True)
    web.start()
    ca = Sandbox.start(
        path / "ca", resolve={"*.example.com": f"127.0.0.1:{web.http_port}"}, options=options, ca_from=ca_from
    )
    (path / "t").mkdir()
    environment = {
        "CERTUM_API_URL": ca.url,
        "CERTUM_API_USERNAME": ca.user,
        "CERTUM_API_PASSWORD": ca.password,
        "CERTUM_API_CA_PATH": str(ca.ca),
    }
    project = Project.make(path / "p", environment, temporary=path / "t")
    world = World(project, ca, web)
    preloaded = Quick(project.environment)
    try:
        yield Scene(world, preloaded, hosts)
    finally:
        preloaded.stop()
        world.ca.stop()
        web.stop()
