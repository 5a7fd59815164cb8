# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an operation is: how its request is read, which rules hold, what it does."""

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
    """What the response header says of a long result."""

    current: int
    pages: int
    records: int


@dataclass(frozen=True)
class Answer:
    """What follows the response header. ``order_id`` is for the log of calls."""

    children: Sequence[Node] = ()
    order_id: str | None = None
    page: Page | None = None


class Judged(Protocol):
    """A request whose rules were checked."""

    @property
    def errors(self) -> list[ApiError]:
        """What the request breaks; empty if it may be performed."""

    @property
    def order_id(self) -> str | None:
        """The order that it concerns, for the log of calls."""

    def perform(self) -> Answer:
        """Do it. Only for a request without errors."""


@dataclass(frozen=True)
class _Judged(Generic[InquiryT]):
    inquiry: InquiryT
    errors: list[ApiError]
    order_id: str | None
    action: Callable[[InquiryT], Answer]

    def perform(self) -> Answer:
        return self.action(self.inquiry)


@dataclass(frozen=True)
class Operation(Generic[InquiryT]):
    """``order_path`` is where the request names its order, for the log of calls."""

    name: str
    read: Callable[[Message, Backend], InquiryT]
    rules: Sequence[Rule[InquiryT]]
    perform: Callable[[InquiryT], Answer]
    order_path: str = "orderID"

    def judge(self, message: Message, backend: Backend) -> Judged:
        """Check every rule of a request."""
        inquiry = self.read(message, backend)
        return _Judged(inquiry, check(self.rules, inquiry), message.value(self.order_path), self.perform)


AnyOperation = Operation[Any]
