# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the commands of the sandbox's README unchanged, except for the address."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from certum_sandbox.cli import main
from certum_sandbox.dialect import MEANINGS
from support.soap import make_order

from .conftest import RawPartner

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.sandbox import Sandbox

README = Path(__file__).resolve().parents[2] / "sandbox" / "README.md"
LINES = README.read_text("utf-8").splitlines()
COMMANDS = [line.removeprefix("$ ") for line in LINES if line.startswith("$ ")]
CURLS = [shlex.split(command) for command in COMMANDS if command.startswith("curl")]
SHOWN_BASE = "https://127.0.0.1:8443"


@pytest.mark.parametrize("words", CURLS, ids=lambda words: words[2].rpartition("/")[2])
def test_call_of_the_control_api_works(start_sandbox: Callable[..., Sandbox], words: list[str]):
    sandbox = start_sandbox("--approve=manual")
    RawPartner(sandbox).send(make_order())
    assert words[:2] == ["curl", "-sk"]
    assert words[2].startswith(SHOWN_BASE)
    url, data = words[2].replace(SHOWN_BASE, sandbox.base_url), words[4] if words[3:4] == ["-d"] else None
    answer = httpx.request("GET" if data is None else "POST", url, content=data, trust_env=False)
    assert answer.is_success, answer.text


def test_ready_line_equals_the_documented_one(tmp_path: Path):
    (command,) = [command for command in COMMANDS if command.startswith("certum-sandbox serve")]
    shown = json.loads(LINES[LINES.index(f"$ {command}") + 1])
    words = [word.replace("/tmp/sandbox", str(tmp_path)) for word in shlex.split(command)[1:]]
    words += ["--listen", "127.0.0.1:0"]
    with subprocess.Popen(
        [sys.executable, "-m", "certum_sandbox", *words], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = json.loads(process.stdout.readline())
        process.terminate()
    ports = {f":{httpx.URL(said[key]).port}": port for key, port in (("url", ":8443"), ("repository", ":8444"))}
    text = json.dumps({key: str(value) for key, value in said.items()}).replace(str(tmp_path), "/tmp/sandbox")
    there = json.loads(re.sub(r":\d+(?=[/\"])", lambda port: ports[port[0]], text))
    assert there == {key: str(value) for key, value in shown.items()}


def test_number_of_dialects_equals_the_documented_one(capsys: pytest.CaptureFixture[str]):
    assert main(["dialects"]) == 0
    listed = [line for line in capsys.readouterr().out.splitlines() if " = " in line]
    assert len(listed) == len(MEANINGS)
    assert f"the {len(MEANINGS)} dialect switches" in README.read_text("utf-8")
