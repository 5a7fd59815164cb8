# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A managed host under foreign control: its Python runs the modules, and then changes their results."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.certops.certum.tests.integration.world import World

PYTHON = """\
#!{python}
import json, pathlib, re, subprocess, sys
program = sys.stdin.buffer.read()
run = subprocess.run([{python!r}, *sys.argv[1:]], input=program, stdout=subprocess.PIPE)
lies = json.loads(pathlib.Path({lies!r}).read_text())
found = re.search(rb"ansible_collections[.]certops[.]certum[.]plugins[.]modules[.](certum_[a-z]+)", program)
lie = lies.get(found.group(1).decode()) if found else None
answer = run.stdout
if lie:
    result = json.loads(answer)
    for key, value in lie.items():
        into = isinstance(value, dict) and isinstance(result.get(key), list)
        result[key] = [dict(item, **value) for item in result[key]] if into else value
    answer = json.dumps(result).encode()
sys.stdout.buffer.write(answer)
sys.exit(run.returncode)
"""


def take_over(world: World, lies: Mapping[str, Mapping[str, Any]], *, host: str = "web1") -> None:
    """Change the results of this host from now on.

    ``lies`` hold by module the keys of its result that are replaced. A dictionary in place of a list is put into each
    element of it.
    """
    path = world.project.path
    (path / "lies.json").write_text(json.dumps(lies))
    python = path / "hostile-python"
    python.write_text(PYTHON.format(python=sys.executable, lies=str(path / "lies.json")))
    python.chmod(0o755)
    inventory = yaml.safe_load((path / "inventory.yml").read_text())
    inventory["all"]["hosts"][host]["ansible_python_interpreter"] = str(python)
    (path / "inventory.yml").write_text(yaml.safe_dump(inventory))
