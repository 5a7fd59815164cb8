# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which operation of the CA leads to the certificate that is needed: an order, a reissue or a renewal (lifecycle.md 8).

Private to the collection. Pure. A reissue is free and ends with the paid term at the latest, a renewal buys the next
term, and an order is for everything that has no predecessor to follow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from .._handover.reasons import Reason, ReasonCode
from .._handover.terms import Operation
from .decision import KnownVersion, Question, common_name_differs, dropped_names, due_since
from .paid_term import ends_with_its_term
from .products import Product, find


@dataclass(frozen=True)
class Choice:
    """An operation, and why it is this one."""

    operation: Operation
    why: Reason


Rule = Callable[[Question, KnownVersion], "Choice | None"]


def choose(question: Question) -> Choice:
    """The operation for a certificate that has to be issued, which follows the last one on disk."""
    version = question.on_disk.predecessor
    if version is None:
        return _order(ReasonCode.NO_PREDECESSOR, "there is no certificate to follow")
    choices = (rule(question, version) for rule in _RULES)
    fallback = Choice(Operation.REISSUE, Reason(ReasonCode.REISSUE_IS_FREE, "a reissue within the paid term is free"))
    return next(filter(None, choices), fallback)


def followed(question: Question) -> KnownVersion | None:
    """Return the certificate on disk that the next one follows, or would follow if it had not expired.

    The clock of a host may be years ahead. The CA knows whether the certificate has really expired, so the order in its
    place names it.
    """
    version = question.on_disk.predecessor
    if version is None:
        return None
    while_valid = min(question.now, version.not_after - timedelta(seconds=1))
    choice = choose(Question(question.desired, question.on_disk, while_valid))
    return None if choice.operation is Operation.ORDER else version


def cost_of(operation: Operation, product: Product) -> str:
    """Return what an operation costs, for messages (lifecycle.md 8)."""
    if operation is Operation.REISSUE:
        return "is free of charge"
    code = product.renewal_code if operation is Operation.RENEW and product.renewal_code else product.code
    return f"costs an order of product {code} ({product.title})"


def _order(code: ReasonCode, why: str) -> Choice:
    return Choice(Operation.ORDER, Reason(code, why))


def _order_not_known(question: Question, version: KnownVersion) -> Choice | None:
    del question
    return (
        None
        if version.order_id
        else _order(ReasonCode.ORDER_NOT_KNOWN, "the order of the former certificate is not known here")
    )


def _of_the_other_system(question: Question, version: KnownVersion) -> Choice | None:
    declared = question.desired.environment
    if declared is None or version.environment in (None, declared):
        return None
    return _order(ReasonCode.ENVIRONMENT_DIFFERS, f"the {declared} system knows nothing of the former certificate")


def _expired(question: Question, version: KnownVersion) -> Choice | None:
    """Error 2093; whether an expired certificate can be renewed is unknown."""
    return (
        _order(ReasonCode.EXPIRED, "an expired certificate has no successor")
        if question.now >= version.not_after
        else None
    )


def _was_revoked(question: Question, version: KnownVersion) -> Choice | None:
    """Error 2094."""
    del question
    return _order(ReasonCode.REVOKED, "a revoked certificate is not reissued") if version.revoked else None


def _other_product(question: Question, version: KnownVersion) -> Choice | None:
    """Error 1167."""
    if version.product_code in (None, question.desired.product_code):
        return None
    return _order(ReasonCode.PRODUCT_DIFFERS, "another product is an order of its own")


def _other_names(question: Question, version: KnownVersion) -> Choice | None:
    """There is no call that takes names away, and none that changes the common name (error 1168)."""
    if dropped_names(version, question.desired.names):
        return _order(ReasonCode.NAMES_REMOVED, "a reissue takes no names away")
    if not common_name_differs(version, question.desired):
        return None
    return _order(ReasonCode.COMMON_NAME_DIFFERS, "a reissue keeps the common name")


def _more_names(question: Question, version: KnownVersion) -> Choice | None:
    """Error 1107."""
    if not question.desired.names - version.names:
        return None
    product = find(question.desired.product_code)
    if product.covers_one_site:
        return _order(ReasonCode.NAMES_NOT_ADDED, f"{product.title} takes no more names in a reissue")
    return Choice(Operation.REISSUE, Reason(ReasonCode.NAMES_ADDED, "a reissue adds names, which is free"))


def _next_term(question: Question, version: KnownVersion) -> Choice | None:
    if due_since(question) is None or version.term_end is None:
        return None
    if not ends_with_its_term(version.not_after, version.term_end):
        return None
    if find(question.desired.product_code).renewal_code is None:
        return _order(
            ReasonCode.NO_RENEWAL_CODE, f"no renewal code of product {question.desired.product_code} is known"
        )
    return Choice(
        Operation.RENEW, Reason(ReasonCode.TERM_ENDS, f"the paid term ends about {version.term_end:%Y-%m-%d}")
    )


_RULES: tuple[Rule, ...] = (
    _order_not_known,
    _of_the_other_system,
    _expired,
    _was_revoked,
    _other_product,
    _other_names,
    _more_names,
    _next_term,
)
