# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real BIND in which an operation publishes its validation records, through a gate that breaks the updates."""

from __future__ import annotations

import socket
import socketserver
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import dns.message
import dns.query
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.tsigkeyring
import dns.update
from ansible_collections.certops.certum.tests.chaos.gate import Gate
from ansible_collections.certops.certum.tests.support import real_dns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ansible_collections.certops.certum.tests.support.real_dns import Server, TsigKey

ZONE = "example.com"
FOREIGN = '"other"'
SECONDS = 10


class RecordGate(Gate):
    """A way to BIND over TCP, for messages that are signed with the key."""

    def __init__(self, bind: Server, key: TsigKey) -> None:
        super().__init__()
        self._bind = bind
        self._keyring = dns.tsigkeyring.from_text({key.name: key.secret})
        self.start(lambda handler: socketserver.ThreadingTCPServer((real_dns.LOOPBACK, 0), handler))

    @property
    def port(self) -> int:
        return int(self.address[1])

    def _read(self, client: socket.socket) -> bytes:
        return _message(client)

    def _words(self, request: bytes) -> str:
        message = self._parsed(request)
        if not isinstance(message, dns.update.UpdateMessage):
            (question,) = message.question
            return f"query {question.name} {dns.rdatatype.to_text(question.rdtype)}"
        changes = [f"{'delete' if each.deleting else 'add'} {each.name}" for each in message.update]
        return f"update {', '.join(changes)}"

    def _ask(self, request: bytes) -> bytes:
        with socket.create_connection((self._bind.address, self._bind.port), timeout=SECONDS) as server:
            server.sendall(request)
            return _message(server)

    def _bad_answer(self, request: bytes, effect: str) -> bytes:
        answer = dns.message.make_response(self._parsed(request))
        answer.set_rcode(dns.rcode.REFUSED)
        wire = answer.to_wire()
        return len(wire).to_bytes(2, "big") + wire

    def _parsed(self, request: bytes) -> dns.message.Message:
        return dns.message.from_wire(request[2:], keyring=self._keyring)


def _message(connection: socket.socket) -> bytes:
    """Return a message with its length before it, as it comes over TCP; empty if there is none."""
    length = _exactly(connection, 2)
    return length + _exactly(connection, int.from_bytes(length, "big")) if length else b""


def _exactly(connection: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        data = connection.recv(size - len(found))
        if not data:
            return b""
        found += data
    return found


class Zone:
    """The zone of all certificates, with a record of others beside each validation record."""

    def __init__(self, bind: Server, of_ca: Server, key: TsigKey) -> None:
        self.bind, self.of_ca, self.key = bind, of_ca, key
        self.gate = RecordGate(bind, key)

    @property
    def variables(self) -> dict[str, Any]:
        """The variables of the role. It changes records through the gate, and looks at them without it."""
        server = {"server": real_dns.LOOPBACK, "port": self.gate.port}
        key = {"key_name": self.key.name, "key_secret": self.key.secret}
        provider = {"provider": "rfc2136", "zones": [ZONE], "options": {**server, **key}, "nameservers": [self.bind.at]}
        return {"certum_dns": [provider], "certum_dns_resolvers": [self.bind.at]}

    def add_foreign(self, names: Sequence[str]) -> None:
        """Add a record of others at the validation record of each name."""
        for name in names:
            keyring = dns.tsigkeyring.from_text({self.key.name: self.key.secret})
            update = dns.update.UpdateMessage(ZONE, keyring=keyring)
            update.add(f"_certum.{name}.", real_dns.TTL, "TXT", FOREIGN)
            answer = dns.query.tcp(update, self.bind.address, timeout=SECONDS, port=self.bind.port)
            assert answer.rcode() == dns.rcode.NOERROR, answer

    def problem(self, name: str) -> str | None:
        """Return what is wrong with the records of a name and of its www."""
        found = {each: self.bind.ask(f"_certum.{each}") for each in (name, f"www.{name}")}
        return None if found == {name: [FOREIGN], f"www.{name}": []} else f"the zone has the records {found}"


@contextmanager
def zone(path: Path) -> Iterator[Zone]:
    """Run BIND with the zone, the gate before it, and a resolver for the CA, which looks for CAA records upwards."""
    key = real_dns.TsigKey()
    with (
        real_dns.bind(path / "bind", {ZONE: []}, key=key) as bind,
        real_dns.resolver(path / "resolver", {ZONE: bind}) as of_ca,
    ):
        found = Zone(bind, of_ca, key)
        try:
            yield found
        finally:
            found.gate.stop()
