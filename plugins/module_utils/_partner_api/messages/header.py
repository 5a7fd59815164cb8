# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The header of every answer (partner-api.md 1.2).

Private to the collection.
"""

from __future__ import annotations

from ..._third_party.controller_packages import element, wrapped
from .base import Answer, Message, OptionalInt, OptionalUtcDateTime


class Error(Message):
    error_code: int = element(tag="errorCode")
    value: str = element(tag="value", default="")


class ResponseHeader(Answer):
    """``success_code`` 0 is success, 2 and 3 are bad credentials, all others a refusal that ``errors`` explains."""

    current_page: OptionalInt = element(tag="currentPage", default=None)
    errors: tuple[Error, ...] = wrapped("errors", element(tag="Error"), default=())
    pages_count: OptionalInt = element(tag="pagesCount", default=None)
    return_count: OptionalInt = element(tag="returnCount", default=None)
    success_code: int = element(tag="successCode")
    timestamp: OptionalUtcDateTime = element(tag="timestamp", default=None)
