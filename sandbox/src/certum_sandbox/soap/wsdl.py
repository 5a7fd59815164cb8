# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The WSDL as it is served: one document, with the schema inside and the running server's address."""

from __future__ import annotations

import copy
from importlib.resources import files

from lxml import etree

from certum_sandbox.soap.names import WSDL, WSDL_SOAP
from certum_sandbox.soap.schema import schema_document


def render_wsdl(url: str) -> bytes:
    """``PartnerApi.wsdl`` with ``PartnerApi.xsd`` in place of its import and ``url`` as the service's address."""
    root = etree.fromstring((files("certum_sandbox") / "wsdl" / "PartnerApi.wsdl").read_bytes())
    types = root.find(f"{{{WSDL}}}types")
    address = root.find(f".//{{{WSDL_SOAP}}}address")
    if types is None or address is None:
        msg = "PartnerApi.wsdl lacks its types or its address"
        raise RuntimeError(msg)
    types[:] = [copy.deepcopy(schema_document().getroot())]
    address.set("location", url)
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")
