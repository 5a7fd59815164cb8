# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is wrong with ``deploy`` of a declaration, without asking a host. Pure. Private to the collection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._handover.foreign_text import LONGEST_SHOWN, quote
from .certificate_names import InvalidNameError
from .service_names import canonical_service
from .verify_address import read_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

HAPROXY = "haproxy"


def deployment_problems(item: Mapping[str, Any]) -> Iterator[str]:
    """Yield each problem of the services of a declaration that is present."""
    if item.get("deploy") == []:
        yield "deploy is empty. Name a service, or leave deploy out"
    yield from _services(item)
    yield from _stats_sockets(item)
    yield from verify_problems(item)


def verify_problems(item: Mapping[str, Any]) -> Iterator[str]:
    """Yield the declared addresses that cannot be verified, with the reason."""
    for deployment in item.get("deploy") or ():
        for address in deployment.get("verify") or ():
            if not address.strip():
                yield "deploy.verify has an empty address. Write HOST:PORT, or verify: [] for no handshakes"
                continue
            try:
                read_address(address)
            except InvalidNameError as error:
                yield f"deploy.verify {error}"


def _services(item: Mapping[str, Any]) -> Iterator[str]:
    names: dict[str, list[str]] = {}
    for deployment in item.get("deploy") or ():
        service = str(deployment.get("service"))
        names.setdefault(canonical_service(service), []).append(service)
    for same in names.values():
        if len(same) > 1:
            yield _named_twice(list(dict.fromkeys(same)))


def _named_twice(names: Iterable[str]) -> str:
    first, *others = (quote(name, LONGEST_SHOWN) for name in names)
    found = f"{' and '.join([first, *others])}, which are one service" if others else f"{first} twice"
    return (
        f"deploy names {found}. Write all its addresses into one verify. If it is another instance, give it a name of "
        f"its own, such as {first}-2, and its commands"
    )


def _stats_sockets(item: Mapping[str, Any]) -> Iterator[str]:
    for deployment in item.get("deploy") or ():
        service, path = str(deployment.get("service")), deployment.get("stats_socket")
        if not path:
            continue
        if HAPROXY not in service.lower():
            yield (
                f"deploy.stats_socket is an option of haproxy, and {quote(service, LONGEST_SHOWN)} is declared. Remove "
                "it. If it is an instance of HAProxy, give it a name with haproxy, such as haproxy-2"
            )
        elif not path.startswith("/"):
            yield f"deploy.stats_socket {quote(path, LONGEST_SHOWN)} is not an absolute path"
