# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How orders and certificates move (lifecycle.md 1, 2, 8): pure steps from one to the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from certum_sandbox.model import (
    Certificate,
    Mailbox,
    NameProof,
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
"""How long checks of an organization or a person can be used again (lifecycle.md 9.1)."""
PENDING = frozenset({OrderState.AWAITING, OrderState.VERIFICATION})
_DONE = frozenset({VerificationState.VERIFIED, VerificationState.NOT_REQUIRED})
MAILBOX_REUSE = timedelta(days=30)
"""How long a proof of a mailbox can be used again (S/MIME BR 4.2.1)."""
OLD_COPY_LIFE = timedelta(days=14)
"""How long the former certificate lives on after a reissue (lifecycle.md 8)."""
REVOKING_TIME = timedelta(seconds=2)
"""How long a revocation takes here at least; at the CA it may be 24 hours."""
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
_BY_THEMSELVES: Mapping[Kind, tuple[VerificationType, ...]] = {
    Kind.TLS: (VerificationType.DOMAIN, VerificationType.INTERNAL),
    Kind.SMIME: (VerificationType.EMAIL,),
    Kind.OTHER: (VerificationType.EMAIL,),
    Kind.CODE_SIGNING: (),
}


def needed_verifications(product: Product, subject: Mapping[str, str]) -> tuple[Verification, ...]:
    """What has to be checked before a certificate of this product is issued for this subject."""
    validation = product.validation
    if validation is Validation.ANYBODY:
        validation = Validation.ORGANIZATION if subject.get("organization") else Validation.INDIVIDUAL
    kinds = (*_BY_THEMSELVES[product.kind], *_STAFF[validation])
    return tuple(Verification(kind, VerificationState.REQUIRED) for kind in kinds)


def carry_over(needed: Iterable[Verification], former: Order, now: datetime) -> tuple[Verification, ...]:
    """What staff found out for a former order, and may still be used, need not be found out again."""
    good = {v.type: v for v in former.verifications if v.type in _BY_STAFF and _is_good(v, now)}
    return tuple(good.get(each.type, each) for each in needed)


def _is_good(verification: Verification, now: datetime) -> bool:
    expired = verification.expires is not None and verification.expires <= now
    return verification.state is VerificationState.NOT_REQUIRED or (
        verification.state is VerificationState.VERIFIED and not expired
    )


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


def begin(order: Order, approve: Approval, now: datetime) -> Order:
    """The CA takes an order up: AWAITING to VERIFICATION."""
    order = replace(order, state=OrderState.VERIFICATION, updated=now)
    for each in order.verifications if approve is Approval.AUTO else ():
        if each.type in _BY_STAFF and each.state is VerificationState.REQUIRED:
            order = set_verification(order, each.type, VerificationState.VERIFIED, now + STAFF_REUSE)
    return order


def reusable_proofs(order: Order, now: datetime) -> tuple[NameProof, ...]:
    """The names of an order, proved ones as far as their proof may still be used."""
    return tuple(
        proof
        if proof.state is VerificationState.VERIFIED and proof.expires is not None and proof.expires > now
        else NameProof(proof.name)
        for proof in order.names
    )


def reopen(order: Order, names: Sequence[NameProof], now: datetime) -> Order:
    """The order as it waits for one more certificate: what expired is required again, what robots do is done again."""

    def judge(verification: Verification) -> Verification:
        again = verification.type is VerificationType.INTERNAL or not _is_good(verification, now)
        return Verification(verification.type, VerificationState.REQUIRED) if again else verification

    verifications = tuple(map(judge, order.verifications))
    order = replace(order, state=OrderState.AWAITING, names=tuple(names), verifications=verifications, updated=now)
    return record_proofs(order, {}, now, timedelta())


def confirm_mailbox(order: Order, now: datetime) -> Order:
    """Somebody who reads the mailbox confirmed the link."""
    if order.mailbox is None:
        return order
    mailbox: Mailbox = replace(order.mailbox, verified=now, expires=now + MAILBOX_REUSE)
    order = replace(order, mailbox=mailbox, updated=now)
    return set_verification(order, VerificationType.EMAIL, VerificationState.VERIFIED, mailbox.expires)


def revoke(certificate: Certificate, revocation: Revocation) -> Certificate:
    """The certificate with this revocation, unless one is to take effect sooner."""
    former = certificate.revocation
    if former is not None and former.effective <= revocation.effective:
        return certificate
    return replace(certificate, revocation=revocation)


def supersede(certificate: Certificate, now: datetime) -> Certificate:
    """A newer copy was issued: this one dies by itself."""
    end = now + OLD_COPY_LIFE
    return revoke(certificate, Revocation(end, end, RevocationReason.SUPERSEDED))


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
