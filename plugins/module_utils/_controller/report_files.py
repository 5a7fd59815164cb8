# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of the report: compared without the time of the report, and written whole.

Private to the collection. Every report has another time. So a file with nothing else new is written and counts as
unchanged: monitoring sees that the report is fresh, and a second run reports no change.
"""

from __future__ import annotations

import json
import re
import stat
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, cast

from .._handover.problems import KnownError
from .._report.metrics import render_metrics
from .._store.atomic_files import write_atomic
from .._store.store_errors import from_os_error

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .._handover.estate import Estate, TextDifference
    from .._store.atomic_files import Ownership

MARK = "<!-- certum_report {} -->\n"
"""The last line of the page. It has the time of the report for the comparison."""
_IN_PAGE = re.compile(r"<!-- certum_report (\S+) -->\n\Z")
_IN_METRICS = re.compile(r"^certum_report_time_seconds (\S+)$", re.MULTILINE)
LONGEST_DIFFERENCE = 100_000
Access = tuple["int | None", "int | None", "int | None"]
"""Mode, owner and group of a file."""


class ReportFileError(KnownError):
    """A destination that cannot be used. Nothing was written."""


@dataclass(frozen=True)
class ReportFile:
    """A file of the report. ``time_of`` returns the time of the report from the content of such a file, or None."""

    path: Path
    render: Callable[[Estate], str]
    time_of: Callable[[str], str | None]

    def is_same(self, estate: Estate, found: str | None) -> bool:
        """Return whether the existing content differs in nothing but the time of the report."""
        before = self.time_of(found) if found is not None else None
        return before is not None and self.render(cast("Estate", {**estate, "generated_at": before})) == found


def json_file(path: Path) -> ReportFile:
    """Return the file with the estate as data."""
    return ReportFile(path, _as_json, _time_in_json)


def metrics_file(path: Path) -> ReportFile:
    """Return the file for node_exporter."""
    return ReportFile(path, render_metrics, _time_in_metrics)


def page_file(path: Path, render: Callable[[Estate], str]) -> ReportFile:
    """Return the page."""
    return ReportFile(
        path, lambda estate: f"{render(estate).rstrip()}\n{MARK.format(estate['generated_at'])}", _time_in_page
    )


def _as_json(estate: Estate) -> str:
    return json.dumps(estate, indent=1, ensure_ascii=False) + "\n"


def _time_in_json(text: str) -> str | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    time = found.get("generated_at") if isinstance(found, dict) else None
    return time if isinstance(time, str) and _is_time(time) else None


def _time_in_page(text: str) -> str | None:
    found = _IN_PAGE.search(text)
    return found.group(1) if found and _is_time(found.group(1)) else None


def _time_in_metrics(text: str) -> str | None:
    found = _IN_METRICS.search(text)
    try:
        return f"{datetime.fromtimestamp(float(found.group(1)), timezone.utc):%Y-%m-%dT%H:%M:%SZ}" if found else None
    except (ValueError, OverflowError, OSError):
        return None


def _is_time(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def require_directories(files: list[ReportFile]) -> None:
    """Raise ReportFileError if a file has no directory, or if two files have the same path."""
    for file in files:
        if not file.path.parent.is_dir():
            remedy = f"Create {file.path.parent}, or correct the path, then run again."
            raise ReportFileError(
                f"The report was not written: {file.path.parent} is no directory. {remedy}", remedy=remedy
            )
    paths = [file.path for file in files]
    twice = next((path for path in paths if paths.count(path) > 1), None)
    if twice:
        remedy = "Give each file of the report a path of its own, then run again."
        raise ReportFileError(f"The report was not written: two files have the path {twice}. {remedy}", remedy=remedy)


def write_files(
    files: list[ReportFile], estate: Estate, ownership: Ownership, *, check_mode: bool
) -> tuple[list[str], list[TextDifference]]:
    """Write the files, and return the paths of the changed ones with their differences. Raises StoreError."""
    contents = [(file, file.render(estate)) for file in files]
    changed, differences = [], []
    for file, text in contents:
        found, access = _content(file.path), _access(file.path)
        wanted = _wanted(ownership, access)
        if not file.is_same(estate, found) or access != wanted:
            changed.append(str(file.path))
            differences.append(_difference(file.path, _shown(found, access), _shown(text, wanted)))
        if not check_mode:
            write_atomic(file.path, text.encode(), ownership)
    return changed, differences


def _content(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise from_os_error("The file of the report cannot be read", path, error) from error


def _access(path: Path) -> Access:
    try:
        found = path.stat()
    except OSError:
        return None, None, None
    return stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid


def _wanted(ownership: Ownership, found: Access) -> Access:
    """Return the mode and owner that the file gets. An owner that is not declared counts as it is."""
    uid = found[1] if ownership.uid is None else ownership.uid
    return ownership.mode, uid, found[2] if ownership.gid is None else ownership.gid


def _difference(path: Path, before: str, after: str) -> TextDifference:
    return {"before_header": str(path), "after_header": str(path), "before": before, "after": after}


def _shown(text: str | None, access: Access) -> str:
    """Return a content for diff mode, after its mode and owner. Nobody reads the difference of a long page."""
    if text is None:
        return ""
    mode, uid, gid = access
    shown = text if len(text) <= LONGEST_DIFFERENCE else f"{len(text)} characters\n"
    owner = "" if uid is None else f", owner {uid}"
    return f"mode {mode or 0:04o}{owner}{'' if gid is None else f', group {gid}'}\n{shown}"
