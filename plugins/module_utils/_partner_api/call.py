# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One call in flight: what its errors say of it.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .enums import READS

if TYPE_CHECKING:
    from .credentials import Credentials
    from .enums import ApiOperation


@dataclass(frozen=True)
class Call:
    operation: ApiOperation
    host: str
    credentials: Credentials

    @property
    def where(self) -> str:
        return f"{self.operation} at {self.host}"

    @property
    def remedy_if_unknown(self) -> str:
        """What to do when nobody knows whether it was carried out."""
        if self.operation in READS:
            return "Nothing was changed; run again later."
        return (
            "It may have been carried out: look at the order (certum_order_info, or the same play again) "
            "before you send it again."
        )

    def quote(self, text: str) -> str:
        """What somebody else sent, in one line, not too long and without credentials."""
        return quote(self.credentials.redact(text))
