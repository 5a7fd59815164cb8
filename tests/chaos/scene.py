# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The CA, the servers and the hosts of one operation, with many certificates that break at different points."""

from __future__ import annotations

import itertools
import signal
from collections import defaultdict
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import yaml
from ansible_collections.certops.certum.tests.chaos.balancer import balancer
from ansible_collections.certops.certum.tests.chaos.play import Command, Played, Quick, play
from ansible_collections.certops.certum.tests.chaos.points import RECORD, SOCKET
from ansible_collections.certops.certum.tests.chaos.watch import Watch
from ansible_collections.certops.certum.tests.chaos.zone import zone
from ansible_collections.certops.certum.tests.integration.haproxy_server import HAPROXY
from ansible_collections.certops.certum.tests.integration.project import Project
from ansible_collections.certops.certum.tests.integration.web_server import WebServer, verified
from ansible_collections.certops.certum.tests.integration.world import World
from ansible_collections.certops.certum.tests.support import real_dns
from ansible_collections.certops.certum.tests.support.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from ansible_collections.certops.certum.tests.chaos.balancer import Balancer
    from ansible_collections.certops.certum.tests.chaos.gate import Gate
    from ansible_collections.certops.certum.tests.chaos.play import Player
    from ansible_collections.certops.certum.tests.chaos.zone import Zone

REQUEST_TIMEOUT = 2
"""Seconds, for runs in which an answer is late."""
GROUP = "sharing"
"""The group of the inventory whose hosts share certificates."""
WAIT_TIMEOUT = 150
"""Seconds, for as many certificates as there are points."""
OUTAGE_TIMEOUT = 3
"""Seconds, for runs in which the CA dies and is down until they end."""
COMMAND_TIMEOUT = 60
HANG_TIMEOUT = 5
"""Seconds, for runs in which a stats socket does not answer a command."""


class Scene:
    """The world of one operation. Certificates are called c0000, c0001, … and are dealt out to the hosts in turn.

    With ``sharing``, each certificate is shared by all hosts, and the first host is the one that is watched.
    """

    def __init__(
        self,
        world: World,
        preloaded: Quick,
        hosts: Sequence[str],
        *,
        sharing: bool = False,
        zone: Zone | None = None,
        balancer: Balancer | None = None,
    ) -> None:
        self.world, self.preloaded, self.hosts, self.sharing = world, preloaded, hosts, sharing
        self._zone, self._balancer = zone, balancer
        self.watch = Watch(self.tls_port, world.ca.root, self.directory)
        self.command = Command()
        self._runs = itertools.count(1)
        self._wait_timeout, self._command_timeout = WAIT_TIMEOUT, COMMAND_TIMEOUT
        self._names = (f"c{number:04}" for number in itertools.count())

    @property
    def zone(self) -> Zone:
        """Return the zone of an operation that changes records."""
        assert self._zone is not None
        return self._zone

    @property
    def balancer(self) -> Balancer:
        """Return the HAProxy of an operation that deploys to it."""
        assert self._balancer is not None
        return self._balancer

    @property
    def gates(self) -> dict[str, Gate]:
        """Return the gates before the servers, by the place of their points."""
        found = {RECORD: self._zone, SOCKET: self._balancer}
        return {place: server.gate for place, server in found.items() if server is not None}

    @property
    def tls_port(self) -> int:
        """Return the port of the server to which certificates are deployed."""
        return self._balancer.server.port.number if self._balancer else self.world.web.https_port

    def serves(self, name: str) -> str:
        """Return the serial number of the certificate in a handshake, verified."""
        return verified(self.tls_port, server_name=common_name(name), root=self.world.ca.root)

    def names(self, count: int) -> list[str]:
        """Return new certificate names."""
        found = list(itertools.islice(self._names, count))
        for name in found:
            self.world.web.add_host(common_name(name))
            (self.world.web.webroot / f"more-{common_name(name)}").symlink_to(common_name(name))
        return found

    def groups(self, count: int) -> list[tuple[str, ...]]:
        """Return new certificates: in each group one for each host, in the order of the hosts."""
        of = 1 if self.sharing else len(self.hosts)
        names = self.names(count * of)
        return [tuple(names[at : at + of]) for at in range(0, len(names), of)]

    def host(self, name: str) -> str:
        """Return the host that has the certificate."""
        if self.sharing:
            return self.hosts[0]
        return self.hosts[int(name[1:]) % len(self.hosts)]

    def directory(self, name: str) -> Path:
        """Return where the host keeps the certificate. Each host has a ``certum_path`` of its own."""
        return self.world.store / self.host(name) / name

    def customer(self, name: str) -> str:
        """Return the ``customer`` of an order."""
        return f"@{GROUP}/{name}" if self.sharing else f"{self.host(name)}/{name}"

    def is_deployed(self, name: str) -> bool:
        """Return whether a server serves the certificate. Only the first host has one."""
        return self.host(name) == self.hosts[0]

    def declared(self, name: str, *, deployed: bool = True, **changes: Any) -> dict[str, Any]:
        validation = {"method": "file", "webroot": str(self.world.web.webroot / common_name(name))}
        if deployed and self.is_deployed(name):
            changes["deploy"] = self._deployment(name)
        return self.world.declaration(name, common_name(name), **{"validation": validation, **changes})

    def _deployment(self, name: str) -> dict[str, Any]:
        if self._balancer:
            return self._balancer.deployment
        return self.world.web.add_site(self.directory(name), server_name=f"{common_name(name)} www.{common_name(name)}")

    def role(self, *certificates: dict[str, Any], hosts: Sequence[str] = (), **variables: Any) -> list[dict[str, Any]]:
        """Return a play in which each host declares its own certificates, or those that all hosts share."""
        by_host: dict[str, list[dict[str, Any]]] = {host: [] for host in self.hosts}
        for certificate in certificates:
            by_host[self.host(certificate["name"])].append(certificate)
        if self.sharing:
            everywhere = [{**each, "share": GROUP} for each in certificates]
            elsewhere = [{key: each[key] for key in each if key != "deploy"} for each in everywhere]
            by_host = {host: everywhere if host == self.hosts[0] else elsewhere for host in self.hosts}
        others = {host: sorted(path.name for path in (self.world.store / host).glob("*")) for host in self.hosts}
        return self.world.role(
            hosts=":".join(hosts or self.hosts),
            **{
                "declared_by_host": by_host,
                "certum_certificates": "{{ declared_by_host[inventory_hostname] }}",
                "others_by_host": others,
                "certum_declared_elsewhere": "{{ others_by_host[inventory_hostname] }}",
                "certum_path": f"{self.world.store}/{{{{ inventory_hostname }}}}",
                "certum_wait_timeout": self._wait_timeout,
                "certum_deploy_command_timeout": self._command_timeout,
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

    @contextmanager
    def impatient(self) -> Iterator[None]:
        """Shorten the waits for commands while the context lasts."""
        self._command_timeout = HANG_TIMEOUT
        try:
            yield
        finally:
            self._command_timeout = COMMAND_TIMEOUT

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

    def calls(self) -> list[str]:
        """Return the calls to the CA and the exchanges with the servers since they were last cleared."""
        return [*self.world.operations(), *itertools.chain(*(gate.calls for gate in self.gates.values()))]

    def clear_calls(self) -> None:
        self.world.ca.clear_calls()
        for gate in self.gates.values():
            gate.clear()

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
    path: Path,
    *,
    hosts: Sequence[str] = ("web1",),
    sharing: bool = False,
    options: Sequence[str] = (),
    servers: Sequence[str] = (),
    ca_from: Path | None = None,
) -> Iterator[Scene]:
    """Set up a scene and remove it. *path* has to be short: Ansible makes sockets below it.

    *servers* are those that it has besides the CA and nginx, by the place of their points.
    """
    with ExitStack() as stack:
        zone_of = stack.enter_context(zone(path / "dns")) if RECORD in servers else None
        balancer_of = stack.enter_context(balancer(path / "haproxy")) if SOCKET in servers else None
        web = WebServer.make(path / "nginx", by_host=True)
        web.start()
        stack.callback(web.stop)
        resolved = {"*.example.com": f"127.0.0.1:{web.http_port}"}
        asked = ("--dns", zone_of.of_ca.at) if zone_of else ()
        ca = Sandbox.start(path / "ca", resolve=resolved, options=(*options, *asked), ca_from=ca_from)
        project = _project(path, ca)
        if sharing:
            _make_group(path / "p/inventory.yml", hosts)
        world = World(project, ca, web)

        def stop_ca() -> None:
            world.ca.stop()  # which may be another one than at the beginning

        stack.callback(stop_ca)
        preloaded = Quick(world.project.environment)
        stack.callback(preloaded.stop)
        yield Scene(world, preloaded, hosts, sharing=sharing, zone=zone_of, balancer=balancer_of)


def _project(path: Path, ca: Sandbox) -> Project:
    (path / "t").mkdir()
    environment = {
        "CERTUM_API_URL": ca.url,
        "CERTUM_API_USERNAME": ca.user,
        "CERTUM_API_PASSWORD": ca.password,
        "CERTUM_API_CA_PATH": str(ca.ca),
    }
    return Project.make(path / "p", environment, temporary=path / "t")


def _make_group(inventory: Path, hosts: Sequence[str]) -> None:
    content = yaml.safe_load(inventory.read_text())
    content[GROUP] = {"hosts": dict.fromkeys(hosts)}
    inventory.write_text(yaml.safe_dump(content))


def missing(servers: Sequence[str]) -> str | None:
    """Return why a scene cannot have these servers on this machine, or None."""
    haproxy = None if HAPROXY else "missing: tools/need-debian haproxy"
    reasons = {RECORD: real_dns.why_not(), SOCKET: haproxy}
    return next((found for each in servers if (found := reasons[each])), None)
