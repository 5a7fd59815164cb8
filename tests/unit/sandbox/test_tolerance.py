# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The service tolerates by default, and refuses with ``--strict``, deviations in a request."""

from __future__ import annotations

import copy
import random
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from certum_sandbox.cli import main
from certum_sandbox.dialect import MEANINGS, Dialect, Switch
from certum_sandbox.iso8601 import read_any_day, read_any_moment
from certum_sandbox.soap.declarations import declarations_of, expand_name, schema_document, type_of_operation
from certum_sandbox.soap.namespaces import SERVICE, XSD, XSI
from certum_sandbox.soap.schema import read_message
from certum_sandbox.soap.tolerance import put_in_order
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from support.soap import error_codes, make_csr, make_order, make_request

from .error_examples import VALID
from .error_examples_orders import OV

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Laboratory

STRICT = {switch.value: meaning.strict for switch, meaning in MEANINGS.items()}
CHANGED = [switch for switch, meaning in MEANINGS.items() if meaning.strict != meaning.default]
FAULT = "fault"
TYPE, NIL = f"{{{XSI}}}type", f"{{{XSI}}}nil"
NAMES = "SANEntries/SANEntry/DNSName"


def outcome(answer: etree._Element) -> list[int] | str:
    return FAULT if answer.tag == "Fault" else error_codes(answer)


def written_type(name: str) -> str:
    """Return a type as written by a client that calls our namespace ``m`` and that of XML Schema ``x``."""
    namespace, local = name[1:].split("}")
    return f"{'m' if namespace == SERVICE else 'x'}:{local}"


def disguise(element: etree._Element, type_name: str, chance: random.Random) -> None:
    """Write the same in another way: elements in any order, absent ones blank or nil, correct types everywhere."""
    declarations = declarations_of(type_name)
    for child in element:
        declaration = declarations[str(child.tag)]
        disguise(child, declaration.type, chance)
        child.set(TYPE, written_type(declaration.type))
    for name, declaration in declarations.items():
        if declaration.optional and element.find(name) is None and chance.random() < 0.5:
            absent = etree.SubElement(element, name)
            if not declaration.is_simple or chance.random() < 0.5:
                absent.set(NIL, chance.choice(["true", "1"]))
            else:
                absent.text = chance.choice([None, " ", "\n  "])
    places = {str(child.tag): chance.random() for child in element}
    element[:] = sorted(element, key=lambda child: places[str(child.tag)])


@given(operation=st.sampled_from(sorted(VALID)), seed=st.integers(0, 2**32))
def test_disguised_request_is_read_like_the_plain_one(operation: str, seed: int) -> None:
    texts = {path: value for path, value in VALID[operation].items() if value is not None}
    make = make_order if operation in {"quickOrder", "validateOrderParameters"} else make_request
    plain = make_order(texts, operation=operation) if make is make_order else make_request(operation, texts)
    root = etree.Element(plain.tag, nsmap={"m": SERVICE, "x": XSD, "i": XSI})
    root.extend(copy.deepcopy(list(plain)))
    disguise(root, type_of_operation(operation), random.Random(seed))
    for request in (plain, root):
        read_message(request, Dialect())
    assert etree.tostring(root, method="c14n", exclusive=True) == etree.tostring(plain, method="c14n", exclusive=True)


def test_types_of_the_schema_are_read_with_their_namespaces() -> None:
    root = schema_document().getroot()
    assert expand_name(root, "tns:sanApprover") == f"{{{SERVICE}}}sanApprover"
    assert declarations_of(f"{{{SERVICE}}}sanApprover")["approverEmail"].type == f"{{{XSD}}}string"


def reverse(request: etree._Element) -> None:
    request[:] = list(request)[::-1]


def add(path: str, text: str | None = None, **attributes: str) -> Callable[[etree._Element], None]:
    def change(request: etree._Element) -> None:
        parent, _slash, name = path.rpartition("/")
        block = request.find(parent) if parent else request
        assert block is not None
        element = block.find(name)
        if element is None:
            element = etree.SubElement(block, name)
            element.text = text
        for attribute, value in attributes.items():
            element.set(f"{{{XSI}}}{attribute}", value)

    return change


def in_schema_order(change: Callable[[etree._Element], None]) -> Callable[[etree._Element], None]:
    def ordered(request: etree._Element) -> None:
        change(request)
        put_in_order(request)

    return ordered


P = "orderParameters/"
A = "SANApprover/"
TOLERATED = [
    ("element-order", reverse, FAULT),
    ("blank-elements", add(P + "businessCategory"), FAULT),
    ("blank-elements", add(P + "hashAlgorithm", " "), FAULT),
    ("blank-elements", add(P + "shortenedValidityPeriod"), FAULT),
    ("blank-elements", add(A + "approverEmailPrefix"), FAULT),
    ("blank-elements", add(A + "verificationNotificationEnabled"), [2059]),
    ("nil-elements", add(P + "postalCode", nil="true"), FAULT),
    ("nil-elements", add("organizationInfo", nil="1"), FAULT),
    ("nil-elements", add(P + "customer", nil="false"), FAULT),
    ("type-attributes", add(A + "verificationNotificationEnabled", "false", type="x:boolean"), FAULT),
]


@pytest.mark.parametrize(("switch", "change", "refused"), TOLERATED)
def test_tolerated_form_is_refused_by_its_switch(make_lab: Callable[..., Laboratory], switch, change, refused) -> None:
    def request() -> etree._Element:
        order = make_order({P + "orderID": None, P + "CSR": make_csr()})
        root = etree.Element(order.tag, nsmap={"m": SERVICE, "x": XSD, "i": XSI})
        root.extend(list(order))
        (change if change is reverse else in_schema_order(change))(root)
        return root

    assert outcome(make_lab(data="default").send(request())) == []
    alone = {switch: MEANINGS[Switch(switch)].strict}
    assert outcome(make_lab(data="alone", dialect=alone).send(request())) == refused
    assert outcome(make_lab(data="strict", dialect=STRICT).send(request())) == refused


@pytest.mark.parametrize("given_type", ["x:string", "m:sanEntries", "m:nothing", "nowhere:boolean"])
def test_wrong_type_is_a_fault(lab: Laboratory, given_type: str) -> None:
    order = make_order()
    root = etree.Element(order.tag, nsmap={"m": SERVICE, "x": XSD, "i": XSI})
    root.extend(list(order))
    add(A + "approverMethod", type=given_type)(root)
    assert outcome(lab.send(root)) == FAULT


@pytest.mark.parametrize(
    ("form", "codes"),
    [
        ("2020-01-01T10:15:00Z", []),
        ("2020-01-01T10:15:00.123456+01:00", []),
        ("2020-01-01T10:15", []),
        ("2020-01-01 10:15:00", []),
        ("20200101T101500Z", []),
        ("2020-01-01T10:15:00+0100", []),
        ("2020-W01-3T10:15Z", []),
        ("2020-01-01t10:15:00z", []),
        ("2020-01-01T24:00:00Z", []),
        ("20200101T24+01", []),
        ("2020-01-01", []),
        ("20200101", []),
        ("  2020-01-01T10:15:00Z\n", []),
        ("last week", None),
        ("2020-02-30", None),
        ("2020-01-01T25:00:00Z", None),
        ("2020-01-01T24:00:01Z", None),
        ("9999-12-31T24:00:00Z", None),
        ("01.02.2020", None),
        ("1577836800", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
    ],
)
@pytest.mark.parametrize(("end", "code"), [("fromDate", 1110), ("toDate", 1111)])
def test_date_is_read_in_every_usual_form_or_gets_a_code(shared_lab: Laboratory, form, codes, end, code) -> None:
    texts = {"fromDate": "2019-01-01T00:00:00Z", "toDate": "2040-01-01T00:00:00Z", end: form}
    answer = shared_lab.send(make_request("getOrdersByDateRange", texts))
    assert outcome(answer) == ([code] if codes is None else codes)


@pytest.mark.parametrize(
    ("form", "default", "strict"),
    [
        ("2020-01-01T10:15:00Z", [], []),
        ("2020-01-01", [], []),
        ("20200101T101500Z", [], FAULT),
        ("2020-01-01T10:15", [], FAULT),
        ("2020-01-01 10:15:00", [], [1110]),
    ],
)
def test_date_is_read_in_the_forms_of_the_dialect(make_lab: Callable[..., Laboratory], form, default, strict) -> None:
    texts = {"fromDate": form, "toDate": "2040-01-01T00:00:00Z"}
    for dialect, expected in (({}, default), ({"date-forms": "xsd"}, strict), (STRICT, strict)):
        lab = make_lab(data=f"lab-{len(dialect)}", dialect=dialect)
        assert outcome(lab.send(make_request("getModifiedOrders", texts))) == expected


@given(
    moment=st.datetimes(datetime(1000, 1, 2), datetime(9998, 1, 1)),
    minutes=st.integers(-840, 840),
    form=st.sampled_from(["%Y-%m-%dT%H:%M:%S.%f%z", "%Y%m%dT%H%M%S.%f%z", "%Y-%m-%d %H:%M:%S.%f%z"]),
)
def test_every_moment_is_read_back(moment: datetime, minutes: int, form: str) -> None:
    zoned = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    text = zoned.strftime(form.replace("%Y", f"{moment.year:04}"))
    assert read_any_moment(text, plain=False) == zoned


@pytest.mark.parametrize("form", ["2027-03-01", "20270301", "2027-03-01Z", "2027-03-01+01:00", "2027-03-01T00:00:00Z"])
def test_day_is_read_in_every_usual_form(form: str) -> None:
    assert read_any_day(form).isoformat() == "2027-03-01"


@pytest.mark.parametrize(
    ("changes", "default", "strict"),
    [
        ({}, [], [1009]),
        (OV, [1009], [1009]),
        ({P + "productCode": None}, [1014], [1014, 1009]),
    ],
)
def test_requestor_info_is_read(make_lab: Callable[..., Laboratory], changes, default, strict) -> None:
    order = {P + "CSR": make_csr(), "requestorInfo": None, **changes}
    assert outcome(make_lab(data="default").send(make_order(order))) == default
    for dialect in ({"requestor-info": "required"}, STRICT):
        lab = make_lab(data=f"lab-{len(dialect)}", dialect=dialect)
        assert outcome(lab.send(make_order(order))) == strict


def test_strict_sets_the_former_forms_and_can_be_overridden() -> None:
    assert {switch.value for switch in CHANGED} == {
        "element-order", "blank-elements", "nil-elements", "type-attributes", "http-charset", "compressed-requests",
        "date-forms", "shortened-maximum", "requestor-info", "already-done-value", "dns-climb", "dns-alias",
        "reissue-known-names", "document-details", "sni-reference",
    }  # fmt: skip
    assert all(meaning.strict in meaning.values for meaning in MEANINGS.values())
    strict = Dialect.parse(["dns-climb=yes"], strict=True)
    assert (strict[Switch.ELEMENT_ORDER], strict[Switch.DNS_CLIMB], strict[Switch.PREFIX]) == ("strict", "yes", "ns2")


def test_help_lists_the_switches_of_strict(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["dialects"]) == 0
    assert capsys.readouterr().out.count("--strict sets") == len(CHANGED)
