# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Makes this checkout importable as ``ansible_collections.certops.certum``, without ansible-core's loader."""

from __future__ import annotations

import importlib
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
COLLECTIONS = REPOSITORY / "build" / "collections"


def _is_importable() -> bool:
    """Return whether the name leads to this checkout already, as under ansible-test."""
    with suppress(ModuleNotFoundError):
        spec = find_spec("ansible_collections.certops.certum.plugins")
        locations = [] if spec is None else spec.submodule_search_locations or []
        return any(Path(location).resolve() == REPOSITORY / "plugins" for location in locations)
    return False


def _link_checkout() -> None:
    link = COLLECTIONS / "ansible_collections" / "certops" / "certum"
    link.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):  # from an earlier run, or another worker of this one
        link.symlink_to(REPOSITORY, target_is_directory=True)
    sys.path.insert(0, str(COLLECTIONS))
    importlib.invalidate_caches()
    packages = importlib.import_module("ansible_collections").__path__
    if str(link.parents[1]) not in packages:  # an installed ansible_collections hides those of other directories
        packages.insert(0, str(link.parents[1]))


if not _is_importable():
    _link_checkout()
