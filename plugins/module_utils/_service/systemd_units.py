# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state of a service, from what systemd reports of its units. Private to the collection."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

SHOW = ("systemctl", "show", "--property=Id,LoadState,ActiveState,ControlGroup")
BOOTED = Path("/run/systemd/system")
"""The directory exists while systemd runs as the first process (sd_booted(3))."""
RELOAD = ("systemctl", "reload")
NOT_INSTALLED = "is not installed (systemd knows no such service)"
STOPPED = ("inactive", "failed", "deactivating", "activating", "maintenance")


@dataclass(frozen=True)
class Unit:
    """One unit. ``control_group`` is the path of its processes below the file system of control groups."""

    name: str
    load_state: str
    active_state: str
    control_group: str

    @property
    def is_loaded(self) -> bool:
        return self.load_state not in ("not-found", "masked")

    @property
    def runs(self) -> bool:
        return self.active_state not in STOPPED


def is_booted() -> bool:
    """Return whether systemd manages this host. Without it, systemctl may be installed and cannot reload anything."""
    return BOOTED.is_dir()


def read_units(output: str) -> tuple[Unit, ...]:
    """Return the units in the output of ``systemctl show``, which has an empty line between two units."""
    blocks = (dict(_properties(block)) for block in output.split("\n\n"))
    return tuple(
        Unit(
            name=block.get("Id", ""),
            load_state=block["LoadState"],
            active_state=block.get("ActiveState", ""),
            control_group=block.get("ControlGroup", ""),
        )
        for block in blocks
        if "LoadState" in block
    )


def _properties(text: str) -> Iterable[tuple[str, str]]:
    for line in text.splitlines():
        key, dummy, value = line.partition("=")
        yield key, value


def why_units_do_not_run(units: Iterable[Unit], *, starters: Collection[str]) -> str | None:
    """Return the reason why none of the units runs. None if one does, or if systemd reported no unit.

    ``starters`` only start other units, and stay active without them. So they count only where there are no others.
    """
    seen = tuple(units)
    if not seen:
        return None
    loaded = [unit for unit in seen if unit.is_loaded]
    if not loaded:
        return "is masked" if any(unit.load_state == "masked" for unit in seen) else NOT_INSTALLED
    started = [unit for unit in loaded if unit.name not in starters]
    return None if any(unit.runs for unit in started or loaded) else "is stopped"
