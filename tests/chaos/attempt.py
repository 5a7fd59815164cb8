# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Break an operation at many points, run it again without a fault, and once more; say what came of each point."""

from __future__ import annotations

import random
import traceback
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.certops.certum.tests.chaos.points import DiskPoint, NetworkPoint, disk_points, network_points
from ansible_collections.certops.certum.tests.chaos.scene import REQUEST_TIMEOUT, scene

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ansible_collections.certops.certum.tests.chaos.operations import Operation
    from ansible_collections.certops.certum.tests.chaos.play import Played, Player
    from ansible_collections.certops.certum.tests.chaos.points import Point
    from ansible_collections.certops.certum.tests.chaos.scene import Scene
    from ansible_collections.certops.certum.tests.chaos.watch import Watch


@dataclass(frozen=True)
class Survey:
    """The points of an operation in the order of its calls, and what is wrong with them."""

    points: Sequence[Point] = ()
    faults: Sequence[str] = ()


@dataclass(frozen=True)
class ByCommand:
    """Chooses what ansible-playbook itself breaks: points at which everything dies, and ``others`` by chance."""

    others: int
    seed: int

    def split(self, points: Sequence[Point]) -> tuple[list[Point], list[Point]]:
        """Return the points for what is preloaded, and those for the command."""
        alive = [point for point in points if not point.kill]
        others = random.Random(self.seed).sample(alive, min(self.others, len(alive)))
        return [point for point in alive if point not in others], [*(point for point in points if point.kill), *others]


@dataclass
class Tally:
    """What came of one operation; ``faults`` say what went wrong where, each with its point.

    ``points`` are those that were reached, ``kinds`` their kinds. Those that were not broke nothing, and prove nothing.
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
        with scene(path / "first", options=operation.options, ca_from=ca_from) as stage:
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
    """Break an operation at these points, by what is preloaded unless *by_command* says otherwise."""
    tally = Tally(operation.title)
    if not points:
        return tally
    try:
        (path / "then").mkdir()
        with scene(path / "then", options=operation.options, ca_from=ca_from) as stage:
            try:
                _try_out(operation, stage, points, by_command, tally)
            finally:
                _count_what_was_seen(stage.watch, tally)
    except Exception:  # it is one fault more, and those before it tell more
        tally.faults.append(f"{operation.title}: {traceback.format_exc()}")
    return tally


def _try_out(
    operation: Operation, stage: Scene, points: Sequence[Point], by_command: ByCommand | None, tally: Tally
) -> None:
    players: tuple[Player, Player] = (stage.preloaded, stage.command)
    shared = by_command.split(points) if by_command else (points, [])
    rounds = [_Round(operation, stage, player, some, tally) for player, some in zip(players, shared) if some]
    operation.prepare(stage, [name for each in rounds for name in each.points])
    for each in rounds:
        each.carry_out()


def _count_what_was_seen(watch: Watch, tally: Tally) -> None:
    tally.handshakes, tally.lost_handshakes = watch.handshakes, len(watch.lost)
    tally.mismatched_pairs = len(watch.mismatches)
    tally.faults += [f"{tally.operation}: {words}" for words in (*watch.lost, *watch.mismatches)]


def _enumerate(operation: Operation, stage: Scene) -> list[Point]:
    """Do it once, undisturbed, and see which calls it makes."""
    names = stage.names(1)
    operation.prepare(stage, names)
    stage.world.ca.clear_calls()
    played = stage.run(operation.plays(stage, names), names)
    assert played.code == 0, played.excerpt()
    called = stage.world.operations()
    return [*disk_points(played.calls.get(names[0], [])), *network_points(called)]


class _Round:
    """Certificates that are made for it, each broken at one point, and all of them healed together."""

    def __init__(
        self, operation: Operation, stage: Scene, player: Player, points: Sequence[Point], tally: Tally
    ) -> None:
        self.operation, self.stage, self.player, self.tally = operation, stage, player, tally
        self.points = dict(zip(stage.names(len(points)), points))
        self.not_reached: set[str] = set()

    def carry_out(self) -> None:
        self._break()
        self.tally.points += len(self.points) - len(self.not_reached)
        self.tally.not_reached += len(self.not_reached)
        self.tally.kinds |= {point.kind for name, point in self.points.items() if name not in self.not_reached}
        self._heal()

    def _run(self, names: Sequence[str], **options: Any) -> Played:
        self.tally.runs += 1
        return self.stage.run(self.operation.plays(self.stage, names), names, player=self.player, **options)

    def _break(self) -> None:
        failing = {
            name: point
            for name, point in self.points.items()
            if isinstance(point, DiskPoint) and point.error is not None
        }
        if failing:
            self._fail_on_disk(failing)
        for name, point in self.points.items():
            if isinstance(point, NetworkPoint):
                self._fail_at_the_ca(name, point)
            elif name not in failing:
                self._kill(name, point)

    def _fail_on_disk(self, points: Mapping[str, DiskPoint]) -> None:
        """Each certificate fails where it is to, in one run: one's trouble is no other's."""
        played = self._run(list(points), breaks={name: point.breaks for name, point in points.items()})
        for name, point in points.items():
            if len(played.calls.get(name, [])) <= point.at:
                self._was_not_reached(name, point, played)
        self._check_words("failing disks", played)

    def _kill(self, name: str, point: DiskPoint) -> None:
        played = self._run([name], breaks={name: point.breaks})
        if not played.killed:
            self._was_not_reached(name, point, played)

    def _fail_at_the_ca(self, name: str, point: NetworkPoint) -> None:
        self.stage.world.ca.add_fault(point.effect, **point.fault)
        with self.stage.outage() if point.effect == "exit" else nullcontext():
            played = self._run([name], request_timeout=REQUEST_TIMEOUT if point.effect == "delay" else None)
        if not self.stage.mend_ca():
            self._was_not_reached(name, point, played)
        self._check_words(name, played)

    def _was_not_reached(self, name: str, point: Point, played: Played) -> None:
        """A wait that was shorter than another time makes fewer calls. Everything else that is missed is a fault."""
        if point.polled:
            self.not_reached.add(name)
        else:
            self._note(name, f"was not reached: {played.excerpt(name)}")

    def _check_words(self, name: str, played: Played) -> None:
        if played.confused:
            self._note(name, f"no program should say this: {played.confusion()}")

    def _heal(self) -> None:
        """Run again without a fault, and once more: then nothing is left to do."""
        names = list(self.points)
        healed = self._run(names)
        if healed.code:
            self._note("the run after", healed.excerpt())
        self.stage.world.ca.clear_calls()
        quiet = self._run(names)
        asked = self.stage.world.operations() if self.operation.silent else []
        if quiet.code or quiet.changed or asked:
            self._note("the third run", f"changed {quiet.changed}, asked {asked}: {quiet.excerpt()}")
        orders = self.stage.orders()
        for name in names:
            self._judge(name, orders[name], healed)

    def _judge(self, name: str, orders: Sequence[Mapping[str, Any]], healed: Played) -> None:
        serial_numbers = [_serial_numbers(order) for order in orders]
        bought, wanted = sorted(map(len, serial_numbers)), sorted(self.operation.bought)
        self.tally.double_orders += max(0, len(bought) - len(wanted), sum(bought) - sum(wanted))
        if bought != wanted:
            problem: str | None = f"bought {bought}, wanted {wanted}"
        elif not self.operation.is_done(orders):
            problem = f"it is not done at the CA, which has: {orders}"
        else:
            problem = self._not_in_use(name, serial_numbers)
        if problem:
            self._note(name, "\n".join([problem, *healed.failures(name)]))
        elif name not in self.not_reached:
            self.tally.converged += 1

    def _not_in_use(self, name: str, serial_numbers: Sequence[Sequence[str]]) -> str | None:
        if not self.operation.served:
            return None
        directory = self.stage.world.store / name
        links = {(directory / link).resolve().name for link in ("current", "served")}
        try:
            served = self.stage.world.serves(f"{name}.example.com")
        except OSError as error:
            return f"it is not served: {error}"
        if links == {served} == {serial_numbers[-1][-1]} and not (directory / "staged").exists():
            return None
        return f"current and served lead to {links}, {served} is served; what the CA has issued: {serial_numbers}"

    def _note(self, name: str, words: str) -> None:
        point = self.points.get(name)
        where = f"{name}, {point.words}" if point else name
        self.tally.faults.append(f"{self.operation.title}: {where}: {words}")


def _serial_numbers(order: Mapping[str, Any]) -> list[str]:
    """Of what was issued."""
    return [entry["serialNumber"] for entry in order["entries"] if entry["serialNumber"]]
