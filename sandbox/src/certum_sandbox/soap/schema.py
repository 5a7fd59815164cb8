# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The published schema, and the more tolerant structural schema that requests must match first.

A missing, blank, too long or malformed value has its own error code, so it must reach the rules. A request therefore
passes three layers, all from one schema:

1. the *structural* schema is the published one with every element optional and every simple type a string. It causes a
   SOAP fault for errors without a code: an unknown or a repeated element;
2. the rules report every error code that applies;
3. a request that breaks no rule must also match the published schema. Otherwise it gets a SOAP fault too.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from lxml import etree

from certum_sandbox.dialect import Dialect, Switch
from certum_sandbox.soap.declarations import XS, schema_document
from certum_sandbox.soap.message import Message
from certum_sandbox.soap.soap_fault import SoapFault
from certum_sandbox.soap.spelling import normalize_spelling
from certum_sandbox.soap.tolerance import normalize_form

_ORDER_RETIRED = (
    "orderParameters/validityPeriod",
    "requestorInfo/address",
    "requestorInfo/city",
    "requestorInfo/country",
    "requestorInfo/postalCode",
    "organizationInfo/organizationName",
    "organizationInfo/verificationPhoneNumber",
)
RETIRED: Mapping[str, tuple[str, ...]] = {
    "validateOrderParameters": _ORDER_RETIRED,
    "quickOrder": _ORDER_RETIRED,
    "renewCertificate": ("email", "SANEntries", "validityPeriod"),
    "reissueCertificate": ("productCode", "customer", "shortenedValidityPeriod"),
}
"""Elements of older versions or of similar operations. The schema lacks them, but they cause an error code
(2187, 2121, 1172) and no SOAP fault."""


@dataclass(frozen=True)
class Schema:
    """The schema in one of the forms that the sources describe."""

    needs_requestor: bool = True
    needs_phone: bool = False

    @cached_property
    def document(self) -> etree._ElementTree:
        """The published schema, with element names as in the file."""
        document = copy.deepcopy(schema_document())
        for parent, name, needed in (
            ("orderRequest", "requestorInfo", self.needs_requestor),
            ("requestorInfo", "phone", self.needs_phone),
        ):
            found = document.find(f"{XS}complexType[@name='{parent}']//{XS}element[@name='{name}']")
            if found is not None:
                found.set("minOccurs", str(int(needed)))
        return document

    @cached_property
    def published(self) -> etree.XMLSchema:
        """The schema that clients see in the WSDL."""
        return etree.XMLSchema(self.document)

    @cached_property
    def structural(self) -> etree.XMLSchema:
        """The schema with every inner element optional and every simple value a string."""
        document = copy.deepcopy(self.document)
        complex_types = {t.get("name") for t in document.iterfind(f"{XS}complexType")}
        for element in document.iterfind(f"{XS}complexType//{XS}element"):
            element.set("minOccurs", "0")
            if element.get("type", "").removeprefix("tns:") not in complex_types:
                element.set("type", "xs:string")
        return etree.XMLSchema(document)


_cached_schema = cache(Schema)


def schema_of(dialect: Dialect) -> Schema:
    """Return the schema of a dialect."""
    return _cached_schema(
        needs_requestor=dialect[Switch.REQUESTOR_INFO] == "required",
        needs_phone=dialect[Switch.REQUESTOR_PHONE] == "required",
    )


@cache
def operations() -> tuple[str, ...]:
    """Return the names of all operations, in schema order."""
    names = [element.get("name", "") for element in schema_document().iterfind(f"{XS}element")]
    return tuple(name for name in names if not name.endswith("Response"))


_SNI = frozenset({"orderSNICertificate", "modifySNICertificate"})


def offered_operations(dialect: Dialect) -> tuple[str, ...]:
    """Return the operations that a dialect offers."""
    gone = _SNI if dialect[Switch.SNI_OPERATIONS] == "absent" else frozenset()
    return tuple(name for name in operations() if name not in gone)


def _take_retired(operation: str, element: etree._Element) -> frozenset[str]:
    taken = set()
    for path in RETIRED.get(operation, ()):
        found = element.find(path)
        parent = found.getparent() if found is not None else None
        if found is not None and parent is not None:
            parent.remove(found)
            taken.add(path)
    return frozenset(taken)


def _check(schema: etree.XMLSchema, element: etree._Element) -> None:
    if not schema.validate(element):
        log: Any = schema.error_log  # the type stub is incomplete
        error = log.last_error
        # Other messages of libxml2 quote the value, which may be a password.
        detail = error.message if error.type_name == "SCHEMAV_ELEMENT_CONTENT" else error.type_name
        msg = f"the request does not match the schema at {error.path or element.tag}: {detail}"
        raise SoapFault(msg)


def read_message(element: etree._Element, dialect: Dialect) -> Message:
    """Return the message of a request that matches the structural schema. Raise SoapFault for any other request."""
    operation = etree.QName(element).localname
    if operation not in offered_operations(dialect):
        msg = f"there is no operation {operation}"
        raise SoapFault(msg)
    retired = _take_retired(operation, element)
    if dialect[Switch.ORGANIZATION_NAME] == "ignored":
        retired -= {"organizationInfo/organizationName"}
    normalize_spelling(element, dialect)
    normalize_form(element, dialect)
    _check(schema_of(dialect).structural, element)
    return Message(operation, element, retired)


def check_published(element: etree._Element, dialect: Dialect) -> None:
    """Raise SoapFault if a request that breaks no rule does not match the published schema."""
    _check(schema_of(dialect).published, element)
