# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Take certificates out of service, after a check that the service loads without them.

Private to the collection. During the check the site is disabled and `current` is removed. If the service objects, both
are restored. All this is one process, so that no other task meets the intermediate state.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._handover.problems import Problem
from .._handover.reasons import Reason, ReasonCode, summary
from .._lifecycle.declaration import is_absent
from .._store.certificate_on_disk import is_there, read_installed
from .._store.change import Change
from .._store.each_certificate import for_each
from .._store.removal import out_of_use
from .._store.service_record import forget_service
from .._store.store_errors import StoreError
from .._store.version_choice import describe
from .rollback_message import FailedStepError
from .service_host import ServiceOutcome
from .site import sites_of
from .unnamed_services import require_all_named

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from .._handover.declared_items import DeclaredItem
    from .declared_services import ServiceGroup
    from .known_services import Command
    from .service_host import FoundService, ServiceHost
    from .site import Site


def withdraw_group(group: ServiceGroup, host: ServiceHost) -> list[ServiceOutcome]:
    """Take the certificates of a group that are declared absent out of service, then reload its services."""
    if unknown := [service for service in group.services if not service.is_known]:
        remedy = "Set both deploy.check_command and deploy.reload_command."
        problems = [Problem(service.unknown, remedy, service.name) for service in unknown]
        return _nothing_done(group, ReasonCode.NO_SERVICE, f"{unknown[0].name} is not a known service", problems)
    try:
        found = [host.find(service) for service in group.services]
    except FailedStepError as failed:
        remedy = "Correct the command, then run again."
        problems = [Problem(f"{failed}. Nothing was taken out of service. {remedy}", remedy, group.name)]
        return _nothing_done(group, ReasonCode.LEFT_ALONE, f"{group.name} was left alone", problems)
    checks = tuple(command for each in found for command in _meaningful_checks(each, host))
    absent = [item for item in group.items if is_absent(item)]
    withdrawn, problems = for_each(absent, lambda item: (item["name"], _withdraw(host, item, check_commands=checks)))
    kept = Change(changed=False, reason=Reason(ReasonCode.DECLARED_PRESENT, "it is declared present"))
    done = {**dict(withdrawn), **{item["name"]: kept for item in group.items if not is_absent(item)}}
    first, *others = [_ended(each, host, done) for each in found]
    return [replace(first, problems=[*problems, *first.problems]), *others]


def _nothing_done(
    group: ServiceGroup, code: ReasonCode, words: str, problems: Sequence[Problem]
) -> list[ServiceOutcome]:
    first, *others = [ServiceOutcome(service, Reason(code, words)) for service in group.services]
    return [replace(first, problems=problems), *others]


def _meaningful_checks(found: FoundService, host: ServiceHost) -> tuple[Command, ...]:
    """Return the checks that can show whether the service needs a certificate.

    The configuration of a stopped service may not load anyway.
    """
    checks = found.service.check_commands
    if not found.down or host.check_mode:
        return checks
    return tuple(command for command in checks if host.ask(command).objection is None)


def _ended(found: FoundService, host: ServiceHost, all_done: Mapping[str, Change]) -> ServiceOutcome:
    """Reload a service, and return its outcome."""
    service = found.service
    done = {name: change for name, change in all_done.items() if name in service.deployments}
    reasons = ((name, change.reason) for name, change in done.items())
    reason = summary(reasons, otherwise="nothing was taken out of service")
    absent = [name for name, change in done.items() if change.reason.code is ReasonCode.OUT_OF_SERVICE]
    if found.down:
        problems = _forget(host, absent, service.name)
        note = f"{service.name} {found.down}: the certificate is removed, and nothing is reloaded."
        return ServiceOutcome(service, reason, done, problems, note=note)
    if not done or host.check_mode:
        return ServiceOutcome(service, reason, done)
    if objections := host.objections(service.reload_commands):
        remedy = "Reload the service, then run again."
        text = f"{', '.join(done)}: {service.name}: Reload: {' '.join(objections)}. The certificates are still on disk."
        problem = Problem(f"{text} {remedy}", remedy, service.name)
        moved = any(change.changed for change in done.values())
        reason = Reason(ReasonCode.NOT_RELOADED, f"{service.name} was not reloaded")
        return ServiceOutcome(service, reason, problems=[problem], moved=moved)
    return ServiceOutcome(service, reason, done, _forget(host, absent, service.name))


def _forget(host: ServiceHost, names: Sequence[str], service: str) -> list[Problem]:
    """Remove the service from the records of these certificates: it uses their files no more."""
    if host.check_mode:
        return []
    _done, problems = for_each(
        [{"name": name} for name in names], lambda item: forget_service(host.layout, item["name"], service)
    )
    return problems


def _withdraw(host: ServiceHost, item: DeclaredItem, *, check_commands: Sequence[Sequence[str]]) -> Change:
    """Disable the sites and take the certificate out of use, if the configuration of the services loads without them.

    Raises StoreError with the message of the service; then everything is as it was.
    """
    layout, name = host.layout, item["name"]
    if not is_there(layout, name):
        return Change(changed=False, reason=Reason(ReasonCode.NOT_ON_DISK, "it is not on disk"))
    installed = read_installed(layout, name)
    require_all_named(layout, item, installed)
    current = layout.current(name)
    used = [site for site in sites_of(item) if site.target]
    links = [*(str(site.link) for site in used), *([str(current)] if current.is_symlink() else [])]
    if not host.check_mode:
        try:
            with out_of_use(layout, name), ExitStack() as sites:
                for site in used:
                    sites.enter_context(_off(site))
                _require_that_it_loads(host, check_commands, current)
        except _NeededError as error:
            if (objection := host.ask(error.command).objection) is None:
                raise
            raise _broken_before(error.command, objection, current) from None
    words = "was taken out of service" if links else "is out of service"
    return Change(
        bool(links),
        Reason(ReasonCode.OUT_OF_SERVICE, words),
        {**describe(installed.current), "links": links},
        {"links": []},
    )


@contextmanager
def _off(site: Site) -> Iterator[None]:
    """Disable the site, and enable it again if the caller raises.

    A site that is not a link is left alone: then the check shows whether it needs the certificate.
    """
    former = site.target
    site.turn_off()
    try:
        yield
    except BaseException:
        site.put_back(former)
        raise


def _require_that_it_loads(host: ServiceHost, commands: Sequence[Sequence[str]], current: Path) -> None:
    for command in commands:
        if (objection := host.ask(command).objection) is not None:
            raise _NeededError(command, objection, current)


class _NeededError(StoreError):
    """A check fails without the certificate."""

    def __init__(self, command: Sequence[str], objection: str, current: Path) -> None:
        super().__init__(
            "The certificate was not taken out of service",
            path=current,
            why=f"without it '{quote(' '.join(command))}' fails: {objection}",
            remedy=(
                "Everything is as it was. Remove these files from the configuration of the service, or name its site in"
                " deploy.enable_site, then run again."
            ),
        )
        self.command = command


def _broken_before(command: Sequence[str], objection: str, current: Path) -> StoreError:
    return StoreError(
        "The certificate was not taken out of service",
        path=current,
        why=f"'{quote(' '.join(command))}' fails with it and without it, so the check does not show whether the"
        f" service needs it: {objection}",
        remedy="Everything is as it was. Repair the configuration of the service, then run again.",
    )
