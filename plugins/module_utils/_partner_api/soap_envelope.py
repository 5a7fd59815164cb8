# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The SOAP 1.1 envelope around the messages of the Partner API (partner-api.md 1).

Private to the collection. The operation element is in the API's namespace; the elements below it have no namespace. Of
an answer only the local names count, not the prefixes. A document type declaration is refused before any entity is
expanded.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring
from xml.parsers.expat import ExpatError, ParserCreate

from .._handover.foreign_text import quote, without_breaks

if TYPE_CHECKING:
    from .credentials import Credentials
    from .enums import ApiOperation

SOAP_NAMESPACE = "http://schemas.xmlsoap.org/soap/envelope/"
API_NAMESPACE = "http://webservice.api.muc.unizeto.pl/"
_MAX_DEPTH = 64
_SEVERAL_LINES = frozenset({"X509Cert"})
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

register_namespace("soapenv", SOAP_NAMESPACE)
register_namespace("api", API_NAMESPACE)


class JurisdictionCase(Enum):
    """The spelling of the jurisdiction elements of an EV order; sources disagree (partner-api.md 6)."""

    LOWER = "lower"
    MIXED = "mixed"


_MIXED_CASE = {"joiln": "joILN", "joisopn": "joISoPN", "joisocn": "joISoCN"}


class BrokenXmlError(ValueError):
    """The text is incomplete XML, or not XML at all."""


class ForeignXmlError(ValueError):
    """The text is XML, but not an acceptable SOAP envelope."""


def wrap(
    operation: ApiOperation,
    body: Element,
    *,
    credentials: Credentials,
    jurisdiction_case: JurisdictionCase = JurisdictionCase.LOWER,
) -> bytes:
    """Return the request to POST, in UTF-8. ``body`` holds the elements after requestHeader, and is changed.

    Raises ValueError, which names the element, for a character that XML does not allow.
    """
    if jurisdiction_case is JurisdictionCase.MIXED:
        for child in body.iter():
            child.tag = _MIXED_CASE.get(child.tag, child.tag)
    envelope = Element(f"{{{SOAP_NAMESPACE}}}Envelope")
    root = SubElement(SubElement(envelope, f"{{{SOAP_NAMESPACE}}}Body"), f"{{{API_NAMESPACE}}}{operation}")
    root.append(_request_header(credentials))
    root.extend(body)
    for element in root.iter():
        _check_characters(element)
    document: bytes = tostring(envelope, encoding="utf-8", xml_declaration=True)
    return document


def _request_header(credentials: Credentials) -> Element:
    header = Element("requestHeader")
    token = SubElement(header, "authToken")
    SubElement(token, "password").text = credentials.password
    SubElement(token, "userName").text = credentials.username
    return header


def _check_characters(element: Element) -> None:
    found = _NOT_XML.search(element.text or "")
    if found:
        raise ValueError(f"{element.tag} holds U+{ord(found.group()):04X}, a character that XML does not allow")


def unwrap(document: bytes) -> Element:
    """Return the child of the SOAP body: an answer or a Fault.

    It has no namespaces, its text is stripped, and elements marked nil are left out. Raises BrokenXmlError and
    ForeignXmlError.
    """
    envelope = _parse(document)
    body = envelope.find("Body") if envelope.tag == "Envelope" else None
    if body is None or len(body) == 0:
        raise ForeignXmlError(f"XML, but <{envelope.tag}> and not a SOAP envelope with a body")
    return body[0]


def _parse(document: bytes) -> Element:
    reader = _Reader()
    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.refuse_doctype
    parser.StartElementHandler = reader.start
    parser.CharacterDataHandler = reader.text
    parser.EndElementHandler = reader.end
    try:
        parser.Parse(document.strip(), True)
    except (ExpatError, UnicodeError, LookupError) as error:
        raise BrokenXmlError(quote(error)) from None
    return reader.root


class _Reader:
    """A parser target that builds a tree of elements with local names."""

    def __init__(self) -> None:
        self.root = Element("")
        self._open = [self.root]
        self._text: list[str] = []

    def refuse_doctype(self, *_declaration: object) -> None:
        raise ForeignXmlError("XML with a document type declaration, which SOAP forbids")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) > _MAX_DEPTH:
            raise ForeignXmlError(f"XML nested deeper than {_MAX_DEPTH} levels")
        local_attributes = {_local(key): value for key, value in attributes.items() if not key.startswith("xmlns")}
        is_nil = local_attributes.pop("nil", "false") in {"true", "1"}
        element = Element(_local(name), local_attributes)
        if len(self._open) == 1:
            self.root = element
        elif not is_nil:
            self._open[-1].append(element)
        self._open.append(element)
        self._text = []

    def text(self, text: str) -> None:
        self._text.append(text)

    def end(self, _name: str) -> None:
        """Close an element. Only PEM keeps its line breaks: elsewhere they could forge a line of a message."""
        element, text = self._open.pop(), "".join(self._text).strip()
        element.text = text if element.tag in _SEVERAL_LINES else without_breaks(text)
        self._text = []


def _local(name: str) -> str:
    local = name.rpartition(":")[2]
    return _MIXED_CASE.get(local, local)
