# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The estate: what the hosts of a run have and declare, as certum_info returns it and the report shows it.

Private to the collection. Pure. Times are ISO 8601 in UTC, serial numbers hexadecimal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from .problems import ShownProblem
    from .reasons import ShownReason


class CertificateInfo(TypedDict):
    """A certificate on a host, declared or not. A value that the host does not know is None.

    ``state`` is a choice of ``CertificateState``, ``reason`` explains it. ``verified_serial_number`` is the one that a
    handshake showed last. ``former`` is set while the former certificate of a reissue is still in use or valid.
    ``order`` is set while the order of a staged key is pending.
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
    services: list[ServiceInfo]
    order: PendingOrderInfo | None
    former: FormerInfo | None


class ServiceInfo(TypedDict):
    """A service that a certificate was verified for. ``addresses`` are empty if nothing verifies it."""

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
    """The former certificate of a reissue. It is valid until ``valid_until``, 14 days after the reissue."""

    serial_number: str
    valid_until: str


class EstateCertificate(CertificateInfo):
    """A certificate of the estate, with its host."""

    host: str


class EstateHost(TypedDict):
    """A host of the estate. ``state`` is ``reported``, ``unreachable`` or ``failed``."""

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
    """The report as data. ``format`` changes when a key changes its meaning or goes."""

    format: int
    generated_at: str
    hosts: list[EstateHost]
    certificates: list[EstateCertificate]
    forecasts: list[Forecast]
