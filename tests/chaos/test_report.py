# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shows the cause of a failed run of chaos."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.tests.chaos.__main__ import keep_logs, main, too_few
from ansible_collections.certops.certum.tests.chaos.play import SHOWN, Played
from ansible_collections.certops.certum.tests.chaos.points import KINDS
from ansible_collections.certops.certum.tools.share import Share

if TYPE_CHECKING:
    from pathlib import Path


def _played(output: str) -> Played:
    return Played(control="control-7", code=2, output=output, changed=0, calls={}, mismatches=[])


def test_excerpt_begins_with_the_message_of_a_certificate() -> None:
    problems = [f"c{number:04}: no space left, number {number}. " + "Free some. " * 9 for number in range(300)]
    fatal = f"fatal: [web1]: FAILED! => {json.dumps({'changed': False, 'msg': chr(10).join(problems)})}"
    played = _played("\n".join(["PLAY [Certificates]", *problems, fatal, "PLAY RECAP ***", "x" * SHOWN]))
    assert played.excerpt("c0123").startswith("control-7: c0123: no space left, number 123. ")
    assert "c0124" not in played.excerpt("c0123")
    assert "c0000: no space left" in played.excerpt("c9999")
    assert played.excerpt("c9999").startswith("control-7: fatal: [web1]")


def test_excerpt_without_a_failure_is_the_end() -> None:
    assert _played("PLAY [Certificates]\n" * SHOWN + "killed").excerpt("c0001").endswith("killed")


def test_confusion_is_shown_with_its_context() -> None:
    assert (
        "number 500\nTraceback"
        in _played(
            "\n".join(["PLAY", *(f"number {number}" for number in range(501)), "Traceback", "x" * 9 * SHOWN])
        ).confusion()
    )


def test_logs_are_kept_and_keys_are_not(tmp_path: Path) -> None:
    kept = ["then/p/control-3/output.txt", "then/p/play-3.yml", "then/ca/sandbox.log", "first/nginx/logs/error.log"]
    for name in (*kept, "then/p/certum/c0001/current/privkey.pem", "then/ca/ca/root.key"):
        (tmp_path / "0" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "0" / name).write_text(name)
    keep_logs(tmp_path / "0", tmp_path / "kept")
    found = [path.relative_to(tmp_path / "kept") for path in (tmp_path / "kept").rglob("*") if path.is_file()]
    assert sorted(map(str, found)) == sorted(kept)


@pytest.mark.parametrize(
    ("share", "points", "not_reached", "kinds", "words"),
    [
        ("1/1", 0, 0, KINDS, ["Only 0 points"]),
        ("1/1", 300, 15, KINDS, ["Only 300 points"]),
        ("1/1", 301, 15, KINDS, []),
        ("1/1", 400, 21, KINDS, ["21 points were not"]),
        ("2/4", 75, 0, KINDS, ["Only 75 points"]),
        ("2/4", 76, 0, KINDS, []),
        ("2/4", 76, 0, KINDS[1:], [f"No point of kind '{KINDS[0]}'"]),
        ("1/1", 301, 0, (), [f"No point of kind '{kind}'" for kind in sorted(KINDS)]),
    ],
)
def test_chaos_that_breaks_little_fails(
    share: str, points: int, not_reached: int, kinds: tuple[str, ...], words: list[str]
) -> None:
    found = list(too_few({"points": points, "not_reached": not_reached}, kinds, Share.parse(share), wanted=KINDS))
    assert [line[: len(start)] for line, start in zip(found, words, strict=True)] == words


@pytest.mark.parametrize("share", ["0/4", "5/4", "1", "1/0", "a/b", "-1/4", "1/4/2", " 1/4", ""])
def test_invalid_share_is_refused(share: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([share]) == 2
    assert "SHARE=k/n" in capsys.readouterr().err
