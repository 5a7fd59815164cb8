# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Fetches a few bytes over plain HTTP: data that a CA signs needs no TLS (RFC 5280 8).

Private to the collection. A proxy of the environment (``http_proxy``) is used; any other scheme is refused, also where
a redirect leads there.
"""

from __future__ import annotations

import http.client
import urllib.request
from urllib.error import HTTPError, URLError

from .._handover.foreign_text import quote

TIMEOUT = 5.0


class FetchError(Exception):
    """There is no answer. The text is the reason and follows the address."""


def fetch(url: str, *, longest: int, body: bytes | None = None, content_type: str | None = None) -> bytes:
    """Return the answer to a GET, or a POST of *body*. Raises FetchError, also for more than *longest* bytes."""
    headers = {"Content-Type": content_type} if content_type else {}
    try:
        request = urllib.request.Request(url, data=body, headers=headers)  # noqa: S310 - our opener knows HTTP alone
        with _opener().open(request, timeout=TIMEOUT) as answer:
            content: bytes = answer.read(longest + 1)
    except HTTPError as error:
        raise FetchError(f"answers HTTP {error.code}") from None
    except URLError as error:
        raise FetchError(f"does not answer ({quote(error.reason)})") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise FetchError(f"does not answer like a web server ({quote(error) or type(error).__name__})") from None
    if len(content) > longest:
        raise FetchError(f"answers more than {longest} bytes")
    return content


def _opener() -> urllib.request.OpenerDirector:
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.UnknownHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener
