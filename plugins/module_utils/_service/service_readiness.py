# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds obstacles that keep a service from using another certificate, before one is ordered.

Private to the collection. Changes nothing: looks for the commands, and runs the check of the configuration.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .._handover.terms import Format
from .._store.certificate_on_disk import read_installed
from .._store.layout import CERTIFICATE, CHAIN, FULL_CHAIN, PRIVATE_KEY, ROOT
from .._store.store_errors import StoreError
from .command import why_missing
from .rollback_message import FailedStepError
from .systemd_units import NOT_INSTALLED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from .._store.layout import Layout
    from .command import CommandResult
    from .declared_services import Service
    from .known_services import Command
    from .service_host import FoundService, ServiceHost

INSTALLED_FILES = frozenset(
    (PRIVATE_KEY, CERTIFICATE, CHAIN, FULL_CHAIN, ROOT, *(Format(each).file_name for each in Format.values()))
)
AGAIN = "then run again."


class NotLoadingError(StoreError):
    """The current configuration of a service does not load, so no certificate can be deployed to it."""


def service_obstacles(service: Service, host: ServiceHost, *, due: Collection[str]) -> list[StoreError]:
    """Return the obstacles that keep the service from using the certificates named in *due*."""
    if not service.is_known:
        what, remedy = "The service cannot be checked and reloaded", f"Set both commands, or leave deploy out, {AGAIN}"
        return [StoreError(what, path=service.name, why=service.unknown.rstrip("."), remedy=remedy)]
    if missing := _missing_commands([("status_command", service.status_command)], service.name):
        return missing
    if why := host.why_no_systemd(service):
        return [_no_reload(service, why)]
    try:
        found = host.find(service)
    except FailedStepError as failed:
        remedy = f"Correct deploy.status_command, {AGAIN}"
        return [StoreError("The service cannot be deployed to", path=service.name, why=str(failed), remedy=remedy)]
    return _of_what_is_found(found, host, due)


def _no_reload(service: Service, why: str) -> StoreError:
    return StoreError(
        f"{service.name} cannot be reloaded",
        path="deploy.reload_command",
        why=f"systemd does not run on this host ({why.rstrip('.')}), and no reload_command is declared",
        remedy=f"Set deploy.reload_command, and deploy.status_command if the service may be stopped, {AGAIN}",
    )


def _of_what_is_found(found: FoundService, host: ServiceHost, due: Collection[str]) -> list[StoreError]:
    """Return the obstacles of a service.

    A stopped service is deployed to later, once it runs. Its configuration may differ then, so it is not checked now.
    """
    service = found.service
    if found.down == NOT_INSTALLED:
        remedy = f"Install {service.name}, or correct deploy.service, {AGAIN}"
        why = f"it {found.down}"
        return [StoreError("The service cannot be deployed to", path=service.name, why=why, remedy=remedy)]
    commands = [
        *(("check_command", command) for command in service.check_commands),
        *(("reload_command", command) for command in service.reload_commands),
    ]
    return _missing_commands(commands, service.name) or ([] if found.down else list(_objections(service, host, due)))


def _missing_commands(commands: Iterable[tuple[str, Command | None]], service: str) -> list[StoreError]:
    """Return an obstacle for each command that this host does not have, by its option."""
    missing = ((option, why_missing(command)) for option, command in commands if command)
    return [
        StoreError(
            f"{service} cannot be deployed to",
            path=f"deploy.{option}",
            why=why,
            remedy=f"Install it on this host, or correct deploy.{option}, {AGAIN}",
        )
        for option, why in missing
        if why is not None
    ]


def _objections(service: Service, host: ServiceHost, due: Collection[str]) -> Iterator[StoreError]:
    for command in service.check_commands:
        answer = host.ask(command)
        if answer.objection is None or _is_about_what_is_due(answer, host.layout, due):
            continue
        yield NotLoadingError(
            "The current configuration does not load, so no certificate can be deployed",
            path=service.name,
            why=f"its check reports: {answer.objection.rstrip('.')}",
            remedy="Repair what the check names. If only a certificate that is not issued yet is missing, set"
            " deploy.enable_site, so that the role enables the site later. Then run again.",
        )


def _is_about_what_is_due(answer: CommandResult, layout: Layout, due: Collection[str]) -> bool:
    """Return whether a due certificate that is missing or damaged may be the reason: then the next one repairs it.

    If the check prints nothing, it may be the reason. Otherwise the files that the check names decide.
    """
    absent = [name for name in due if not _is_usable(layout, name)]
    if not answer.output:
        return answer.ran and bool(absent)
    names = "|".join(map(re.escape, absent))
    files = "|".join(map(re.escape, sorted(INSTALLED_FILES)))
    path = rf"{re.escape(str(layout.base))}/+(?:{names})/(?:[^\s\"']+/)?(?:{files})\b"
    return bool(absent) and re.search(path, answer.output) is not None


def _is_usable(layout: Layout, name: str) -> bool:
    current = read_installed(layout, name).current
    return current is not None and current.good
