# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Conclusions from lists, certificates and orders.

Private to the collection. Pure. Source: partner-api.md 1.3, 1.4, 2.11, 2.13, 2.20, 3.2.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .._lifecycle.products import CATALOGUE
from .._partner_api.enums import OrderVerificationType
from .._x509.compatibility import load_certificate
from .._x509.pem import to_der
from .._x509.x509_errors import X509Error
from .finding import not_seen, seen
from .probe import Probe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from .._third_party.host_packages import x509
    from .evidence import Evidence
    from .finding import Finding

_SEPARATORS = {",": "comma", ", ": "comma-space", ";": "semicolon", " ": "space", "\n": "newline"}
_NAME = re.compile(r"[A-Za-z0-9.*_-]+")
_DATED = {"verification": "expireDate", "manualVerification": "expireDate"}
_LISTS = (Probe.SURVEY, Probe.NO_ORDERS, Probe.RECENT_ORDERS)


def page_size(evidence: Evidence) -> Finding:
    first = evidence.accepted(Probe.SURVEY)
    if first is None or not first.all("orders/Order"):
        return _lacks_list(evidence)
    records = len(first.all("orders/Order"))
    if not _has_second_page(evidence):
        return not_seen(f"all {records} orders of the last 90 days are on one page")
    return seen(str(records))


def return_count(evidence: Evidence) -> Finding:
    first = evidence.accepted(Probe.SURVEY)
    if first is None or not first.all("orders/Order"):
        return _lacks_list(evidence)
    records, count = len(first.all("orders/Order")), first.text("responseHeader/returnCount")
    if not _has_second_page(evidence):
        return not_seen(f"all {records} orders of the last 90 days are on one page")
    if not count.isascii() or not count.isdigit():
        return not_seen("the answer has no returnCount")
    return seen("page" if int(count) == records else "total")


def _has_second_page(evidence: Evidence) -> bool:
    second = evidence.accepted(Probe.SURVEY_PAGE_2)
    return second is not None and bool(second.all("orders/Order"))


def _lacks_list(evidence: Evidence) -> Finding:
    survey = evidence.get(Probe.SURVEY)
    if survey is not None and survey.is_list:
        return not_seen("the account has no orders of the last 90 days")
    return evidence.lacks(Probe.SURVEY)


def page_header(evidence: Evidence) -> Finding:
    for probe in _LISTS:
        answer = evidence.accepted(probe)
        if answer is not None:
            has_pages = answer.all("responseHeader/currentPage") or answer.all("responseHeader/pagesCount")
            return seen("present" if has_pages else "absent")
    return _lacks_list(evidence)


def empty_result(evidence: Evidence) -> Finding:
    answer = evidence.get(Probe.NO_ORDERS)
    if answer is None or not answer.is_list or answer.all("orders/Order"):
        return evidence.lacks(Probe.NO_ORDERS)
    return seen("success" if answer.is_accepted else "1155")


def range_end(evidence: Evidence) -> Finding:
    answer = evidence.get(Probe.ORDERS_UNTIL_ORDER)
    if answer is None or not answer.is_list:
        return evidence.lacks(Probe.ORDERS_UNTIL_ORDER)
    return seen("included" if answer.all("orders/Order") else "excluded")


def serial_form(evidence: Evidence) -> Finding:
    serials = [text for text in _texts(evidence, "serialNumber") if re.search("[A-Fa-f]", text)]
    if not serials:
        return evidence.lacks(Probe.CERTIFICATE)
    if all(":" in text for text in serials):
        return seen("colons")
    return seen("upper") if all(text == text.upper() for text in serials) else seen("lower")


def pem(evidence: Evidence) -> Finding:
    text = next(_texts(evidence, "X509Cert"), None)
    if text is None:
        return evidence.lacks(Probe.CERTIFICATE)
    if "-----BEGIN" in text:
        return seen("crlf" if "\r" in text else "lf")
    return seen("bare" if re.search(r"\s", text.strip()) else "unwrapped")


def bundle_order(evidence: Evidence) -> Finding:
    chain = _chain(evidence)
    if isinstance(chain, str):
        return not_seen(chain)
    leaf, *bundle = chain
    if len(bundle) < 2:
        return not_seen("caBundle has fewer than two certificates")
    if bundle[0].subject == leaf.issuer:
        return seen("issuing-first")
    return seen("root-first") if bundle[-1].subject == leaf.issuer else not_seen("caBundle is in no known order")


def bundle_root(evidence: Evidence) -> Finding:
    chain = _chain(evidence)
    if isinstance(chain, str):
        return not_seen(chain)
    return seen("yes" if any(each.subject == each.issuer for each in chain[1:]) else "no")


def _chain(evidence: Evidence) -> list[x509.Certificate] | str:
    """Return the certificate and those of caBundle, or why there is no chain."""
    answer = evidence.accepted(Probe.CERTIFICATE)
    if answer is None:
        return evidence.lacks(Probe.CERTIFICATE).reason
    texts = [answer.text("certificateDetails/X509Cert"), *(each.text or "" for each in answer.all("caBundle/X509Cert"))]
    if len(texts) < 2:
        return "the CA sends no caBundle"
    try:
        return [load_certificate(to_der(text)) for text in texts]
    except X509Error as error:
        return f"a certificate of caBundle cannot be read: {error}"


def dns_names(evidence: Evidence) -> Finding:
    answer = evidence.accepted(Probe.CERTIFICATE)
    if answer is None or not answer.all("certificateDetails"):
        return evidence.lacks(Probe.CERTIFICATE)
    found = answer.all("certificateDetails/DNSNames")
    text = (found[0].text or "").strip() if found else ""
    if not text:
        return seen("absent")
    if text.startswith("DNS:"):
        return seen("prefixed")
    between = set(_NAME.split(text)[1:-1])
    if not between:
        return not_seen("no certificate of the account has several names")
    form = _SEPARATORS.get(between.pop()) if len(between) == 1 else None
    return seen(form) if form else not_seen("the names have no known separator")


def certificate_of_order(evidence: Evidence) -> Finding:
    one, entries = evidence.accepted(Probe.CERTIFICATE_OF_REISSUED), evidence.accepted(Probe.SURVEY)
    if one is None or entries is None:
        return evidence.lacks(Probe.CERTIFICATE_OF_REISSUED)
    serial = one.text("certificateDetails/serialNumber")
    order_id = next(
        (_in_order(order, "orderID") for order in entries.all("orders/Order") if _in_details(order) == serial), None
    )
    same = [order for order in entries.all("orders/Order") if _in_order(order, "orderID") == order_id]
    dates = {_in_details(order): order.findtext("certificateDetails/startDate") or "" for order in same}
    if len(dates) < 2 or len(set(dates.values())) < len(dates):
        return not_seen("the certificates of the reissued order cannot be told apart by date")
    return seen("newest" if dates[serial] == max(dates.values()) else "oldest")


def _in_order(order: Element, name: str) -> str:
    return (order.findtext(f"orderStatus/{name}") or "").strip()


def _in_details(order: Element) -> str:
    return (order.findtext("certificateDetails/serialNumber") or "").strip()


def optional_dates(evidence: Evidence) -> Finding:
    dated = [
        each.find(_DATED[each.tag]) is not None
        for answer in evidence.all()
        for each in answer.elements()
        if each.tag in _DATED and (each.findtext("state") or "").strip() == "VERIFIED"
    ]
    if not dated:
        return not_seen("no check of an order is VERIFIED")
    return seen("present" if any(dated) else "absent")


def system_verification(evidence: Evidence) -> Finding:
    known = {OrderVerificationType.INTERNAL.value, OrderVerificationType.SYSTEM.value}
    found = known.intersection(text for text in _texts(evidence, "type"))
    if len(found) != 1:
        return evidence.lacks(Probe.PENDING_STATE)
    return seen(found.pop())


def system_blocks(evidence: Evidence) -> Finding:
    for answer in evidence.all():
        for name in answer.all("sanVerifications/sanVerification"):
            blocks = name.findall("systemVerification")
            if len(blocks) > 1:
                return seen("separate")
            if blocks and len(blocks[0].findall("method")) > 1:
                return seen("joined")
    return not_seen("no name of the account fails two automatic checks")


def unissued_certificate(evidence: Evidence) -> Finding:
    answer = evidence.get(Probe.PENDING_CERTIFICATE)
    if answer is not None and 1159 in answer.codes:
        return seen("1159")
    if answer is None or not answer.is_accepted:
        return evidence.lacks(Probe.PLACE, Probe.PENDING_CERTIFICATE)
    return not_seen("the test order was issued at once") if answer.all("certificateDetails") else seen("empty")


def approver_email(evidence: Evidence) -> Finding:
    answer = evidence.accepted(Probe.PLACE)
    if answer is None or not answer.all("SANVerification"):
        return evidence.lacks(Probe.PLACE)
    return seen("present" if answer.all("SANVerification/approverEmail") else "absent")


def wildcard_fqdn(evidence: Evidence) -> Finding:
    answer = evidence.accepted(Probe.PLACE_WILDCARD)
    names = [] if answer is None else [(each.text or "").strip() for each in answer.all("SANVerification/FQDNs/FQDN")]
    if not names:
        return evidence.lacks(Probe.PLACE_WILDCARD)
    return seen("as-ordered" if any(name.startswith("*.") for name in names) else "base")


def validity_unit(evidence: Evidence) -> Finding:
    """Read the unit from products whose term is one year."""
    answer = evidence.accepted(Probe.PRODUCTS)
    of_a_year = {product.code for product in CATALOGUE}
    periods = {
        (each.findtext("validityPeriod") or "").strip()
        for each in ([] if answer is None else answer.all("products/product"))
        if (each.findtext("code") or "").strip() in of_a_year
    }
    units = {"365": "days", "366": "days", "12": "months", "1": "years"}
    found = {units[period] for period in periods if period in units}
    if len(found) != 1:
        return not_seen("the account may order no product with a term of one year in a known unit")
    return seen(found.pop())


def documents_list(evidence: Evidence) -> Finding:
    answer = evidence.accepted(Probe.DOCUMENTS)
    if answer is not None and answer.all("documents/document"):
        return seen("documents")
    return seen("flat") if answer is not None and answer.all("document") else evidence.lacks(Probe.DOCUMENTS)


def document_details(evidence: Evidence) -> Finding:
    answer = evidence.accepted(Probe.DOCUMENTS)
    documents = [] if answer is None else answer.all(".//document")
    if not documents:
        return evidence.lacks(Probe.DOCUMENTS)
    return seen("present" if any(each.find("state") is not None for each in documents) else "absent")


def _texts(evidence: Evidence, tag: str) -> Iterator[str]:
    """Yield the texts of the elements with this name in all answers, except those of errors."""
    for answer in evidence.all():
        for each in answer.elements():
            if each.tag == tag and each.text and each.text.strip():
                yield each.text
