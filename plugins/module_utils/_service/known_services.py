# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Services that use certificates, with their status, check and reload commands. Pure. Private to the collection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from .._handover.declared_items import DeclaredItem

    Command = tuple[str, ...]

SYSTEMD = ("systemctl", "show", "--property=LoadState,ActiveState")
CHECK, RELOAD, UNIT = "check_command", "reload_command", "unit"
KNOWN: Mapping[str, Mapping[str, Command]] = {
    "nginx": {CHECK: ("nginx", "-t"), RELOAD: ("systemctl", "reload", "nginx"), UNIT: ("nginx.service",)},
}
NOT_INSTALLED = "is not installed (systemd knows no such service)"
STOPPED = ("inactive", "failed", "deactivating", "activating", "maintenance")


@dataclass(frozen=True)
class Service:
    """A service and the declarations that name it.

    ``status_command`` is declared by the administrator. ``unit`` is the systemd unit, if systemd reloads the service.
    With neither, the service counts as running. ``is_known`` is true if there are commands to check and to reload it.
    """

    name: str
    items: tuple[DeclaredItem, ...]
    check_commands: tuple[Command, ...]
    reload_commands: tuple[Command, ...]
    status_command: Command | None
    unit: str | None
    is_known: bool

    @property
    def unknown(self) -> str:
        """The message for a service that is not known."""
        return (
            f"{self.name} is not a known service; known: {', '.join(KNOWN)}. Set both deploy.check_command and"
            " deploy.reload_command."
        )


def services_of(items: Iterable[DeclaredItem]) -> list[Service]:
    """Return the services that the declarations name, in the order of the declarations."""
    users: dict[str, list[DeclaredItem]] = {}
    for item in items:
        if deploy := item.get("deploy"):
            users.setdefault(deploy["service"], []).append(item)
    return [_service(name, of_it) for name, of_it in users.items()]


def _service(name: str, items: Sequence[DeclaredItem]) -> Service:
    known = KNOWN.get(name, {})
    deploys = [item["deploy"] for item in items]
    checks = [tuple(deploy.get("check_command") or known.get(CHECK, ())) for deploy in deploys]
    reloads = [tuple(deploy.get("reload_command") or known.get(RELOAD, ())) for deploy in deploys]
    status = [tuple(deploy["status_command"]) for deploy in deploys if deploy.get("status_command")]
    by_systemd = UNIT in known and any(not deploy.get("reload_command") for deploy in deploys)
    return Service(
        name=name,
        items=tuple(items),
        check_commands=_unique(checks),
        reload_commands=_unique(reloads),
        status_command=status[-1] if status else None,
        unit=known[UNIT][0] if by_systemd else None,
        is_known=all((*checks, *reloads)),
    )


def _unique(commands: Iterable[Command]) -> tuple[Command, ...]:
    return tuple(dict.fromkeys(filter(None, commands)))


def why_systemd_does_not_run_it(properties: str) -> str | None:
    """Return the reason why a unit does not run, from its systemd properties. None if it runs."""
    found = dict(_properties(properties))
    if found.get("LoadState") == "not-found":
        return NOT_INSTALLED
    if found.get("LoadState") == "masked":
        return "is masked"
    return "is stopped" if found.get("ActiveState") in STOPPED else None


def _properties(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        key, dummy, value = line.partition("=")
        yield key, value
