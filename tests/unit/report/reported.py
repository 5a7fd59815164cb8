# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports of hosts, as certum_info returns them and a play registers them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from ansible_collections.certops.certum.plugins.module_utils._report.estate_of_play import HostResults

NOW = datetime(2026, 11, 29, 7, 30, tzinfo=timezone.utc)


def day(days: float) -> str:
    """Return the moment so many days after the report."""
    return f"{NOW + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"


def info(name: str = "shop", **changes: Any) -> dict[str, Any]:
    """Return a current certificate that a service uses."""
    return {
        "name": name,
        "declared": True,
        "common_name": f"{name}.example.com",
        "names": [f"{name}.example.com"],
        "product": "commercial_ssl",
        "share": None,
        "state": "current",
        "reason": {"code": "current", "text": "it is current"},
        "operation": "reissue",
        "serial_number": "AB12",
        "verified_serial_number": "AB12",
        "not_before": day(-50),
        "not_after": day(149),
        "due_at": day(100),
        "term_end": day(315),
        "order_id": f"{name}-1",
        "remaining_days": None,
        "remaining_percentage": None,
        "services": [{"service": "nginx", "addresses": ["127.0.0.1:443"]}],
        "order": None,
        "former": None,
        "reissues": [],
        **changes,
    }


def pending(order_id: str | None = "shop-2", **changes: Any) -> dict[str, Any]:
    reason = {"code": "waiting", "text": "the next run continues it"}
    order = {"order_id": order_id, "operation": "order", "created": day(-4), "waits_for": "next_run", "reason": reason}
    return {**order, **changes}


def host(name: str, *certificates: Any, **frozen: Any) -> HostResults:
    """Return a host that sent a report."""
    return HostResults(name, {"changed": False, "certificates": list(certificates)}, {"problems": [], **frozen})
