# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a host knows of one certificate: its state, its dates, its order, and the services that use it.

Private to the collection. Pure: what is on disk and the time are arguments.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._handover.reasons import Reason, ReasonCode
from .._handover.terms import CertificateState
from .._lifecycle.decision import Question, is_order_pending, why_activate, why_issue
from .._lifecycle.due_date import RenewalWindow, due_at
from .._lifecycle.operation_choice import choose
from .._lifecycle.products import UnknownProductError, find
from .._lifecycle.verified_services import declared_services
from .._store.json_record import moment_text
from .._store.reissues import shown_reissues
from .pending_order import pending_order

if TYPE_CHECKING:
    from datetime import datetime

    from .._handover.declared_items import DeclaredItem
    from .._handover.estate import CertificateInfo, ServiceInfo
    from .._lifecycle.decision import OnDisk
    from .._lifecycle.declaration import Declaration
    from .._store.certificate_on_disk import Installed
    from .._store.store_errors import StoreError
    from .._store.version_health import InstalledVersion

STATES = {
    ReasonCode.PENDING_ORDER: CertificateState.PENDING,
    ReasonCode.NOT_ON_DISK: CertificateState.MISSING,
    ReasonCode.NOT_USABLE: CertificateState.BROKEN,
    ReasonCode.DAMAGED: CertificateState.BROKEN,
    ReasonCode.EXPIRED: CertificateState.EXPIRED,
}
"""The states of certificates that must be issued, by the reason. All other reasons make a certificate due."""


@dataclass(frozen=True)
class DeclaredOnDisk:
    """A declaration, and what the host has of it."""

    item: DeclaredItem
    declaration: Declaration
    installed: Installed
    on_disk: OnDisk
    environment: str | None


def info_of_declared(declared: DeclaredOnDisk, now: datetime) -> CertificateInfo:
    """Return what is known of a certificate that is declared present."""
    declaration, installed, on_disk = declared.declaration, declared.installed, declared.on_disk
    question = Question(declaration.desired(environment=declared.environment), on_disk, now)
    window, pending = declaration.window, is_order_pending(on_disk)
    due = _due(declaration.name, window, on_disk)
    issue = why_issue(question)
    operation = None
    if not pending and (issue or due):
        operation = choose(question if issue or due is None else replace(question, now=max(due, now))).operation.value
    state, reason = _state_of_declared(question, issue, due)
    return {
        **_disk_part(declaration.name, installed, on_disk, now),
        "declared": True,
        "common_name": declaration.common_name,
        "names": list(declaration.names),
        "product": declaration.product.key or declaration.product.code,
        "share": declaration.share or None,
        "state": state.value,
        "reason": reason.shown(),
        "operation": operation,
        "due_at": moment_text(due) if due else None,
        "remaining_days": window.remaining_days,
        "remaining_percentage": window.remaining_percentage,
        "services": _services(installed, declared.item),
    }


def info_of_other(installed: Installed, on_disk: OnDisk, *, declared: bool | None, now: datetime) -> CertificateInfo:
    """Return what is known of a certificate without a declaration.

    ``declared`` is True if another call declares it, False if nothing does, and None if that is not known.
    """
    name = installed.name
    renewed = declared is not False
    due = _due(name, RenewalWindow(), on_disk) if renewed else None
    state, reason = _state_of_other(installed, on_disk, due, now)
    if not renewed and state is CertificateState.CURRENT:
        reason = Reason(ReasonCode.NOT_DECLARED, f"{reason}. Nothing declares it, so it is not renewed")
    return {
        **_disk_part(name, installed, on_disk, now),
        "declared": bool(declared),
        "state": state.value,
        "reason": reason.shown(),
        "due_at": moment_text(due) if due else None,
    }


def info_of_absent(item: DeclaredItem, installed: Installed, on_disk: OnDisk, now: datetime) -> CertificateInfo:
    """Return what is known of a certificate that is declared absent, and still on disk."""
    reason = Reason(ReasonCode.DECLARED_ABSENT, "it is declared absent, and still on disk. The next run removes it")
    known = _disk_part(item["name"], installed, on_disk, now)
    return {**known, "declared": True, "state": CertificateState.ABSENT.value, "reason": reason.shown()}


def info_of_unreadable(name: str, error: StoreError, *, declared: bool) -> CertificateInfo:
    """Return what is known of a certificate whose files cannot be read."""
    return {
        **_unknown(name),
        "declared": declared,
        "state": CertificateState.BROKEN.value,
        "reason": Reason(ReasonCode.NOT_USABLE, str(error)).shown(),
    }


def _state_of_declared(
    question: Question, issue: Reason | None, due: datetime | None
) -> tuple[CertificateState, Reason]:
    newest = question.on_disk.newest
    if newest and question.now >= newest.not_after:
        return CertificateState.EXPIRED, _expired(newest.not_after, question.on_disk)
    if issue:
        return STATES.get(issue.code, CertificateState.DUE), issue
    activate = why_activate(question)
    if activate:
        return CertificateState.INCOMPLETE, activate
    words = f"certificate {newest.serial_number} is current" if newest else "it is current"
    return CertificateState.CURRENT, Reason(ReasonCode.CURRENT, f"{words}, and due on {due:%Y-%m-%d}" if due else words)


def _state_of_other(
    installed: Installed, on_disk: OnDisk, due: datetime | None, now: datetime
) -> tuple[CertificateState, Reason]:
    newest = on_disk.newest
    if newest and now >= newest.not_after:
        return CertificateState.EXPIRED, _expired(newest.not_after, on_disk)
    if is_order_pending(on_disk):
        return CertificateState.PENDING, Reason(ReasonCode.PENDING_ORDER, f"order {on_disk.staged_order} is pending")
    if newest is None:
        if installed.problems:
            words = f"no usable certificate: {'; '.join(installed.problems)}"
            return CertificateState.BROKEN, Reason(ReasonCode.NOT_USABLE, words)
        return CertificateState.MISSING, Reason(ReasonCode.NOT_ON_DISK, "there is no certificate yet")
    words = f"certificate {newest.serial_number} expires on {newest.not_after:%Y-%m-%d}"
    if due and now >= due:
        return CertificateState.DUE, Reason(ReasonCode.EXPIRES_SOON, f"{words}, and is due since {due:%Y-%m-%d}")
    return CertificateState.CURRENT, Reason(ReasonCode.CURRENT, words)


def _expired(not_after: datetime, on_disk: OnDisk) -> Reason:
    order = f". Order {on_disk.staged_order} is pending" if is_order_pending(on_disk) else ""
    return Reason(ReasonCode.EXPIRED, f"the certificate expired on {not_after:%Y-%m-%d}{order}")


def _due(name: str, window: RenewalWindow, on_disk: OnDisk) -> datetime | None:
    newest = on_disk.newest
    if newest is None:
        return None
    return due_at(
        not_before=newest.not_before,
        not_after=newest.not_after,
        window=window,
        spread_by=name,
        term_end=newest.term_end,
    )


def _unknown(name: str) -> CertificateInfo:
    return {
        "name": name,
        "declared": False,
        "common_name": None,
        "names": [],
        "product": None,
        "share": None,
        "state": CertificateState.CURRENT.value,
        "reason": Reason(ReasonCode.CURRENT, "").shown(),
        "operation": None,
        "serial_number": None,
        "verified_serial_number": None,
        "not_before": None,
        "not_after": None,
        "due_at": None,
        "term_end": None,
        "order_id": None,
        "remaining_days": None,
        "remaining_percentage": None,
        "services": [],
        "order": None,
        "former": None,
        "reissues": [],
    }


def _disk_part(name: str, installed: Installed, on_disk: OnDisk, now: datetime) -> CertificateInfo:
    """Return what is on disk. The version in use counts, else the newest good one, else the one installed last."""
    version = installed.current or installed.newest_good or next(iter(installed.versions), None)
    former = on_disk.former
    found: CertificateInfo = {
        **_unknown(name),
        "verified_serial_number": installed.verified.serial_number if installed.verified else None,
        "services": _services(installed, None),
        "order": pending_order(installed, on_disk),
        "former": {"serial_number": former.serial_number, "valid_until": moment_text(former.valid_until)}
        if former and former.not_after > now
        else None,
    }
    return {**found, **_version_part(version)} if version else found  # type: ignore[typeddict-item]


def _version_part(version: InstalledVersion) -> dict[str, object]:
    facts = version.facts
    order = version.metadata.order if version.metadata else None
    return {
        "serial_number": version.serial_number,
        "common_name": quote(facts.common_name) if facts and facts.common_name else None,
        "names": list(facts.names) if facts else [],
        "not_before": moment_text(facts.not_before) if facts else None,
        "not_after": moment_text(facts.not_after) if facts else None,
        "product": _product_name(order.product) if order else None,
        "share": order.share if order else None,
        "term_end": moment_text(order.term_end) if order and order.term_end else None,
        "order_id": order.order_id if order else None,
        "reissues": shown_reissues(order.reissues if order else ()),
    }


def _product_name(code: str | None) -> str | None:
    try:
        return (find(code).key or code) if code else None
    except UnknownProductError:
        return quote(code)


def _services(installed: Installed, item: DeclaredItem | None) -> list[ServiceInfo]:
    """Return the services that were verified, and those that are declared."""
    recorded = installed.services.deployed if installed.services else ()
    addresses = {each.service: list(each.verify or ()) for each in recorded}
    known = {each.canonical for each in recorded}
    for each in declared_services(item) if item else ():
        if each.canonical not in known:
            addresses[each.service] = []
    return [{"service": service, "addresses": found} for service, found in addresses.items()]
