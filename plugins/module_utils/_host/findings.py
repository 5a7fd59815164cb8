# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds what an operator should know although nothing is due: undeclared certificates and unverified services.

Private to the collection.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._handover.reasons import Reason, ReasonCode
from .._handover.remedy_commands import cancel_command
from .._lifecycle.declaration import is_absent
from .._service.known_services import KNOWN
from .._store.certificate_on_disk import read_installed
from .._store.layout import STAGED, VERSIONS, is_safe_name
from .._store.store_errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime

    from .._handover.declared_items import DeclaredItem
    from .._handover.plan_results import PlanFinding
    from .._store.certificate_on_disk import Installed
    from .._store.layout import Layout


def undeclared(layout: Layout, declared: Collection[str], now: datetime) -> Iterator[PlanFinding]:
    """Yield the certificates on disk that nothing declares. Only these are read."""
    for name in _directories(layout, declared):
        try:
            if not any((layout.base / name / part).is_dir() for part in (VERSIONS, STAGED)):
                continue
            state = _state(layout, name, now)
        except (OSError, StoreError) as error:
            state = f"cannot be read ({quote(error)})"
        shown = quote(name)
        yield _finding(
            name,
            ReasonCode.NOT_DECLARED,
            f"{layout.base}/{shown} {state}, and nothing declares it, so it is not renewed. Declare it again, or "
            f"remove it with {{name: {shown}, state: absent}} in certum_certificates. If another play or another call "
            f"of the role declares it, add {shown} to certum_declared_elsewhere.",
        )


def unverified(items: Iterable[DeclaredItem]) -> Iterator[PlanFinding]:
    """Yield the declarations with a service that is reloaded and never verified.

    An empty list of addresses shows that this is intended. The addresses of a known service are found when it is
    deployed to.
    """
    for item in items:
        for deployment in () if is_absent(item) else item.get("deploy") or ():
            if deployment.get("verify") is None and deployment["service"] not in KNOWN:
                yield _finding(
                    item["name"],
                    ReasonCode.NOT_VERIFIED,
                    f"no handshake verifies that {quote(deployment['service'])} uses the certificate, because "
                    'deploy.verify names no address. Add one, such as verify: ["127.0.0.1:443"]. If this is intended, '
                    "set verify: [].",
                )


def _directories(layout: Layout, declared: Collection[str]) -> list[str]:
    """Return the directories with the name of a certificate. A link is the former name of a renamed certificate."""
    try:
        with os.scandir(layout.base) as entries:
            others = [each for each in entries if each.name not in declared and is_safe_name(each.name)]
            return sorted(each.name for each in others if each.is_dir(follow_symlinks=False))
    except OSError:
        return []


def _state(layout: Layout, name: str, now: datetime) -> str:
    installed = read_installed(layout, name)
    facts = installed.newest_good.facts if installed.newest_good else None
    if facts is None:
        return f"has no certificate{_staged(installed)}"
    verb = "expired on" if facts.not_after <= now else "has a certificate that expires on"
    return f"{verb} {facts.not_after:%Y-%m-%d}"


def _staged(installed: Installed) -> str:
    """Return a warning about the staged key. Its order costs money once it is issued, and no run follows it."""
    order = installed.staged.order if installed.staged else None
    if order is None or order.order_id is None:
        return " and a staged key" if installed.staged else ""
    order_id = quote(order.order_id)
    return (
        f"; its order {order_id} may be pending, which costs money when it is issued (to cancel it: "
        f"{cancel_command(order_id)})"
    )


def _finding(name: str, code: ReasonCode, text: str) -> PlanFinding:
    return {"name": name, "reason": Reason(code, text).shown()}
