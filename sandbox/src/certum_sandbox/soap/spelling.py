# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Convert a request from the spelling of the dialect to the spelling that the rules use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress

from lxml import etree

from certum_sandbox.dialect import Dialect, Switch
from certum_sandbox.iso8601 import read_any_day, read_any_moment
from certum_sandbox.soap.soap_fault import SoapFault

MIXED_CASE: Mapping[str, str] = {"joiln": "joILN", "joisopn": "joISoPN", "joisocn": "joISoCN"}
"""Elements in lower case in one source and in mixed case in another."""
_LOWER_CASE = {mixed: lower for lower, mixed in MIXED_CASE.items()}
_PLAIN_DATE = re.compile(r"\s*\d{4}-\d{2}-\d{2}\s*")
_MOMENTS = ("fromDate", "toDate")
_DAYS = ("shortenedValidityPeriod", "orderParameters/shortenedValidityPeriod")


def _to_lower_case(element: etree._Element) -> None:
    """Convert names to lower case. Raise SoapFault if they are in lower case already, which this dialect refuses."""
    for child in element.iterfind("orderParameters/*"):
        name = str(child.tag)
        if name in MIXED_CASE:
            msg = f"unexpected element {name}; this dialect expects {MIXED_CASE[name]}"
            raise SoapFault(msg)
        child.tag = _LOWER_CASE.get(name, name)


def _spell_out_plain_dates(element: etree._Element) -> None:
    for name in _MOMENTS:
        for child in element.iterfind(name):
            if _PLAIN_DATE.fullmatch(child.text or ""):
                child.text = f"{(child.text or '').strip()}T00:00:00Z"


def _spell_out_dates(element: etree._Element, *, plain: bool) -> None:
    """Convert dates to the form of the schema. An unreadable date stays and causes error 1110 or 1111."""
    for name in _MOMENTS:
        for child in element.iterfind(name):
            with suppress(ValueError):
                moment = read_any_moment(child.text or "", plain=plain)
                child.text = moment.isoformat().replace("+00:00", "Z")
    for name in _DAYS:
        for child in element.iterfind(name):
            with suppress(ValueError):
                child.text = read_any_day(child.text or "").isoformat()


def _take_email_for_admin(element: etree._Element) -> None:
    for child in element.iterfind("SANApprover/approverMethod"):
        if (child.text or "").strip() == "EMAIL":
            child.text = "ADMIN"


def normalize_spelling(element: etree._Element, dialect: Dialect) -> None:
    """Convert a request in place. Raise SoapFault for a spelling that the dialect refuses."""
    if dialect[Switch.JURISDICTION_CASE] == "mixed":
        _to_lower_case(element)
    plain = dialect[Switch.PLAIN_DATES] == "accepted"
    if dialect[Switch.DATE_FORMS] == "iso-8601":
        _spell_out_dates(element, plain=plain)
    elif plain:
        _spell_out_plain_dates(element)
    if dialect[Switch.EMAIL_METHOD] == "accepted":
        _take_email_for_admin(element)
