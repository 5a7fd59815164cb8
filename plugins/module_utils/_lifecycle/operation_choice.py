# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The choice of the operation that leads to a needed certificate: order, reissue or renewal (lifecycle.md 8).

Private to the collection. Pure. A reissue is free of charge, and its certificate expires at the term end at the latest.
A renewal orders the next paid term. An order is for a certificate without a usable predecessor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from .._handover.reasons import Reason, ReasonCode
from .._handover.terms import Operation
from .decision import KnownVersion, Question, common_name_differs, dropped_names, due_since
from .products import Product, find
from .term_end import ends_with_its_term


@dataclass(frozen=True)
class Choice:
    """An operation, and the reason for it."""

    operation: Operation
    why: Reason


Rule = Callable[[Question, KnownVersion], "Choice | None"]


def choose(question: Question) -> Choice:
    """Return the operation for a needed certificate. The certificate follows the last one on disk."""
    version = question.on_disk.predecessor
    if version is None:
        return _order(ReasonCode.NO_PREDECESSOR, "there is no former certificate")
    choices = (rule(question, version) for rule in _RULES)
    free = Reason(ReasonCode.REISSUE_IS_FREE, "a reissue within the paid term is free of charge")
    return next(filter(None, choices), Choice(Operation.REISSUE, free))


def followed(question: Question) -> KnownVersion | None:
    """Return the certificate on disk that the next one follows, or would follow if it had not expired.

    The clock of a host may be years ahead. The CA knows whether the certificate has really expired. So an order that
    replaces an expired certificate names it.
    """
    version = question.on_disk.predecessor
    if version is None:
        return None
    while_valid = min(question.now, version.not_after - timedelta(seconds=1))
    choice = choose(Question(question.desired, question.on_disk, while_valid))
    return None if choice.operation is Operation.ORDER else version


def cost_of(operation: Operation, product: Product) -> str:
    """Return the cost of an operation, for messages (lifecycle.md 8)."""
    if operation is Operation.REISSUE:
        return "is free of charge"
    code = product.renewal_code if operation is Operation.RENEW and product.renewal_code else product.code
    return f"costs the price of product {code} ({product.title})"


def _order(code: ReasonCode, why: str) -> Choice:
    return Choice(Operation.ORDER, Reason(code, why))


def _order_not_known(question: Question, version: KnownVersion) -> Choice | None:
    del question
    return (
        None
        if version.order_id
        else _order(ReasonCode.ORDER_NOT_KNOWN, "the order of the former certificate is not known")
    )


def _of_the_other_system(question: Question, version: KnownVersion) -> Choice | None:
    declared = question.desired.environment
    if declared is None or version.environment in (None, declared):
        return None
    return _order(ReasonCode.ENVIRONMENT_DIFFERS, f"the {declared} system does not have the former certificate")


def _expired(question: Question, version: KnownVersion) -> Choice | None:
    """Choose an order: error 2093. It is unknown whether an expired certificate can be renewed."""
    return (
        _order(ReasonCode.EXPIRED, "an expired certificate needs a new order")
        if question.now >= version.not_after
        else None
    )


def _was_revoked(question: Question, version: KnownVersion) -> Choice | None:
    """Choose an order: error 2094."""
    del question
    return _order(ReasonCode.REVOKED, "a revoked certificate needs a new order") if version.revoked else None


def _other_product(question: Question, version: KnownVersion) -> Choice | None:
    """Choose an order: error 1167."""
    if version.product_code in (None, question.desired.product_code):
        return None
    return _order(ReasonCode.PRODUCT_DIFFERS, "another product needs a new order")


def _other_names(question: Question, version: KnownVersion) -> Choice | None:
    """Choose an order: the API has no call that removes names or changes the common name (error 1168)."""
    if dropped_names(version, question.desired.names):
        return _order(ReasonCode.NAMES_REMOVED, "a reissue cannot remove names")
    if not common_name_differs(version, question.desired):
        return None
    return _order(ReasonCode.COMMON_NAME_DIFFERS, "a reissue cannot change the common name")


def _more_names(question: Question, version: KnownVersion) -> Choice | None:
    """Choose a reissue if the product accepts more names, otherwise an order (error 1107)."""
    if not question.desired.names - version.names:
        return None
    product = find(question.desired.product_code)
    if product.covers_one_site:
        return _order(ReasonCode.NAMES_NOT_ADDED, f"{product.title} accepts no more names in a reissue")
    return Choice(Operation.REISSUE, Reason(ReasonCode.NAMES_ADDED, "a reissue adds names free of charge"))


def _next_term(question: Question, version: KnownVersion) -> Choice | None:
    if due_since(question) is None or version.term_end is None:
        return None
    if not ends_with_its_term(version.not_after, version.term_end):
        return None
    if find(question.desired.product_code).renewal_code is None:
        return _order(
            ReasonCode.NO_RENEWAL_CODE, f"the renewal code of product {question.desired.product_code} is not known"
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
