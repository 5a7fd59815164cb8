# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What certum_preflight does: report mistakes of DNS and web servers before a certificate is ordered.

Private to the collection. Nothing is sent to the CA, and nothing is changed anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._handover.problems import Problem, ended
from .._handover.reasons import ReasonCode, summary
from .._handover.terms import NEVER_SENT, OnMistake, ValidationMethod
from .._lifecycle.certificate_names import encode
from .._preflight.examination import Certificate, examine, staged
from .._preflight.resolver_address import InvalidPreflightError

if TYPE_CHECKING:
    from collections.abc import Mapping


def look_before_ordering(params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Examine the domains and return the result of the module.

    Raises InvalidPreflightError, InvalidNameError and X509Error before any request.
    """
    del check_mode
    orders = params["orders"] or []
    new = [order for order in orders if order.get("sent") not in NEVER_SENT]
    certificates = [*map(_declared, params["certificates"] or []), *map(staged, new)]
    verdicts = examine(certificates, params)
    failing = params["on_mistake"] == OnMistake.FAIL
    problems = [
        Problem(f"nothing was ordered, because {mistake.sentence}", mistake.remedy, code=ReasonCode.MISTAKE).about(
            verdict.certificate.name
        )
        for verdict in verdicts
        for mistake in verdict.mistakes
        if failing
    ]
    warnings = [
        f"{verdict.certificate.name}: {finding.sentence}"
        for verdict in verdicts
        for finding in ([] if failing else verdict.mistakes) + verdict.doubts
    ]
    held = {verdict.certificate.name for verdict in verdicts if failing and verdict.mistakes}
    return {
        **ended(problems),
        "changed": False,
        "reason": summary(
            ((verdict.certificate.name, verdict.reason) for verdict in verdicts),
            otherwise="there is no order that is not placed yet",
        ).shown(),
        "certificates": [verdict.shown() for verdict in verdicts],
        "orders": [order for order in orders if order.get("sent") in NEVER_SENT or order["name"] not in held],
        "problems": [problem.shown() for problem in problems],
        "warnings": warnings,
    }


def _declared(item: Mapping[str, Any]) -> Certificate:
    names = tuple(dict.fromkeys(map(encode, item["names"])))
    if not names:
        raise InvalidPreflightError(f"certificates: {item.get('name') or 'a certificate'} has no names.")
    return Certificate(item.get("name") or names[0], names, ValidationMethod(item["method"]))
