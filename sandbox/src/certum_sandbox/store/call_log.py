# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The log of calls for ``GET /sandbox/calls``. Of a request it stores the order id only."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certum_sandbox.iso8601 import format_moment
from certum_sandbox.store.database import Database


@dataclass(frozen=True)
class CallRecord:
    """A call. ``success_code`` is None if the caller got a SOAP fault or no response; then ``fault`` has the reason."""

    received: datetime
    operation: str
    success_code: int | None
    error_codes: tuple[int, ...] = ()
    order_id: str | None = None
    fault: str | None = None


class CallLog:
    """The calls, oldest first. Write methods need an open transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, call: CallRecord) -> None:
        """Add a call."""
        self._database.execute(
            "INSERT INTO call (received, operation, success_code, error_codes, order_id, fault)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            format_moment(call.received),
            call.operation,
            call.success_code,
            json.dumps(call.error_codes),
            call.order_id,
            call.fault,
        )

    def all(self) -> Iterable[dict[str, Any]]:
        """Yield the calls in the form of the control API."""
        for row in self._database.execute("SELECT * FROM call ORDER BY number").fetchall():
            yield {
                "operation": row["operation"],
                "successCode": row["success_code"],
                "errorCodes": json.loads(row["error_codes"]),
                "orderID": row["order_id"],
                "received": row["received"],
                "fault": row["fault"],
            }

    def clear(self) -> None:
        """Delete all calls."""
        self._database.execute("DELETE FROM call")
