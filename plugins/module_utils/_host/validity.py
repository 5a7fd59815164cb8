# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The dates of a declared certificate at the end of a run: expiry date, next due date, and whether it has expired.

Private to the collection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._handover.problems import Problem
from .._handover.reasons import ReasonCode
from .._handover.terms import State
from .._lifecycle.due_date import RenewalWindow, due_at
from .._lifecycle.products import find
from .._store.json_record import moment_text

if TYPE_CHECKING:
    from datetime import datetime

    from .._handover.certificate_results import CertificateResult
    from .._handover.declared_items import DeclaredItem
    from .._handover.host_results import CertificateDates
    from .._store.certificate_on_disk import Installed
    from .._store.version_health import InstalledVersion

DEFAULT_PRODUCT = "commercial_ssl"
LOOK_AT_PROBLEMS = "Correct the other problems of this run, then run again."
DO_WHAT_IT_WAITS_FOR = "Complete the step that the order waits for, then run again."


def dates_of(item: DeclaredItem, installed: Installed) -> CertificateDates:
    """Return the dates of the certificate in use, and of the order whose certificate is not installed yet."""
    version, staged = _in_use(installed), installed.staged
    due = _due(item, version) if version else None
    order = staged.order if staged and not _is_installed(installed, staged.public_key_sha256) else None
    facts = version.facts if version else None
    return {
        "not_after": moment_text(facts.not_after) if facts else None,
        "next_due": moment_text(due) if due else None,
        "ordered": moment_text(order.created) if order else None,
    }


def expired(
    item: DeclaredItem, installed: Installed, order: CertificateResult | None, *, now: datetime, check_mode: bool
) -> Problem | None:
    """Return a problem if the certificate in use has expired, with the state of its replacement.

    ``order`` is the result of its order in this run. Check mode reports no problem if a real run would replace it.
    """
    version = _in_use(installed)
    facts = version.facts if version else None
    if facts is None or now < facts.not_after or (check_mode and order and order.get("changed")):
        return None
    remedy = _remedy(order)
    reason = order.get("reason") if order else None
    done = f"In this run: {reason['text']}" if reason else "This run has no order for it"
    words = f"certificate {item['name']} expired on {facts.not_after:%Y-%m-%d}. {done.rstrip('.')}. {remedy}"
    return Problem(words, remedy, code=ReasonCode.EXPIRED).about(item["name"])


def _remedy(order: CertificateResult | None) -> str:
    problem = order.get("problem") if order else None
    if problem:
        return problem["remedy"]
    return DO_WHAT_IT_WAITS_FOR if order and order.get("state") == State.PENDING else LOOK_AT_PROBLEMS


def _in_use(installed: Installed) -> InstalledVersion | None:
    return installed.current or installed.newest_good


def _is_installed(installed: Installed, key: str) -> bool:
    newest = installed.newest_good
    return bool(newest and newest.facts and newest.facts.public_key_sha256 == key)


def _due(item: DeclaredItem, version: InstalledVersion) -> datetime | None:
    facts, metadata = version.facts, version.metadata
    if facts is None:
        return None
    product = find(item.get("product") or DEFAULT_PRODUCT)
    return due_at(
        not_before=facts.not_before,
        not_after=facts.not_after,
        window=RenewalWindow.declared(item, people_decide=product.people_decide),
        spread_by=item["name"],
        term_end=metadata.order.term_end if metadata else None,
    )
