# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The base of all messages of the Partner API.

Private to the collection. Requests list their elements in schema order; answers are read in any order. Unknown elements
of an answer are skipped, because the CA adds elements without notice.
"""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, Union

from ..._handover.foreign_text import quote
from ..._handover.serial_number import normalize_serial_number
from ..._third_party.controller_packages import (
    AfterValidator,
    BaseXmlModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    element,
)

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ANSWER_TAG = "answer"
"""The name that the envelope gives to the operation element of every answer; its own name varies by operation."""


def as_utc(moment: datetime) -> datetime:
    """Return the moment in UTC. The CA's times are GMT (partner-api.md 1.2), so a time without offset counts as GMT."""
    return moment.replace(tzinfo=timezone.utc) if moment.tzinfo is None else moment.astimezone(timezone.utc)


def _none_if_blank(value: Any) -> Any:
    return None if value == "" else value


_E = TypeVar("_E")
Words = Annotated[str, AfterValidator(quote)]
"""Text of an answer that only people read."""
OrText = Annotated[Union[_E, Words], Field(union_mode="left_to_right")]
"""A value of the enumeration, or the string itself if the enumeration does not know it."""
OrderId = Annotated[str, AfterValidator(quote)]
"""The id of an order in an answer. Nearly every message names one; an id has at most 50 characters (1079)."""

SerialNumber = Annotated[str, AfterValidator(normalize_serial_number), AfterValidator(quote)]
UtcDateTime = Annotated[datetime, AfterValidator(as_utc)]
OptionalUtcDateTime = Annotated[Union[UtcDateTime, None], BeforeValidator(_none_if_blank)]
OptionalInt = Annotated[Union[int, None], BeforeValidator(_none_if_blank)]
OptionalBool = Annotated[Union[bool, None], BeforeValidator(_none_if_blank)]
Base64 = Annotated[bytes, PlainSerializer(lambda content: b64encode(content).decode("ascii"), return_type=str)]


class Message(BaseXmlModel, search_mode="unordered"):
    """A frozen value, hashable, equal by content. Its validation errors never quote the input."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Request(Message):
    def to_element(self) -> Element:
        """Return the elements after requestHeader, in schema order, under a root that the envelope renames."""
        return self.to_xml_tree(exclude_none=True)


class OrderIdRequest(Request):
    """A request of an operation that needs only an order id."""

    order_id: str = element(tag="orderID")


class Answer(Message, tag=ANSWER_TAG):
    """The elements of an answer after responseHeader."""
