# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The JSON of the ``detail`` columns of orders and entries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from certum_sandbox.iso8601 import format_moment, parse_moment
from certum_sandbox.model import (
    Approver,
    Entry,
    Mailbox,
    Method,
    NameValidation,
    Order,
    Requestor,
    SystemMethod,
    Verification,
    VerificationState,
    VerificationType,
)


def format_optional(moment: datetime | None) -> str | None:
    """Return the moment as text, or None for None."""
    return None if moment is None else format_moment(moment)


def parse_optional(text: str | None) -> datetime | None:
    """Return the moment of a text, or None for None."""
    return None if text is None else parse_moment(text)


def encode_order(order: Order) -> str:
    """Return the JSON of the fields that have no column."""
    approver, requestor = order.approver, order.requestor
    return json.dumps(
        {
            "term_end": format_moment(order.term_end),
            "requestor": [requestor.email, requestor.first_name, requestor.last_name, requestor.phone],
            "tax_id": order.tax_id,
            "language": order.language,
            "approver": approver and [approver.method, approver.email, approver.prefix, approver.notify],
            "code_created": format_optional(order.code_created),
            "names": [[n.name, n.state, format_optional(n.expires), n.info, dict(n.failing)] for n in order.names],
            "verifications": [[v.type, v.state, format_optional(v.expires)] for v in order.verifications],
            "mailbox": order.mailbox and _encode_mailbox(order.mailbox),
        }
    )


def _encode_mailbox(mailbox: Mailbox) -> list[str | None]:
    moments = (mailbox.sent, mailbox.link_expires, mailbox.verified, mailbox.expires)
    return [mailbox.email, mailbox.token, *map(format_optional, moments)]


def _mailbox(email: str, token: str, sent: str, link_expires: str, *moments: str | None) -> Mailbox:
    return Mailbox(email, token, parse_moment(sent), parse_moment(link_expires), *map(parse_optional, moments))


def _name(name: str, state: str, expires: str | None, info: str | None, failing: Mapping[str, str]) -> NameValidation:
    findings = {SystemMethod(method): found for method, found in failing.items()}
    return NameValidation(name, VerificationState(state), parse_optional(expires), info, findings)


def decode_order(text: str) -> dict[str, Any]:
    """Return keyword arguments of ``Order`` from the JSON of ``encode_order``."""
    detail = json.loads(text)
    approver, mailbox = detail["approver"], detail["mailbox"]
    return {
        "term_end": parse_moment(detail["term_end"]),
        "requestor": Requestor(*detail["requestor"]),
        "tax_id": detail["tax_id"],
        "language": detail["language"],
        "approver": approver and Approver(Method(approver[0]), *approver[1:]),
        "code_created": parse_optional(detail["code_created"]),
        "names": tuple(_name(*values) for values in detail["names"]),
        "verifications": tuple(
            Verification(VerificationType(kind), VerificationState(state), parse_optional(expires))
            for kind, state, expires in detail["verifications"]
        ),
        "mailbox": mailbox and _mailbox(*mailbox),
    }


def encode_entry(entry: Entry) -> str:
    """Return the JSON of the fields that have no column."""
    return json.dumps(
        {
            "csr": entry.csr,
            "subject": dict(entry.subject),
            "names": entry.names,
            "refused": entry.refused,
            "latest_end": format_optional(entry.latest_end),
            "members": entry.members,
            "pem": entry.certificate.pem if entry.certificate else None,
        }
    )


def decode_entry(text: str) -> tuple[dict[str, Any], str]:
    """Return keyword arguments of ``Entry`` from the JSON of ``encode_entry``, and the certificate's PEM."""
    detail = json.loads(text)
    arguments = {
        "csr": detail["csr"],
        "subject": detail["subject"],
        "names": tuple(detail["names"]),
        "refused": detail["refused"],
        "latest_end": parse_optional(detail["latest_end"]),
        "members": tuple(detail["members"]),
    }
    return arguments, detail["pem"]
