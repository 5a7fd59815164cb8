# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Loads a certificate into a running HAProxy over its stats socket, without a reload.

Private to the collection. What is on disk and what HAProxy serves stay the same if a deployment does this:

1. Install the new bundle on disk and run the check of the service.
2. ``load`` the bundle.
   LOADED: verify it by handshakes. UNKNOWN or FAILED: reload, then verify it by handshakes. A reload always reads the
   disk. It also ends a transaction that was left open, because a new process starts without one.
3. If the handshakes do not show the certificate after a load, reload and ask again: HAProxy may have the file under a
   second name that ``load`` does not find, such as an alias of a ``crt-store``.
4. To roll back, switch the disk back first, then ``load`` the former bundle. If this is not LOADED, reload.

If a run crashes between 1 and 2, ``loaded_certificates`` shows the next run that HAProxy serves another certificate.
"""

from __future__ import annotations

import os
import socket
import struct
import time
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from . import haproxy_commands
from .haproxy_commands import HaproxyError, command

if TYPE_CHECKING:
    from collections.abc import Collection

    from .haproxy_commands import Bundle, RuntimeCertificate

LONGEST_ANSWER = 8 * 2**20
"""Bytes of an answer. The list of certificates has one line for each file."""
LINES_SHOWN = 3
"""Lines of a refusal in messages. The answer to an unknown command lists all others."""
PAUSE = 0.05
COMPANIONS = (".key", ".ocsp", ".issuer", ".sctl")
"""Endings of files beside a bundle that HAProxy reads with it at a reload."""
_PEER = struct.Struct("3i")  # struct ucred: process, user, group


class RuntimeState(Enum):
    """The result of a load.

    LOADED: HAProxy uses the bundle for every file of the same path. UNKNOWN: it uses no such file.
    FAILED: at least one file has not changed, or it is not known whether it has.
    """

    LOADED = "loaded"
    UNKNOWN = "unknown"
    FAILED = "failed"


@dataclass(frozen=True)
class RuntimeLoad:
    """The result of a load: the names of the files that changed, and the objection, which only FAILED has."""

    state: RuntimeState
    names: tuple[str, ...] = ()
    objection: str | None = None


@dataclass(frozen=True)
class RuntimeSocket:
    """A stats socket with ``level admin``. Each command has its own connection and at most *timeout* seconds.

    A commit takes seconds if hundreds of listeners use the certificate.
    """

    path: str
    timeout: float

    def ask(self, words: str, payload: bytes = b"") -> str:
        """Return the answer to a command. Repeat it while HAProxy works on another one. Raises HaproxyError."""
        request = os.fsencode(f"{words} <<\n") + payload + b"\n" if payload else os.fsencode(f"{words}\n")
        deadline = time.monotonic() + self.timeout
        while True:
            answer = self._exchange(words, request, deadline)
            if not haproxy_commands.is_locked(answer) or time.monotonic() + PAUSE > deadline:
                return answer
            time.sleep(PAUSE)

    def objection(self, words: str, answer: str) -> HaproxyError:
        """Return the error about a command and its answer, with the remedy if it is known."""
        lines = "; ".join([line.rstrip(".!") for line in answer.split("\n") if line][:LINES_SHOWN])
        reason = quote(lines) or "HAProxy gave an empty answer"
        text = f"HAProxy's socket {quote(self.path)}, command '{quote(words)}': {reason}."
        return HaproxyError(f"{text} {haproxy_commands.hint(answer)}".rstrip())

    def _exchange(self, words: str, request: bytes, deadline: float) -> str:
        answer = bytearray()
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(_left(deadline))
                connection.connect(self.path)
                self._require_trusted(connection)
                with suppress(BrokenPipeError, ConnectionResetError):  # a refusal may be there to read
                    connection.sendall(request)
                _read(connection, answer, deadline)
        except (OSError, ValueError) as error:
            is_late = isinstance(error, (socket.timeout, TimeoutError))
            late = f"no complete answer within {self.timeout:g} seconds\n{os.fsdecode(bytes(answer))}"
            reason = late if is_late else quote(getattr(error, "strerror", None) or error)
            raise self.objection(words, reason) from error
        if answer:
            return os.fsdecode(bytes(answer))
        size = f"It does so if a command ({len(request)} bytes here) is longer than tune.bufsize"
        raise self.objection(words, f"HAProxy closed the connection without an answer\n{size}")

    def _require_trusted(self, connection: socket.socket) -> None:
        """Raise OSError if another user may have opened the socket: that user would get the private key."""
        dummy, user, dummy = _PEER.unpack(connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size))
        directory = Path(self.path).parent
        if not is_trusted(user, mine=os.geteuid(), owner=directory.stat().st_uid):
            raise OSError(f"user {user} opened the socket, who is neither root nor the owner of {directory}")


def is_trusted(user: int, *, mine: int, owner: int) -> bool:
    """Return whether a socket that *user* opened, in a directory of *owner*, is the socket of a service."""
    return user in (0, mine, owner)


def load(runtime: RuntimeSocket, candidates: Collection[str], bundle: bytes) -> RuntimeLoad:
    """Replace the certificate of every file that is one of *candidates*, or leads to one of them by links.

    *bundle* is the new content of the file: private key, certificate and chain in PEM. Each file changes at once or not
    at all; several files change one after the other.
    """
    done: list[str] = []
    try:
        wanted = haproxy_commands.read_bundle(bundle)
        for certificate in loaded_certificates(runtime, candidates):
            _replace(runtime, certificate.name, wanted)
            done.append(certificate.name)
    except HaproxyError as error:
        return RuntimeLoad(RuntimeState.FAILED, tuple(done), str(error))
    return RuntimeLoad(RuntimeState.LOADED if done else RuntimeState.UNKNOWN, tuple(done))


def loaded_certificates(runtime: RuntimeSocket, candidates: Collection[str]) -> list[RuntimeCertificate]:
    """Return the certificates in use whose file is one of *candidates*, or leads to one of them by links.

    Raises HaproxyError, also if the runtime API could not replace them.
    """
    answer = runtime.ask("show ssl cert")
    inventory = haproxy_commands.read_inventory(answer)
    if inventory is None:
        raise runtime.objection("show ssl cert", answer)
    if inventory.transaction is not None:
        raise runtime.objection("show ssl cert", f"The ongoing transaction is about '{inventory.transaction}'")
    count = haproxy_commands.read_process_count(runtime.ask("show info"))
    if count > 1:
        raise runtime.objection("show info", f"HAProxy runs {count} processes, and the socket reaches one of them")
    found = (_shown(runtime, name) for name in same_files(inventory.names, candidates))
    return [certificate for certificate in found if certificate.is_used]


def same_files(names: Collection[str], candidates: Collection[str]) -> list[str]:
    """Return the names that are one of *candidates*, or lead to the same file by links."""
    targets = {os.path.realpath(candidate) for candidate in candidates}
    return [
        name for name in names if name in candidates or (Path(name).is_absolute() and os.path.realpath(name) in targets)
    ]


def _shown(runtime: RuntimeSocket, name: str) -> RuntimeCertificate:
    words = command("show", name)
    answer = runtime.ask(words)
    shown = haproxy_commands.read_shown(answer)
    if shown is None or shown.name != name:
        raise runtime.objection(words, answer)
    return shown


def _replace(runtime: RuntimeSocket, name: str, bundle: Bundle) -> None:
    if companions := [name + ending for ending in COMPANIONS if Path(name + ending).exists()]:
        raise runtime.objection(command("set", name), f"HAProxy also reads {companions[0]}, and only at a reload")
    _write(runtime, name, bundle)
    _commit(runtime, name)
    shown = _shown(runtime, name)
    if shown.fingerprint != bundle.fingerprint:
        raise runtime.objection(command("commit", name), f"HAProxy now has certificate {shown.serial_number}")


def _write(runtime: RuntimeSocket, name: str, bundle: Bundle) -> None:
    """Write the bundle to a transaction of our own.

    HAProxy 2.2 and 2.6 write the bundle to an open transaction even if it is about another file. That transaction is
    aborted: otherwise its owner would commit our certificate for the other file.
    """
    words = command("set", name)
    try:
        answer = runtime.ask(words, bundle.text)
    except HaproxyError:
        _abort(runtime, name)
        raise
    transaction = haproxy_commands.read_transaction(answer)
    if transaction == (name, True):
        return
    if transaction is not None:
        _abort(runtime, transaction[0])
    raise runtime.objection(words, answer)


def _commit(runtime: RuntimeSocket, name: str) -> None:
    """Commit the transaction. Abort it if HAProxy refuses to begin.

    If a commit begins and does not end, for example because its connection ends, HAProxy has freed the transaction but
    lists it as open. An abort, or another write to it, then makes HAProxy crash (2.2.9, 2.6.12 and 3.0.11).
    """
    words = command("commit", name)
    answer = runtime.ask(words)
    if haproxy_commands.is_committed(answer):
        return
    if not haproxy_commands.is_begun(answer):
        _abort(runtime, name)
    raise runtime.objection(words, answer)


def _abort(runtime: RuntimeSocket, name: str) -> None:
    with suppress(HaproxyError):  # the first error is the one to report; a reload ends the transaction as well
        runtime.ask(command("abort", name))


def _read(connection: socket.socket, answer: bytearray, deadline: float) -> None:
    """Append the answer to *answer*, as far as it comes. Raises OSError."""
    with suppress(ConnectionResetError):
        while True:
            connection.settimeout(_left(deadline))
            data = connection.recv(65536)
            if not data:
                return
            answer += data
            if len(answer) > LONGEST_ANSWER:
                raise OSError(f"the answer is longer than {LONGEST_ANSWER} bytes")


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
