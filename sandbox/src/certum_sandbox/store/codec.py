# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Orders and entries to and from the JSON of their ``detail`` columns."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from certum_sandbox.iso8601 import format_moment, parse_moment
from certum_sandbox.model import (
    Approver,
    Method,
    NameProof,
    Order,
    Requestor,
    SystemMethod,
    Verification,
    VerificationState,
    VerificationType,
)


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else format_moment(moment)


def _read_moment(text: str | None) -> datetime | None:
    return None if text is None else parse_moment(text)


def encode_order(order: Order) -> str:
    """What the columns do not hold."""
    approver, requestor = order.approver, order.requestor
    return json.dumps(
        {
            "term_end": format_moment(order.term_end),
            "requestor": [requestor.email, requestor.first_name, requestor.last_name, requestor.phone],
            "tax_id": order.tax_id,
            "language": order.language,
            "approver": approver and [approver.method, approver.email, approver.prefix, approver.notify],
            "code_created": _moment(order.code_created),
            "names": [[n.name, n.state, _moment(n.expires), n.info, dict(n.failing)] for n in order.names],
            "verifications": [[v.type, v.state, _moment(v.expires)] for v in order.verifications],
        }
    )


def _name(name: str, state: str, expires: str | None, info: str | None, failing: Mapping[str, str]) -> NameProof:
    findings = {SystemMethod(method): found for method, found in failing.items()}
    return NameProof(name, VerificationState(state), _read_moment(expires), info, findings)


def decode_order(text: str) -> dict[str, Any]:
    """Keyword arguments of ``Order`` from ``encode_order``."""
    detail = json.loads(text)
    approver = detail["approver"]
    return {
        "term_end": parse_moment(detail["term_end"]),
        "requestor": Requestor(*detail["requestor"]),
        "tax_id": detail["tax_id"],
        "language": detail["language"],
        "approver": approver and Approver(Method(approver[0]), *approver[1:]),
        "code_created": _read_moment(detail["code_created"]),
        "names": tuple(_name(*values) for values in detail["names"]),
        "verifications": tuple(
            Verification(VerificationType(kind), VerificationState(state), _read_moment(expires))
            for kind, state, expires in detail["verifications"]
        ),
    }
