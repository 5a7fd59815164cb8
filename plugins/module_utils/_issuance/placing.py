# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ask for a certificate exactly once: send it, or adopt what is already there.

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
from .account_entries import is_pending_entry, key_of, newest_of_order, of_serial_number
from .allowed_requests import refuse_foreign_order, refuse_stranger
from .outcome import Outcome, Validation
from .purchase import KEY_WAS_USED
from .purchase_limits import cost, may_be_purchased, refuse_purchase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from .._partner_api.client import PartnerApi
    from .._partner_api.messages.domain_control import SanVerification
    from .._partner_api.messages.lookup import ListedOrder as Entry
    from .account_entries import Reference
    from .ordered_certificate import Order
    from .purchase import Purchase

ORDER_ID_TAKEN = 1012
ORDER_UNKNOWN = 1033

NOT_THERE_YET = "the CA has no such order so far"
NO_RENEWAL = Reason(ReasonCode.NOT_ORDERED, "there is no renewal")


def place(api: PartnerApi, order: Order, *, taken: frozenset[str] = frozenset()) -> Outcome:
    """The order at the CA, new or adopted; raises CertumError when it was not placed. ``taken`` are orders of others.

    A purchase is sent once. If its fate is unknown the CA is asked before anything is decided; OutcomeUnknownError says
    that it did not help.
    """
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


def look_before_following(
    api: PartnerApi, order: Order, *, taken: frozenset[str] = frozenset()
) -> reissuing.Reissue | renewal.Renewal | Outcome:
    """What a reissue or a renewal would send, or what became of one that was sent. Only reads.

    Raises CertumError where the CA would refuse, and that can be seen.
    """
    if order.operation is Operation.REISSUE:
        return _look_before_reissue(api, order)
    return _look_before_renewal(api, order, taken)


def _order(api: PartnerApi, order: Order) -> Outcome:
    if not may_be_purchased(order):
        return find_instead_of_purchase(api, order)
    try:
        answer = api.quick_order(order.message())
    except CertumError as error:
        if not may_be_there(order, error):
            raise
        return resume(api, order, error)
    return replace(
        _known(order, f"was placed, which {cost(order)}", ReasonCode.ORDERED),
        changed=True,
        validation=validation_of(order, answer.san_verification),
    )


def find_instead_of_purchase(api: PartnerApi, order: Order) -> Outcome:
    """The order if an earlier run placed it. Raises PurchaseNotAllowedError where it would have to be placed now."""
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
    refuse_stranger(order, former)
    _refuse_expired(order, former, now=api.now())
    added = reissuing.missing_names(order.names, former)
    return reissuing.Reissue(former, order.request, order.approver(), added, order.order_id)


def _refuse_expired(order: Order, former: Reference, *, now: datetime) -> None:
    """What the CA would refuse, said to one who has a host with a certificate on it. Raises CertumError."""
    status = former.details.certificate_status
    if status == CertificateStatus.VALID or former.has_expired(now):
        reissuing.refuse_unfit(former, now)
        return
    older = order.predecessor
    replaced = older is not None and not same_serial_number(older, former.serial_number)
    held = (
        f". It is the newest of order {order.order_id}; what is on disk is {older}, which a reissue replaced and which "
        f"the CA revokes {FORMER_DAYS} days after that"
    )
    raise CertumError(
        where=former.words,
        why=f"the CA says that it is {status}, so it is not reissued (error {reissuing.NOT_ELIGIBLE})"
        + (held if replaced else ""),
        remedy="Nothing was reissued or ordered. A new order costs money. With the role: "
        + order_again_command(order.name),
    )


def _look_before_renewal(api: PartnerApi, order: Order, taken: frozenset[str]) -> renewal.Renewal | Outcome:
    """Money moves: what an earlier run may have sent is looked for first."""
    with _in_doubt(order):
        former = of_serial_number(api, order.predecessor or "")
        code, alone = order.product.renewal_code or order.product.code, order.reissue_live_order
        wanted = renewal.Renewal(former, order.request, order.approver(), order.customer, code, alone, taken)
        found = _renewed_before(api, order, wanted) if order.sent is not Sent.NO else None
    if found:
        return _known(replace(order, order_id=found), "was placed by an earlier run")
    if order.sent is Sent.YES:
        return came_to_nothing(order, f"no renewal of {former.words} is under way any more")
    if order.sent is Sent.LOOK_UP_ONLY:
        return Outcome(name=order.name, order_id="", state=State.NOT_ORDERED, reason=NO_RENEWAL)
    refuse_stranger(order, former)
    renewal.refuse_unfit(former, order.request)
    return wanted


def _renewed_before(api: PartnerApi, order: Order, wanted: renewal.Renewal) -> str | None:
    try:
        return renewal.look_for(api, wanted, key_was_used=not order.sent.is_uncertain)
    except renewal.UnsureError:
        if not order.sent.may_be_sent:
            raise
        return None  # what the CA says to the same CSR settles it: it takes a key once


@contextmanager
def _in_doubt(order: Order) -> Iterator[None]:
    """A look that fails says nothing of what an earlier run may have sent."""
    try:
        yield
    except (AuthenticationError, TransportError, SoapFaultError):
        raise
    except CertumError as error:
        if not order.sent.is_uncertain:
            raise
        raise OutcomeUnknownError(
            where=error.where,
            why=f"{error.why}. Whether an earlier run has bought the renewal is not known",
            remedy=error.remedy,
        ) from error


def came_to_nothing(order: Order, why: str) -> Outcome:
    """What was sent by a run that did not see how the CA refused it: the key is used up (error 1032)."""
    remedy = f"The key stays used, so ask with a new key and CSR. With the role: {order_again_command(order.name)}"
    return Outcome(
        name=order.name,
        order_id=order.order_id,
        state=State.REJECTED,
        reason=Reason(ReasonCode.REJECTED, "what was asked for was cancelled or refused"),
        problem=Problem(
            f"{order.name}: {why}: what was asked for with this key was cancelled, or refused by the CA (ask it why if "
            f"it was not you). Nothing was bought now. {remedy}",
            remedy,
            order.name,
        ),
    )


def _purchased(order: Order, purchase: Purchase, code: ReasonCode, words: str) -> Outcome:
    found = replace(order, order_id=purchase.order_id)
    known = _known(found, words, code) if purchase.is_new else _known(found, f"{words} already")
    answer = purchase.placed.san_verification if purchase.placed else None
    return replace(known, changed=purchase.is_new, validation=validation_of(order, answer))


def validation_of(order: Order, answer: SanVerification | None) -> Validation | None:
    """What the CA wants proved; None where it sent no code."""
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


def may_be_there(order: Order, sent: CertumError) -> bool:
    """Whether the CA may have the order all the same.

    No source says that the CA tells every error of a request: what is there may be refused for its key alone.
    """
    if isinstance(sent, ApiError):
        return order.sent.is_uncertain or sent.has(ORDER_ID_TAKEN, KEY_WAS_USED)
    return sent.outcome_unknown


def resume(api: PartnerApi, order: Order, sent: CertumError) -> Outcome:
    """The order whose answer was lost, or that was refused because it is there already. Raises CertumError.

    That the CA has it not does not prove that it never will: the request may still be on its way.
    """
    refused = isinstance(sent, ApiError)
    taken = isinstance(sent, ApiError) and sent.has(ORDER_ID_TAKEN)
    entries = _entries(api, order, sent)
    if not entries and refused and not taken:
        raise sent
    if entries is None or not (entries or refused):
        raise _unsettled(order, sent, NOT_THERE_YET) from sent
    _refuse_another(order, entries)
    return _known(order, "was placed by an earlier run")


def _refuse_another(order: Order, entries: Iterable[Entry]) -> None:
    """An order that has this id by chance, or from another year. Raises CertumError."""
    customers = {entry.order_status.customer for entry in entries if entry.order_status}
    if customers - {order.customer, ""}:
        raise CertumError(
            where=f"order {order.order_id}",
            why=f"the CA has it for customer {quote(', '.join(sorted(customers)))}, and {order.customer} is declared",
            remedy=f"Declare that customer for {order.name} if the order is yours, or give it another name.",
        )
    if order.order_id.endswith(order.request.public_key_sha256[:FINGERPRINT_CHARACTERS]):
        return  # an id that we made of the key is for that key
    products = {issue_code(entry.order_status.product_code) for entry in entries if entry.order_status} - {""}
    keys = {key for entry in entries if (key := key_of(entry.certificate_details))}
    other_product = products and issue_code(order.product.code) not in products
    if other_product or (keys and order.request.public_key_sha256 not in keys):
        what = f"product {quote(', '.join(sorted(products)))}" if other_product else "another key than that of the CSR"
        raise CertumError(
            where=f"order {order.order_id}",
            why=f"it was placed for {what}, so it is not what is asked for now",
            remedy="Nothing was ordered. Choose another order_id: the CA takes each only once (error 1012).",
        )


def _entries(api: PartnerApi, order: Order, sent: CertumError) -> tuple[Entry, ...] | None:
    """What the CA has under the id; None where it knows no such order. Raises OutcomeUnknownError."""
    try:
        return api.get_order_by_order_id(order_id=order.order_id)
    except CertumError as error:
        if isinstance(error, ApiError) and error.has(ORDER_UNKNOWN):
            return None
        raise _unsettled(order, sent, f"looking for it failed: {error.why}") from sent


def _unsettled(order: Order, sent: CertumError, found: str) -> OutcomeUnknownError:
    return OutcomeUnknownError(
        where=sent.where,
        why=f"{sent.why}. Whether order {order.order_id} was placed is not known: {found}",
        remedy="Run again: the same order id is used, so nothing is bought twice.",
    )
