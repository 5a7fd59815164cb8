# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The estate: what the hosts of a run have and declare, as certum_info returns it and the report shows it.

Private to the collection. Pure. Times are ISO 8601 in UTC, serial numbers hexadecimal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from .certificate_results import ReissueShown
    from .problems import ShownProblem
    from .reasons import ShownReason


class CertificateInfo(TypedDict):
    """A certificate on a host, declared or not. A value that the host does not know is None.

    ``state`` is a choice of ``CertificateState``, ``reason`` explains it. ``operation`` leads to the next certificate,
    now or on ``due_at``. It is None if an order is pending or nothing renews the certificate.
    ``serial_number`` and the dates are those of the version in use, ``due_at`` that of the newest one.
    ``verified_serial_number`` is the one that a handshake showed last. ``order_id`` is the order of the certificate.
    ``remaining_days`` and ``remaining_percentage`` are declared. ``former`` is set while the host still uses the former
    certificate of a reissue. ``order`` is set while the order of a staged key is pending. ``reissues`` are those before
    the certificate in its order.
    """

    name: str
    declared: bool
    common_name: str | None
    names: list[str]
    product: str | None
    share: str | None
    state: str
    reason: ShownReason
    operation: str | None
    serial_number: str | None
    verified_serial_number: str | None
    not_before: str | None
    not_after: str | None
    due_at: str | None
    term_end: str | None
    order_id: str | None
    remaining_days: int | None
    remaining_percentage: float | None
    services: list[ServiceInfo]
    order: PendingOrderInfo | None
    former: FormerInfo | None
    reissues: list[ReissueShown]


class ServiceInfo(TypedDict):
    """A service that is declared, or that the certificate was verified for. ``addresses`` are the verified ones."""

    service: str
    addresses: list[str]


class PendingOrderInfo(TypedDict):
    """The order of a staged key. ``waits_for`` is a choice of ``Waiting``: who must act before it is issued."""

    order_id: str | None
    operation: str
    created: str
    waits_for: str
    reason: ShownReason


class FormerInfo(TypedDict):
    """The former certificate of a reissue, still in use. The CA revokes it on ``valid_until``, 14 days after it."""

    serial_number: str
    valid_until: str


class EstateCertificate(CertificateInfo):
    """A certificate of the estate, with its host."""

    host: str


class EstateHost(TypedDict):
    """A host of the estate. ``state`` is a choice of ``HostState``."""

    name: str
    state: str
    problems: list[ShownProblem]


class ForecastMonth(TypedDict):
    """The purchases and reissues of one month, ``2027-01``."""

    month: str
    purchases: int
    reissues: int


class Forecast(TypedDict):
    """A year of purchases and reissues if certificates live at most ``lifetime_days``."""

    lifetime_days: int
    months: list[ForecastMonth]


class Estate(TypedDict):
    """The report as data. ``format`` changes when a key changes its meaning or goes.

    ``limit`` is the option ``--limit`` of the run: other hosts are not in the report. ``account`` is a choice of
    ``AccountState``. ``problems`` concern the whole report.
    """

    format: int
    generated_at: str
    limit: str | None
    account: str
    problems: list[ShownProblem]
    hosts: list[EstateHost]
    certificates: list[EstateCertificate]
    forecasts: list[Forecast]


class InfoResult(TypedDict):
    """The result of certum_info."""

    changed: bool
    certificates: list[CertificateInfo]
    reason: ShownReason


class TextDifference(TypedDict):
    """An element of ``diff`` with the lines of a file."""

    before_header: str
    after_header: str
    before: str
    after: str


class ReportResult(TypedDict):
    """The result of certum_report. ``written`` are the files with new content, ``notes`` the problems of the report."""

    changed: bool
    written: list[str]
    notes: list[str]
    diff: list[TextDifference]
    reason: ShownReason
