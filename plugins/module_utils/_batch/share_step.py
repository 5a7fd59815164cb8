# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The step ``share`` of a batch: assign each shared certificate to the hosts of its group, before anything is staged.

Private to the collection. The frozen declarations say which hosts share a certificate. Nothing is sent to the CA.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from .._handover.foreign_text import quote
from .._handover.problems import Problem
from .._handover.reasons import Reason, ReasonCode, summary
from .._lifecycle.former_certificate import FORMER_DAYS
from .._lifecycle.shared_orders import RecordedOrder
from .shared_assignment import Member, OnMember, decide

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from .._handover.shared_items import Assignment, HostAssignment, SharedBatch
    from .._lifecycle.declaration import Declaration
    from .batch_host import BatchHost

PLANNED, INSTALLED, RECEIVED = "certum__planned", "certum__installed", "certum__received"
KNOWN = "certum__known"
"""What the controller passed to a host of an earlier batch. It is no report of the host."""
WARN_AFTER = timedelta(days=10)
"""Some days before the CA revokes a reissued certificate (FORMER_DAYS)."""
NOTHING = "no certificate is shared"
FormerCertificate = tuple[str, datetime, datetime]
"""The serial number, the time of the reissue, and the end of validity."""
SHOWN = 5
PREDICTED = "would_"
"""The codes of reasons in check mode begin with it."""


@dataclass(frozen=True)
class SharedCertificate:
    """One certificate of a group, with the hosts of the play that declare it."""

    group: str
    name: str
    hosts: Sequence[BatchHost]

    @property
    def in_batch(self) -> list[BatchHost]:
        return [host for host in self.hosts if host.in_batch]


@dataclass(frozen=True)
class Play:
    """All hosts of a play, and those without an answer."""

    hosts: Collection[str] = ()
    unreached: Collection[str] = ()


def share(hosts: Sequence[BatchHost], *, now: datetime, play: Play) -> SharedBatch:
    """Return the assignment of each shared certificate."""
    assignments: list[Assignment] = []
    found: dict[str, HostAssignment] = {
        host.name: {"issue": [], "receive": [], "problems": []} for host in hosts if host.in_batch
    }
    late: list[tuple[str, bool]] = []
    reasons: list[tuple[str, Reason]] = []
    for certificate in shared_certificates(hosts):
        if problem := _difference(certificate):
            for host in certificate.in_batch:
                found[host.name]["problems"].append(problem.shown())
            continue
        members = members_of(certificate)
        assignment, receivers = _assignment(certificate, members)
        assignments.append(assignment)
        if assignment["issue"]:
            found[assignment["holder"]]["issue"].append(certificate.name)
        for receiver in receivers:
            found[receiver]["receive"].append(certificate.name)
        reasons.append((f"{certificate.name} of group {certificate.group}", _reason(assignment, receivers)))
        first = min(former_certificates(certificate), key=itemgetter(2), default=None)
        late += late_hosts(certificate, play, first, now)
        late += _behind(certificate.name, assignment, members)
    return {
        "changed": False,
        "reason": summary(reasons, otherwise=NOTHING).shown(),
        "assignments": assignments,
        "hosts": found,
        "late": [words for words, _is_warning in late],
        "warnings": [words for words, is_warning in late if is_warning],
    }


def shared_certificates(hosts: Sequence[BatchHost]) -> list[SharedCertificate]:
    """Return the shared certificates that hosts of the batch declare and have planned."""
    found: dict[tuple[str, str], list[BatchHost]] = {}
    for host in hosts:
        for name, group in host.shared.items():
            if name in host.declarations and _reported(host, name) is not None:
                found.setdefault((group.name, name), []).append(host)
    together = (SharedCertificate(group, name, members) for (group, name), members in found.items())
    return [each for each in together if each.in_batch]


def members_of(certificate: SharedCertificate) -> list[Member]:
    """Return the hosts with what they report."""
    return [_member(host, certificate.name) for host in certificate.hosts]


def _assignment(certificate: SharedCertificate, members: Sequence[Member]) -> tuple[Assignment, tuple[str, ...]]:
    decision = decide(members)
    here = {host.name for host in certificate.hosts}
    group = certificate.hosts[0].shared[certificate.name]
    return {
        "name": certificate.name,
        "group": certificate.group,
        "holder": decision.holder,
        "issue": decision.issue,
        "may_send": decision.may_send,
        "held": decision.held,
        "serial_numbers": sorted({each.certificate.serial_number for each in members if each.certificate}),
        "members": [host.name for host in certificate.in_batch],
        "outside": [name for name in group.members if name not in here],
        "replace": any(certificate.name in host.replace for host in certificate.in_batch),
    }, decision.receivers


def _reason(assignment: Assignment, receivers: Sequence[str]) -> Reason:
    is_ordered = assignment["issue"] or not assignment["held"]
    orders = f"{assignment['holder']} orders or resumes it" if is_ordered else f"{assignment['holder']} has it"
    receive = f", and {shortened(receivers)} {'receives' if len(receivers) == 1 else 'receive'} it" if receivers else ""
    return Reason(ReasonCode.SHARED_ASSIGNED, f"host {orders}{receive}")


def _difference(certificate: SharedCertificate) -> Problem | None:
    """Return a problem if the hosts declare different contents under one name. Then nothing is ordered."""
    contents = {host.name: _contents(host, host.declarations[certificate.name]) for host in certificate.hosts}
    first = next(iter(contents))
    for host, content in contents.items():
        different = [key for key, value in content.items() if contents[first][key] != value]
        if different:
            remedy = "Declare it alike on all hosts of the group, then run again."
            return Problem(
                f"group {quote(certificate.group, 80)} shares this certificate, but hosts {first} and {host} declare "
                f"different {', '.join(different)}. Nothing was ordered, and no key was sent. {remedy}",
                remedy,
            ).about(certificate.name)
    return None


def _contents(host: BatchHost, declaration: Declaration) -> dict[str, object]:
    """Return the parts of a declaration that must be the same on all hosts, by the words of a message."""
    return {
        "names": (declaration.common_name, frozenset(declaration.names)),
        "products": declaration.product.code,
        "keys": (declaration.key_type, declaration.key_size),
        "customers": host.items[declaration.name].get("customer"),
        "accounts of the CA": host.account,
    }


def late_hosts(
    certificate: SharedCertificate, play: Play, former: FormerCertificate | None, now: datetime
) -> list[tuple[str, bool]]:
    """Return a sentence about the hosts that may use a former certificate, and whether it is a warning."""
    group = certificate.hosts[0].shared[certificate.name]
    silent = [name for name in group.members if name in play.unreached]
    outside = [name for name in group.members if name not in play.hosts]
    if former is None or not (silent or outside):
        return []
    serial_number, reissued, until = former
    them = "it" if len(silent + outside) == 1 else "them"
    who = [f"{shortened(silent)} did not answer"] if silent else []
    if outside:
        who.append(f"{shortened(outside)} {'is' if len(outside) == 1 else 'are'} not in this play")
    words = (
        f"{certificate.name}: {', and '.join(who)}. Unless an earlier run has supplied {them}, the "
        f"former certificate {serial_number} is in use there, and it is valid until {until:%Y-%m-%d %H:%M} UTC: the CA "
        f"revokes it {FORMER_DAYS} days after a reissue. The first run that reaches {them} supplies the new "
        f"certificate, without an order. Run again with {them} before that date, or remove {them} from the group."
    )
    return [(words, now >= reissued + WARN_AFTER)]


def former_certificates(certificate: SharedCertificate) -> list[FormerCertificate]:
    """Return the former certificates that the hosts have replaced and that are still valid."""
    return [known for host in certificate.hosts if (known := _former(host, certificate.name))]


def _behind(name: str, assignment: Assignment, members: Sequence[Member]) -> list[tuple[str, bool]]:
    """Return a warning about hosts of earlier batches with an older certificate. Their batch could not see this one."""
    held = assignment["held"]
    hosts = [each.host for each in members if not each.in_batch and each.certificate]
    older = [host for host in hosts if host not in _having(held, members)]
    if not held or assignment["issue"] or not older:
        return []
    words = (
        f"{name}: {shortened(older)} of an earlier batch {'has' if len(older) == 1 else 'have'} an older certificate "
        f"than {held}, which other hosts of the group have. The CA revokes a certificate {FORMER_DAYS} days after its "
        "reissue. Run again without serial: then they get the newest certificate, without an order."
    )
    return [(words, True)]


def _having(serial_number: str, members: Sequence[Member]) -> set[str]:
    return {each.host for each in members if each.certificate and each.certificate.serial_number == serial_number}


def _former(host: BatchHost, name: str) -> FormerCertificate | None:
    report = _reported(host, name) or {}
    former = report.get("former")
    if not isinstance(former, dict):
        return None
    reissued, until = _moment(former.get("reissued")), _moment(former.get("valid_until"))
    return (quote(former.get("serial_number"), 60), reissued, until) if reissued and until else None


def shortened(hosts: Sequence[str]) -> str:
    """Return the names of hosts, the first five if there are more."""
    shown = ", ".join(hosts[:SHOWN])
    return f"{shown} and {len(hosts) - SHOWN} more" if len(hosts) > SHOWN else shown


def _reported(host: BatchHost, name: str) -> dict[str, Any] | None:
    return next((each for each in host.reported(PLANNED, "shared") if each.get("name") == name), None)


def _member(host: BatchHost, name: str) -> Member:
    """Return what a host has. A report that cannot be read counts as nothing."""
    report = _reported(host, name) or {}
    certificate = _certificate(report)
    member = Member(host.name, certificate, _pending(report.get("pending")), in_batch=host.in_batch)
    return member if host.in_batch else _after_its_batch(member, host, name)


def _certificate(report: Mapping[str, Any]) -> OnMember | None:
    not_before, not_after = _moment(report.get("not_before")), _moment(report.get("not_after"))
    serial_number = report.get("serial_number")
    if not isinstance(serial_number, str) or not serial_number or not_before is None or not_after is None:
        return None
    return OnMember(
        serial_number=quote(serial_number, 80).upper(),
        not_before=not_before,
        not_after=not_after,
        order_id=str(report.get("order_id") or ""),
        due=bool(report.get("due")),
    )


def _pending(found: object) -> RecordedOrder | None:
    created = _moment(found.get("created")) if isinstance(found, dict) else None
    if not isinstance(found, dict) or created is None:
        return None
    return RecordedOrder(
        order_id=str(found.get("order_id") or ""),
        operation=str(found.get("operation") or ""),
        placed=bool(found.get("placed")),
        predecessor=str(found.get("predecessor") or ""),
        created=created,
    )


def _after_its_batch(member: Member, host: BatchHost, name: str) -> Member:
    """Return a host of an earlier batch of this play with what it has now, or would have without check mode."""
    passed = next((each for each in host.reported(KNOWN, "certificates") if each.get("name") == name), {})
    if str((passed.get("reason") or {}).get("code")).startswith(PREDICTED):
        latest = datetime.max.replace(tzinfo=timezone.utc)
        return replace(member, pending=RecordedOrder("", "", placed=True, predecessor="", created=latest))
    done = [*host.reported(RECEIVED, "certificates"), *host.reported(INSTALLED, "certificates")]
    now_there = next((each for each in done if each.get("name") == name), None)
    if now_there is None:
        return member
    serial_number = str(now_there.get("serial_number") or "").upper()
    before = member.certificate.serial_number if member.certificate else ""
    pending = member.pending if now_there.get("ordered") else None
    if not serial_number or serial_number == before:
        return replace(member, pending=pending or (_ordered_now(now_there) if now_there.get("ordered") else None))
    start = _moment(now_there.get("not_before")) or _moment(now_there.get("not_after"))
    end = _moment(now_there.get("not_after"))
    if start is None or end is None:
        return replace(member, pending=pending)
    fresh = OnMember(serial_number, start, end, order_id="", due=False, fresh=True)
    return replace(member, certificate=fresh, pending=pending)


def _ordered_now(found: Mapping[str, Any]) -> RecordedOrder | None:
    created = _moment(found.get("ordered"))
    return RecordedOrder("", "", placed=True, predecessor="", created=created) if created else None


def _moment(text: object) -> datetime | None:
    if not isinstance(text, str) or not text:
        return None
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
