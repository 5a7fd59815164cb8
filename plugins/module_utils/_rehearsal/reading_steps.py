# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps that only read: products, lists, certificates, and wrong requests that the CA refuses.

Private to the collection. They change nothing at the CA, so they need no permission.
"""

from __future__ import annotations

import gzip
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, QName, SubElement

from .._partner_api.api_errors import CertumError
from .._partner_api.enums import ApiOperation
from .._partner_api.wire_form import WireForm
from .probe import Probe
from .recording_client import moment_of, time_in

if TYPE_CHECKING:
    from .observed_answer import ObservedAnswer
    from .recording_client import RecordingClient

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_XSD = "http://www.w3.org/2001/XMLSchema"
_PERIOD = timedelta(days=90)
_MOST_PAGES = 10
_NO_CERTIFICATE = "the account has no issued certificate of the last 90 days"
_PARTS = ("certificateDetails", "orderDetails", "orderStatus")
EMPTY_ACTION = '""'


def request(**texts: str | None) -> Element:
    """Return a request with these elements, in order. None leaves an element out."""
    body = Element("request")
    for name, text in texts.items():
        if text is not None:
            SubElement(body, name).text = text
    return body


def _products(text: str | None = "true", **attributes: str | QName) -> Element:
    body = request(hashAlgorithm=text or "")
    for name, value in attributes.items():
        body[0].set(f"{{{_XSI}}}{name}", value)  # type: ignore[arg-type]  # ElementTree writes a QName with its prefix
    return body


def read_products(client: RecordingClient, *, other_user: str) -> ObservedAnswer:
    """Read the products, and find the SOAPAction that the CA accepts. Raises CertumError if it accepts none."""
    operation = ApiOperation.GET_PRODUCT_LIST
    first = client.ask(operation, _products())
    client.evidence.answers[Probe.PRODUCTS_USUAL_ACTION] = first
    empty = client.record(Probe.PRODUCTS_EMPTY_ACTION, operation, _products(), WireForm(soap_action=EMPTY_ACTION))
    if not first.is_accepted:
        if empty is None or not empty.is_accepted:
            raise CertumError(
                where=f"{operation} at {client.host}",
                why=f"the CA answered {first.outcome} to the first request of the rehearsal",
                remedy="Check api_url (the whole address with .wsdl at its end), then run again.",
            )
        client.soap_action = EMPTY_ACTION
    other_action = WireForm(soap_action='"urn:certum-rehearsal:{operation}"')
    client.record(Probe.PRODUCTS_OTHER_ACTION, operation, _products(), other_action)
    client.record(Probe.PRODUCTS_BLANK, operation, _products(None))
    client.record(Probe.PRODUCTS_NIL, operation, _products(None, nil="true"))
    client.record(Probe.PRODUCTS_TYPED, operation, _products("true", type=QName(_XSD, "boolean")))
    compressed = WireForm(content_encoding="gzip", encode=gzip.compress)
    client.record(Probe.PRODUCTS_COMPRESSED, operation, _products(), compressed)
    client.record(Probe.PRODUCTS_OTHER_USER, operation, _products(), WireForm(username=other_user))
    # The right credentials come directly after the wrong ones, so the CA never counts two wrong ones in a row.
    answer = client.ask(operation, _products())
    client.evidence.answers[Probe.PRODUCTS] = answer
    return answer


def read_unknown_order(client: RecordingClient, *, order_id: str) -> None:
    """Ask for an order that does not exist, in three forms."""
    operation = ApiOperation.GET_ORDER_BY_ORDER_ID
    order_id = f"{order_id}-\N{LATIN SMALL LETTER E WITH ACUTE}"
    client.record(Probe.UNKNOWN_ORDER, operation, _lookup(order_id))
    reordered = _lookup(order_id)
    reordered[:] = reordered[::-1]
    client.record(Probe.UNKNOWN_ORDER_REORDERED, operation, reordered)
    latin = WireForm(
        content_type="text/xml; charset=iso-8859-1",
        encode=lambda document: document.decode("utf-8").encode("iso-8859-1"),
    )
    client.record(Probe.UNKNOWN_ORDER_CHARSET, operation, _lookup(order_id), latin)


def _lookup(order_id: str) -> Element:
    body = request(orderID=order_id)
    body.append(_option("orderStatus"))
    return body


def _option(*wanted: str) -> Element:
    option = Element("orderOption")
    for name in _PARTS:
        SubElement(option, name).text = "true" if name in wanted else "false"
    return option


def _period(start: str, end: str, *parts: str, page: int | None = None) -> Element:
    body = request(fromDate=start)
    body.append(_option(*parts))
    body.extend(request(pageNumber=None if page is None else str(page), toDate=end))
    return body


def as_text(moment: datetime) -> str:
    """Return a moment as the API takes it."""
    utc = moment.astimezone(timezone.utc)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03}Z"


def read_lists(client: RecordingClient, *, now: datetime) -> list[Element]:
    """Read lists of orders in several forms, and return all orders of the last 90 days, newest page last."""
    operation = ApiOperation.GET_ORDERS_BY_DATE_RANGE
    yesterday, today = as_text(now - timedelta(days=1)), as_text(now)
    client.record(Probe.NO_ORDERS, operation, _period("1990-01-01T00:00:00Z", "1990-01-02T00:00:00Z"))
    client.record(Probe.RECENT_ORDERS, operation, _period(yesterday, today))
    client.record(Probe.RECENT_ORDERS_PLAIN_DATE, operation, _period(yesterday[:10], today))
    client.record(Probe.WRONG_DATES, operation, _period("yesterday", "today"))
    return _survey(client, now)


def _survey(client: RecordingClient, now: datetime) -> list[Element]:
    start, end = as_text(now - _PERIOD), as_text(now + timedelta(minutes=5))
    orders: list[Element] = []
    for page in range(1, _MOST_PAGES + 1):
        body = _period(start, end, *_PARTS, page=page)
        probe = {1: Probe.SURVEY, 2: Probe.SURVEY_PAGE_2}.get(page)
        answer = client.record(probe, ApiOperation.GET_ORDERS_BY_DATE_RANGE, body)
        found = [] if answer is None else answer.all("orders/Order")
        orders += found
        if answer is None or not found or answer.text("responseHeader/pagesCount") == str(page):
            break
    return orders


def read_around_order(client: RecordingClient, order_date: str) -> None:
    """Read the orders of the millisecond that ends with the date of an order, as the CA wrote this date."""
    moment = moment_of(order_date)
    if moment is not None:
        client.record(
            Probe.ORDERS_UNTIL_ORDER,
            ApiOperation.GET_ORDERS_BY_DATE_RANGE,
            _period(as_text(moment - timedelta(milliseconds=1)), order_date.strip()),
        )


def read_certificates(client: RecordingClient, orders: list[Element]) -> None:
    """Read the certificate with the most names, its order, and the certificate of a reissued order."""
    issued = [order for order in orders if _serial(order)]
    if not issued:
        for probe in (Probe.CERTIFICATE, Probe.CERTIFICATE_OF_REISSUED):
            client.evidence.unanswered[probe] = _NO_CERTIFICATE
        return
    widest = max(issued, key=lambda order: len(order.findtext("certificateDetails/DNSNames") or ""))
    client.record(Probe.CERTIFICATE, ApiOperation.GET_CERTIFICATE, request(serialNumber=_serial(widest)))
    order_id = _id(widest)
    if order_id:
        client.record(Probe.STATE_OF_ISSUED, ApiOperation.GET_ORDER_STATE, request(orderID=order_id))
        client.record(Probe.NAMES_OF_ISSUED, ApiOperation.GET_SAN_VERIFICATION_STATE, request(orderID=order_id))
    ids = [_id(order) for order in issued]
    reissued = next((each for each in ids if each and ids.count(each) > 1), None)
    if reissued is None:
        client.evidence.unanswered[Probe.CERTIFICATE_OF_REISSUED] = "the account has no reissued order"
        return
    client.record(Probe.CERTIFICATE_OF_REISSUED, ApiOperation.GET_CERTIFICATE, request(orderID=reissued))


def _serial(order: Element) -> str:
    return (order.findtext("certificateDetails/serialNumber") or "").strip()


def _id(order: Element) -> str:
    return (order.findtext("orderStatus/orderID") or "").strip()


def read_all(client: RecordingClient, *, token: str) -> tuple[ObservedAnswer, list[Element]]:
    """Carry out all reading steps. Return the products, and the orders of the last 90 days. Raises CertumError."""
    products = read_products(client, other_user=f"certum-rehearsal-{token}")
    now = time_in(products)
    read_unknown_order(client, order_id=f"rehearsal-{token}")
    orders = read_lists(client, now=now)
    dates = [text for order in orders if (text := order.findtext("orderStatus/orderDate"))]
    if dates:
        read_around_order(client, dates[-1])
    else:
        client.evidence.unanswered[Probe.ORDERS_UNTIL_ORDER] = "the account has no order of the last 90 days"
    read_certificates(client, orders)
    return products, orders
