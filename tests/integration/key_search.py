# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Looks for a private key in files, in every form in which it might leave its host."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import load_pem_private_key

if TYPE_CHECKING:
    from pathlib import Path


def searched_files(directory: Path, *, without: Path, key: str) -> list[Path]:
    """Return the files below a directory, none of which has the key. ``without`` is where keys may be."""
    files = [path for path in directory.rglob("*") if path.is_file() and without not in path.parents]
    for path in files:
        data = path.read_bytes()
        assert [form for form in forms(key) if form in data] == [], path
    return files


def forms(pem: str) -> list[bytes]:
    """Return the forms in which a private key might leave its host: pieces of the PEM, and the number itself."""
    number = load_pem_private_key(pem.encode(), password=None).private_numbers().private_value  # type: ignore[union-attr]
    raw = number.to_bytes(32, "big")
    body = "".join(line for line in pem.splitlines() if "-----" not in line)
    return [
        *(line.encode() for line in pem.splitlines() if "-----" not in line and len(line) > 20),
        body[20:60].encode(),
        base64.b64encode(pem.encode())[40:90],
        base64.b64encode(raw)[:-2],
        raw,
        raw.hex().encode(),
        str(number).encode(),
    ]
