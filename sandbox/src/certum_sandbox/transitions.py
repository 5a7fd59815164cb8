# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state transitions of orders and certificates, as pure functions (lifecycle.md 1, 2, 8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from certum_sandbox.model import (
    Certificate,
    Mailbox,
    NameValidation,
    Order,
    OrderState,
    Revocation,
    RevocationReason,
    SystemMethod,
    Verification,
    VerificationState,
    VerificationType,
)
from certum_sandbox.products import Kind, Product, Validation
from certum_sandbox.settings import Approval

STAFF_REUSE = timedelta(days=398)
"""How long the check of an organization or a person can be reused (lifecycle.md 9.1)."""
PENDING = frozenset({OrderState.AWAITING, OrderState.VERIFICATION})
_DONE = frozenset({VerificationState.VERIFIED, VerificationState.NOT_REQUIRED})
MAILBOX_REUSE = timedelta(days=30)
"""How long the validation of a mailbox can be reused (S/MIME BR 4.2.1)."""
OLD_COPY_LIFE = timedelta(days=14)
"""How long the previous certificate stays valid after a reissue (lifecycle.md 8)."""
REVOKING_TIME = timedelta(seconds=2)
"""The shortest time between request and revocation in the sandbox. At the CA it may be 24 hours."""
_PERSON = (VerificationType.APPLICANT,)
_COMPANY = (VerificationType.ORGANIZATION, VerificationType.APPLICANT, VerificationType.AUTHORIZATION)
_STAFF: Mapping[Validation, tuple[VerificationType, ...]] = {
    Validation.DOMAIN: (),
    Validation.MAILBOX: (),
    Validation.OTHER: (),
    Validation.INDIVIDUAL: _PERSON,
    Validation.SPONSOR: _COMPANY,
    Validation.ORGANIZATION: _COMPANY,
    Validation.EXTENDED: (*_COMPANY, VerificationType.EXTENDED_VALIDATION),
}
_BY_STAFF = frozenset(_STAFF[Validation.EXTENDED]) | {VerificationType.PRODUCT}
_AUTOMATIC: Mapping[Kind, tuple[VerificationType, ...]] = {
    Kind.TLS: (VerificationType.DOMAIN, VerificationType.INTERNAL),
    Kind.SMIME: (VerificationType.EMAIL,),
    Kind.OTHER: (VerificationType.EMAIL,),
    Kind.CODE_SIGNING: (),
}


def needed_verifications(product: Product, subject: Mapping[str, str]) -> tuple[Verification, ...]:
    """Return the checks that must pass before a certificate of this product is issued for this subject."""
    validation = product.validation
    if validation is Validation.ANYBODY:
        validation = Validation.ORGANIZATION if subject.get("organization") else Validation.INDIVIDUAL
    kinds = (*_AUTOMATIC[product.kind], *_STAFF[validation])
    return tuple(Verification(kind, VerificationState.REQUIRED) for kind in kinds)


def carry_over(needed: Iterable[Verification], former: Order, now: datetime) -> tuple[Verification, ...]:
    """Return ``needed`` with the checks by staff that a former order passed and that can still be reused."""
    good = {v.type: v for v in former.verifications if v.type in _BY_STAFF and _is_good(v, now)}
    return tuple(good.get(each.type, each) for each in needed)


def _is_good(verification: Verification, now: datetime) -> bool:
    expired = verification.expires is not None and verification.expires <= now
    return verification.state is VerificationState.NOT_REQUIRED or (
        verification.state is VerificationState.VERIFIED and not expired
    )


def find_verification(order: Order, kind: VerificationType) -> Verification | None:
    """Return the check of this kind, or None if the order has none."""
    return next((each for each in order.verifications if each.type is kind), None)


def set_verification(
    order: Order, kind: VerificationType, state: VerificationState, expires: datetime | None = None
) -> Order:
    """Return the order with this check in this state. A check that the order did not have is added."""
    decided = Verification(kind, state, expires)
    if find_verification(order, kind) is None:
        return replace(order, verifications=(*order.verifications, decided))
    return replace(order, verifications=tuple(decided if v.type is kind else v for v in order.verifications))


def start_verification(order: Order, approve: Approval, now: datetime) -> Order:
    """Return the order in state VERIFICATION, after AWAITING. Checks by staff pass if ``approve`` is AUTO."""
    order = replace(order, state=OrderState.VERIFICATION, updated=now)
    for each in order.verifications if approve is Approval.AUTO else ():
        if each.type in _BY_STAFF and each.state is VerificationState.REQUIRED:
            order = set_verification(order, each.type, VerificationState.VERIFIED, now + STAFF_REUSE)
    return order


def reusable_validations(order: Order, now: datetime) -> tuple[NameValidation, ...]:
    """Return the names of an order. A name whose validation expired needs validation again."""
    return tuple(
        validation
        if validation.state is VerificationState.VERIFIED
        and validation.expires is not None
        and validation.expires > now
        else NameValidation(validation.name)
        for validation in order.names
    )


def reopen(order: Order, names: Sequence[NameValidation], now: datetime) -> Order:
    """Return the order in state AWAITING for one more certificate.

    Expired checks are required again. Automatic checks always run again.
    """

    def reset(verification: Verification) -> Verification:
        again = verification.type is VerificationType.INTERNAL or not _is_good(verification, now)
        return Verification(verification.type, VerificationState.REQUIRED) if again else verification

    verifications = tuple(map(reset, order.verifications))
    order = replace(order, state=OrderState.AWAITING, names=tuple(names), verifications=verifications, updated=now)
    return record_validations(order, {}, now, timedelta())


def confirm_mailbox(order: Order, now: datetime) -> Order:
    """Return the order with its mailbox validated, after the link in the mail was confirmed."""
    if order.mailbox is None:
        return order
    mailbox: Mailbox = replace(order.mailbox, verified=now, expires=now + MAILBOX_REUSE)
    order = replace(order, mailbox=mailbox, updated=now)
    return set_verification(order, VerificationType.EMAIL, VerificationState.VERIFIED, mailbox.expires)


def revoke(certificate: Certificate, revocation: Revocation) -> Certificate:
    """Return the certificate with this revocation, unless it has one that takes effect no later."""
    former = certificate.revocation
    if former is not None and former.effective <= revocation.effective:
        return certificate
    return replace(certificate, revocation=revocation)


def supersede(certificate: Certificate, now: datetime) -> Certificate:
    """Return the certificate with a revocation in 14 days, because a reissue replaced it."""
    end = now + OLD_COPY_LIFE
    return revoke(certificate, Revocation(end, end, RevocationReason.SUPERSEDED))


def _domain_state(names: Sequence[NameValidation]) -> VerificationState:
    states = {name.state for name in names}
    if states <= {VerificationState.VERIFIED}:
        return VerificationState.VERIFIED
    return VerificationState.FAILED if VerificationState.FAILED in states else VerificationState.REQUIRED


def record_validations(order: Order, results: Mapping[str, str | None], now: datetime, reuse: timedelta) -> Order:
    """Return the order with the results of a validation: for each name None on success, else the problem."""

    def update(validation: NameValidation) -> NameValidation:
        if validation.name not in results:
            return validation
        trouble = results[validation.name]
        if trouble is None:
            return replace(validation, state=VerificationState.VERIFIED, expires=now + reuse, info=None)
        return replace(validation, state=VerificationState.FAILED, expires=None, info=trouble)

    names = tuple(map(update, order.names))
    domain = find_verification(order, VerificationType.DOMAIN)
    if domain is None or domain.state is VerificationState.NOT_REQUIRED:
        return replace(order, names=names, updated=now)
    state = _domain_state(names)
    ends = [name.expires for name in names if name.expires] if state is VerificationState.VERIFIED else []
    order = replace(order, names=names, updated=now)
    return set_verification(order, VerificationType.DOMAIN, state, min(ends, default=None))


def record_system_checks(
    order: Order, findings: Mapping[str, Mapping[SystemMethod, str]], now: datetime, reuse: timedelta
) -> Order:
    """Return the order with the findings of the automatic checks. A name without findings passes."""
    names = tuple(replace(name, failing=findings.get(name.name, {})) for name in order.names)
    failed = any(name.failing for name in names)
    state = VerificationState.FAILED if failed else VerificationState.VERIFIED
    order = replace(order, names=names, updated=now)
    return set_verification(order, VerificationType.INTERNAL, state, None if failed else now + reuse)


def accept_if_verified(order: Order, now: datetime) -> Order:
    """Return the order in state ACCEPTED if it is in VERIFICATION and every check passed, else unchanged."""
    if order.state is OrderState.VERIFICATION and all(v.state in _DONE for v in order.verifications):
        return replace(order, state=OrderState.ACCEPTED, check_due=0, updated=now)
    return order


def reject(order: Order, now: datetime) -> Order:
    """Return the order in state REJECTED."""
    return replace(order, state=OrderState.REJECTED, check_due=0, updated=now)
