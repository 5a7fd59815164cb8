# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Implements certum_report: builds the estate of a play, and writes it as a page, as JSON and as metrics.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._handover.plan_results import numbered
from .._handover.reasons import Reason, ReasonCode
from .._handover.terms import HostState
from .._report.estate_of_play import estate_of
from .account_states import with_order_states
from .report_files import json_file, metrics_file, page_file, require_directories, write_files

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from .._handover.estate import Estate, ReportResult
    from .._partner_api.client import PartnerApi
    from .._report.estate_of_play import HostResults
    from .._store.atomic_files import Ownership
    from .report_files import ReportFile


@dataclass(frozen=True)
class ReportSettings:
    """Where the report goes. A path is None if that file is not wanted. ``templates`` are those of the page."""

    page: Path | None
    json: Path | None
    metrics: Path | None
    ownership: Ownership
    templates: Path


def write_report(
    hosts: Sequence[HostResults],
    settings: ReportSettings,
    *,
    now: datetime,
    limit: str | None,
    open_api: Callable[[], PartnerApi] | None,
    check_mode: bool,
) -> ReportResult:
    """Return the result of the module. ``open_api`` is None if the account is not asked. Raises KnownError."""
    files = _files(settings)
    require_directories(files)
    estate = estate_of(hosts, now=now, limit=limit)
    if open_api is not None:
        estate = with_order_states(estate, open_api)
    changed, differences = write_files(files, estate, settings.ownership, check_mode=check_mode)
    return {
        "changed": bool(changed),
        "written": changed,
        "notes": [problem["text"] for problem in estate["problems"]],
        "diff": differences,
        "reason": _reason(estate, [str(file.path) for file in files], changed).shown(),
    }


def _files(settings: ReportSettings) -> list[ReportFile]:
    files = []
    if settings.page:
        from .._report.page import render_page  # noqa: PLC0415 - without a page, Jinja is not needed

        files.append(page_file(settings.page, lambda estate: render_page(estate, settings.templates)))
    if settings.json:
        files.append(json_file(settings.json))
    if settings.metrics:
        files.append(metrics_file(settings.metrics))
    return files


def _reason(estate: Estate, paths: Sequence[str], changed: Sequence[str]) -> Reason:
    silent = sum(host["state"] != HostState.REPORTED for host in estate["hosts"])
    hosts = f"{len(estate['hosts'])} {'host' if len(estate['hosts']) == 1 else 'hosts'}"
    words = f"{numbered(len(estate['certificates']))} of {hosts} in {', '.join(paths) or 'no file'}"
    if silent:
        words += f"; {silent} of them sent no report"
    if paths and not changed:
        words += "; nothing but the time of the report has changed"
    return Reason(ReasonCode.WRITTEN if changed else ReasonCode.CURRENT, words)
