# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Placement of an order, exactly once: send it, or resume the existing order.

Private to the collection. Source: lifecycle.md 8 and 10.8, errors 1012 and 1033.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._handover.problems import Problem
from .._handover.reasons import Reason, ReasonCode
from .._handover.remedy_commands import order_again_command
from .._handover.serial_number import same_serial_number
from .._handover.terms import Operation, Sent, State
from .._lifecycle.former_certificate import FORMER_DAYS
from .._lifecycle.order_identity import FINGERPRINT_CHARACTERS
from .._lifecycle.products import issue_code
from .._partner_api.api_errors import (
    ApiError,
    AuthenticationError,
    CertumError,
    OutcomeUnknownError,
    SoapFaultError,
    TransportError,
)
from .._partner_api.enums import CertificateStatus
from . import reissuing, renewal
from .account_entries import is_pending_entry, issued_entries, key_of, newest_of_order, of_serial_number
from .allowed_requests import refuse_foreign_names, refuse_foreign_order
from .outcome import Outcome, Validation
from .purchase_policy import cost, may_be_purchased, refuse_purchase
from .sent_once import KEY_WAS_USED
from .shared_limits import ended_order, order_of_another_host, refuse_newer_elsewhere

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from .._partner_api.client import PartnerApi
    from .._partner_api.messages.domain_control import SanVerification
    from .._partner_api.messages.order_lookup import ListedOrder as Entry
    from .account_entries import Reference
    from .ordered_certificate import Order
    from .sent_once import Purchase

ORDER_ID_TAKEN = 1012
ORDER_UNKNOWN = 1033

NOT_THERE_YET = "the CA has no such order so far"
NO_RENEWAL = Reason(ReasonCode.NOT_ORDERED, "there is no renewal")


def place(api: PartnerApi, order: Order, *, taken: frozenset[str] = frozenset()) -> Outcome:
    """Place the order, or resume the existing one. Raises CertumError if it was not placed.

    A purchase is sent once. If its outcome is unknown, the order is looked up at the CA. If that does not settle it,
    OutcomeUnknownError is raised. ``taken`` are orders of other certificates.
    """
    if order.shared and order.sent is not Sent.NO and _is_for_another_key(api, order):
        return _of_another_host(order)
    if order.order_id and not order.sent.may_be_sent:
        refuse_foreign_order(api, order)
        return _known(order, "was placed before")
    if order.operation is Operation.ORDER:
        return _order(api, order)
    wanted = look_before_following(api, order, taken=taken)
    if isinstance(wanted, Outcome):
        return wanted
    if isinstance(wanted, reissuing.Reissue):
        words = f"reissues {wanted.words}, free of charge"
        return _purchased(order, reissuing.reissue_once(api, wanted), ReasonCode.REISSUED, words)
    refuse_purchase(order)
    words = f"renews {wanted.words}, which {cost(order)}"
    return _purchased(order, renewal.renew_once(api, wanted), ReasonCode.RENEWED, words)


def _is_for_another_key(api: PartnerApi, order: Order) -> bool:
    """Return whether a recorded order of a group was issued for the key of another host.

    The order id of a group does not show the key, and the CA does not show the key of a pending order.
    """
    if order.operation is not Operation.ORDER or _has_key_in_id(order):
        return False
    try:
        entries = api.get_order_by_order_id(order_id=order.order_id)
    except ApiError as error:
        if not error.has(ORDER_UNKNOWN):
            raise
        return False
    keys = {key for entry in entries if (key := key_of(entry.certificate_details))}
    return bool(keys) and order.request.public_key_sha256 not in keys


def _has_key_in_id(order: Order) -> bool:
    return order.order_id.endswith(order.request.public_key_sha256[:FINGERPRINT_CHARACTERS])


def _of_another_host(order: Order) -> Outcome:
    """Return the outcome for a recorded order that is that of another host. The host sets its staged key aside."""
    words = f"order {order.order_id} was placed with the key of another host of the group"
    return Outcome(
        name=order.name,
        order_id=order.order_id,
        state=State.NOT_ORDERED,
        reason=Reason(ReasonCode.ORDER_OF_ANOTHER_HOST, words),
    )


def look_before_following(
    api: PartnerApi, order: Order, *, taken: frozenset[str] = frozenset()
) -> reissuing.Reissue | renewal.Renewal | Outcome:
    """Return the reissue or renewal to send, or the outcome of one that was sent. Only reads.

    Raises CertumError if it is clear that the CA would refuse.
    """
    if order.operation is Operation.REISSUE:
        return _look_before_reissue(api, order)
    return _look_before_renewal(api, order, taken)


def _order(api: PartnerApi, order: Order) -> Outcome:
    if not may_be_purchased(order):
        return find_existing_order(api, order)
    try:
        answer = api.quick_order(order.message())
    except CertumError as error:
        if not may_exist(order, error):
            raise
        return resume(api, order, error)
    return replace(
        _known(order, f"was placed, which {cost(order)}", ReasonCode.ORDERED),
        changed=True,
        validation=validation_of(order, answer.san_verification),
    )


def find_existing_order(api: PartnerApi, order: Order) -> Outcome:
    """Return the order if an earlier run placed it. Raises PurchaseNotAllowedError if it is not placed yet."""
    try:
        entries = api.get_order_by_order_id(order_id=order.order_id)
    except ApiError as error:
        if not error.has(ORDER_UNKNOWN):
            raise
        entries = ()
    if not entries:
        refuse_purchase(order)
    _refuse_another(order, entries)
    return _known(order, "was placed by an earlier run")


def _look_before_reissue(api: PartnerApi, order: Order) -> reissuing.Reissue | Outcome:
    former = newest_of_order(api, order.order_id)
    pending_ids = any(map(is_pending_entry, former.entries))
    if reissuing.is_known(former.entries, order.request) or (order.sent.is_uncertain and pending_ids):
        return _known(order, "was reissued by an earlier run")
    refuse_newer_elsewhere(order, former)
    refuse_foreign_names(order, former)
    _refuse_expired(order, former, now=api.now())
    added = reissuing.missing_names(order.names, former)
    return reissuing.Reissue(former, order.request, order.approver(), added, order.order_id)


def _refuse_expired(order: Order, former: Reference, *, now: datetime) -> None:
    """Refuse to reissue a certificate that is not valid. Raises CertumError, which also names the one on disk."""
    status = former.details.certificate_status
    if status == CertificateStatus.VALID or former.has_expired(now):
        reissuing.refuse_unfit(former, now)
        return
    older = order.predecessor
    replaced = older is not None and not same_serial_number(older, former.serial_number)
    held = (
        f". It is the newest certificate of order {order.order_id}. The certificate on disk is {older}: a reissue "
        f"replaced it, and the CA revokes it {FORMER_DAYS} days after that"
    )
    raise CertumError(
        where=former.words,
        why=f"the CA reports that it is {status}, so it cannot be reissued (error {reissuing.NOT_ELIGIBLE})"
        + (held if replaced else ""),
        remedy="Nothing was reissued or ordered. A new order costs money. With the role: "
        + order_again_command(order.name, group=order.group),
    )


def _look_before_renewal(api: PartnerApi, order: Order, taken: frozenset[str]) -> renewal.Renewal | Outcome:
    """Return the renewal to send, or the outcome of one that an earlier run sent: a second one would cost money."""
    with _in_doubt(order):
        former = of_serial_number(api, order.predecessor or "")
        code, alone = order.product.renewal_code or order.product.code, order.reissue_live_order
        wanted = renewal.Renewal(former, order.request, order.approver(), order.customer, code, alone, taken)
        found = _renewed_before(api, order, wanted) if order.sent is not Sent.NO else None
    if found:
        return _known(replace(order, order_id=found), "was placed by an earlier run")
    if order.sent is Sent.YES:
        return came_to_nothing(order, f"no renewal of {former.words} is pending any more")
    if order.sent is Sent.LOOK_UP_ONLY:
        return Outcome(name=order.name, order_id="", state=State.NOT_ORDERED, reason=NO_RENEWAL)
    refuse_foreign_names(order, former)
    renewal.refuse_unfit(former, order.request)
    return wanted


def _renewed_before(api: PartnerApi, order: Order, wanted: renewal.Renewal) -> str | None:
    try:
        return renewal.look_for(api, wanted, key_was_used=not order.sent.is_uncertain)
    except renewal.UnsureError:
        if not order.sent.may_be_sent:
            raise
        return None  # the CA's answer to the same CSR settles it, because it accepts a key only once


@contextmanager
def _in_doubt(order: Order) -> Iterator[None]:
    """Raise OutcomeUnknownError for a failed look, because an earlier run may have sent the renewal."""
    try:
        yield
    except (AuthenticationError, TransportError, SoapFaultError):
        raise
    except CertumError as error:
        if not order.sent.is_uncertain:
            raise
        raise OutcomeUnknownError(
            where=error.where,
            why=f"{error.why}. It is unknown whether an earlier run ordered the renewal",
            remedy=error.remedy,
        ) from error


def came_to_nothing(order: Order, why: str) -> Outcome:
    """Return the outcome of a request that was cancelled or refused unseen: its key is used up (error 1032)."""
    command = order_again_command(order.name, group=order.group)
    remedy = f"The key stays used, so order with a new key and CSR. With the role: {command}"
    return Outcome(
        name=order.name,
        order_id=order.order_id,
        state=State.REJECTED,
        reason=Reason(ReasonCode.REJECTED, "the request was cancelled, or refused by the CA"),
        problem=Problem(
            f"{order.name}: {why}: the request with this key was cancelled, or refused by the CA. If you did not "
            f"cancel it, ask the CA for the reason. Nothing was ordered now. {remedy}",
            remedy,
            order.name,
            code=ReasonCode.REJECTED,
        ),
    )


def _purchased(order: Order, purchase: Purchase, code: ReasonCode, words: str) -> Outcome:
    found = replace(order, order_id=purchase.order_id)
    known = _known(found, words, code) if purchase.is_new else _known(found, f"{words}; an earlier run placed it")
    answer = purchase.placed.san_verification if purchase.placed else None
    return replace(known, changed=purchase.is_new, validation=validation_of(order, answer))


def validation_of(order: Order, answer: SanVerification | None) -> Validation | None:
    """Return the validation that the CA requires; None if it sent no code."""
    if answer is None or not answer.code:
        return None
    return Validation(method=order.method, code=answer.code, names=answer.fqdns or order.names)


def _known(order: Order, words: str, code: ReasonCode = ReasonCode.RESUMED) -> Outcome:
    validation = None
    if order.validation_code:
        validation = Validation(method=order.method, code=order.validation_code, names=order.names)
    return Outcome(
        name=order.name,
        order_id=order.order_id,
        state=State.PENDING,
        reason=Reason(code, f"order {order.order_id} {words}"),
        placed=True,
        validation=validation,
    )


def may_exist(order: Order, sent: CertumError) -> bool:
    """Return whether the CA may have the order in spite of the error.

    No source states that the CA reports every error of a request: it may refuse an existing order for its key alone.
    """
    if isinstance(sent, ApiError):
        return order.sent.is_uncertain or sent.has(ORDER_ID_TAKEN, KEY_WAS_USED)
    return sent.outcome_unknown


def resume(api: PartnerApi, order: Order, sent: CertumError) -> Outcome:
    """Resume an order after a lost answer, or after a refusal because it exists already. Raises CertumError.

    If the CA does not have the order, the outcome stays unknown: the request may still arrive.
    """
    refused = isinstance(sent, ApiError)
    taken = isinstance(sent, ApiError) and sent.has(ORDER_ID_TAKEN)
    if taken and order.shared and order.sent is Sent.NO:
        raise _group_id_taken(api, order) from sent
    entries = _entries(api, order, sent)
    if not entries and refused and not taken:
        raise sent
    if entries is None or not (entries or refused):
        raise _unsettled(order, sent, NOT_THERE_YET) from sent
    _refuse_another(order, entries)
    return _known(order, "was placed by an earlier run")


def _group_id_taken(api: PartnerApi, order: Order) -> CertumError:
    """Return the error for an order of a group that exists, although no host of this play has its key."""
    try:
        entries = api.get_order_by_order_id(order_id=order.order_id)
    except AuthenticationError:
        raise
    except CertumError:
        return order_of_another_host(order)
    issued, now = issued_entries(entries), api.now()
    is_pending = any(map(is_pending_entry, entries))
    live = [each for each in issued if each.certificate_status == CertificateStatus.VALID and each.end_date > now]
    return ended_order(order, issued) if issued and not live and not is_pending else order_of_another_host(order)


def _refuse_another(order: Order, entries: Iterable[Entry]) -> None:
    """Refuse an order that has the same id but is for another certificate. Raises CertumError."""
    customers = {entry.order_status.customer for entry in entries if entry.order_status}
    if customers - {order.customer, ""}:
        raise CertumError(
            where=f"order {order.order_id}",
            why=f"the CA has it for customer {quote(', '.join(sorted(customers)))}, but {order.customer} is declared",
            remedy=f"If the order is yours, declare that customer for {order.name}. If not, rename the declaration.",
        )
    if _has_key_in_id(order):
        return  # this id holds the fingerprint of the key, so the order is for that key
    products = {issue_code(entry.order_status.product_code) for entry in entries if entry.order_status} - {""}
    keys = {key for entry in entries if (key := key_of(entry.certificate_details))}
    other_product = products and issue_code(order.product.code) not in products
    if other_product or (keys and order.request.public_key_sha256 not in keys):
        what = f"product {quote(', '.join(sorted(products)))}" if other_product else "another key than that of the CSR"
        raise CertumError(
            where=f"order {order.order_id}",
            why=f"it was placed for {what}, so it is not the order of this request",
            remedy="Nothing was ordered. Choose another order_id: the CA accepts each only once (error 1012).",
        )


def _entries(api: PartnerApi, order: Order, sent: CertumError) -> tuple[Entry, ...] | None:
    """Return the entries of the order id; None if the CA has no such order. Raises OutcomeUnknownError."""
    try:
        return api.get_order_by_order_id(order_id=order.order_id)
    except CertumError as error:
        if isinstance(error, ApiError) and error.has(ORDER_UNKNOWN):
            return None
        raise _unsettled(order, sent, f"the search for it failed: {error.why}") from sent


def _unsettled(order: Order, sent: CertumError, found: str) -> OutcomeUnknownError:
    return OutcomeUnknownError(
        where=sent.where,
        why=f"{sent.why}. It is unknown whether order {order.order_id} was placed: {found}",
        remedy="Run again: the run uses the same order id, so nothing is ordered twice.",
    )
