# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""getProductList (partner-api.md 2.13)."""

from __future__ import annotations

from certum_sandbox.dialect import Switch
from certum_sandbox.operations.operation import Answer, Operation
from certum_sandbox.rules.inquiry import Inquiry
from certum_sandbox.rules.text_rules import not_boolean
from certum_sandbox.soap.render import Node, node, nodes

_DAYS = {"days": 1, "months": 30, "years": 365}


def _list(inquiry: Inquiry) -> Answer:
    algorithms: list[Node] | None = None
    if inquiry.message.value("hashAlgorithm") in {"true", "1"}:
        names = ["RSA-SHA256", "ECC-SHA256"]
        if inquiry.backend.dialect[Switch.EXTRA_VALUES] == "yes":
            names.append("ECC-SHA384")
        algorithms = [node("hashAlgorithm", name) for name in names]
    products = [
        node(
            "product",
            nodes(
                code=product.code if product.has_code else None,
                type=product.title,
                validityPeriod=product.term.days // _DAYS[inquiry.backend.dialect[Switch.VALIDITY_UNIT]],
                certificateNotificationEnabled=False,
                supportedHashAlgorithms=algorithms,
            ),
        )
        for product in inquiry.backend.catalogue.on_sale()
    ]
    return Answer([node("products", products)])


GET_PRODUCT_LIST = Operation("getProductList", Inquiry, (not_boolean(2091, "hashAlgorithm"),), _list)
