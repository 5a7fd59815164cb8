# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The points of an operation that can break: each call that changes the disk, and each exchange with a server.

The servers are the CA, the name server that gets the validation records, and HAProxy's stats socket.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Union

from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import READS, ApiOperation
from ansible_collections.certops.certum.tests.chaos.play import ERRORS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

EFFECTS = ("drop", "http-500", "http-503", "delay", "garbage", "truncate", "exit")
POLLED = (ApiOperation.GET_ORDER_STATE, ApiOperation.GET_CERTIFICATE)
"""What is asked again and again until something is so."""
NETWORK = ("network before", "network after")
DISK = ("disk error", "kill")
RECORD, SOCKET = "record", "socket"
"""The exchanges with a name server about records, and those with HAProxy over its stats socket."""
OF_RECORD = ("record before", "record after")
OF_SOCKET = ("socket before", "socket after")
KINDS = (*NETWORK, *DISK, *OF_RECORD, *OF_SOCKET)
"""An exchange with a server fails before it does what is asked or after; a call on the disk fails; all is killed."""
HANG = "hang"
BAD_ANSWERS = {RECORD: ("refuse", "drop", HANG), SOCKET: ("refuse", "drop", "garbage", HANG)}
WRITES = {RECORD: ("update",), SOCKET: ("set", "commit", "abort")}
"""The first words of the exchanges that change something."""
LATE = 3.0
"""Seconds: later than anybody waits."""
KILL = "kill"
LATER = 60.0
"""Seconds: until then a run that is to be killed has been killed, also on a busy machine."""


@dataclass(frozen=True)
class DiskPoint:
    """The call number at of a certificate fails with an error, or is the last before or after which all dies.

    Each host has a certificate at each point; host is the number of the host whose certificate breaks, from 0.
    """

    at: int
    call: str
    error: str | None = None
    kill: str | None = None
    host: int = 0
    polled: bool = False

    @property
    def kind(self) -> str:
        return "disk error" if self.error else "kill"

    @property
    def how(self) -> str:
        return self.error or f"SIGKILL {self.kill}"

    @property
    def words(self) -> str:
        return f"{self.how} at call {self.at}: {self.call}"

    @property
    def breaks(self) -> dict[str, Any]:
        return {"at": self.at, "errno": ERRORS[self.error]} if self.error else {"at": self.at, "kill": self.kill}


@dataclass(frozen=True)
class NetworkPoint:
    """The call number skip of an operation meets an effect, before or after the CA processes it.

    The effect KILL is that the run is killed while it waits for the answer.
    """

    operation: str
    skip: int
    effect: str
    when: str
    host: int = 0

    @property
    def kill(self) -> str | None:
        return "at the CA" if self.effect == KILL else None

    @property
    def kind(self) -> str:
        return "kill" if self.kill else f"network {self.when}"

    @property
    def how(self) -> str:
        return f"SIGKILL {self.kill}" if self.kill else f"{self.effect} {self.when}"

    @property
    def polled(self) -> bool:
        """Whether the number of calls depends on chance: only the first is certain."""
        return self.skip > 0 and self.operation in POLLED

    @property
    def words(self) -> str:
        return f"{self.how} {self.operation} number {self.skip}"

    @property
    def fault(self) -> dict[str, Any]:
        effect = {"effect": "delay", "seconds": LATER if self.kill else LATE} if self.effect in (KILL, "delay") else {}
        return {"effect": self.effect, "operation": self.operation, "when": self.when, "skip": self.skip, **effect}


@dataclass(frozen=True)
class ExchangePoint:
    """The exchange number at with a server meets an effect, before or after the server does what is asked.

    The effect KILL is that the run is killed while it waits for the answer.
    """

    place: str
    at: int
    call: str
    effect: str
    when: str
    host: int = 0
    polled: bool = False

    @property
    def kill(self) -> str | None:
        return self.when if self.effect == KILL else None

    @property
    def waits(self) -> bool:
        """Whether no answer comes until the client ends."""
        return self.effect in (KILL, HANG)

    @property
    def kind(self) -> str:
        return "kill" if self.kill else f"{self.place} {self.when}"

    @property
    def how(self) -> str:
        return f"SIGKILL at a {self.place}" if self.kill else f"{self.place} {self.effect} {self.when}"

    @property
    def words(self) -> str:
        return f"{self.place} {self.effect} {self.when} exchange {self.at}: {self.call}"


Point = Union[DiskPoint, NetworkPoint, ExchangePoint]


def disk_points(calls: Sequence[str], *, host: int = 0) -> Iterator[DiskPoint]:
    """Return the points on disk: each call fails with each error, and a crash leaves each possible state.

    Right after one call is right before the next, so the end alone needs an *after*.
    """
    for at, call in enumerate(calls):
        for error in ERRORS:
            yield DiskPoint(at, call, error=error, host=host)
        if at == 0 or _leaves_another_state(calls[at - 1]) or call.startswith("rename "):
            yield DiskPoint(at, call, kill="before", host=host)
    if calls:
        yield DiskPoint(len(calls) - 1, calls[-1], kill="after", host=host)


def _leaves_another_state(call: str) -> bool:
    """Return whether a crash after the call leaves another state: a sync does not, nor a temporary file.

    A file that is half made is found whole right before its rename.
    """
    function, dummy, path = call.partition(" ")
    name = path.rpartition("/")[2]
    beside = name.startswith(".") and name.endswith(".tmp")
    return function == "rename" or (function != "fsync" and not beside and name != ".lock")


def network_points(operations: Sequence[str]) -> Iterator[NetworkPoint]:
    """*operations* are the calls of a run, in their order. A read changes nothing, so it has no *after*.

    A run is killed only after the CA has processed the call. Before that the state is the one after the previous call.
    """
    for number, operation in enumerate(operations):
        moments = ("before",) if ApiOperation(operation) in READS else ("before", "after")
        skip = operations[:number].count(operation)
        for effect in EFFECTS:
            for when in moments:
                yield NetworkPoint(operation, skip, effect, when)
        yield NetworkPoint(operation, skip, KILL, "after")


def exchange_points(place: str, calls: Sequence[str]) -> Iterator[ExchangePoint]:
    """*calls* are the exchanges of a run with a server. A read changes nothing: it has no *after*, and no kill."""
    for at, call in enumerate(calls):
        writes = call.partition(" ")[0] in WRITES[place]
        for when in ("before", "after") if writes else ("before",):
            for effect in (*BAD_ANSWERS[place], *([KILL] if writes else [])):
                yield ExchangePoint(place, at, call, effect, when)
