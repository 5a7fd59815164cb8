# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How an order moves (lifecycle.md 1, 2): pure steps from one order to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from certum_sandbox.model import (
    NameProof,
    Order,
    OrderState,
    SystemMethod,
    Verification,
    VerificationState,
    VerificationType,
)
from certum_sandbox.products import Product, Validation
from certum_sandbox.settings import Approval

STAFF_REUSE = timedelta(days=398)
"""How long checks of an organization or a person can be used again (lifecycle.md 9.1)."""
PENDING = frozenset({OrderState.AWAITING, OrderState.VERIFICATION})
_DONE = frozenset({VerificationState.VERIFIED, VerificationState.NOT_REQUIRED})
_STAFF = {
    Validation.DOMAIN: (),
    Validation.ORGANIZATION: (
        VerificationType.ORGANIZATION,
        VerificationType.APPLICANT,
        VerificationType.AUTHORIZATION,
    ),
    Validation.EXTENDED: (
        VerificationType.ORGANIZATION,
        VerificationType.APPLICANT,
        VerificationType.AUTHORIZATION,
        VerificationType.EXTENDED_VALIDATION,
    ),
    Validation.OTHER: (),
}


def needed_verifications(product: Product) -> tuple[Verification, ...]:
    """What has to be checked before a certificate of this product is issued."""
    kinds = (VerificationType.DOMAIN, VerificationType.INTERNAL, *_STAFF[product.validation])
    return tuple(Verification(kind, VerificationState.REQUIRED) for kind in kinds)


def find_verification(order: Order, kind: VerificationType) -> Verification | None:
    """The order's verification of this kind."""
    return next((each for each in order.verifications if each.type is kind), None)


def set_verification(
    order: Order, kind: VerificationType, state: VerificationState, expires: datetime | None = None
) -> Order:
    """The same order with this verification decided; one it did not have is added."""
    decided = Verification(kind, state, expires)
    if find_verification(order, kind) is None:
        return replace(order, verifications=(*order.verifications, decided))
    return replace(order, verifications=tuple(decided if v.type is kind else v for v in order.verifications))


def begin(order: Order, product: Product, approve: Approval, now: datetime) -> Order:
    """The CA takes an order up: AWAITING to VERIFICATION."""
    order = replace(order, state=OrderState.VERIFICATION, updated=now)
    for kind in _STAFF[product.validation] if approve is Approval.AUTO else ():
        order = set_verification(order, kind, VerificationState.VERIFIED, now + STAFF_REUSE)
    return order


def _domain_state(names: Sequence[NameProof]) -> VerificationState:
    states = {name.state for name in names}
    if states <= {VerificationState.VERIFIED}:
        return VerificationState.VERIFIED
    return VerificationState.FAILED if VerificationState.FAILED in states else VerificationState.REQUIRED


def record_proofs(order: Order, results: Mapping[str, str | None], now: datetime, reuse: timedelta) -> Order:
    """What a check found: for each name None if it is proved, else what is wrong with it."""

    def judge(proof: NameProof) -> NameProof:
        if proof.name not in results:
            return proof
        trouble = results[proof.name]
        if trouble is None:
            return replace(proof, state=VerificationState.VERIFIED, expires=now + reuse, info=None)
        return replace(proof, state=VerificationState.FAILED, expires=None, info=trouble)

    names = tuple(map(judge, order.names))
    state = _domain_state(names)
    ends = [name.expires for name in names if name.expires] if state is VerificationState.VERIFIED else []
    order = replace(order, names=names, updated=now)
    return set_verification(order, VerificationType.DOMAIN, state, min(ends, default=None))


def record_system_checks(
    order: Order, findings: Mapping[str, Mapping[SystemMethod, str]], now: datetime, reuse: timedelta
) -> Order:
    """What the automatic checks found for each name; nothing means they pass."""
    names = tuple(replace(name, failing=findings.get(name.name, {})) for name in order.names)
    failed = any(name.failing for name in names)
    state = VerificationState.FAILED if failed else VerificationState.VERIFIED
    order = replace(order, names=names, updated=now)
    return set_verification(order, VerificationType.INTERNAL, state, None if failed else now + reuse)


def settle(order: Order, now: datetime) -> Order:
    """VERIFICATION to ACCEPTED, once every verification is done."""
    if order.state is OrderState.VERIFICATION and all(v.state in _DONE for v in order.verifications):
        return replace(order, state=OrderState.ACCEPTED, check_due=0, updated=now)
    return order


def reject(order: Order, now: datetime) -> Order:
    """The end of an order without a certificate."""
    return replace(order, state=OrderState.REJECTED, check_due=0, updated=now)
