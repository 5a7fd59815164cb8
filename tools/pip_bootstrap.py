# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Gives ansible-test a pip for its virtual environments if only the package registries are reachable.

Usage: python tools/pip_bootstrap.py. ansible-test downloads get-pip.py from a server of its own into a cache below
HOME. This writes a program there that does the same with Python's ensurepip and the package index, unless the cache has
one. If a later ansible-test does it in another way, nothing is written, and ansible-test downloads what it needs.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

CACHE = Path("~/.ansible/test/cache")
PROGRAM = """\
import subprocess
import sys

subprocess.check_call([sys.executable, "-m", "ensurepip"])
wanted = [word for word in sys.argv[1:] if word not in ("--no-setuptools", "--no-wheel")]
sys.exit(subprocess.call([sys.executable, "-m", "pip", "install", *wanted]))
"""


def main() -> int:
    found = importlib.util.find_spec("ansible_test")
    if found is None or not found.submodule_search_locations:
        print("ansible-test is missing: make dev installs it", file=sys.stderr)
        return 1
    source = Path(found.submodule_search_locations[0], "_internal/python_requirements.py").read_text()
    version = pip_version(source)
    if version is None:
        return 0
    path = CACHE.expanduser() / f"get_pip_{version.replace('.', '_')}.py"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(PROGRAM)
    return 0


def pip_version(source: str) -> str | None:
    """Return the version of pip that this source of ansible-test installs."""
    found = re.search(r"pip='([0-9.]+)'", source)
    return found[1] if found else None


if __name__ == "__main__":
    sys.exit(main())
