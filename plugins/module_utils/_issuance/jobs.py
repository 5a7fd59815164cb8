# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Certificates to obtain in one call, compared with the existing orders of the account.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .._handover.problems import problem_of
from .._handover.terms import Operation
from .._partner_api.api_errors import AuthenticationError, CertumError
from .allowed_requests import refuse_foreign_customer
from .followed_orders import follow_live_order, read_account
from .purchase_policy import allow_next_term, order_of_another_certificate, second_purchase
from .shared_limits import refuse_unconfirmed_customer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from .._handover.batches import OrderDifference
    from .._handover.order_items import OrderItem
    from .._handover.problems import Problem
    from .._handover.reasons import Reason
    from .._partner_api.client import PartnerApi
    from .._partner_api.messages.order_lookup import ListedOrder as Entry
    from .destination_files import Lack
    from .ordered_certificate import Order
    from .outcome import Outcome


@dataclass(frozen=True)
class Job:
    """One item, its order, and the reason for it; ``reason`` is None for a certificate that is current.

    ``problem`` is the reason why a needed certificate is not requested. ``lack`` are files that are missing beside a
    current certificate. ``warning`` is a fact that a person should know before the purchase.
    """

    item: OrderItem
    order: Order
    reason: Reason | None
    problem: Problem | None = None
    lack: Lack | None = None
    warning: str = ""


def with_live_orders(api: PartnerApi, jobs: Sequence[Job]) -> list[Job]:
    """Return the jobs, which follow live orders of the account where they may. Raises AuthenticationError.

    The account is read once for all jobs. If that fails, the jobs that need it get a problem and order nothing.
    """
    if not any(map(_needs_account, jobs)):
        return list(jobs)
    try:
        account = read_account(api)
    except AuthenticationError:
        raise
    except CertumError as error:
        return [_held_back(job, error) if _needs_account(job) else job for job in jobs]
    return [_followed(job, account, now=api.now()) if _needs_account(job) else job for job in jobs]


def _needs_account(job: Job) -> bool:
    order = job.order
    of_a_host = order.declared is not None and order.sent.may_be_sent
    doubtful = of_a_host and (order.operation is Operation.ORDER or not order.own_customer)
    return bool(job.reason and (order.may_be_live or doubtful))


def _followed(job: Job, account: Sequence[Entry], *, now: datetime) -> Job:
    try:
        if not job.order.own_customer:
            refuse_foreign_customer(job.order, account)
            refuse_unconfirmed_customer(job.order, account)
        order = follow_live_order(job.order, account, now=now) if job.order.may_be_live else job.order
        order = allow_next_term(order, account, now=now)
        warning = order_of_another_certificate(job.order, order) or second_purchase(order, account, now=now)
        return replace(job, order=order, warning=warning)
    except CertumError as error:
        return _held_back(job, error)


def _held_back(job: Job, error: CertumError) -> Job:
    return replace(job, reason=None, problem=problem_of(error).about(job.order.name))


def difference(job: Job, outcome: Outcome, *, host: str = "") -> OrderDifference:
    """Return the change at the CA, as an element of ``diff``."""
    header = f"{host}/{job.order.name}" if host else job.order.name
    return {
        "before_header": header,
        "after_header": header,
        "before": {"why": str(job.reason or "") or (job.lack.words if job.lack else None)},
        "after": {
            "operation": job.order.operation.value,
            "order_id": outcome.order_id or None,
            "product": job.order.product.title,
            "names": list(job.order.names),
            "key": str(job.order.request.key_spec),
            "state": outcome.state.value,
            "reason": outcome.reason.text,
        },
    }
