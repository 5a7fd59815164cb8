# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Imports prometheus-client, with which the controller writes metrics.

Private to the collection. No other file imports it. If it is missing, every file of the collection still imports, and
PROMETHEUS_MISSING names the package to install.
"""

from __future__ import annotations

PROMETHEUS_MISSING: tuple[str, ...] = ()

try:
    from prometheus_client import CollectorRegistry, Gauge, generate_latest
except ImportError:
    PROMETHEUS_MISSING = ("prometheus-client",)
    CollectorRegistry = Gauge = generate_latest = None  # type: ignore[assignment,misc]

__all__ = ["PROMETHEUS_MISSING", "CollectorRegistry", "Gauge", "generate_latest"]
