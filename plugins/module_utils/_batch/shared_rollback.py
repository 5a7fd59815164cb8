# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The step ``rollback`` of a batch: which hosts roll back to the previous certificate because another host failed.

Private to the collection. Nothing is sent to the CA. Only hosts that share a certificate roll back together, and only
if they got it in this play: a new host that cannot use a certificate changes nothing for hosts that used it before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._handover.problems import Problem
from .._handover.reasons import Reason, ReasonCode, summary
from .._handover.terms import RollbackScope
from .share_step import INSTALLED, RECEIVED, shared_certificates, shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .._handover.shared_items import EarlierRollback, HostRollback, RollbackBatch
    from .batch_host import BatchHost

DEPLOYED = "certum_deploy__deployed"
NOTHING = "every host can use the certificates that it shares"


@dataclass(frozen=True)
class DeployingHost:
    """A host that got the certificate in this play. ``failed`` is True if it could not use it and was rolled back."""

    name: str
    failed: bool
    in_batch: bool
    scope: RollbackScope


def hosts_that_return(members: Sequence[DeployingHost]) -> tuple[list[str], list[str]]:
    """Return the hosts of the batch, and those of earlier batches, that give up the certificate.

    A host that failed has given it up itself. After a failure in an earlier batch, the hosts of this batch give it up
    too. With the scope ``group``, a failure in this batch concerns the earlier batches as well.
    """
    if not any(member.failed for member in members):
        return [], []
    others = [member for member in members if not member.failed]
    failed_now = [member for member in members if member.failed and member.in_batch]
    of_group = any(member.scope is RollbackScope.GROUP for member in failed_now)
    return (
        [member.name for member in others if member.in_batch],
        [member.name for member in others if not member.in_batch and of_group],
    )


def roll_back_shared(hosts: Sequence[BatchHost]) -> RollbackBatch:
    """Return what each host gives up. ``earlier`` are hosts of earlier batches, to which the controller connects."""
    in_batch = [host.name for host in hosts if host.in_batch]
    found: dict[str, HostRollback] = {name: {"certificates": [], "problems": []} for name in in_batch}
    by_name = {host.name: host for host in hosts}
    earlier: dict[str, EarlierRollback] = {}
    reasons: list[tuple[str, Reason]] = []
    for certificate in shared_certificates(hosts):
        members = [_deploying(host, certificate.name) for host in certificate.hosts if _gets(host, certificate.name)]
        now, before = hosts_that_return(members)
        failed = [member.name for member in members if member.failed]
        for name in now:
            found[name]["certificates"].append(certificate.name)
            found[name]["problems"].append(_problem(certificate.name, failed).shown())
        for name in before:
            new: EarlierRollback = {"host": name, "certificates": []}
            earlier.setdefault(name, new)["certificates"].append(by_name[name].items[certificate.name])
        if now or before:
            named = shortened([*now, *before])
            words = f"hosts {named} roll back to the previous certificate, because {_cannot(failed)}"
            reasons.append((certificate.name, Reason(ReasonCode.ROLLED_BACK, words)))
    return {
        "changed": False,
        "reason": summary(reasons, otherwise=NOTHING).shown(),
        "hosts": found,
        "earlier": list(earlier.values()),
    }


def _gets(host: BatchHost, name: str) -> bool:
    """Return whether a host installed or received a certificate in this play, to deploy it."""
    return any(name in _names(host.reported(report, "deploy")) for report in (INSTALLED, RECEIVED))


def _names(items: Iterable[dict[str, object]]) -> list[object]:
    return [item.get("name") for item in items]


def _deploying(host: BatchHost, name: str) -> DeployingHost:
    report = host.reports.get(DEPLOYED)
    rolled_back = report.get("rolled_back") if isinstance(report, dict) else None
    failed = isinstance(rolled_back, list) and name in rolled_back
    return DeployingHost(host.name, failed=failed, in_batch=host.in_batch, scope=host.settings.rollback)


def _cannot(failed: Sequence[str]) -> str:
    return f"host{'s' if len(failed) > 1 else ''} {shortened(failed)} cannot use the new one"


def _problem(name: str, failed: Sequence[str]) -> Problem:
    remedy = f"Repair {shortened(failed)}, then run again: the hosts then use the new certificate without an order."
    return Problem(
        f"{quote(name, 80)}: {_cannot(failed)}, so this host rolls back to the previous certificate, unless its report "
        f"above gives a reason to keep the new one. {remedy}",
        remedy,
    ).about(name)
