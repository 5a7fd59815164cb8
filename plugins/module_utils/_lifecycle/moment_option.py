# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option ``now``: the moment for which certificates are looked at. Private to the collection."""

from __future__ import annotations

from datetime import datetime, timezone

from .._handover.foreign_text import quote
from .declaration import InvalidDeclarationError


def moment_of(text: str | None) -> datetime:
    """Return the given moment in UTC, or the current time. Raises InvalidDeclarationError."""
    if text is None:
        return datetime.now(timezone.utc)
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise InvalidDeclarationError(
            f"now: '{quote(text)}' is not a time in ISO 8601, such as 2027-03-01 or 2027-03-01T04:00:00+00:00"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
