# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Conclusions from the envelope and the header of answers, and from whole calls.

Private to the collection. Pure. Source: partner-api.md 1, 1.2, 1.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._partner_api.enums import (
    ApproverMethod,
    CertificateStatus,
    HashAlgorithm,
    OrderState,
    OrderVerificationState,
    OrderVerificationType,
    SanVerificationState,
    SystemVerificationMethod,
)
from .finding import not_seen, seen
from .known_elements import KNOWN_ELEMENTS
from .probe import Probe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .evidence import Evidence
    from .finding import Finding
    from .observed_answer import ObservedAnswer

_ENUMERATIONS: dict[str, frozenset[str]] = {
    "verification/type": frozenset(OrderVerificationType.values()),
    "verification/state": frozenset(OrderVerificationState.values()),
    "manualVerification/state": frozenset(SanVerificationState.values()),
    "systemVerification/method": frozenset(SystemVerificationMethod.values()),
    "supportedHashAlgorithms/hashAlgorithm": frozenset(HashAlgorithm.values()),
    "certificateDetails/certificateStatus": frozenset(CertificateStatus.values()),
    "orderStatus/orderStatus": frozenset(OrderState.values()),
    "SANVerification/approverMethod": frozenset(ApproverMethod.values()),
}
"""The values of the schema, by the names of an element and of its parent."""


def prefix(evidence: Evidence) -> Finding:
    forms = {answer.namespaces for answer in evidence.all() if answer.root is not None and not answer.is_fault}
    only = forms.pop() if len(forms) == 1 else None
    return seen(only) if only else not_seen("the answers have no single known form")


def soap_action(evidence: Evidence) -> Finding:
    probes = (Probe.PRODUCTS_USUAL_ACTION, Probe.PRODUCTS_EMPTY_ACTION, Probe.PRODUCTS_OTHER_ACTION)
    usual, empty, other = map(evidence.get, probes)
    if usual is None or empty is None or other is None:
        return evidence.lacks(*probes)
    forms = {
        (True, True, True): "ignored",
        (True, False, False): "required",
        (False, True, False): "empty",
    }
    form = forms.get((usual.is_accepted, empty.is_accepted, other.is_accepted))
    if form is not None:
        return seen(form)
    return not_seen(
        f"the CA answered {usual.outcome} to the usual SOAPAction, {empty.outcome} to an empty one and {other.outcome} "
        "to another one, which fits no known form"
    )


def compressed_requests(evidence: Evidence) -> Finding:
    answer = evidence.get(Probe.PRODUCTS_COMPRESSED)
    if answer is None:
        return evidence.lacks(Probe.PRODUCTS_COMPRESSED)
    if answer.is_fault:
        return seen("fault")
    return seen("accepted" if answer.is_accepted else str(answer.status))


def jurisdiction_case(evidence: Evidence) -> Finding:
    """Look which spelling the CA reads: only a country that it reads can be too long (error 1096)."""
    lower, mixed = evidence.get(Probe.CHECK_LOWER_CASE), evidence.get(Probe.CHECK_MIXED_CASE)
    if lower is None or mixed is None:
        return evidence.lacks(Probe.CHECK, Probe.CHECK_LOWER_CASE, Probe.CHECK_MIXED_CASE)
    forms = {(True, False): "lower", (False, True): "mixed"}
    form = forms.get((1096 in lower.codes, 1096 in mixed.codes))
    return seen(form) if form else evidence.lacks(Probe.CHECK, Probe.CHECK_LOWER_CASE, Probe.CHECK_MIXED_CASE)


def bad_credentials(evidence: Evidence) -> Finding:
    answer = evidence.get(Probe.PRODUCTS_OTHER_USER)
    if answer is None or not answer.success_code or answer.is_accepted:
        return evidence.lacks(Probe.PRODUCTS_OTHER_USER)
    return seen(quote(answer.success_code))


def empty_errors(evidence: Evidence) -> Finding:
    answer = evidence.get(Probe.PRODUCTS_OTHER_USER)
    if answer is None or not answer.success_code or answer.is_accepted:
        return evidence.lacks(Probe.PRODUCTS_OTHER_USER)
    if answer.codes:
        return not_seen(f"the errors block is not empty: {answer.outcome}")
    return seen("yes" if answer.all("responseHeader/errors") else "no")


def reported_errors(evidence: Evidence) -> Finding:
    answer = evidence.get(Probe.WRONG_DATES)
    forms = {(1110, 1111): "all", (1110,): "first", (1111,): "last"}
    if answer is None or answer.codes not in forms:
        return evidence.lacks(Probe.WRONG_DATES)
    return seen(forms[answer.codes])


def already_done_value(evidence: Evidence) -> Finding:
    answer = evidence.get(Probe.CANCEL_AGAIN)
    if answer is None or answer.codes != (1151,):
        return evidence.lacks(Probe.CANCEL, Probe.CANCEL_AGAIN)
    return seen("present" if answer.text("responseHeader/errors/Error/value") else "absent")


def sni_operations(evidence: Evidence) -> Finding:
    answer = evidence.get(Probe.BUNDLE_BY_SERIAL)
    if answer is None or not (answer.is_fault or answer.success_code):
        return evidence.lacks(Probe.BUNDLE_BY_SERIAL)
    return seen("absent" if answer.is_fault else "present")


def sni_reference(evidence: Evidence) -> Finding:
    one, both = evidence.get(Probe.BUNDLE_BY_SERIAL), evidence.get(Probe.BUNDLE_BY_BOTH)
    if one is None or both is None:
        return evidence.lacks(Probe.BUNDLE_BY_SERIAL, Probe.BUNDLE_BY_BOTH)
    if one.is_fault:
        return not_seen("the CA has no operation for bundles, or refuses the form of the request")
    if 2027 in both.codes and 2027 not in one.codes:
        return seen("one")
    if both.codes and 2027 not in both.codes:
        return seen("either-or-both")
    return evidence.lacks(Probe.BUNDLE_BY_BOTH)


def revocation_reasons(evidence: Evidence) -> Finding:
    """Compare two reasons with a reason that is certainly known and one that is certainly unknown."""
    probes = (
        Probe.REVOKE_UNSPECIFIED,
        Probe.REVOKE_UNKNOWN_REASON,
        Probe.REVOKE_SUPERSEDED,
        Probe.REVOKE_WITHDRAWN,
    )
    answers = [answer.outcome for probe in probes if (answer := evidence.get(probe)) is not None]
    if len(answers) < len(probes):
        return evidence.lacks(*probes)
    known, unknown, superseded, withdrawn = answers
    if known == unknown:
        return not_seen(f"the CA answers {known} to a known and to an unknown reason")
    forms = {(known, known): "all", (unknown, known): "2021", (known, unknown): "2026"}
    form = forms.get((superseded, withdrawn))
    return seen(form) if form else not_seen(f"SUPERSEDED causes {superseded}, PRIVILEGEWITHDRAWN causes {withdrawn}")


def extra_elements(evidence: Evidence) -> Finding:
    names = {each.tag for answer in evidence.all() if not answer.is_fault for each in answer.elements()}
    if not names:
        return evidence.lacks(Probe.PRODUCTS)
    newer = sorted(names - KNOWN_ELEMENTS)
    return seen("yes", quote(", ".join(newer))) if newer else seen("no")


def extra_values(evidence: Evidence) -> Finding:
    found = [pair for answer in evidence.all() for pair in _enumerated(answer)]
    if not found:
        return evidence.lacks(Probe.PRODUCTS)
    newer = sorted({f"{path} {text}" for path, text in found if text not in _ENUMERATIONS[path]})
    return seen("yes", quote(", ".join(newer))) if newer else seen("no")


def _enumerated(answer: ObservedAnswer) -> Iterator[tuple[str, str]]:
    for parent in (answer.root, *answer.elements()):
        for child in parent if parent is not None else ():
            path = f"{parent.tag if parent is not None else ''}/{child.tag}"
            text = (child.text or "").strip()
            if path in _ENUMERATIONS and text:
                yield path, text
