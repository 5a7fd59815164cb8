# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The form of one request on the wire, where it differs from the usual form.

Private to the collection. A rehearsal sends requests in other forms, to see which forms the CA accepts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable


def _unchanged(document: bytes) -> bytes:
    return document


@dataclass(frozen=True)
class WireForm:
    """How a request is sent. ``encode`` changes the bytes of the document, ``username`` replaces the user name.

    ``soap_action`` is a header in which ``{operation}`` stands for the operation. None means the one of the client.
    """

    soap_action: str | None = None
    username: str | None = None
    content_type: str = "text/xml; charset=utf-8"
    content_encoding: str | None = None
    encode: Callable[[bytes], bytes] = _unchanged

    @property
    def shows_access(self) -> bool:
        """Return whether a refusal of this request as a whole can only mean that the CA refuses the account."""
        return self.username is None and self.content_encoding is None and self.encode is _unchanged
