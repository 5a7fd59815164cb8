# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The requests of examples, filled in for an account with every kind of order."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from support.soap import make_csr, make_order, make_request

from .error_examples import VALID
from .error_examples_world import P, make_world, place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

    from .conftest import Laboratory


class Account:
    """A laboratory with every kind of order, and the values that its examples refer to."""

    def __init__(self, laboratory: Laboratory) -> None:
        self.lab = laboratory
        wildcard = {
            P + "productCode": "741",
            P + "CSR": make_csr("*.example.org"),
            "SANEntries/SANEntry/DNSName": "*.example.org",
            "SANApprover/approverMethod": "DNS_TXT",
        }
        self.words = make_world(laboratory)
        place(laboratory, "waiting-wildcard", wildcard)
        self.words |= {
            "code": laboratory.order("waiting").code or "",
            "cancelled_code": laboratory.order("cancelled").code or "",
            "late": (laboratory.backend.clock.now() + timedelta(days=300)).date().isoformat(),
            "today": laboratory.backend.clock.now().date().isoformat(),
        }

    def request(self, operation: str, changes: Mapping[str, Any]) -> etree._Element:
        words = {**self.words, "csr": make_csr()}

        def fill(value: Any) -> Any:
            if isinstance(value, str):
                return words[value[1:]] if value.startswith("$") else value
            return [fill(each) for each in value] if isinstance(value, list) else value

        texts = {path: fill(value) for path, value in {**VALID[operation], **changes}.items()}
        if operation in {"quickOrder", "validateOrderParameters"}:
            return make_order(texts, operation=operation)
        return make_request(operation, texts)
