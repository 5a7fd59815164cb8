# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the controller hands from one step of a batch to the next, and to each host.

Private to the collection. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from .certificate_results import CertificateResult
    from .order_items import OrderItem
    from .problems import ShownProblem
    from .reasons import ShownReason


class PendingOrder(TypedDict):
    """An order of one host that is not issued yet.

    ``item`` is an element of the option ``certificates`` of certum_certificates. ``places`` are what only one order
    at a time can use for its validation. ``published`` says that the host was given the validation file,
    ``validated`` that the CA needs it no longer. ``attempts`` counts the rounds in which the CA was asked to
    validate, or had no code. ``void_codes`` are codes that the CA does not take any more. ``too_many_checks`` says that
    the CA takes no more requests to validate it in this run. ``failure`` is the result with the problem of a validation
    that has failed, and ``waited`` is how many seconds the batch has waited for the order.
    """

    host: str
    name: str
    item: OrderItem
    places: list[str]
    published: bool
    validated: bool
    attempts: int
    void_codes: list[str]
    too_many_checks: bool
    failure: CertificateResult | None
    waited: float


class HostOrders(TypedDict):
    """What became of the orders of one host.

    ``certificates`` is every result so far. ``publish`` are those for certum_publish: it publishes the validation
    file of a pending order, removes that of any other, and keeps the record.
    """

    certificates: list[CertificateResult]
    publish: list[CertificateResult]
    problems: list[ShownProblem]


class OrderStanding(TypedDict):
    """How the CA says that an order stands, in its own words."""

    order_id: str
    state: str


class HostRemovals(TypedDict):
    """What a host may remove: names of declarations, and the orders that its staged keys belong to."""

    remove: list[str]
    orders: list[OrderStanding]
    problems: list[ShownProblem]


class BatchOrders(TypedDict):
    """The result of the steps ``order`` and ``validate``.

    ``again`` says that another round has something to do. ``refused`` are the accounts whose credentials the CA has
    refused, with the CA's words: they are not tried again in this run. ``troubles`` are what keeps the CA from being
    asked for a host.
    """

    changed: bool
    reason: ShownReason
    hosts: dict[str, HostOrders]
    pending: list[PendingOrder]
    again: bool
    refused: dict[str, ShownProblem]
    troubles: dict[str, ShownProblem]


class OrderDifference(TypedDict):
    """An element of ``diff``: why the CA was asked, and what it has now."""

    before_header: str
    after_header: str
    before: dict[str, str | None]
    after: dict[str, object]


class OrderedBatch(BatchOrders):
    """The result of the step ``order``. ``notes`` say what could not be checked before an order."""

    warnings: list[str]
    notes: list[str]
    diff: list[OrderDifference]


class BatchRemovals(TypedDict):
    """The result of the step ``remove``."""

    changed: bool
    reason: ShownReason
    hosts: dict[str, HostRemovals]
