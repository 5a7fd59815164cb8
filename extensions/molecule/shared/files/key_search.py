# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Find private keys of hosts on the controller, without bringing a key there: only hashes of its text travel.

`hash FILE...` on a host prints hashes. `find DIRECTORY...` on the controller takes the hashes from stdin and names
every file that has the text of a key.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SHORTEST = 40  # a shorter line of a key is not unique enough
WORD = re.compile(rb"[A-Za-z0-9+/]{%d,}" % SHORTEST)
ESCAPED_LINE_END = re.compile(rb"\\+n")


def hashes_of(key: bytes) -> set[str]:
    """Return the hashes of the lines of a PEM file, and of the whole file in base64."""
    return {_hash(word) for word in WORD.findall(key) + WORD.findall(base64.b64encode(key))}


def files_with(hashes: set[str], directories: Iterable[Path]) -> list[str]:
    """Return the files that have text with one of the hashes."""
    files = (path for directory in directories for path in sorted(directory.rglob("*")))
    return [str(path) for path in files if path.is_file() and hashes & _words_of(path)]


def _words_of(path: Path) -> set[str]:
    return {_hash(word) for word in WORD.findall(ESCAPED_LINE_END.sub(b"\n", path.read_bytes()))}


def _hash(word: bytes) -> str:
    return hashlib.sha256(word).hexdigest()


def main() -> None:
    command, *paths = sys.argv[1:]
    if command == "hash":
        print(json.dumps(sorted(set().union(*(hashes_of(Path(path).read_bytes()) for path in paths)))))
    else:
        print(json.dumps(files_with(set(json.load(sys.stdin)), map(Path, paths))))


if __name__ == "__main__":
    main()
