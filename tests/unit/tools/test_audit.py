# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports the answers of pip-audit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

AUDIT = Path(__file__).resolve().parents[3] / "tools" / "audit.py"
GOOD = {"name": "httpx", "version": "1.0", "vulns": []}
BAD = {"name": "lxml", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1", "2.0"], "aliases": []}]}
SKIPPED = {"name": "ours", "skip_reason": "Dependency not found on PyPI and could not be audited: ours (1)"}


def answer(*packages: dict[str, Any]) -> str:
    return f"print({json.dumps({'dependencies': packages})!r})"


CASES: dict[str, tuple[str, int, str]] = {
    "nothing known": (answer(GOOD, SKIPPED), 0, "0 vulnerabilities in 1 packages, 1 could not be looked up"),
    "a vulnerability": (f"{answer(GOOD, BAD)}; raise SystemExit(1)", 1, "lxml 1.0: PYSEC-1, fixed in 1.1, 2.0"),
    "a registry without the data": (answer(SKIPPED), 0, "skipped, its data cannot be reached: Dependency not found"),
    "no network": ("raise SystemExit('ERROR: no route')", 0, "skipped, its data cannot be reached: ERROR: no route"),
    "silence": ("import time; time.sleep(60)", 0, "skipped, its data cannot be reached: no answer within 2 s"),
}


@pytest.mark.parametrize(("program", "code", "words"), CASES.values(), ids=CASES)
def test_only_known_vulnerabilities_fail(tmp_path: Path, program: str, code: int, words: str) -> None:
    fake = tmp_path / "pip-audit"
    fake.write_text(f"#!{sys.executable}\n{program}\n")
    fake.chmod(0o755)
    seconds = "2" if "sleep" in program else "60"
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    run = subprocess.run(
        [sys.executable, str(AUDIT), seconds], env=environment, capture_output=True, text=True, timeout=90, check=False
    )
    assert run.returncode == code, run.stderr
    assert words in run.stdout
