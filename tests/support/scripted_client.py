# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A client of the Partner API that has no network: it answers by a script, or by a function.

It stands in for the real client behind its public methods, so requests and answers keep their types. An answer of the
script is what the real client returns or raises after it has repeated a read. Time passes only as the test says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Callable, TypeVar, Union

from ansible_collections.certops.certum.plugins.module_utils._partner_api.api_errors import (
    ApiError,
    AuthenticationError,
    CertumError,
    NotReceivedError,
    OutcomeUnknownError,
    ReportedError,
    SoapFaultError,
    UnparsableAnswerError,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.ca_clock import CaClock
from ansible_collections.certops.certum.plugins.module_utils._partner_api.client import PartnerApi
from ansible_collections.certops.certum.plugins.module_utils._partner_api.connection_settings import Endpoint
from ansible_collections.certops.certum.plugins.module_utils._partner_api.credentials import Credentials
from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import PURCHASES, ApiOperation
from ansible_collections.certops.certum.plugins.module_utils._partner_api.error_codes import describe, remedy
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.base import Answer, Request
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.header import ResponseHeader
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.order_lookup import (
    GetOrdersAnswer,
    GetOrdersRequest,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.transport import HttpAnswer, Transport
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from types import TracebackType

    from ansible_collections.certops.certum.plugins.module_utils._partner_api.call import Call
    from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.order_lookup import (
        ListedOrder,
        OrderOption,
    )

_A = TypeVar("_A", bound=Answer)

Failure = Callable[[str], CertumError]
"""Makes the error of a call; it gets what errors name as ``where``."""

Reply = Union[Answer, Failure]
Conversation = Sequence[tuple[ApiOperation, Reply]]
"""The calls of a test in their order, each with its answer."""


class UnscriptedCallError(AssertionError):
    """The engine made another call than the script has next."""


class _NoTransport(Transport):
    """Fails the test on every attempt to send something."""

    def __init__(self) -> None:
        self.endpoint = Endpoint.parse("https://gs.example.net/service/PartnerApi.wsdl")

    @override
    def close(self) -> None:
        """Nothing is open."""

    @override
    def post(self, body: bytes, *, headers: Mapping[str, str], call: Call) -> HttpAnswer:
        raise UnscriptedCallError(f"{call.operation} went to the network")


class StandInClient(PartnerApi):
    """Answers each call with what ``reply`` returns, and records the requests.

    ``now`` is the CA's time at the beginning, ``told`` the time in its answers.
    """

    def __init__(self, reply: Callable[[ApiOperation], Reply], *, now: datetime, told: datetime | None = None) -> None:
        super().__init__(transport=_NoTransport(), credentials=Credentials(username="demo", password="demo"))
        self._clock = CaClock(elapsed=lambda: 0.0)
        self._clock.hear(now)
        self._told = told
        self._reply = reply
        self.calls: list[tuple[ApiOperation, Request]] = []

    @property
    def operations(self) -> list[ApiOperation]:
        """The operations that were called, in their order."""
        return [operation for operation, _request in self.calls]

    @property
    def purchases(self) -> int:
        """How many calls may have cost money or have revoked a certificate."""
        return sum(operation in PURCHASES for operation in self.operations)

    def count(self, operation: ApiOperation) -> int:
        """Return how often an operation was called."""
        return Counter(self.operations)[operation]

    def requests(self, operation: ApiOperation) -> list[Request]:
        """Return what was sent to an operation."""
        return [request for called, request in self.calls if called is operation]

    @override
    def _call(self, operation: ApiOperation, request: Request, model: type[_A]) -> tuple[ResponseHeader, _A]:
        self.calls.append((operation, request))
        reply = self._reply(operation)
        if not isinstance(reply, Answer):
            raise reply(f"{operation} at gs.example.net")
        self._clock.hear(self._told)
        if not isinstance(reply, model):
            raise UnscriptedCallError(f"{operation} is answered with {model.__name__}, not {type(reply).__name__}")
        return ResponseHeader(success_code=0), reply

    @override
    def _orders(
        self, operation: ApiOperation, *, from_date: datetime, to_date: datetime, option: OrderOption
    ) -> Iterator[ListedOrder]:
        """The whole period is one call here: pages and parts of periods are the matter of the client's own tests."""
        request = GetOrdersRequest(from_date=from_date, to_date=to_date, order_option=option)
        return iter(self._call(operation, request, GetOrdersAnswer)[1].orders)


class ScriptedClient(StandInClient):
    """Answers the calls of a conversation in their order.

    As a context manager it fails the test on a call that the script does not have next, and at the end on answers that
    nobody asked for.
    """

    def __init__(self, conversation: Conversation, *, now: datetime, told: datetime | None = None) -> None:
        super().__init__(self._next, now=now, told=told)
        self._left = list(conversation)
        self._unscripted: list[str] = []

    @override
    def __enter__(self) -> ScriptedClient:
        return self

    @override
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is None or issubclass(kind, CertumError):
            self.assert_complete()

    def assert_complete(self) -> None:
        """Fail unless exactly the calls of the script were made."""
        assert self._unscripted == [], f"calls that the script does not have: {self._unscripted}"
        left = [str(operation) for operation, _reply in self._left]
        assert left == [], f"calls of the script that were not made: {left}"

    def _next(self, operation: ApiOperation) -> Reply:
        expected = self._left[0][0] if self._left else None
        if expected is not operation:
            what = f"{operation} was called, and the script has {expected or 'no call'} next"
            self._unscripted.append(what)
            raise UnscriptedCallError(what)
        return self._left.pop(0)[1]


def refused(*codes: int) -> Failure:
    """The CA understood the request and refuses it for these reasons."""

    def error(where: str) -> ApiError:
        return ApiError(where=where, success_code=1, errors=tuple(map(_reported, codes)))

    return error


def _reported(code: int) -> ReportedError:
    known = describe(code)
    return ReportedError(
        code=code,
        element=known.element,
        meaning=known.meaning,
        error_class=known.error_class,
        remedy=remedy(code),
        value="",
    )


def not_received(where: str) -> NotReceivedError:
    """The request surely did not reach the CA."""
    return NotReceivedError(where=where, why="no connection", remedy="Check the network.")


def lost(where: str) -> OutcomeUnknownError:
    """The request may have arrived, its answer did not."""
    return OutcomeUnknownError(where=where, why="the connection broke", remedy="Look before you send it again.")


def unreadable(where: str) -> UnparsableAnswerError:
    """An answer came that is not the Partner API's."""
    return UnparsableAnswerError(where=where, why="the answer is an HTML page", remedy="Check api_url.")


def client_fault(where: str) -> SoapFaultError:
    """The service did not accept the message."""
    return SoapFaultError(where=where, code="Client", text="no such element", remedy_if_unknown="")


def server_fault(where: str) -> SoapFaultError:
    """The service failed inside: the outcome is unknown."""
    return SoapFaultError(where=where, code="Server", text="internal error", remedy_if_unknown="Look first.")


def bad_password(where: str) -> AuthenticationError:
    """The account is refused."""
    return AuthenticationError(where=where, why="the CA does not accept the password", remedy="Correct it.")
