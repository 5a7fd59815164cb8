# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Implements certum_deploy: deploys installed certificates to services, or takes certificates out of service.

Private to the collection. Services that share no certificate are separate transactions: a failing service does not
block others.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._handover.problems import ended_with
from .._handover.reasons import summary
from .._handover.terms import ServiceState
from .._service.declared_services import ServiceGroup, groups_of
from .._service.deployment import Deployment
from .._service.group_rollback import roll_back_group
from .._service.service_host import ServiceHost, ServiceOutcome
from .._service.verification import require_deployable
from .._service.withdrawal import withdraw_group
from .._store.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .._handover.declared_items import DeclaredItem
    from .._handover.host_results import DeployResult


def deploy_all(params: Mapping[str, Any], check_mode: bool) -> DeployResult:
    """Deploy or withdraw for each service, and return the result of the module.

    ``notes`` are about services that do not run.
    """
    declared: list[DeclaredItem] = params["certificates"]
    items = list({item["name"]: item for item in declared}.values())
    require_deployable(items)
    host = ServiceHost(Layout(Path(params["path"])), params["command_timeout"], params["verify_timeout"], check_mode)
    step = STEPS[params["state"]]
    ended = [outcome for group in groups_of(items) for outcome in step(group, host)]
    changes = {name: change for each in ended for name, change in each.done.items()}
    return {
        **ended_with(problem for each in ended for problem in each.problems),
        "notes": [each.note for each in ended if each.note],
        "rolled_back": [name for each in ended for name in each.rolled_back],
        "changed": any(each.changed for each in ended),
        "services": [
            {
                "name": each.service.name,
                "changed": each.changed,
                "certificates": list(each.done),
                "verified": {name: list(addresses) for name, addresses in each.verified.items()},
                "reason": each.reason.shown(),
            }
            for each in ended
        ],
        "reason": summary((("", each.reason) for each in ended), otherwise="no certificate names a service").shown(),
        "diff": [
            {"before_header": name, "after_header": name, "before": change.before, "after": change.after}
            for name, change in changes.items()
            if change.changed
        ],
    }


def _deploy(group: ServiceGroup, host: ServiceHost) -> list[ServiceOutcome]:
    deployment = Deployment(group, host)
    return deployment.preview() if host.check_mode else deployment.run()


STEPS: dict[str, Callable[[ServiceGroup, ServiceHost], list[ServiceOutcome]]] = {
    ServiceState.DEPLOYED: _deploy,
    ServiceState.ROLLED_BACK: roll_back_group,
    ServiceState.WITHDRAWN: withdraw_group,
}
