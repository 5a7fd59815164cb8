# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compares the role and a module with their peers, prints a table and writes build/benchmark.json (`make bench`).

Usage: python -m tests.benchmark [PART...], where PART is one of those below. Without one, all parts run. The exit code
is 1 if a figure is over its limit.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from . import account, first_issue, hosts, noop, replacement, single_module
from .measure import Figure, Ratio

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

REPORT = Path("build/benchmark.json")
PARTS: dict[str, Callable[[], Iterable[Ratio | Figure]]] = {
    "noop": noop.figures,
    "module": single_module.figures,
    "hosts": hosts.figures,
    "replacement": replacement.figures,
    "account": account.figures,
    "issue": first_issue.figures,
}


def main(names: Sequence[str]) -> int:
    """Run the parts with these names, and return the exit code."""
    if unknown := [name for name in names if name not in PARTS]:
        print(f"benchmark: unknown part {', '.join(unknown)}. The parts are: {', '.join(PARTS)}.", file=sys.stderr)
        return 2
    found: list[Ratio | Figure] = []
    for name in names or PARTS:
        for result in PARTS[name]():
            print(f"{result}{'   OVER THE LIMIT' if result.is_over else ''}", flush=True)
            found.append(result)
    report = {
        "results": [each.as_json() for each in found if isinstance(each, Ratio)],
        "figures": [each.as_json() for each in found if isinstance(each, Figure)],
    }
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(report, indent=2) + "\n")
    over = [each.name for each in found if each.is_over]
    print(f"Written to {REPORT}. " + (f"Over the limit: {', '.join(over)}" if over else "Nothing is over its limit"))
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
