# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A file of the report is always fresh, and changed only if more than its time differs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._controller.report_files import (
    ReportFile,
    ReportFileError,
    json_file,
    metrics_file,
    page_file,
    require_directories,
    write_files,
)
from ansible_collections.certops.certum.plugins.module_utils._report.estate_of_play import estate_of
from ansible_collections.certops.certum.plugins.module_utils._report.page import render_page
from ansible_collections.certops.certum.plugins.module_utils._store.atomic_files import Ownership
from ansible_collections.certops.certum.tests.unit.docs.documentation import COLLECTION
from ansible_collections.certops.certum.tests.unit.report.reported import NOW, host, info

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ansible_collections.certops.certum.plugins.module_utils._handover.estate import Estate

PUBLIC = Ownership(0o644)
TEMPLATES = COLLECTION / "roles/certum_report/templates"
KINDS: dict[str, Callable[[Path], ReportFile]] = {
    "json": json_file,
    "metrics": metrics_file,
    "page": lambda path: page_file(path, lambda estate: render_page(estate, TEMPLATES)),
}

FOREIGN = (
    "",
    "{}",
    "[1]",
    '{"generated_at": "now"}',
    "certum_report_time_seconds 1e400\n",
    "<!-- certum_report x -->\n",
    "\xff",
)


def estate(minutes: int = 0, **changes: Any) -> Estate:
    return estate_of([host("web1", info(**changes))], now=NOW + timedelta(minutes=minutes))


@pytest.mark.parametrize("kind", KINDS)
def test_file_changes_with_more_than_the_time_and_is_always_fresh(tmp_path: Path, kind: str) -> None:
    path = tmp_path / kind
    file = KINDS[kind](path)

    def write(found: Estate, *, mode: int = 0o644, check_mode: bool = False) -> bool:
        changed, differences = write_files([file], found, Ownership(mode), check_mode=check_mode)
        assert [each["before_header"] for each in differences] == changed
        return bool(changed)

    assert write(estate(), check_mode=True)
    assert not path.exists()
    assert write(estate())
    first = path.read_text()
    assert not write(estate(1))
    second = path.read_text()
    assert second != first, "the time is the one of the last report"
    assert not write(estate(2), check_mode=True)
    assert path.read_text() == second
    assert write(estate(2, serial_number="CD34"))
    assert write(estate(3, serial_number="CD34"), mode=0o600)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "there",
    [
        "",
        "{}",
        "[1]",
        '{"generated_at": "now"}',
        "certum_report_time_seconds 1e400\n",
        "<!-- certum_report x -->\n",
        "\xff",
    ],
)
def test_any_other_file_is_replaced(tmp_path: Path, kind: str, there: str) -> None:
    path = tmp_path / kind
    path.write_bytes(there.encode("latin-1"))
    assert write_files([KINDS[kind](path)], estate(), PUBLIC, check_mode=False)[0] == [str(path)]


def test_impossible_destination_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    good = json_file(tmp_path / "estate.json")
    for bad, words in ((json_file(tmp_path / "no/x"), "is no directory"), (metrics_file(good.path), "two files have")):
        with pytest.raises(ReportFileError, match=words):
            require_directories([good, bad])
