# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Real name servers on loopback: BIND as primary, secondary and resolver, and PowerDNS with its HTTP API."""

from __future__ import annotations

import base64
import os
import secrets
import shutil
import socket
import socketserver
import sqlite3
import subprocess
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import dns.exception
import dns.message
import dns.query
import dns.rdatatype

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SYSTEM_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
NAMED = shutil.which("named", path=SYSTEM_PATH)
NSUPDATE = shutil.which("nsupdate", path=SYSTEM_PATH)
PDNS = shutil.which("pdns_server", path=SYSTEM_PATH)
PDNS_SCHEMA = Path("/usr/share/doc/pdns-backend-sqlite3/schema.sqlite3.sql")
SECONDS = 20
LOOPBACK = "127.0.0.1"
TTL = 5

ZONE = """\
$TTL {ttl}
@ IN SOA ns.{zone}. ops.{zone}. 1 3600 600 86400 {ttl}
@ IN NS ns.{zone}.
ns IN A {address}
{records}
"""

ROOT = """\
$TTL {ttl}
. IN SOA ns. ops. 1 3600 600 86400 {ttl}
. IN NS ns.
ns. IN A {address}
{delegations}
"""

OPTIONS = """\
options {{
  directory "{directory}";
  pid-file none;
  session-keyfile "{directory}/session.key";
  listen-on port {port} {{ {address}; }};
  listen-on-v6 {{ none; }};
  dnssec-validation no;
  minimal-responses yes;
  {more}
}};
controls {{ }};
logging {{ category default {{ default_stderr; }}; }};
{key}
{zones}
"""


def why_not() -> str | None:
    """Return why these servers cannot run here, or None."""
    missing = [
        name
        for name, found in {
            "bind9": NAMED,
            "bind9-dnsutils": NSUPDATE,
            "pdns-server": PDNS,
            "pdns-backend-sqlite3": PDNS_SCHEMA.is_file(),
        }.items()
        if not found
    ]
    return f"missing: tools/need-debian {' '.join(missing)}" if missing else None


@dataclass
class TsigKey:
    """A key for dynamic updates. The secret is unique, so that it is found in any output."""

    name: str = "updates."
    secret: str = field(default_factory=lambda: base64.b64encode(secrets.token_bytes(32)).decode())

    @property
    def configuration(self) -> str:
        return f'key "{self.name}" {{ algorithm hmac-sha256; secret "{self.secret}"; }};'


@dataclass
class Server:
    """A server at ``address`` and ``port``. ``ask`` puts a question to it."""

    address: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def at(self) -> str:
        return f"{self.address}:{self.port}"

    def ask(self, name: str, kind: str = "TXT") -> list[str]:
        """Return the values of the records, sorted, in presentation form."""
        answer = dns.query.tcp(dns.message.make_query(name, kind), self.address, timeout=5, port=self.port)
        wanted = dns.rdatatype.from_text(kind)
        return sorted(rdata.to_text() for rrset in answer.answer if rrset.rdtype == wanted for rdata in rrset)

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def bind(
    directory: Path,
    zones: Mapping[str, Sequence[str]],
    *,
    key: TsigKey | None = None,
    names: str = "zonesub",
    port: int | None = None,
) -> Iterator[Server]:
    """Run BIND as primary server of these zones. Everybody may transfer them.

    The key allows changes of TXT and CNAME records of these ``names``, in the words of an update policy.
    """
    allowed = f'grant "{key.name}" {names} TXT CNAME;' if key else ""
    directory.mkdir(parents=True)
    for zone, records in zones.items():
        text = ZONE.format(zone=zone, ttl=TTL, address=LOOPBACK, records="\n".join(records))
        (directory / f"{zone}.zone").write_text(text)
    texts = [
        f'zone "{zone}" {{ type primary; file "{directory}/{zone}.zone"; notify no; '
        f"update-policy {{ {allowed} }}; allow-transfer {{ any; }}; }};"
        for zone in zones
    ]
    with _named(directory, texts, key=key, more="recursion no;", port=port) as server:
        for zone in zones:
            _wait_for(server, zone)
        yield server


@contextmanager
def lagging_secondary(directory: Path, primary: Server, zone: str) -> Iterator[Server]:
    """Run BIND as a secondary server that has transferred the zone once, and hears of no change."""
    directory.mkdir(parents=True)
    text = (
        f'zone "{zone}" {{ type secondary; file "{directory}/{zone}.zone"; min-refresh-time 3600; '
        f"primaries {{ {primary.address} port {primary.port}; }}; }};"
    )
    with _named(directory, [text], more="recursion no;") as server:
        _wait_for(server, zone)
        yield server


@contextmanager
def resolver(directory: Path, zones: Mapping[str, Server]) -> Iterator[Server]:
    """Run BIND as a resolver in an internet that has these zones alone. It keeps no answer."""
    directory.mkdir(parents=True)
    delegations = "".join(f"{zone}. IN NS ns.{zone}.\nns.{zone}. IN A {LOOPBACK}\n" for zone in zones)
    (directory / "root.zone").write_text(ROOT.format(ttl=TTL, address=LOOPBACK, delegations=delegations))
    texts = [
        f'zone "{zone}" {{ type forward; forward only; forwarders {{ {server.address} port {server.port}; }}; }};'
        for zone, server in zones.items()
    ]
    texts.append(f'zone "." {{ type primary; file "{directory}/root.zone"; }};')
    more = "recursion yes; allow-query { any; }; max-cache-ttl 0; max-ncache-ttl 0; empty-zones-enable no;"
    with _named(directory, texts, more=more) as server:
        for zone in zones:
            _wait_for(server, zone)
        yield server


@contextmanager
def powerdns(
    directory: Path,
    zones: Mapping[str, Sequence[str]],
    *,
    api_key: str,
    address: str = LOOPBACK,
    port: int | None = None,
) -> Iterator[tuple[Server, str]]:
    """Run PowerDNS with these zones; yield the server and the address of its HTTP API."""
    directory.mkdir(parents=True)
    database = directory / "pdns.sqlite3"
    with sqlite3.connect(database) as connection:
        connection.executescript(PDNS_SCHEMA.read_text())
        for zone, records in zones.items():
            _insert(connection, zone, records, address=address)
    connection.close()
    chosen, api_port = port or free_port(address), free_port()
    options = {
        "launch": "gsqlite3",
        "gsqlite3-database": database,
        "local-address": address,
        "local-port": chosen,
        "api": "yes",
        "api-key": api_key,
        "webserver": "yes",
        "webserver-address": "127.0.0.1",
        "webserver-port": api_port,
        "socket-dir": directory,
        "cache-ttl": 0,
        "query-cache-ttl": 0,
        "negquery-cache-ttl": 0,
        "zone-cache-refresh-interval": 0,
        "daemon": "no",
        "guardian": "no",
        "disable-syslog": "yes",
        "write-pid": "no",
    }
    (directory / "pdns.conf").write_text("".join(f"{name}={value}\n" for name, value in options.items()))
    assert PDNS is not None
    with _running([PDNS, f"--config-dir={directory}"], directory / "log", address, chosen) as server:
        for zone in zones:
            _wait_for(server, zone)
        _wait_for_port(server, api_port)
        yield server, f"http://127.0.0.1:{api_port}"


class Gate:
    """A way to the TCP port of a server that can be closed: it lets ``most`` connections pass, or all with None."""

    def __init__(self, target: int) -> None:
        self._passed = 0
        self.most: int | None = None
        gate = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                if gate.is_open():
                    with socket.create_connection((LOOPBACK, target), timeout=SECONDS) as server:
                        _forward(self.request, server)

        self._server = socketserver.ThreadingTCPServer((LOOPBACK, 0), Handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]

    def is_open(self) -> bool:
        """Count a connection, and return whether it may pass."""
        self._passed += 1
        return self.most is None or self._passed <= self.most

    def __enter__(self) -> Gate:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_details: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def _forward(client: socket.socket, server: socket.socket) -> None:
    """Pass questions and answers on, until the client closes."""
    client.settimeout(SECONDS)
    with suppress(OSError):
        while question := client.recv(65536):
            server.sendall(question)
            client.sendall(server.recv(65536))


def _insert(connection: sqlite3.Connection, zone: str, records: Sequence[str], *, address: str) -> None:
    """Insert a zone and its records, each as ``NAME TYPE VALUE`` with a name relative to the zone."""
    domain = connection.execute("insert into domains (name, type) values (?, 'NATIVE')", (zone,)).lastrowid
    soa = f"ns.{zone} ops.{zone} 1 3600 600 86400 {TTL}"
    for name, kind, value in (("@", "SOA", soa), ("@", "NS", f"ns.{zone}"), ("ns", "A", address)):
        _insert_record(connection, domain, zone, name, kind, value)
    for record in records:
        name, kind, value = record.split(" ", 2)
        _insert_record(connection, domain, zone, name, kind, value)


def _insert_record(
    connection: sqlite3.Connection, domain: int | None, zone: str, name: str, kind: str, value: str
) -> None:
    owner = zone if name == "@" else f"{name}.{zone}"
    connection.execute(
        "insert into records (domain_id, name, type, content, ttl, auth) values (?, ?, ?, ?, ?, 1)",
        (domain, owner, kind, value, TTL),
    )


@contextmanager
def _named(
    directory: Path, zones: Sequence[str], *, key: TsigKey | None = None, more: str, port: int | None = None
) -> Iterator[Server]:
    port = port or free_port()
    text = OPTIONS.format(
        directory=directory,
        port=port,
        address=LOOPBACK,
        more=more,
        key=key.configuration if key else "",
        zones="\n".join(zones),
    )
    (directory / "named.conf").write_text(text)
    assert NAMED is not None
    command = [NAMED, "-f", "-n", "1", "-c", str(directory / "named.conf")]
    with _running(command, directory / "log", LOOPBACK, port) as server:
        yield server


@contextmanager
def _running(command: Sequence[str], log: Path, address: str, port: int) -> Iterator[Server]:
    with (
        log.open("wb") as file,
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=file) as process,
    ):
        server = Server(address, port, process, log)
        try:
            yield server
        finally:
            server.stop()


def _wait_for(server: Server, zone: str) -> None:
    """Wait until the server has the SOA record of a zone."""
    deadline = time.monotonic() + SECONDS
    while True:
        with suppress(OSError, EOFError, dns.exception.DNSException):
            if server.ask(zone, "SOA"):
                return
        if server.process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the name server at {server.at} has no zone {zone}: {server.log.read_text()[-3000:]}")
        time.sleep(0.05)


def _wait_for_port(server: Server, port: int) -> None:
    deadline = time.monotonic() + SECONDS
    while True:
        with suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
            return
        if time.monotonic() > deadline:
            raise RuntimeError(f"nothing listens at {port}: {server.log.read_text()[-3000:]}")
        time.sleep(0.05)


def free_port(address: str = LOOPBACK) -> int:
    """Return a port that is free for TCP and for UDP now."""
    for _attempt in range(50):
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind((address, 0))
            port: int = tcp.getsockname()[1]
            with suppress(OSError):
                udp.bind((address, port))
                return port
    raise RuntimeError(f"no free port at {address}")
