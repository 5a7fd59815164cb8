# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What `make chaos` runs: breaks every operation everywhere, prints a table and writes build/chaos.json."""

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

from ansible_collections.certops.certum.tests.chaos.attempt import Choice, Tally, attempt
from ansible_collections.certops.certum.tests.chaos.operations import OPERATIONS
from ansible_collections.certops.certum.tests.support.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from concurrent.futures import Future

    from ansible_collections.certops.certum.tests.chaos.operations import Operation

REPORT = Path("build/chaos.json")
LOGS = Path("build/chaos")
KEPT = ("output.txt", "play-*.yml", "breaks.json", "*.calls", "mismatches", "*.log")
"""What tells later how it came to a fault; no keys."""
COUNTS = ("points", "not_reached", "converged", "double_orders", "mismatched_pairs", "lost_handshakes")
FEWEST = 300
ONE_IN = 20
ONCE_MORE = 3
"""So many points of each operation, others each time, are broken once more with ansible-playbook itself."""


def main() -> int:
    seed = int(os.environ.get("CERTUM_CHAOS_SEED", time.time()))
    print(f"Breaking {len(OPERATIONS)} operations everywhere; CERTUM_CHAOS_SEED={seed} repeats what is chance.")
    _show("", *(words.replace("_", " ") for words in (*COUNTS, "handshakes", "runs")))
    base = Path(tempfile.mkdtemp(prefix="chaos-"))
    shutil.rmtree(LOGS, ignore_errors=True)
    tallies = []
    try:
        for path, tally in _attempt_all(base, random.Random(seed)):
            tallies.append(tally)
            _show(tally.operation, *(getattr(tally, name) for name in (*COUNTS, "handshakes", "runs")))
            if tally.faults:
                keep_logs(path, logs := LOGS / tally.operation.replace(" ", "-"))
                print(*tally.faults, f"What was said is kept in {logs}", sep="\n", flush=True)
    finally:
        shutil.rmtree(base, ignore_errors=True)
    return _report(tallies)


def _attempt_all(base: Path, chance: random.Random) -> Iterator[tuple[Path, Tally]]:
    """The tallies as they come, each with where it was played.

    A scene waits for servers a third of its time, so there may be more than cores.
    """
    keys = base / "ca"
    Sandbox.start(keys).stop()
    with ProcessPoolExecutor(max_workers=(os.cpu_count() or 1) * 3 // 2) as pool:
        jobs = {}
        for number, operation in enumerate(OPERATIONS):
            (path := base / str(number)).mkdir()
            choice = Choice(once_more=ONCE_MORE, seed=chance.randrange(2**32))
            jobs[pool.submit(attempt, operation, path, choice, ca_from=keys)] = (operation, path)
        for job in as_completed(jobs):
            operation, path = jobs[job]
            yield path, _tally_of(operation, job)


def _tally_of(operation: Operation, job: Future[Tally]) -> Tally:
    """A job that died is a fault of its operation alone."""
    try:
        return job.result()
    except Exception:
        return Tally(operation.title, faults=[f"{operation.title}: {traceback.format_exc()}"])


def keep_logs(path: Path, to: Path) -> None:
    """Copy the outputs, playbooks and logs of an operation to where they stay."""
    for file in [file for pattern in KEPT for file in path.rglob(pattern) if file.is_file()]:
        kept = to / file.relative_to(path)
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, kept)


def too_few(total: Mapping[str, int]) -> Iterator[str]:
    """What makes it prove nothing that nothing went wrong."""
    if total["points"] <= FEWEST:
        yield f"Only {total['points']} points were reached; there are always more than {FEWEST}."
    if total["not_reached"] * ONE_IN > total["points"]:
        yield f"{total['not_reached']} points were not reached; by chance that is less than one in {ONE_IN}."


def _report(tallies: Sequence[Tally]) -> int:
    total = {name: sum(getattr(tally, name) for tally in tallies) for name in COUNTS}
    lacking = list(too_few(total))
    faults = [*(fault for tally in tallies for fault in tally.faults), *lacking]
    _show("all", *total.values())
    print("\n".join(lacking), end="\n" * bool(lacking))
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(total, indent=2) + "\n")
    print(f"Written to {REPORT}")
    print(f"chaos: {total['converged']} passed, {max(len(faults), total['points'] - total['converged'])} failed")
    return 1 if faults else 0


def _show(title: str, *columns: object) -> None:
    print(f"{title:<26}", *(f"{column!s:>16}" for column in columns), flush=True)


if __name__ == "__main__":
    sys.exit(main())
