# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from ansible_collections.certops.certum.tests.unit.host.declared import Host
from ansible_collections.certops.certum.tests.unit.x509.authority import BEGINNING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def host(tmp_path: Path) -> Host:
    (tmp_path / "www").mkdir()
    return Host(tmp_path / "certum", tmp_path / "www")


@pytest.fixture(autouse=True)
def _young_certificates() -> Iterator[None]:
    """Set the clock of these tests to three weeks after the issue of their certificates."""
    with time_machine.travel(BEGINNING + timedelta(days=21), tick=True):
        yield
