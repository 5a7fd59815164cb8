# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of documented error codes (errors.csv)."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files


@cache
def error_elements() -> dict[int, str]:
    """Return every documented error code with the request element that it belongs to, or ``""``."""
    text = (files("certum_sandbox") / "data" / "errors.csv").read_text("utf-8")
    return {int(row["code"]): row["element"] for row in csv.DictReader(text.splitlines())}
