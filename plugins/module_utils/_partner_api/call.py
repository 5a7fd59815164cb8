# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The texts about one call, for its errors.

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
        """The remedy for a call whose outcome is unknown."""
        if self.operation in READS:
            return "Nothing was changed. Run again later."
        return (
            "The CA may have carried out the request: look at the order (certum_order_info, or the same play again) "
            "before you send it again."
        )

    def quote(self, text: str) -> str:
        """Return foreign text in one line, shortened and without credentials."""
        return quote(self.credentials.redact(text))
