# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Parse a SOAP 1.1 envelope safely.

The parser uses no entities, no DTD and no network. It refuses a document type declaration before parsing, and again
after parsing in case an encoding hid it.
"""

from __future__ import annotations

import codecs
import re

from lxml import etree

from certum_sandbox.soap.namespaces import SERVICE, SOAP
from certum_sandbox.soap.soap_fault import FaultCode, SoapFault

_DECLARATION = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
# libxml2 refuses text nodes over 10 MB and deep trees. Only larger bodies (documents) lift the first limit.
_HUGE = 8 * 1024 * 1024
# A byte order mark has priority over the HTTP header (RFC 7303 3).
_BYTE_ORDER_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class UnknownCharset(LookupError):  # noqa: N818 - the name of an event, not of an error class
    """The HTTP header names an unknown charset."""


def _make_parser(charset: str | None, *, huge: bool) -> etree.XMLParser:
    try:
        return etree.XMLParser(
            encoding=charset,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            remove_comments=True,
            remove_pis=True,
            huge_tree=huge,
        )
    except LookupError as error:
        msg = f"{charset} is no known charset"
        raise UnknownCharset(msg) from error


def _parse(body: bytes, charset: str | None) -> etree._Element:
    if _DECLARATION.search(body):
        msg = "a SOAP message must not contain a document type declaration"
        raise SoapFault(msg)
    marked = body.startswith(_BYTE_ORDER_MARKS)
    parser = _make_parser(None if marked else charset, huge=len(body) > _HUGE)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        msg = f"the message is not well-formed XML: {error}"
        raise SoapFault(msg) from error
    if root.getroottree().docinfo.internalDTD is not None:
        msg = "a SOAP message must not contain a document type declaration"
        raise SoapFault(msg)
    return root


def _check_headers(envelope: etree._Element) -> None:
    header = envelope.find(f"{{{SOAP}}}Header")
    for block in header if header is not None else ():
        if block.get(f"{{{SOAP}}}mustUnderstand") in {"1", "true"}:
            msg = f"header {block.tag} is not understood"
            raise SoapFault(msg, FaultCode.MUST_UNDERSTAND)


def parse_envelope(body: bytes, charset: str | None = None) -> etree._Element:
    """Return the one element in the envelope's body, in the namespace of the API. Raise SoapFault for anything else.

    ``charset`` comes from the HTTP header and has priority over the XML declaration. Raise UnknownCharset if it is
    unknown.
    """
    envelope = _parse(body, charset)
    if envelope.tag != f"{{{SOAP}}}Envelope":
        if etree.QName(envelope).localname == "Envelope":
            msg = "only SOAP 1.1 envelopes are supported"
            raise SoapFault(msg, FaultCode.VERSION_MISMATCH)
        msg = f"expected a SOAP 1.1 Envelope, found {envelope.tag}"
        raise SoapFault(msg)
    _check_headers(envelope)
    content = envelope.find(f"{{{SOAP}}}Body")
    if content is None or len(content) != 1:
        msg = "the SOAP Body must contain exactly one element, named after the operation"
        raise SoapFault(msg)
    if etree.QName(content[0]).namespace != SERVICE:
        msg = f"{content[0].tag} is not an operation of {SERVICE}"
        raise SoapFault(msg)
    return content[0]
