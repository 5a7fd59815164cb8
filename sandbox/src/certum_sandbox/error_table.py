# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The error codes that the service documents."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files


@cache
def error_elements() -> dict[int, str]:
    """Every documented error code with the element it speaks of, ``""`` for none."""
    text = (files("certum_sandbox") / "data" / "errors.csv").read_text("utf-8")
    return {int(row["code"]): row["element"] for row in csv.DictReader(text.splitlines())}
