# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading a request body that may be too big."""

from __future__ import annotations

from starlette.requests import Request

LONGEST_BODY = 64 * 1024 * 1024


class BodyTooBig(Exception):  # noqa: N818 - what happened, not a kind of error of ours
    """More bytes than are wanted; the rest was not read."""


async def read_body(request: Request, longest: int = LONGEST_BODY) -> bytes:
    """The body. BodyTooBig before it is read if its length says so, else as soon as it grows too big."""
    length = request.headers.get("content-length", "0")
    if length.isdecimal() and int(length) > longest:
        raise BodyTooBig
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > longest:
            raise BodyTooBig
    return bytes(body)
