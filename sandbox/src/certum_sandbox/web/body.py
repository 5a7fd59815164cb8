# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read a request body up to a limit."""

from __future__ import annotations

from starlette.requests import Request

LONGEST_BODY = 64 * 1024 * 1024


class BodyTooBig(Exception):  # noqa: N818 - the name of an event, not of an error class
    """The body is larger than the limit. The rest was not read."""


async def read_body(request: Request, longest: int = LONGEST_BODY) -> bytes:
    """Return the body. Raise BodyTooBig if its declared length, or what was read so far, is above the limit."""
    length = request.headers.get("content-length", "0")
    if length.isdecimal() and int(length) > longest:
        raise BodyTooBig
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > longest:
            raise BodyTooBig
    return bytes(body)
