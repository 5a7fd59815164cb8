# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs a playbook of this directory as a user would."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

BUILD = Path("build/benchmark").resolve()
PLAYBOOKS = Path(__file__).parent / "playbooks"


def play(name: str, variables: Mapping[str, object], environment: Mapping[str, str] | None = None) -> str:
    """Run the playbook on localhost and return its recap; show its output if it fails."""
    BUILD.mkdir(parents=True, exist_ok=True)
    file = BUILD / f"{name}.json"
    file.write_text(json.dumps({"ansible_python_interpreter": sys.executable, **variables}))
    done = subprocess.run(
        [Path(sys.executable).with_name("ansible-playbook"), PLAYBOOKS / f"{name}.yml", "-e", f"@{file}"],
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"{done.stdout}\nbenchmark: {name}.yml failed with {file}")
    return done.stdout.rpartition("PLAY RECAP")[2]
