# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The results that the controller passes from one step of a batch to the next, and to each host.

Private to the collection. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from .certificate_results import CertificateResult
    from .order_items import OrderItem
    from .problems import ShownProblem
    from .reasons import ShownReason


class RecordItem(TypedDict):
    """A validation record that the run withdraws when its order is done.

    ``wanted`` is the name where the CA begins to look, ``name`` the one to which CNAME records lead from there.
    ``provider`` is the number of the provider in the host's certum_dns.
    """

    wanted: str
    name: str
    type: str
    value: str
    zone: str
    provider: int
    code: str


class TaskRecord(TypedDict):
    """An element of certum_dns_records, which the operator's own tasks publish or withdraw. ``ttl`` is in seconds.

    ``all_values`` are those that the name has to have afterwards, with those that were there before.
    """

    name: str
    type: str
    value: str
    all_values: list[str]
    ttl: int
    zone: str


class TaskFile(TypedDict):
    """The records for one task file of the operator."""

    file: str
    records: list[TaskRecord]


class RecordTasks(TypedDict):
    """The records that the operator's own tasks publish before the next step, and those that they withdraw now."""

    present: list[TaskFile]
    absent: list[TaskFile]


class PendingOrder(TypedDict):
    """A pending order of one host.

    ``item`` is an element of the option ``certificates`` of certum_certificates. ``places`` identify the validation
    file or record, which only one order can use at a time. ``published`` is True if the host got the validation file.
    ``validated`` is True if the CA does not need it any more. ``attempts`` counts the rounds in which validation was
    triggered, or in which the CA had no code. ``void_codes`` are codes that the CA does not accept any more.
    ``too_many_checks`` is True if the CA accepts no more requests to validate the order in this run. ``failure`` is the
    result of a failed validation, with its problem. ``waited`` is the time that the batch waited for the order, in
    seconds, and ``records_waited`` the part of it that was for name servers. ``ca_codes`` are the codes that the CA
    sent in this run, and ``records`` the records that the run has published or found, and not yet withdrawn.
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
    records_waited: float
    ca_codes: list[str]
    records: list[RecordItem]


class HostOrders(TypedDict):
    """The results of the orders of one host.

    ``certificates`` are all results so far. ``publish`` are the results for certum_publish. It publishes the
    validation file of a pending order, removes the file of any other order, and updates the record.
    """

    certificates: list[CertificateResult]
    publish: list[CertificateResult]
    problems: list[ShownProblem]


class OrderStanding(TypedDict):
    """The state of an order, in the CA's words or ``ORDER_NOT_FOUND``. ``environment`` is the system that answered."""

    order_id: str
    state: str
    environment: str | None


class RevokedItem(TypedDict):
    """A certificate that was revoked, in this run or before. ``name`` is its declaration."""

    name: str
    serial_number: str
    reason: ShownReason


class HostRemovals(TypedDict):
    """The names of declarations that a host may remove, their revoked certificates, and the orders of staged keys."""

    remove: list[str]
    revoked: list[RevokedItem]
    orders: list[OrderStanding]
    problems: list[ShownProblem]


class BatchOrders(TypedDict):
    """The result of the steps ``order`` and ``validate``.

    ``again`` is True if another round is necessary. ``troubles`` are problems that prevent requests to the CA for a
    host. ``warnings`` are about records that could not be withdrawn, after the step ``order`` about other things too.
    ``record_tasks`` are the records of the provider ``tasks``.
    """

    changed: bool
    reason: ShownReason
    hosts: dict[str, HostOrders]
    pending: list[PendingOrder]
    again: bool
    troubles: dict[str, ShownProblem]
    warnings: list[str]
    record_tasks: RecordTasks


class OrderDifference(TypedDict):
    """An element of ``diff``: the reason for the request, and the state at the CA after it."""

    before_header: str
    after_header: str
    before: dict[str, str | None]
    after: dict[str, object]


class OrderedBatch(BatchOrders):
    """The result of the step ``order``. ``notes`` are checks that were not possible before an order."""

    notes: list[str]
    diff: list[OrderDifference]


class BatchRemovals(TypedDict):
    """The result of the step ``remove``."""

    changed: bool
    reason: ShownReason
    hosts: dict[str, HostRemovals]
