# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Breaks every operation at each of its points, prints a table and writes build/chaos.json (`make chaos`).

Usage: python -m ansible_collections.certops.certum.tests.chaos [SHARE], where SHARE is k/n: every n-th point.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import sys
import tempfile
import time
import traceback
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import TYPE_CHECKING

from ansible_collections.certops.certum.tests.chaos.attempt import ByCommand, Survey, Tally, attempt, survey
from ansible_collections.certops.certum.tests.chaos.operations import OPERATIONS
from ansible_collections.certops.certum.tests.chaos.share import share_of
from ansible_collections.certops.certum.tests.support.sandbox import Sandbox
from ansible_collections.certops.certum.tools.share import Share

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from ansible_collections.certops.certum.tests.chaos.operations import Operation

REPORT = Path("build/chaos.json")
LOGS = Path("build/chaos")
KEPT = ("output.txt", "play-*.yml", "breaks.json", "*.calls", "mismatches", "*.log")
"""The files that show the cause of a fault later; no keys."""
COUNTS = ("points", "not_reached", "converged", "double_orders", "mismatched_pairs", "lost_handshakes")
FEWEST = 300
ONE_IN = 20
OTHERS, ONE_KILL_IN = 3, 3
"""Of each operation, so many points, and one in so many kills, are broken with ansible-playbook, others each time."""


def main(words: Sequence[str]) -> int:
    try:
        share = Share.parse(words[0]) if words else Share()
    except ValueError as error:
        print(f"chaos: {error}", file=sys.stderr)
        return 2
    seed = int(os.environ.get("CERTUM_CHAOS_SEED", time.time()))
    operations = [operation for operation in OPERATIONS if operation.missing is None]
    print(f"Breaking share {share} of {len(operations)} operations; CERTUM_CHAOS_SEED={seed} repeats what is chance.")
    for operation in OPERATIONS:
        if operation.missing:
            print(f"Skipped {operation.title!r}: {operation.missing}")
    base = Path(tempfile.mkdtemp(prefix="chaos-"))
    shutil.rmtree(LOGS, ignore_errors=True)
    tallies = []
    try:
        for path, tally in _attempt_all(operations, base, share, random.Random(seed)):
            tallies.append(tally)
            _show(tally.operation, *(getattr(tally, name) for name in (*COUNTS, "handshakes", "runs")))
            if tally.faults:
                keep_logs(path, logs := LOGS / tally.operation.replace(" ", "-"))
                print(*tally.faults, f"What was said is kept in {logs}", sep="\n", flush=True)
    finally:
        shutil.rmtree(base, ignore_errors=True)
    return _report(tallies, share, wanted={kind for operation in operations for kind in operation.breaks})


def _attempt_all(
    operations: Sequence[Operation], base: Path, share: Share, chance: random.Random
) -> Iterator[tuple[Path, Tally]]:
    """Yield the tallies as they come, each with the place where it was played.

    A scene waits for servers a third of its time, so there may be more than cores.
    """
    keys = base / "ca"
    Sandbox.start(keys).stop()
    paths = {operation.title: base / str(number) for number, operation in enumerate(operations)}
    for path in paths.values():
        path.mkdir()
    with ProcessPoolExecutor(max_workers=(os.cpu_count() or 1) * 3 // 2) as pool:
        asked = {each.title: pool.submit(survey, each, paths[each.title], ca_from=keys) for each in operations}
        surveys = {title: _survey_of(title, job) for title, job in asked.items()}
        points = share_of({title: found.points for title, found in surveys.items()}, share)
        print(f"{sum(map(len, points.values()))} of {sum(len(found.points) for found in surveys.values())} points")
        _show("", *(words.replace("_", " ") for words in (*COUNTS, "handshakes", "runs")))
        jobs = {}
        for operation in operations:
            title, seed = operation.title, chance.randrange(2**32)
            by_command = ByCommand(others=OTHERS, one_kill_in=ONE_KILL_IN, seed=seed)
            job = pool.submit(attempt, operation, paths[title], points[title], by_command=by_command, ca_from=keys)
            jobs[job] = title
        for job in as_completed(jobs):
            tally = _tally_of(title := jobs[job], job)
            tally.faults[:0] = surveys[title].faults
            yield paths[title], tally


def _survey_of(title: str, job: Future[Survey]) -> Survey:
    """Return the survey of a job; a job that crashed is a fault of its operation only."""
    try:
        return job.result()
    except Exception:
        return Survey(faults=[f"{title}: {traceback.format_exc()}"])


def _tally_of(title: str, job: Future[Tally]) -> Tally:
    """Return the tally of a job; a job that crashed is a fault of its operation only."""
    try:
        return job.result()
    except Exception:
        return Tally(title, faults=[f"{title}: {traceback.format_exc()}"])


def keep_logs(path: Path, to: Path) -> None:
    """Copy the outputs, playbooks and logs of an operation to where they stay."""
    for file in [file for pattern in KEPT for file in path.rglob(pattern) if file.is_file()]:
        kept = to / file.relative_to(path)
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, kept)


def too_few(
    total: Mapping[str, int], kinds: Collection[str], share: Share, *, wanted: Collection[str]
) -> Iterator[str]:
    """Return the reasons why a run without a fault shows nothing."""
    if total["points"] * share.of <= FEWEST:
        yield f"Only {total['points']} points were reached; share {share} has always more than {FEWEST // share.of}."
    if total["not_reached"] * ONE_IN > total["points"]:
        yield f"{total['not_reached']} points were not reached; by chance that is less than one in {ONE_IN}."
    for kind in sorted(wanted):
        if kind not in kinds:
            yield f"No point of kind {kind!r} was reached; a share has points of each kind unless it is too small."


def _report(tallies: Sequence[Tally], share: Share, *, wanted: Collection[str]) -> int:
    total = {name: sum(getattr(tally, name) for tally in tallies) for name in COUNTS}
    lacking = list(too_few(total, {kind for tally in tallies for kind in tally.kinds}, share, wanted=wanted))
    faults = [*(fault for tally in tallies for fault in tally.faults), *lacking]
    _show("all", *total.values())
    print("\n".join(lacking), end="\n" * bool(lacking))
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps({**total, "share": str(share)}, indent=2) + "\n")
    print(f"Written to {REPORT}")
    print(f"chaos: {total['converged']} passed, {max(len(faults), total['points'] - total['converged'])} failed")
    return 1 if faults else 0


def _show(title: str, *columns: object) -> None:
    print(f"{title:<26}", *(f"{column!s:>16}" for column in columns), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
