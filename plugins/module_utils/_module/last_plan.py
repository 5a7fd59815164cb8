# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Asks a host for its last plan without work, by one command instead of a module.

A module takes longer than all else in a quiet run: Ansible packs it, copies it to the host in several steps, and the
host imports the base of all modules. The command needs nothing but Python. Private to the collection.
"""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

from .._handover.plan_results import PlanResult

PROGRAM = Path(__file__).parents[1] / "_host/unchanged.py"
USUAL_PYTHON = "/usr/bin/python3"


def command_for(python: str, *, path: str, digest: str) -> str | None:
    """Return the command for a POSIX shell. None if the value of ``ansible_python_interpreter`` is no single path.

    With ``auto``, Ansible looks for Python before it runs a module. The usual one is good enough here. ``-I`` keeps
    Python from importing what lies in the working directory, perhaps the home of another user.
    """
    chosen = USUAL_PYTHON if python.startswith("auto") else python
    if not chosen.startswith("/") or chosen.split() != [chosen]:
        return None
    return shlex.join([chosen, "-I", "-c", PROGRAM.read_text(encoding="utf-8"), path, digest])


def planned_in(stdout: str) -> dict[str, Any] | None:
    """Return the plan that the command printed, None if it printed none or anything else.

    Ansible obeys some results, such as ``add_host``. An attacker may control the host, so only the results of a
    plan are kept.
    """
    try:
        planned = json.loads(stdout)
    except (ValueError, RecursionError):
        return None
    if not isinstance(planned, dict):
        return None
    return {key: planned[key] for key in PlanResult.__annotations__ if key in planned}
