# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Gives installed certificates to a service that takes them without a reload. Private to the collection.

HAProxy does so over its stats socket (``haproxy_socket``). Where that is not possible, the service is reloaded: a
reload reads the disk, so what is on disk and what is in memory are the same afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._handover.terms import Format
from .haproxy_socket import RuntimeSocket, RuntimeState, load

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .._handover.declared_items import DeclaredItem
    from .._store.layout import Layout
    from .declared_services import Service


def takes_certificates(service: Service) -> bool:
    """Return whether every declaration of the service names a stats socket. One that does not needs a reload anyway."""
    return bool(service.deployments) and all(each.get("stats_socket") for each in service.deployments.values())


def why_not_loaded(service: Service, items: Iterable[DeclaredItem], layout: Layout, *, timeout: float) -> list[str]:
    """Load the certificates, and return the objections, empty if the service uses all of them now."""
    return [
        objection
        for item in items
        if (deployment := service.deployments.get(item["name"])) is not None
        for objection in _objections(layout, item["name"], deployment["stats_socket"], timeout)
    ]


def _objections(layout: Layout, name: str, stats_socket: str, timeout: float) -> Iterator[str]:
    path = layout.current(name) / Format.HAPROXY.file_name
    try:
        bundle = path.read_bytes()
    except OSError as error:
        yield f"{path}: {quote(error.strerror or error)}"
        return
    result = load(RuntimeSocket(stats_socket, timeout), [str(path)], bundle)
    if result.state is RuntimeState.UNKNOWN:
        yield f"HAProxy has no certificate from {path} in memory"
    elif result.objection:
        yield result.objection
