# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Breaks an operation at many points, runs it again without a fault, and once more; counts results by point."""

from __future__ import annotations

import itertools
import random
import traceback
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.certops.certum.tests.chaos.points import (
    HANG,
    DiskPoint,
    ExchangePoint,
    NetworkPoint,
    disk_points,
    exchange_points,
    network_points,
)
from ansible_collections.certops.certum.tests.chaos.scene import REQUEST_TIMEOUT, scene

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from ansible_collections.certops.certum.tests.chaos.operations import Operation, Orders
    from ansible_collections.certops.certum.tests.chaos.play import Played, Player
    from ansible_collections.certops.certum.tests.chaos.points import Point
    from ansible_collections.certops.certum.tests.chaos.scene import Scene
    from ansible_collections.certops.certum.tests.chaos.watch import Watch


@dataclass(frozen=True)
class Survey:
    """The points of an operation in the order of its calls, and the faults of the survey."""

    points: Sequence[Point] = ()
    faults: Sequence[str] = ()


@dataclass(frozen=True)
class ByCommand:
    """Chooses by chance the points that the command breaks.

    They are one in ``one_kill_in`` of those at which everything dies, at least one, and ``others``. A run by the
    command takes twice as long.
    """

    others: int
    one_kill_in: int
    seed: int

    def split(self, points: Sequence[Point]) -> tuple[list[Point], list[Point]]:
        """Return the points for the preloaded player, and those for the command."""
        chance = random.Random(self.seed)
        deadly = [point for point in points if point.kill]
        alive = [point for point in points if not point.kill]
        kills = chance.sample(deadly, -(-len(deadly) // self.one_kill_in))
        others = chance.sample(alive, min(self.others, len(alive)))
        chosen = {*kills, *others}
        return [point for point in points if point not in chosen], [point for point in points if point in chosen]


@dataclass
class Tally:
    """The result of one operation; ``faults`` are messages, each with its point.

    ``points`` are those that were reached, ``kinds`` their kinds. A point that was not reached
    shows nothing.
    """

    operation: str
    points: int = 0
    not_reached: int = 0
    converged: int = 0
    double_orders: int = 0
    mismatched_pairs: int = 0
    lost_handshakes: int = 0
    handshakes: int = 0
    runs: int = 0
    kinds: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)


def survey(operation: Operation, path: Path, *, ca_from: Path | None = None) -> Survey:
    """Do an operation once, undisturbed, and enumerate its points."""
    try:
        (path / "first").mkdir()
        with _scene_of(operation, path / "first", ca_from) as stage:
            points = _enumerate(operation, stage)
    except Exception:
        return Survey(faults=[f"{operation.title}: {traceback.format_exc()}"])
    kinds = {point.kind for point in points}
    strange = [f"{operation.title}: it has points of {sorted(kinds)}, not of {sorted(operation.breaks)}"]
    return Survey(points, [] if kinds == set(operation.breaks) else strange)


def attempt(
    operation: Operation,
    path: Path,
    points: Sequence[Point],
    *,
    by_command: ByCommand | None = None,
    ca_from: Path | None = None,
) -> Tally:
    """Break an operation at these points, by the preloaded player unless *by_command* chooses the command."""
    tally = Tally(operation.title)
    if not points:
        return tally
    try:
        (path / "then").mkdir()
        with _scene_of(operation, path / "then", ca_from) as stage:
            try:
                _try_out(operation, stage, points, by_command, tally)
            finally:
                _count_observations(stage.watch, tally)
    except Exception:  # it is one fault more, and those before it are more informative
        tally.faults.append(f"{operation.title}: {traceback.format_exc()}")
    return tally


def _scene_of(operation: Operation, path: Path, ca_from: Path | None) -> AbstractContextManager[Scene]:
    return scene(
        path,
        hosts=operation.hosts,
        sharing=operation.sharing,
        options=operation.options,
        servers=operation.servers,
        ca_from=ca_from,
    )


def _try_out(
    operation: Operation, stage: Scene, points: Sequence[Point], by_command: ByCommand | None, tally: Tally
) -> None:
    players: tuple[Player, Player] = (stage.preloaded, stage.command)
    shared = by_command.split(points) if by_command else (points, [])
    rounds = [_Round(operation, stage, player, some, tally) for player, some in zip(players, shared) if some]
    operation.prepare(stage, [name for each in rounds for name in each.names])
    for each in rounds:
        each.carry_out()


def _count_observations(watch: Watch, tally: Tally) -> None:
    tally.handshakes, tally.lost_handshakes = watch.handshakes, len(watch.lost)
    tally.mismatched_pairs = len(watch.mismatches)
    tally.faults += [f"{tally.operation}: {words}" for words in (*watch.lost, *watch.mismatches)]


def _enumerate(operation: Operation, stage: Scene) -> list[Point]:
    """Run it once, undisturbed, and list the calls that it makes, as far as the operation breaks them."""
    (names,) = stage.groups(1)
    operation.prepare(stage, names)
    stage.clear_calls()
    played = stage.run(operation.plays(stage, names), names)
    assert played.code == 0, played.excerpt()
    called = stage.world.operations()
    on_disk = [disk_points(played.calls.get(name, []), host=host) for host, name in enumerate(names)]
    exchanges = [exchange_points(place, gate.calls) for place, gate in stage.gates.items()]
    points: Iterable[Point] = itertools.chain(*on_disk, network_points(called), *exchanges)
    return [point for point in points if operation.is_broken(point)]


@dataclass(frozen=True)
class _Attempt:
    """A point, and the certificates that are made for it: one for each host."""

    point: Point
    names: tuple[str, ...]

    @property
    def broken(self) -> str:
        """Return the certificate whose calls on the disk are broken."""
        return self.names[self.point.host]

    @property
    def words(self) -> str:
        return f"{self.broken}, {self.point.words}"


class _Round:
    """Attempts that break each at its point, and are repaired together."""

    def __init__(
        self, operation: Operation, stage: Scene, player: Player, points: Sequence[Point], tally: Tally
    ) -> None:
        self.operation, self.stage, self.player, self.tally = operation, stage, player, tally
        self.attempts = [_Attempt(point, names) for point, names in zip(points, stage.groups(len(points)))]
        self.not_reached: set[_Attempt] = set()

    @property
    def names(self) -> list[str]:
        return _names(self.attempts)

    def carry_out(self) -> None:
        self._break()
        reached = [each for each in self.attempts if each not in self.not_reached]
        self.tally.points += len(reached)
        self.tally.not_reached += len(self.not_reached)
        self.tally.kinds |= {each.point.kind for each in reached}
        self._heal()

    def _run(self, names: Sequence[str], **options: Any) -> Played:
        self.tally.runs += 1
        return self.stage.run(self.operation.plays(self.stage, names), names, player=self.player, **options)

    def _break(self) -> None:
        failing = [each for each in self.attempts if isinstance(each.point, DiskPoint) and each.point.error is not None]
        if failing:
            self._fail_on_disk(failing)
            self._repeat_at_once(failing)
        for each in self.attempts:
            if each not in failing:
                self._break_alone(each)
                self._repeat_at_once([each])

    def _break_alone(self, attempted: _Attempt) -> None:
        if isinstance(attempted.point, NetworkPoint):
            self._fail_at_the_ca(attempted, attempted.point)
        elif isinstance(attempted.point, ExchangePoint):
            self._fail_at_a_gate(attempted, attempted.point)
        else:
            self._kill(attempted, attempted.point)

    def _repeat_at_once(self, attempts: Sequence[_Attempt]) -> None:
        """Run again before the next point is broken, if that would repair what this one left in a server."""
        if not self.operation.repeats_at_once:
            return
        repeated = self._run(_names(attempts))
        orders = self.stage.orders()
        for attempted in attempts:
            for name in attempted.names:
                if problem := self._problem(name, orders[self.stage.customer(name)]):
                    self._note(f"{name} ({attempted.words})", f"after its own repeat: {problem}: {repeated.excerpt()}")

    def _fail_on_disk(self, attempts: Sequence[_Attempt]) -> None:
        """Break each certificate at its point in one run: one failure must not affect the others."""
        points = {each: each.point for each in attempts if isinstance(each.point, DiskPoint)}
        played = self._run(_names(attempts), breaks={each.broken: point.breaks for each, point in points.items()})
        for each, point in points.items():
            if len(played.calls.get(each.broken, [])) <= point.at:
                self._was_not_reached(each, played)
        self._check_words("failing disks", played)

    def _kill(self, attempted: _Attempt, point: DiskPoint) -> None:
        played = self._run(attempted.names, breaks={attempted.broken: point.breaks})
        if not played.killed:
            self._was_not_reached(attempted, played)

    def _fail_at_the_ca(self, attempted: _Attempt, point: NetworkPoint) -> None:
        self.stage.world.ca.add_fault(**point.fault)
        with self.stage.outage() if point.effect == "exit" else nullcontext():
            played = self._run(
                attempted.names,
                request_timeout=REQUEST_TIMEOUT if point.effect == "delay" else None,
                kill_when=self.stage.fault_is_met if point.kill else None,
            )
        if not self.stage.mend_ca() or (point.kill and not played.killed):
            self._was_not_reached(attempted, played)
        self._check_words(attempted.words, played)

    def _fail_at_a_gate(self, attempted: _Attempt, point: ExchangePoint) -> None:
        gate = self.stage.gates[point.place]
        gate.break_at(point)
        with self.stage.impatient() if point.effect == HANG else nullcontext():
            played = self._run(attempted.names, kill_when=gate.is_met if point.kill else None)
        if not gate.mend() or (point.kill and not played.killed):
            self._was_not_reached(attempted, played)
        self._check_words(attempted.words, played)

    def _was_not_reached(self, attempted: _Attempt, played: Played) -> None:
        """Record a missed point as a fault, except in a wait, which makes fewer calls when it is shorter."""
        if attempted.point.polled:
            self.not_reached.add(attempted)
        else:
            self._note(attempted.words, f"was not reached: {played.excerpt(attempted.broken)}")

    def _check_words(self, where: str, played: Played) -> None:
        if played.confused:
            self._note(where, f"no program should say this: {played.confusion()}")

    def _heal(self) -> None:
        """Run again without a fault, and once more: the last run must change nothing."""
        healed = self._run(self.names)
        if healed.code:
            self._note("the run after", healed.excerpt())
        self.stage.clear_calls()
        quiet = self._run(self.names)
        asked = self.stage.calls() if self.operation.silent else []
        if quiet.code or quiet.changed or asked:
            self._note("the third run", f"changed {quiet.changed}, asked {asked}: {quiet.excerpt()}")
        orders = self.stage.orders()
        for attempted in self.attempts:
            self._judge(attempted, orders, healed)

    def _judge(self, attempted: _Attempt, orders: Mapping[str, Orders], healed: Played) -> None:
        problems = {name: self._problem(name, orders[self.stage.customer(name)]) for name in attempted.names}
        for name, problem in problems.items():
            if problem:
                self._note(f"{name} ({attempted.words})", "\n".join([problem, *healed.failures(name)]))
        if not any(problems.values()) and attempted not in self.not_reached:
            self.tally.converged += 1

    def _problem(self, name: str, orders: Orders) -> str | None:
        serial_numbers = [_serial_numbers(order) for order in orders]
        issued, wanted = sorted(map(len, serial_numbers)), sorted(self.operation.issued)
        self.tally.double_orders += max(0, len(issued) - len(wanted), sum(issued) - sum(wanted))
        if issued != wanted:
            return f"issued {issued}, wanted {wanted}"
        if not self.operation.is_done(orders):
            return f"it is not done at the CA, which has: {orders}"
        unused = self._not_in_use(name, serial_numbers) if self.operation.verified else None
        return unused or self.operation.problem(self.stage, name)

    def _not_in_use(self, name: str, serial_numbers: Sequence[Sequence[str]]) -> str | None:
        directory = self.stage.directory(name)
        found = {"current": (directory / "current").resolve().name}
        if self.stage.is_deployed(name):
            found["verified"] = (directory / "verified").resolve().name
            try:
                found["handshake"] = self.stage.serves(name)
            except OSError as error:
                return f"it is not served: {error}"
        if set(found.values()) == {serial_numbers[-1][-1]} and not (directory / "staged").exists():
            return None
        return f"in use are {found}; what the CA has issued: {serial_numbers}"

    def _note(self, where: str, words: str) -> None:
        self.tally.faults.append(f"{self.operation.title}: {where}: {words}")


def _names(attempts: Sequence[_Attempt]) -> list[str]:
    return [name for each in attempts for name in each.names]


def _serial_numbers(order: Mapping[str, Any]) -> list[str]:
    """Return the serial numbers of the issued certificates."""
    return [entry["serialNumber"] for entry in order["entries"] if entry["serialNumber"]]
