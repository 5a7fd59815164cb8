# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``--dialect @FILE`` sets the switches of a file. A broken file stops the sandbox with the place and the reason."""

from __future__ import annotations

import pytest
from certum_sandbox.cli import main
from certum_sandbox.dialect import Dialect, Switch


def test_file_sets_its_switches(tmp_path):
    path = tmp_path / "seen.dialect"
    path.write_bytes(b"\xef\xbb\xbf# a comment\r\n\r\n prefix = none \r\npem=crlf\r\n")
    dialect = Dialect.parse(["prefix=default", f"@{path}", "pem=bare"])
    assert (dialect[Switch.PREFIX], dialect[Switch.PEM], dialect[Switch.PAGE_SIZE]) == ("none", "bare", "100")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"\xff\xfe", "is not a text in UTF-8"),
        (b"# fine\nprefix\n", "line 2 of the dialect file"),
        (b"pem: lf\n", "is not KEY=VALUE; a comment starts with #"),
        (b"colour=red\n", "no dialect switch 'colour'; the switches are: prefix,"),
        (b"pem=wrapped\n", "dialect switch pem has no value 'wrapped'; its values are: lf, crlf, bare, unwrapped"),
        (b"pem=lf\npem=crlf\n", "line 2 of the dialect file"),
        (b"pem=lf\npem=lf\n", "dialect switch pem is set twice; remove one of the two lines"),
        (b"pem=\x1b[2J\n", r"no value '\x1b[2J'"),
    ],
)
def test_broken_file_stops_the_sandbox(tmp_path, capsys, content, words):
    path = tmp_path / "seen.dialect"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SystemExit) as stopped:
        main(["serve", "--data", str(tmp_path / "data"), "--dialect", f"@{path}"])
    text = capsys.readouterr().err
    assert stopped.value.code == 2
    assert words in text
    assert str(path) in text
    assert not (tmp_path / "data").exists()
