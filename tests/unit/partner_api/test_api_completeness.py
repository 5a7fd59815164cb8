# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The messages know every element of the schema, by the same name and at the same place."""

from __future__ import annotations

from datetime import date, datetime, timezone
from enum import Enum
from types import NoneType
from typing import TYPE_CHECKING, Any, get_args, get_origin

import pytest
from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import ApiOperation
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages import (
    base,
    header,
)
from ansible_collections.certops.certum.tests.unit.partner_api.api_calls import messages_of
from ansible_collections.certops.certum.tests.unit.partner_api.test_api_requests import SCHEMA_FILE
from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

XS = "{http://www.w3.org/2001/XMLSchema}"
TREE = etree.parse(SCHEMA_FILE).getroot()
TYPES = {element.get("name", ""): element for element in TREE.iterfind(f"{XS}complexType")}
ROOTS = {element.get("name", ""): element.get("type", "") for element in TREE.iterfind(f"{XS}element")}

OTHER_FORMS = {
    ApiOperation.RENEW_CERTIFICATE: ("verifications",),  # partner-api.md 6
    ApiOperation.GET_DOCUMENTS_LIST: ("document", "documents/document/fileName"),  # partner-api.md 2.20
}
SCALARS: dict[Any, Any] = {
    str: "0A",
    int: 1,
    bool: True,
    bytes: b"0",
    date: date(2026, 1, 1),
    datetime: datetime(2026, 1, 1, tzinfo=timezone.utc),
}


def in_schema(type_name: str, prefix: str = "") -> Iterator[str]:
    """Return the paths below a complex type, without the headers that requests and answers inherit."""
    for part in TYPES[type_name].iter(f"{XS}element", f"{XS}attribute"):
        path = prefix + part.get("name", "")
        yield path
        child_type = part.get("type", "").removeprefix("tns:")
        if child_type in TYPES:
            yield from in_schema(child_type, f"{path}/")


def in_message(element: Element, prefix: str = "") -> Iterator[str]:
    for child in element:
        path = prefix + child.tag
        yield path
        yield from (f"{path}/{name}" for name in child.attrib)
        yield from in_message(child, f"{path}/")


def filled(annotation: Any) -> Any:
    """Return a value with all fields."""
    inner = [choice for choice in get_args(annotation) if choice is not NoneType]
    if get_origin(annotation) is tuple:
        return (filled(inner[0]),)
    if inner:
        return filled(inner[0])
    if issubclass(annotation, Enum):
        return next(iter(annotation))
    if issubclass(annotation, base.Message):
        return annotation(**{name: filled(field.annotation) for name, field in annotation.model_fields.items()})
    return SCALARS[annotation]


@pytest.mark.parametrize("operation", ApiOperation, ids=str)
def test_requests_hold_exactly_the_elements_of_the_schema(operation: ApiOperation) -> None:
    known = set(in_schema(ROOTS[str(operation)].removeprefix("tns:")))
    assert set(in_message(filled(messages_of(operation)[0]).to_element())) == known


@pytest.mark.parametrize("operation", ApiOperation, ids=str)
def test_answers_are_read_in_full(operation: ApiOperation) -> None:
    known = set(in_schema(ROOTS[f"{operation}Response"].removeprefix("tns:")))
    read = set(in_message(filled(messages_of(operation)[1]).to_xml_tree()))
    other_form = {path for path in read if path.startswith(OTHER_FORMS.get(operation, ()))} - known
    assert read - other_form == known
    assert bool(other_form) is (operation in OTHER_FORMS)


def test_header_of_an_answer_is_read_in_full() -> None:
    assert set(in_message(filled(header.ResponseHeader).to_xml_tree())) == set(in_schema("responseHeader"))
