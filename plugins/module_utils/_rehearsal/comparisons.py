# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Questions that two requests answer: one in the usual form, and one that differs in a single point.

Private to the collection. Pure. Source: the dialects of certum-sandbox, which name the open questions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .finding import not_seen, seen
from .probe import Probe

if TYPE_CHECKING:
    from .evidence import Evidence
    from .finding import Finding
    from .observed_answer import ObservedAnswer


@dataclass(frozen=True)
class Comparison:
    """The form is ``same`` if both requests have the same result, and ``other`` if the CA refuses the probe.

    A refusal is a SOAP fault or one of ``codes``. ``usual_codes`` is the expected result of the usual request, if that
    is no success.
    """

    usual: Probe
    probe: Probe
    same: str
    other: str
    codes: frozenset[int] = frozenset()
    usual_codes: tuple[int, ...] = ()

    def conclude(self, evidence: Evidence) -> Finding:
        usual, probe = evidence.get(self.usual), evidence.get(self.probe)
        if usual is None or not self._is_as_expected(usual):
            return evidence.lacks(self.usual)
        if probe is None:
            return evidence.lacks(self.probe)
        if probe.outcome == usual.outcome:
            return seen(self.same)
        if probe.is_fault or self.codes.intersection(probe.codes):
            return seen(self.other)
        return not_seen(f"{self.probe}: the CA answered {probe.outcome}, which fits no known form")

    def _is_as_expected(self, answer: ObservedAnswer) -> bool:
        return answer.codes == self.usual_codes if self.usual_codes else answer.is_list


def _check(probe: Probe, same: str, other: str, *codes: int) -> Comparison:
    return Comparison(Probe.CHECK, probe, same, other, frozenset(codes))


_NO_ORDER = (1033,)

COMPARISONS: dict[str, Comparison] = {
    "element-order": Comparison(
        Probe.UNKNOWN_ORDER, Probe.UNKNOWN_ORDER_REORDERED, "any", "strict", usual_codes=_NO_ORDER
    ),
    "blank-elements": Comparison(Probe.PRODUCTS, Probe.PRODUCTS_BLANK, "absent", "kept", frozenset({2091})),
    "nil-elements": Comparison(Probe.PRODUCTS, Probe.PRODUCTS_NIL, "absent", "refused", frozenset({2091})),
    "type-attributes": Comparison(Probe.PRODUCTS, Probe.PRODUCTS_TYPED, "accepted", "refused"),
    "http-charset": Comparison(
        Probe.UNKNOWN_ORDER, Probe.UNKNOWN_ORDER_CHARSET, "respected", "ignored", usual_codes=_NO_ORDER
    ),
    "plain-dates": Comparison(
        Probe.RECENT_ORDERS, Probe.RECENT_ORDERS_PLAIN_DATE, "accepted", "refused", frozenset({1110})
    ),
    "date-forms": _check(Probe.CHECK_BASIC_DATE, "iso-8601", "xsd"),
    "shortened-maximum": _check(Probe.CHECK_LATE_END, "product", "certificate", 1069),
    "email-method": _check(Probe.CHECK_EMAIL_METHOD, "accepted", "refused", 1042),
    "organization-name": _check(Probe.CHECK_ORGANIZATION_NAME, "ignored", "refused", 1172),
    "requestor-info": _check(Probe.CHECK_NO_REQUESTOR, "optional", "required", 1009),
    "requestor-phone": _check(Probe.CHECK_NO_PHONE, "optional", "required"),
    "csr-armour": _check(Probe.CHECK_BARE_CSR, "optional", "required", 1078),
    "dot-in-ids": _check(Probe.CHECK_DOTS, "allowed", "refused", 1043, 1156),
    "wildcard-base": Comparison(
        Probe.CHECK_WILDCARD, Probe.CHECK_WILDCARD_BASE, "free", "counts", frozenset({1107, 1115, 1118})
    ),
    "multidomain-wildcard": Comparison(
        Probe.CHECK_SEVERAL, Probe.CHECK_SEVERAL_WILDCARD, "yes", "no", frozenset({1046, 1107, 1115, 1116})
    ),
    "rejected-key": _check(Probe.CHECK_USED_KEY, "free", "used", 1032),
    "same-data": Comparison(Probe.PLACE, Probe.ADD_SAME_DATA, "new-code", "1173", frozenset({1173})),
    "no-approver": Comparison(Probe.PLACE, Probe.ADD_NO_APPROVER, "new-code", "2162", frozenset({2162})),
}
"""For each question its comparison."""
