# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One POST to the Partner API. Its errors state whether the request may have arrived.

Private to the collection. Redirects are not followed: they would carry the credentials elsewhere. Proxies come from the
environment (``HTTPS_PROXY``, ``ALL_PROXY``, ``NO_PROXY``), as for Ansible's own modules. Behind a proxy, the CA's allow
list needs the address of the proxy.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from .._net.bounded_http import BoundedTransport, TimeLimits, time_limited
from .._third_party.controller_packages import httpx
from .api_errors import NotReceivedError, OutcomeUnknownError, UnparsableAnswerError
from .connection_settings import proxy_for

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

    from .call import Call
    from .connection_settings import Endpoint

OUT_OF_DATE = ("certificate has expired", "certificate is not yet valid")
MAX_ANSWER_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class HttpAnswer:
    status: int
    content_type: str
    location: str
    body: bytes


class Transport:
    """An HTTP client that keeps connections alive between calls. Several threads may use it at once."""

    def __init__(self, *, endpoint: Endpoint, context: ssl.SSLContext, limits: TimeLimits) -> None:
        self.endpoint = endpoint
        self._limits = limits
        self._client = httpx.Client(
            transport=BoundedTransport(context=context, proxy=proxy_for(endpoint)),
            timeout=None,  # time_limited bounds the whole call instead of its parts
            follow_redirects=False,
            trust_env=False,
        )

    def close(self) -> None:
        self._client.close()

    def post(self, body: bytes, *, headers: Mapping[str, str], call: Call) -> HttpAnswer:
        """Send the request once and return the answer.

        Raises NotReceivedError, OutcomeUnknownError and, for more than 16 MiB, UnparsableAnswerError.
        """
        progress = _Progress()
        request = self._client.build_request(
            "POST", self.endpoint.url, content=body, headers=headers, extensions={"trace": progress.note}
        )
        try:
            with time_limited(self._limits):
                response = self._client.send(request, stream=True)
                try:
                    return _read(response, call)
                finally:
                    response.close()
        except httpx.TransportError as error:
            raise (self._broken(error, call) if progress.sent else self._not_sent(error, call)) from None

    def _broken(self, error: httpx.TransportError, call: Call) -> OutcomeUnknownError:
        if isinstance(error, httpx.TimeoutException):
            why = f"no complete answer within {self._limits.total:g} s (request_timeout)"
        elif isinstance(error, httpx.ProtocolError):  # whose text quotes what the server sent
            why = "the connection ended before the answer was complete, or the answer was not HTTP"
        else:
            why = f"the connection broke before the answer was complete: {error}"
        return OutcomeUnknownError(where=call.where, why=why, remedy=call.remedy_if_unknown)

    def _not_sent(self, error: httpx.TransportError, call: Call) -> NotReceivedError:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            return NotReceivedError(
                where=call.where,
                why=f"the server's TLS certificate is not trusted: {error}",
                remedy=_remedy_for_distrust(str(error), datetime.now(timezone.utc)),
                worth_retrying=False,
            )
        seconds = f"{min(self._limits.connect, self._limits.total):g} s (connect_timeout)"
        timed_out = isinstance(error, httpx.TimeoutException)
        return NotReceivedError(
            where=call.where,
            why=f"no connection within {seconds}" if timed_out else f"no connection: {error}",
            remedy="Nothing was sent. Check api_url, name resolution, firewall and proxy, then run again.",
        )


def _remedy_for_distrust(why: str, now: datetime) -> str:
    if any(words in why for words in OUT_OF_DATE):
        return (
            f"Nothing was sent. The clock of the controller shows {now:%Y-%m-%d %H:%M} UTC. If it is wrong, correct "
            "the clock and run again. If it is right, send this message to the CA's partner support."
        )
    return "Nothing was sent. Check api_url, and set ca_path to the CA certificates to trust."


class _Progress:
    """Records whether the client began to send our own request (not a proxy's CONNECT)."""

    def __init__(self) -> None:
        self.sent = False

    def note(self, event: str, info: Mapping[str, Any]) -> None:
        if event.endswith("send_request_headers.started") and info["request"].method == b"POST":
            self.sent = True


def _read(response: httpx.Response, call: Call) -> HttpAnswer:
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > MAX_ANSWER_BYTES:
            why = f"the answer is larger than {MAX_ANSWER_BYTES // 2**20} MiB"
            raise UnparsableAnswerError(where=call.where, why=why, remedy=call.remedy_if_unknown)
    return HttpAnswer(
        status=response.status_code,
        content_type=response.headers.get("content-type", ""),
        location=response.headers.get("location", ""),
        body=bytes(body),
    )
