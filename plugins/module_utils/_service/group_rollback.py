# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Returns services to the certificates that they used before, although this host may have verified the new ones.

Hosts that share a certificate roll back together if one of them cannot serve the new one.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from .._handover.reasons import Reason, ReasonCode
from .._store.each_certificate import for_each
from .._store.version_choice import return_to_former
from .declared_services import groups_of
from .deployment import Deployment
from .service_host import ServiceOutcome

if TYPE_CHECKING:
    from .._handover.declared_items import DeclaredItem
    from .._store.change import Change
    from .declared_services import ServiceGroup
    from .service_host import ServiceHost


def roll_back_group(group: ServiceGroup, host: ServiceHost) -> list[ServiceOutcome]:
    """Put the former version of each certificate in use, and verify it. A certificate without one stays.

    If the former certificates cannot be verified, the services return to those that were verified last.
    """

    def act(item: DeclaredItem) -> tuple[str, Change]:
        now = datetime.now(timezone.utc)
        return item["name"], return_to_former(host.layout, item["name"], now=now, check_mode=host.check_mode)

    acted, problems = for_each(group.items, act)
    changes = dict(acted)
    back = [item for item in group.items if item["name"] in changes and changes[item["name"]].changed]
    notes = [f"{name}: {change.reason}" for name, change in changes.items() if not change.changed]
    outcomes = [outcome for each in groups_of(back) for outcome in _verified_again(each, host, changes)]
    went = {outcome.service.name for outcome in outcomes}
    stay = [
        ServiceOutcome(service, Reason(ReasonCode.LEFT_ALONE, f"{service.name} was left alone"))
        for service in group.services
        if service.name not in went
    ]
    first, *others = [*outcomes, *stay]
    notes = [*([first.note] if first.note else []), *notes]
    return [replace(first, problems=[*problems, *first.problems], note=" ".join(notes) or None), *others]


def _verified_again(group: ServiceGroup, host: ServiceHost, changes: dict[str, Change]) -> list[ServiceOutcome]:
    if host.check_mode:
        words = "; ".join(f"{item['name']} would be {changes[item['name']].reason}" for item in group.items)
        return [
            ServiceOutcome(service, Reason(ReasonCode.ROLLED_BACK, f"{service.name}: {words}"), moved=True)
            for service in group.services
        ]
    deployment = Deployment(group, host)
    return [_as_rolled_back(outcome, changes) for outcome in deployment.run()]


def _as_rolled_back(outcome: ServiceOutcome, changes: dict[str, Change]) -> ServiceOutcome:
    if outcome.reason.code is not ReasonCode.DEPLOYED:
        return outcome
    words = "; ".join(f"{name}: {changes[name].reason}" for name in outcome.done)
    return replace(outcome, reason=Reason(ReasonCode.ROLLED_BACK, f"{outcome.service.name}: {words}"))
