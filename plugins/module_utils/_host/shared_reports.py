# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports what a host has of a certificate that a group of hosts shares.

Private to the collection. The controller decides with the reports of all hosts which of them orders and which receives.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .._lifecycle.decision import is_order_pending, why_issue
from .._lifecycle.former_certificate import former_of
from .._store.former_version import issuance_of
from .._store.json_record import moment_text
from .._store.metadata import OrderStage

if TYPE_CHECKING:
    from datetime import datetime

    from .._handover.shared_items import FormerOnHost, PendingOnHost, SharedReport
    from .._lifecycle.decision import Question
    from .._store.certificate_on_disk import Installed
    from .._store.version_health import InstalledVersion


def shared_report(question: Question, installed: Installed, group: str) -> SharedReport:
    """Return the report about one certificate. Pure."""
    certificate = f"{group}/{question.desired.name}"
    newest, version = question.on_disk.newest, installed.newest_good
    without_order = replace(question.on_disk, staged_order=None, staged_key=None)
    pending = _pending(installed) if is_order_pending(question.on_disk) else None
    due = why_issue(replace(question, on_disk=without_order)) is not None
    return {
        "name": question.desired.name,
        "certificate": certificate,
        "state": f"{certificate} has work" if due or pending or not newest else f"{certificate} {newest.serial_number}",
        "serial_number": newest.serial_number if newest else "",
        "not_before": moment_text(newest.not_before) if newest else "",
        "not_after": moment_text(newest.not_after) if newest else "",
        "order_id": (newest.order_id or "") if newest else "",
        "due": due,
        "pending": pending,
        "former": _former(installed, version, question.now) if version else None,
    }


def _pending(installed: Installed) -> PendingOnHost | None:
    order = installed.staged.order if installed.staged else None
    if order is None:
        return None
    return {
        "order_id": order.order_id or "",
        "operation": order.operation,
        "placed": order.stage is not OrderStage.INTENDED,
        "predecessor": order.predecessor or "",
        "created": moment_text(order.created),
    }


def _former(installed: Installed, newest: InstalledVersion, now: datetime) -> FormerOnHost | None:
    """Return the reissued certificate of the same order whose validity ends first, while it is valid."""
    issuances = [issuance_of(version) for version in installed.versions[installed.versions.index(newest) :]]
    known = [each for each in issuances if each]
    found = (former_of(older, known[:place]) for place, older in enumerate(known))
    valid = [each for each in found if each and each.valid_until > now]
    if not valid:
        return None
    former = min(valid, key=lambda each: each.valid_until)
    return {
        "serial_number": former.serial_number,
        "reissued": moment_text(former.reissued),
        "valid_until": moment_text(former.valid_until),
    }
