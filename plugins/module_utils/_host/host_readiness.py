# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks that a host can use a certificate before it is ordered.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from .._handover.terms import KeyLocation, Operation, ValidationMethod
from .._lifecycle.declaration import key_location
from .._lifecycle.former_certificate import Former, costs_nothing
from .._lifecycle.publication import FILE_PATH
from .._service.declared_services import groups_of
from .._service.service_host import ServiceHost
from .._service.service_readiness import NotLoadingError, service_obstacles
from .._service.site import sites_of
from .._store.certificate_on_disk import read_installed
from .._store.staging import request_missing
from .._store.store_errors import StoreError
from .._store.validation_files import require_publishable
from .declared_formats import declared_ownership, require_formats
from .validation_listener import require_listenable, web_root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from .._handover.declared_items import DeclaredItem
    from .._lifecycle.decision import KnownVersion
    from .._store.layout import Layout
    from .._store.metadata import OrderRecord


@dataclass(frozen=True)
class Next:
    """The next request to the CA: the operation, and the certificate on disk that it follows or replaces.

    ``record`` is set if the request may have been sent before. ``only_asked`` is check mode.
    """

    operation: Operation
    newest: KnownVersion | None
    record: OrderRecord | None
    now: datetime
    only_asked: bool = False

    @property
    def can_wait(self) -> bool:
        """Whether the request can wait, without a loss, until the configuration of the service loads."""
        return not costs_nothing(self.operation, self.newest.not_after if self.newest else None, self.now)


class HeldBackError(StoreError):
    """Nothing is ordered, because the host could not use the certificate. The text names every obstacle."""

    def __init__(self, obstacles: Sequence[StoreError], following: Next) -> None:
        first = obstacles[0]
        super().__init__(first.what, path=first.path, why=first.why, remedy=" ".join(each.remedy for each in obstacles))
        found = map(str, obstacles)
        self.args = (" ".join([_opening(following), *found, *_standing(following)]),)


def goes_ahead_sentence(obstacles: Sequence[StoreError], following: Next) -> str:
    """Return the message about a reissue that is requested although its host cannot load it now."""
    after = "The certificate is reissued anyway: a reissue is free of charge only until the certificate expires."
    return " ".join([*map(str, obstacles), after, *_standing(following)])


def _opening(following: Next) -> str:
    record = following.record
    if following.only_asked:
        return "Nothing would be ordered. Check mode does not see changes that earlier tasks of the play would make."
    if record is None:
        return "Nothing was ordered."
    return (
        f"Nothing was ordered now. Order {record.words} may have been sent before:"
        " the first run after the repair looks for it."
    )


def _standing(following: Next) -> Iterator[str]:
    """Yield the sentence about the certificate on disk: how long it is valid."""
    newest, record = following.newest, following.record
    if newest is None:
        return
    if following.now >= newest.not_after:
        yield f"Certificate {newest.serial_number} expired on {newest.not_after:%Y-%m-%d %H:%M} UTC."
    elif record is not None and record.is_reissue:
        yield str(Former(newest.serial_number, newest.not_after, record.created, requested=True))
    else:
        yield f"Certificate {newest.serial_number} is valid until {newest.not_after:%Y-%m-%d %H:%M} UTC."


@dataclass
class Readiness:
    """The readiness of one host. Each service is checked once, for all certificates that name it."""

    items: Sequence[DeclaredItem]
    host: ServiceHost
    seen: dict[str, list[StoreError]] = field(default_factory=dict)

    def obstacles(self, item: DeclaredItem, method: ValidationMethod) -> list[StoreError]:
        """Return the obstacles that keep the host from using another certificate of this declaration."""
        layout = self.host.layout
        checks: list[Callable[[], object]] = [
            lambda: _require_request(layout, item),
            lambda: declared_ownership(item),
            lambda: require_formats(layout, item, new_key=True),
        ]
        if method is ValidationMethod.FILE:
            checks.append(lambda: self._require_place(item))
        checks += [partial(site.turn_on, check_mode=True) for site in sites_of(item) if not site.is_on]
        return [*_refusals(checks), *self._of_service(item)]

    def _require_place(self, item: DeclaredItem) -> None:
        """Raise StoreError if no validation file can be published. Our own web root exists only while it is used."""
        place = web_root(self.host.layout, item)
        require_listenable(self.host.layout, item)
        if place.exists() or item.get("validation", {}).get("webroot"):
            require_publishable(place, FILE_PATH, check_mode=self.host.check_mode)

    def _of_service(self, item: DeclaredItem) -> list[StoreError]:
        services = (service for group in groups_of(self.items) for service in group.services)
        found = []
        for service in services:
            if item["name"] not in service.deployments:
                continue
            if service.name not in self.seen:
                due = [each["name"] for each in self.items]
                self.seen[service.name] = service_obstacles(service, self.host, due=due)
            found += self.seen[service.name]
        return found


def readiness(layout: Layout, items: Sequence[DeclaredItem], *, command_timeout: float, check_mode: bool) -> Readiness:
    """Return the checks of a host for these due declarations."""
    return Readiness(items, ServiceHost(layout, command_timeout, verify_timeout=0, check_mode=check_mode))


def _require_request(layout: Layout, item: DeclaredItem) -> None:
    """Raise StoreError if no request is stored, and the host must not make the key for one.

    A key with a recorded order counts: the order may have been sent before the declaration changed.
    """
    if key_location(item) is KeyLocation.HOST:
        return
    staged = read_installed(layout, item["name"]).staged
    if staged is None or (staged.own_key and staged.order is None):
        raise request_missing(layout, item["name"])


def is_about_configuration(obstacles: Sequence[StoreError]) -> bool:
    """Return whether all obstacles are configurations that do not load."""
    return all(isinstance(each, NotLoadingError) for each in obstacles)


def _refusals(checks: Sequence[Callable[[], object]]) -> Iterator[StoreError]:
    for check in checks:
        try:
            check()
        except StoreError as error:
            yield error
