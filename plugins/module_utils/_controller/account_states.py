# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The pending orders of an estate, with their states in the account at the CA.

Private to the collection. One client asks for all hosts. The number of calls has a limit, because a host may report any
number of orders. An order that could not be asked for keeps the state that its host has recorded.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, cast

from .._handover.foreign_text import quote
from .._handover.problems import KnownError, Problem, problem_of
from .._handover.reasons import Reason, ReasonCode
from .._handover.terms import AccountState, Waiting
from .._issuance.order_state import is_open, only_people_act, waiting_for, who_must_act
from .._issuance.placing import ORDER_UNKNOWN
from .._partner_api.api_errors import ApiError
from .._partner_api.enums import OrderState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .._handover.estate import Estate, EstateCertificate, PendingOrderInfo
    from .._handover.problems import ShownProblem
    from .._partner_api.client import PartnerApi
    from .._partner_api.messages.order_lookup import OrderProgress

MOST_ORDERS = 100
LOOK = "Look at the other orders with certum_order_info."
HOSTS_KNOW = "The report shows what the hosts have recorded about pending orders."


def with_order_states(estate: Estate, open_api: Callable[[], PartnerApi]) -> Estate:
    """Return the estate with the states of its pending orders at the CA, or with the problem of the account."""
    wanted = orders_to_ask(estate["certificates"])
    if not wanted:
        return estate
    try:
        with open_api() as api:
            found = {order_id: _progress(api, order_id) for order_id in wanted[:MOST_ORDERS]}
    except KnownError as error:
        return {**estate, "account": AccountState.FAILED.value, "problems": [*estate["problems"], _failed(error)]}
    problems = [*estate["problems"]]
    if len(wanted) > MOST_ORDERS:
        words = f"{len(wanted)} orders are pending, and the account was asked about {MOST_ORDERS}. {LOOK}"
        problems.append(Problem(words, LOOK).shown())
    certificates = [_with_state(each, found) for each in estate["certificates"]]
    return {**estate, "account": AccountState.READ.value, "problems": problems, "certificates": certificates}


def _failed(error: KnownError) -> ShownProblem:
    problem = problem_of(error)
    return Problem(f"The account was not read: {problem.text} {HOSTS_KNOW}", problem.remedy).shown()


def orders_to_ask(certificates: list[EstateCertificate]) -> list[str]:
    """Return the ids of pending orders, each once. The first order of every host comes before the second of any."""
    turns: Counter[str] = Counter()
    ranked = []
    for each in certificates:
        order = each["order"]
        if order and order["order_id"]:
            ranked.append((turns[each["host"]], order["order_id"]))
            turns[each["host"]] += 1
    return list(dict.fromkeys(order_id for dummy, order_id in sorted(ranked, key=lambda rank: rank[0])))


def _progress(api: PartnerApi, order_id: str) -> OrderProgress | None:
    """Return the state of an order, None if the account has no such order. Raises CertumError."""
    try:
        return api.get_order_state(order_id=order_id)
    except ApiError as error:
        if not error.has(ORDER_UNKNOWN):
            raise
        return None


def _with_state(certificate: EstateCertificate, found: Mapping[str, OrderProgress | None]) -> EstateCertificate:
    order = certificate["order"]
    order_id = order["order_id"] if order else None
    if order is None or order_id is None or order_id not in found:
        return certificate
    waits_for, reason = _who_acts(order, order_id, found[order_id])
    shown = {**order, "waits_for": waits_for.value, "reason": reason.shown()}
    return cast("EstateCertificate", {**certificate, "order": shown})


def _who_acts(order: PendingOrderInfo, order_id: str, progress: OrderProgress | None) -> tuple[Waiting, Reason]:
    which = f"order {quote(order_id)}"
    if progress is None:
        words = f"the account has no {which}. The next run of the role decides what to do"
        return Waiting.NEXT_RUN, Reason(ReasonCode.OUTCOME_UNKNOWN, words)
    by_mail = order["waits_for"] == Waiting.MAILBOX_HOLDER
    waits_for = who_must_act(progress, by_mail=by_mail)
    if progress.order_state == OrderState.REJECTED:
        return waits_for, Reason(ReasonCode.REJECTED, f"{which} was cancelled, or refused by the CA")
    if not is_open(progress):
        return waits_for, Reason(ReasonCode.ISSUED, f"{which} is issued. The next run installs the certificate")
    code = ReasonCode.WAITING_FOR_PEOPLE if only_people_act(progress, by_mail=by_mail) else ReasonCode.WAITING
    return waits_for, Reason(code, f"{which} waits for {waiting_for(progress)}")
