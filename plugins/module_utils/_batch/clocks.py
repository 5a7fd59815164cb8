# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The clocks of hosts and of the controller, compared with the CA's.

Private to the collection. A host plans and installs by its own clock. If the clock is days ahead, the host requests
certificates that are not due, and refuses the new ones. If it is behind, the host refuses a certificate that is not
valid yet.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from .._handover.problems import Problem
from .._handover.terms import Sent
from .._partner_api.api_errors import AuthenticationError, CertumError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .._issuance.jobs import Job
    from .._partner_api.client import PartnerApi

NO_TIME = timedelta()
TOLERANCE = timedelta(minutes=5)
"""A smaller difference does no harm: certificates are checked with the same tolerance."""

CLEARLY_WRONG = timedelta(days=1)
UNITS = ((timedelta(days=1), "day"), (timedelta(hours=1), "hour"), (timedelta(minutes=1), "minute"))


@dataclass(frozen=True)
class HostClock:
    """The time that a host reported at a moment between *earliest* and *latest* by the controller's clock."""

    host: str
    said: datetime
    earliest: datetime
    latest: datetime

    def ahead(self, controller_ahead: timedelta = NO_TIME) -> timedelta:
        """Return how far the clock is certainly ahead of the CA's; negative if it is behind.

        *controller_ahead* is how far the controller's clock is ahead of the CA's. Without it the result is relative to
        the controller's clock.
        """
        earliest, latest = self.earliest - controller_ahead, max(self.earliest, self.latest) - controller_ahead
        return self.said - min(max(self.said, earliest), latest)


def read_host_clock(host: str, *, said: object, earliest: object, latest: datetime) -> HostClock | None:
    """Return the clock of a host from the times that its module and certum_freeze reported; None if one is no time."""
    try:
        moments = [datetime.fromisoformat(str(text)) for text in (said, earliest)]
    except ValueError:
        return None
    if any(moment.tzinfo is None for moment in moments):
        return None
    return HostClock(host, moments[0], moments[1], latest)


def difference(ahead: timedelta) -> str:
    """Return a difference in words, such as ``400 days ahead of the CA's``."""
    unit, word = next(((unit, word) for unit, word in UNITS if abs(ahead) >= unit), UNITS[-1])
    number = round(abs(ahead) / unit)
    return f"{number} {word}{'' if number == 1 else 's'} {'ahead of' if ahead > NO_TIME else 'behind'} the CA's"


def clock_warnings(clocks: Iterable[HostClock], *, controller_ahead: timedelta | None) -> list[str]:
    """Return a sentence for each clock that differs from the CA's; none if the CA's time is unknown."""
    if controller_ahead is None:
        return []
    wrong = [(f"host {clock.host}", clock.ahead(controller_ahead)) for clock in clocks]
    return [
        f"The clock of {whose} is {difference(ahead)}. Correct the clock: "
        "a wrong clock makes valid certificates look expired, or not valid yet."
        for whose, ahead in [("the controller", controller_ahead), *wrong]
        if abs(ahead) > TOLERANCE
    ]


def hold_back(api: PartnerApi, jobs: Sequence[tuple[HostClock | None, Job]]) -> list[Job]:
    """Return the jobs; a job of a host with a clearly wrong clock gets a problem, so it places no new order.

    A host is in doubt if its clock differs from the controller's. Only then the CA's time is requested. Raises
    AuthenticationError.
    """
    doubtful = [clock for clock, job in jobs if clock and _is_new(job) and abs(clock.ahead()) >= CLEARLY_WRONG]
    controller_ahead = _controller_ahead(api) if doubtful else None
    return [_held(clock, job, controller_ahead) if clock in doubtful else job for clock, job in jobs]


def _is_new(job: Job) -> bool:
    return bool(job.reason) and job.order.sent is Sent.NO


def _controller_ahead(api: PartnerApi) -> timedelta | None:
    try:
        api.get_product_list()
    except AuthenticationError:
        raise
    except CertumError:
        return None
    return api.controller_ahead()


def _held(clock: HostClock | None, job: Job, controller_ahead: timedelta | None) -> Job:
    if clock is None or controller_ahead is None or not _is_new(job):
        return job
    ahead = clock.ahead(controller_ahead)
    if abs(ahead) < CLEARLY_WRONG:
        return job
    remedy = f"Correct the clock of {clock.host}, then run again."
    done = f"Nothing was {job.order.operation.done}."
    why = f"so it is unknown whether a certificate is due, and the host could not install a new one. {done}"
    text = f"the clock of {clock.host} is {difference(ahead)}, {why} {remedy}"
    return replace(job, reason=None, problem=Problem(text, remedy).about(job.order.name))
