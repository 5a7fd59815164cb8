# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks every request of the client against the schema."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import date, datetime, timezone
from enum import Enum
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin
from xml.etree import ElementTree

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.serial_number import same_serial_number
from ansible_collections.certops.certum.plugins.module_utils._partner_api.api_errors import (
    SettingsError,
    UnparsableAnswerError,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.credentials import Credentials
from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import ApiOperation
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages import (
    base,
    order_lookup,
    quick_order,
    verify_order,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.soap_envelope import (
    API_NAMESPACE,
    JurisdictionCase,
    wrap,
)
from ansible_collections.certops.certum.tests.unit.partner_api.api_calls import CALLS, NOON, ORDER, RENEWAL, messages_of
from ansible_collections.certops.certum.tests.unit.partner_api.api_service import OK, PASSWORD, USERNAME, Script, soap
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA_FILE = Path(__file__).resolve().parents[3] / "sandbox/src/certum_sandbox/wsdl/PartnerApi.xsd"
SCHEMA = etree.XMLSchema(etree.parse(SCHEMA_FILE))
CREDENTIALS = Credentials(username=USERNAME, password=PASSWORD)

TEXTS = st.sampled_from(["shop", "0A1B", "Łódź", "R&D <b>\"'", "]]>", "two  words", "😀", "line\nline"])
SCALARS = {
    type(None): st.none(),
    str: TEXTS,
    int: st.integers(-(2**31), 2**31 - 1),
    bool: st.booleans(),
    bytes: st.binary(max_size=60),
    date: st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    datetime: st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(timezone.utc)),
}


def values_of(annotation: Any) -> st.SearchStrategy[Any]:
    """Return any value of a field: an enumeration gives its members only, a tuple at least one item."""
    inner = get_args(annotation)
    if get_origin(annotation) is Annotated:
        return values_of(inner[0])
    if get_origin(annotation) is tuple:
        return st.lists(values_of(inner[0]), min_size=1, max_size=3).map(tuple)
    if inner:
        has_members = any(isinstance(choice, type) and issubclass(choice, Enum) for choice in inner)
        return st.one_of(*(values_of(choice) for choice in inner if not (has_members and choice in (str, base.Words))))
    if issubclass(annotation, Enum):
        return st.sampled_from(annotation)
    return filled_messages(annotation) if issubclass(annotation, base.Message) else SCALARS[annotation]


@cache
def filled_messages(model: type[base.Message]) -> st.SearchStrategy[Any]:
    return st.builds(model, **{name: values_of(field.annotation) for name, field in model.model_fields.items()})


def operation_element(request: bytes) -> Any:
    return etree.fromstring(request)[0][0]


def test_every_operation_has_a_call() -> None:
    assert set(CALLS) == set(ApiOperation), "CALLS in api_calls.py and ApiOperation differ"


@pytest.mark.parametrize("operation", ApiOperation, ids=str)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_request_fits_the_schema_and_reads_back(operation: ApiOperation, data: st.DataObject) -> None:
    message = data.draw(values_of(messages_of(operation)[0]))
    request = wrap(operation, message.to_element(), credentials=CREDENTIALS)
    sent = operation_element(request)
    SCHEMA.assertValid(sent)
    assert sent.tag == f"{{{API_NAMESPACE}}}{operation}"
    assert not [child.tag for child in sent.iterdescendants() if child.tag.startswith("{")]
    assert [part.text for part in sent[0].iterdescendants()] == [None, PASSWORD, USERNAME]
    if operation is not ApiOperation.VERIFY_ORDER:  # whose files are encoded, and never read
        received = ElementTree.fromstring(request)[0][0]
        received.remove(received[0])
        received.tag = type(message).__name__
        assert type(message).from_xml_tree(received) == message


@pytest.mark.parametrize("operation", ApiOperation, ids=str)
def test_every_method_sends_its_operation(operation: ApiOperation) -> None:
    script = Script(soap(f"<{operation}Response>{OK}</{operation}Response>"))
    with suppress(UnparsableAnswerError):  # some answers need more than a header; only the request is checked here
        CALLS[operation](script.api())
    (request,) = script.posted
    SCHEMA.assertValid(operation_element(request))
    assert etree.QName(operation_element(request)).localname == operation


def test_files_travel_as_base64() -> None:
    file = verify_order.UploadedFile(file_name="kbis.pdf", content=bytes(range(256)))
    attached = verify_order.Document(description="register", type="ORGANIZATION", files=(file,))
    request = verify_order.VerifyOrderRequest(note="n", order_id="o", documents=(attached,))
    sent = operation_element(wrap(ApiOperation.VERIFY_ORDER, request.to_element(), credentials=CREDENTIALS))
    SCHEMA.assertValid(sent)
    assert sent.findtext(".//content")[:12] == "AAECAwQFBgcI"


def test_jurisdiction_can_be_spelled_both_ways() -> None:
    parameters = quick_order.OrderParameters(
        csr="PEM",
        customer="c",
        product_code="1",
        jurisdiction_locality="L",
        jurisdiction_state="S",
        jurisdiction_country="PL",
    )
    request = ORDER.model_copy(update={"order_parameters": parameters})

    def spelled(case: JurisdictionCase) -> list[str]:
        sent = wrap(ApiOperation.QUICK_ORDER, request.to_element(), credentials=CREDENTIALS, jurisdiction_case=case)
        return [child.tag for child in operation_element(sent).find("orderParameters") if child.tag.startswith("jo")]

    assert spelled(JurisdictionCase.LOWER) == ["joiln", "joisopn", "joisocn"]
    assert spelled(JurisdictionCase.MIXED) == ["joILN", "joISoPN", "joISoCN"]


@pytest.fixture
def _far_from_greenwich() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", "America/New_York")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.usefixtures("_far_from_greenwich")
def test_serial_numbers_and_times_are_sent_in_one_form() -> None:
    assert RENEWAL.serial_number == "0A1B"
    request = order_lookup.GetOrdersRequest(
        from_date=datetime(2026, 1, 2, 3, 4), to_date=NOON, order_option=order_lookup.OrderOption()
    )
    root = request.to_element()
    assert (root.findtext("fromDate"), root.findtext("toDate")) == ("2026-01-02T03:04:00Z", "2026-11-22T12:00:00Z")
    assert same_serial_number("00:0a:1b", "A1B")
    assert not same_serial_number("0a1b", "a1b0")


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\ud800", "\uffff"])
def test_character_outside_xml_is_refused_before_sending(character: str) -> None:
    script = Script()
    with pytest.raises(SettingsError, match=r"cancelOrder at gs.example.net: note holds U\+[0-9A-F]{4}"):
        script.api().cancel_order(order_id="o", note=f"a{character}b")
    assert script.posted == []
