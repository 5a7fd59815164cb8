# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The client's files import without any package, and report the missing ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

MODULE_UTILS = Path(__file__).resolve().parents[3] / "plugins" / "module_utils"
PACKAGE = "ansible_collections.certops.certum.plugins.module_utils"
COLLECTIONS = MODULE_UTILS.parents[1] / "build" / "collections"
NAMES = sorted(
    ".".join(file.relative_to(MODULE_UTILS).with_suffix("").parts) for file in MODULE_UTILS.glob("_partner_api/**/*.py")
)
SCRIPT = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
sys.modules.update(dict.fromkeys(sys.argv[4].split(",")))
for name in sys.argv[3].split(","):
    importlib.import_module(sys.argv[2] + "." + name)
controller = importlib.import_module(sys.argv[2] + "._third_party.controller_packages")
print(",".join(controller.CONTROLLER_PACKAGES_MISSING))
"""


@pytest.mark.parametrize(
    ("flags", "blocked", "missing"),
    [
        (["-S"], "", "httpx,pydantic,pydantic-xml"),
        ([], "httpx", "httpx"),
        ([], "pydantic_xml", "pydantic-xml"),
        ([], "", ""),
    ],
    ids=["nothing", "no httpx", "no pydantic-xml", "everything"],
)
def test_every_file_imports(flags: list[str], blocked: str, missing: str) -> None:
    command = [sys.executable, "-I", *flags, "-c", SCRIPT, str(COLLECTIONS), PACKAGE, ",".join(NAMES), blocked or "-"]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (result.returncode, result.stdout.strip()) == (0, missing), result.stderr
