# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The step ``compare`` of a batch: which hosts have work because of the other hosts that share a certificate.

Private to the collection. Pure. It runs in every quiet run, so it looks at each host once and loads no client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._handover.reasons import Reason, ReasonCode

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from .._handover.shared_items import ComparedBatch

Report = dict[str, Any]
Certificate = tuple[str, str]
"""The group and the name of a shared certificate."""


def compare(
    plans: Mapping[str, object], groups: Mapping[str, Mapping[str, Any]], *, batch: Sequence[str], play: Collection[str]
) -> ComparedBatch:
    """Return which hosts of the batch have work for a certificate that they share.

    A host has work if another one has something else, or if its former certificate is still valid and the play does not
    reach every host of the group. ``plans`` are the results of certum_plan, ``groups`` the frozen groups of each
    certificate by host, and ``play`` the hosts that the play reaches.
    """
    shared = {host: _shared(plan, groups[host]) for host, plan in plans.items()}
    states: dict[Certificate, set[str]] = {}
    for reports in shared.values():
        for certificate, report in reports.items():
            states.setdefault(certificate, set()).add(report["state"])
    reached = frozenset(play)
    work = {
        host: any(
            len(states[certificate]) > 1
            or (report.get("former") and not reached.issuperset(groups[host][certificate[1]]["members"]))
            for certificate, report in shared[host].items()
        )
        for host in batch
        if host in shared
    }
    words = f"{sum(work.values())} of {len(work)} hosts have work for a certificate that they share"
    return {
        "changed": False,
        "reason": Reason(ReasonCode.REPORTED, words).shown(),
        "hosts": {host: {"has_work": has_work} for host, has_work in work.items()},
    }


def _shared(plan: object, groups: Mapping[str, Any]) -> dict[Certificate, Report]:
    """Return the reports of one host about the certificates that it shares by its frozen declarations.

    A report with another shape counts as nothing, and so does one about a certificate of other hosts.
    """
    found = plan.get("shared") if isinstance(plan, dict) else None
    reports = found if isinstance(found, list) else []
    named = {each["name"]: each for each in reports if isinstance(each, dict) and _has_words(each)}
    return {(groups[name]["group"], name): report for name, report in named.items() if name in groups}


def _has_words(report: Report) -> bool:
    return all(isinstance(report.get(key), str) for key in ("name", "state"))
