# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The services that declarations name, with their commands. Pure. Private to the collection.

Services that share a certificate are deployed together: its files are the same for all of them, so it is rolled back
for all of them or for none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .known_services import KNOWN
from .systemd_units import RELOAD

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from .._handover.declared_items import DeclaredDeployment, DeclaredItem
    from .known_services import Command, KnownService


@dataclass(frozen=True)
class Service:
    """A service, and how each declaration that names it deploys to it, by the name of the declaration.

    ``unit`` is the systemd unit that the host has, None before the host was asked or if it has none.
    """

    name: str
    deployments: Mapping[str, DeclaredDeployment]
    unit: str | None = None

    @property
    def entry(self) -> KnownService | None:
        return KNOWN.get(self.name)

    @property
    def status_command(self) -> Command | None:
        """The administrator's command that succeeds while the service runs. The last declaration decides."""
        declared = [tuple(each["status_command"]) for each in self.deployments.values() if each.get("status_command")]
        return declared[-1] if declared else None

    @property
    def check_commands(self) -> tuple[Command, ...]:
        """The commands that check the configuration: the declared ones, and that of the unit where none is declared."""
        usual = self.entry.units.get(self._unit, ()) if self.entry else ()
        return _unique(tuple(each.get("check_command") or usual) for each in self.deployments.values())

    @property
    def reload_commands(self) -> tuple[Command, ...]:
        usual = (*RELOAD, self._unit) if self.entry else ()
        return _unique(tuple(each.get("reload_command") or usual) for each in self.deployments.values())

    @property
    def is_known(self) -> bool:
        """Whether there are commands to check and to reload it, for every declaration."""
        return self.entry is not None or all(
            each.get("check_command") and each.get("reload_command") for each in self.deployments.values()
        )

    @property
    def is_of_systemd(self) -> bool:
        """Whether systemd reloads it, for at least one declaration."""
        return self.entry is not None and not all(each.get("reload_command") for each in self.deployments.values())

    @property
    def units(self) -> tuple[str, ...]:
        """The units and patterns of units to ask systemd for. A service that is not known may have one of its name."""
        return (*self.entry.units, *self.entry.instances) if self.entry else (f"{self.name}.service",)

    @property
    def starters(self) -> tuple[str, ...]:
        """The units that only start others."""
        return tuple(self.entry.units) if self.entry and self.entry.instances else ()

    @property
    def unknown(self) -> str:
        """The message for a service that is not known."""
        return (
            f"{quote(self.name)} is not a known service; known: {', '.join(KNOWN)}. Set both deploy.check_command and"
            " deploy.reload_command."
        )

    @property
    def _unit(self) -> str:
        return self.unit or (next(iter(self.entry.units)) if self.entry else "")

    def found_as(self, units: Collection[str]) -> Service:
        """Return the service with the unit to check and to reload, of the *units* that the host has loaded."""
        usual = [unit for unit in (self.entry.units if self.entry else ()) if unit in units]
        return replace(self, unit=next(iter([*usual, *units]), None))


@dataclass(frozen=True)
class ServiceGroup:
    """Services that share certificates, and the declarations of these certificates."""

    services: tuple[Service, ...]
    items: tuple[DeclaredItem, ...]

    @property
    def name(self) -> str:
        return " and ".join(service.name for service in self.services)


def groups_of(items: Iterable[DeclaredItem]) -> list[ServiceGroup]:
    """Return the services that the declarations name, grouped by shared certificates, in the order of declarations."""
    declared = [item for item in items if item.get("deploy")]
    groups: list[list[DeclaredItem]] = []
    for item in declared:
        linked = [group for group in groups if any(_services_of(item) & _services_of(other) for other in group)]
        groups = [group for group in groups if group not in linked]
        groups.append([*(each for group in linked for each in group), item])
    return [
        ServiceGroup(_services(group), tuple(group))
        for group in sorted(groups, key=lambda group: declared.index(group[0]))
    ]


def _services_of(item: DeclaredItem) -> set[str]:
    return {deployment["service"] for deployment in item["deploy"]}


def _services(items: Iterable[DeclaredItem]) -> tuple[Service, ...]:
    users: dict[str, dict[str, DeclaredDeployment]] = {}
    for item in items:
        for deployment in item["deploy"]:
            users.setdefault(deployment["service"], {})[item["name"]] = deployment
    return tuple(Service(name, deployments) for name, deployments in users.items())


def _unique(commands: Iterable[Command]) -> tuple[Command, ...]:
    return tuple(dict.fromkeys(filter(None, commands)))
