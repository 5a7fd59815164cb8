# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Implements certum_deploy: deploys installed certificates to services, or takes certificates out of service.

Private to the collection. Each service is a transaction of its own, so that a failing service does not block others.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._handover.problems import Problem, ended_with
from .._handover.reasons import Reason, ReasonCode, summary
from .._handover.terms import ServiceState
from .._lifecycle.declaration import is_absent
from .._service.deployment import Deployment, ServiceHost, ServiceOutcome
from .._service.known_services import Service, services_of
from .._service.rollback_message import FailedStepError
from .._service.verification import require_addresses
from .._service.withdrawal import withdraw
from .._store.change import Change
from .._store.each_certificate import for_each
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
    require_addresses(items)
    host = ServiceHost(Layout(Path(params["path"])), params["command_timeout"], params["verify_timeout"], check_mode)
    step = STEPS[params["state"]]
    ended = [step(service, host) for service in services_of(items)]
    return {
        **ended_with(problem for each in ended for problem in each.problems),
        "notes": [each.note for each in ended if each.note],
        "changed": any(each.changed for each in ended),
        "services": [
            {
                "name": each.service.name,
                "changed": each.changed,
                "certificates": list(each.done),
                "reason": each.reason.shown(),
            }
            for each in ended
        ],
        "reason": summary((("", each.reason) for each in ended), otherwise="no certificate names a service").shown(),
        "diff": [
            {"before_header": name, "after_header": name, "before": change.before, "after": change.after}
            for each in ended
            for name, change in each.done.items()
            if change.changed
        ],
    }


def _deploy(service: Service, host: ServiceHost) -> ServiceOutcome:
    deployment = Deployment(service, host)
    return deployment.preview() if host.check_mode else deployment.run()


def _withdraw(service: Service, host: ServiceHost) -> ServiceOutcome:
    if not service.is_known:
        remedy = "Set both deploy.check_command and deploy.reload_command."
        reason = Reason(ReasonCode.NO_SERVICE, f"{service.name} is not a known service")
        return ServiceOutcome(service, reason, problems=[Problem(service.unknown, remedy, service.name)])
    try:
        down = host.why_down(service)
    except FailedStepError as failed:
        remedy = "Correct the command, then run again."
        problem = Problem(f"{service.name}: {failed}. Nothing was taken out of service. {remedy}", remedy, service.name)
        return ServiceOutcome(
            service, Reason(ReasonCode.LEFT_ALONE, f"{service.name} was left alone"), problems=[problem]
        )
    checks = service.check_commands
    if down and not host.check_mode:
        checks = tuple(command for command in checks if host.ask(command).objection is None)

    def act(item: DeclaredItem) -> tuple[str, Change]:
        if not is_absent(item):
            return item["name"], Change(
                changed=False, reason=Reason(ReasonCode.DECLARED_PRESENT, "it is declared present")
            )
        change = withdraw(host.layout, item, check_commands=checks, ask=host.ask, check_mode=host.check_mode)
        return item["name"], change

    results, problems = for_each(service.items, act)
    done = dict(results)
    reason = summary(((name, change.reason) for name, change in results), otherwise="nothing was taken out of service")
    if down:
        note = f"{service.name} {down}: the certificate is removed, and nothing is reloaded."
        return ServiceOutcome(service, reason, done, problems, note=note)
    if not done or host.check_mode:
        return ServiceOutcome(service, reason, done, problems)
    if objections := host.objections(service.reload_commands):
        remedy = "Reload the service, then run again."
        text = f"{', '.join(done)}: {service.name}: Reload: {' '.join(objections)}. The certificates are still on disk."
        problem = Problem(f"{text} {remedy}", remedy, service.name)
        moved = any(change.changed for change in done.values())
        reason = Reason(ReasonCode.NOT_RELOADED, f"{service.name} was not reloaded")
        return ServiceOutcome(service, reason, problems=[*problems, problem], moved=moved)
    return ServiceOutcome(service, reason, done, problems)


STEPS: dict[str, Callable[[Service, ServiceHost], ServiceOutcome]] = {
    ServiceState.DEPLOYED: _deploy,
    ServiceState.WITHDRAWN: _withdraw,
}
