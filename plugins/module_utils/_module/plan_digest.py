# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A digest of everything on the controller that a plan depends on: the options, and the code that plans.

Private to the collection.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

COLLECTION = Path(__file__).parents[3]
MANIFEST = "MANIFEST.json"
"""Every installed collection has it. It has a checksum of the list of all files with their checksums."""
ASK_EACH_TIME = ("now", "replace", "check_revocation", "passphrases")
"""With these options each plan is another one, or its answer is not on the disk, or the digest would hold a secret."""


def digest_of(args: Mapping[str, Any], *, collection: Path = COLLECTION) -> str | None:
    """Return the digest, None if the plan with these options cannot be used again."""
    if any(args.get(option) for option in ASK_EACH_TIME):
        return None
    options = json.dumps(args, sort_keys=True, default=str)
    return hashlib.sha256(f"{_code(collection)}\n{options}".encode("utf-8", "surrogatepass")).hexdigest()


def _code(collection: Path) -> str:
    """Return what differs between two versions of the code. In a clone it is the time stamps of the files."""
    try:
        return (collection / MANIFEST).read_text(encoding="utf-8")
    except OSError:
        files = sorted((collection / "plugins/module_utils").rglob("*.py"))
        return json.dumps([(str(file), file.stat().st_mtime_ns) for file in files])
