# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import subprocess
import venv
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.tools.pip_bootstrap import main, pip_version

if TYPE_CHECKING:
    from pathlib import Path

CACHE = ".ansible/test/cache"


@pytest.mark.parametrize(
    ("source", "version"),
    [("args = dict(\n    pip='24.2',\n)", "24.2"), ("pip = find_pip()", None)],
)
def test_pip_version_is_read_from_ansible_test(source: str, version: str | None) -> None:
    assert pip_version(source) == version


def test_pip_is_installed_without_a_download(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert main() == 0
    (program,) = (tmp_path / CACHE).iterdir()
    assert program.name.startswith("get_pip_")
    venv.create(tmp_path / "venv", with_pip=False)
    python = str(tmp_path / "venv/bin/python")
    words = [python, str(program), "--no-index", "--no-setuptools", "--no-wheel", "pip"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert subprocess.run([python, "-m", "pip", "--version"], check=False, stdout=subprocess.DEVNULL).returncode == 0


def test_existing_pip_script_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    main()
    (program,) = (tmp_path / CACHE).iterdir()
    program.write_text("downloaded")
    assert main() == 0
    assert program.read_text() == "downloaded"
