# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operations. An operation reads a request, checks its rules and performs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from certum_sandbox.backend import Backend
from certum_sandbox.rules.inquiry import Inquiry
from certum_sandbox.rules.rule import ApiError, Rule, check
from certum_sandbox.soap.message import Message
from certum_sandbox.soap.render import Node

InquiryT = TypeVar("InquiryT", bound=Inquiry)


@dataclass(frozen=True)
class Page:
    """The paging fields of a response header."""

    current: int
    pages: int
    records: int


@dataclass(frozen=True)
class Answer:
    """The content of a response after its header. ``order_id`` is for the call log."""

    children: Sequence[Node] = ()
    order_id: str | None = None
    page: Page | None = None


class CheckedRequest(Protocol):
    """A request after the check of its rules."""

    @property
    def errors(self) -> list[ApiError]:
        """The errors of the request. Without errors it may be performed."""

    @property
    def order_id(self) -> str | None:
        """The id of the order that the request names, for the call log."""

    def perform(self) -> Answer:
        """Perform the request. Call it only if there are no errors."""


@dataclass(frozen=True)
class _CheckedRequest(Generic[InquiryT]):
    inquiry: InquiryT
    errors: list[ApiError]
    order_id: str | None
    action: Callable[[InquiryT], Answer]

    def perform(self) -> Answer:
        return self.action(self.inquiry)


@dataclass(frozen=True)
class Operation(Generic[InquiryT]):
    """An operation. ``order_path`` is the path of the order id in its request, for the call log."""

    name: str
    read: Callable[[Message, Backend], InquiryT]
    rules: Sequence[Rule[InquiryT]]
    perform: Callable[[InquiryT], Answer]
    order_path: str = "orderID"

    def check_request(self, message: Message, backend: Backend) -> CheckedRequest:
        """Read a request and check every rule."""
        inquiry = self.read(message, backend)
        return _CheckedRequest(inquiry, check(self.rules, inquiry), message.value(self.order_path), self.perform)


AnyOperation = Operation[Any]
