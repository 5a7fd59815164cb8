# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The WSDL that clients get: one document with the schema and the address of the running server."""

from __future__ import annotations

import copy
from importlib.resources import files

from lxml import etree

from certum_sandbox.dialect import Dialect, Switch
from certum_sandbox.soap.namespaces import WSDL, WSDL_SOAP, XSD
from certum_sandbox.soap.schema import offered_operations, operations, schema_of
from certum_sandbox.soap.spelling import MIXED_CASE


def _schema(dialect: Dialect) -> etree._Element:
    root = copy.deepcopy(schema_of(dialect).document.getroot())
    if dialect[Switch.JURISDICTION_CASE] == "mixed":
        for element in root.iterfind(f"{{{XSD}}}complexType[@name='orderParameters']//{{{XSD}}}element"):
            name = element.get("name", "")
            element.set("name", MIXED_CASE.get(name, name))
    return root


def _leave_out(root: etree._Element, operation: str) -> None:
    for element in root.findall(f".//{{{WSDL}}}operation[@name='{operation}']"):
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)


def render_wsdl(url: str, dialect: Dialect) -> bytes:
    """Return ``PartnerApi.wsdl`` with the schema instead of its import, and with ``url`` as the address."""
    root = etree.fromstring((files("certum_sandbox") / "wsdl" / "PartnerApi.wsdl").read_bytes())
    types = root.find(f"{{{WSDL}}}types")
    address = root.find(f".//{{{WSDL_SOAP}}}address")
    if types is None or address is None:
        msg = "PartnerApi.wsdl has no types or no address"
        raise RuntimeError(msg)
    types[:] = [_schema(dialect)]
    address.set("location", url)
    for operation in set(operations()) - set(offered_operations(dialect)):
        _leave_out(root, operation)
    if dialect[Switch.SOAP_ACTION] == "empty":
        for element in root.iterfind(f".//{{{WSDL_SOAP}}}operation"):
            element.set("soapAction", "")
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")
