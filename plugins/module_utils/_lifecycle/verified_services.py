# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which services a certificate was verified for, compared with its declaration.

Private to the collection. Pure. Without a record, as in the store of an older version, nothing differs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .service_names import canonical_service

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .._handover.declared_items import DeclaredDeployment, DeclaredItem


@dataclass(frozen=True)
class VerifiedService:
    """A service, with the options that decide whether it uses a certificate and whether a handshake showed that.

    ``serial_number`` is the certificate that was verified, None in a declaration. ``verify`` is None if the addresses
    are found where the service listens. ``site`` is the source and the link of its site.
    """

    service: str
    serial_number: str | None = None
    verify: tuple[str, ...] | None = None
    site: tuple[str, str] | None = None
    reload_command: tuple[str, ...] = ()

    @property
    def canonical(self) -> str:
        return canonical_service(self.service)

    def with_version(self, serial_number: str) -> VerifiedService:
        return replace(self, serial_number=serial_number)


def declared_services(item: DeclaredItem) -> tuple[VerifiedService, ...]:
    """Return the services that a declaration names. One that is refused is read too, without its required options."""
    return tuple(map(_declared, item.get("deploy") or ()))


def _declared(deployment: DeclaredDeployment) -> VerifiedService:
    verify, site = deployment.get("verify"), deployment.get("enable_site")
    return VerifiedService(
        service=deployment.get("service", ""),
        verify=None if verify is None else tuple(verify),
        site=(site.get("src", ""), site.get("dest", "")) if site else None,
        reload_command=tuple(deployment.get("reload_command") or ()),
    )


def deployment_differences(
    declared: Iterable[VerifiedService], recorded: Sequence[VerifiedService] | None, serial_number: str
) -> list[str]:
    """Return what is declared and was not verified with this version."""
    if recorded is None:
        return []
    known = {each.canonical: each for each in recorded if each.serial_number == serial_number}
    return [words for each in declared for words in _differences(each, known.get(each.canonical))]


def _differences(declared: VerifiedService, known: VerifiedService | None) -> Iterator[str]:
    name = quote(declared.service)
    if known is None:
        yield f"{name} is not verified"
        return
    new = [quote(address) for address in declared.verify or () if address not in (known.verify or ())]
    if new:
        yield f"{' and '.join(new)} of {name} {'are' if len(new) > 1 else 'is'} not verified"
    if declared.verify is None and known.verify == ():
        yield f"no address of {name} is verified"
    if declared.site not in (None, known.site):
        yield f"enable_site of {name} is new"
    if declared.reload_command not in ((), known.reload_command):
        yield f"reload_command of {name} is new"


def merged(
    recorded: Iterable[VerifiedService], verified: Sequence[VerifiedService], serial_number: str
) -> tuple[VerifiedService, ...]:
    """Return the record after a deployment. A service that is not declared any more stays: it may use the files."""
    again = {each.canonical for each in verified}
    kept = (each for each in recorded if each.canonical not in again)
    return (*kept, *(each.with_version(serial_number) for each in verified))


def not_named(recorded: Iterable[VerifiedService], item: DeclaredItem) -> list[VerifiedService]:
    """Return the recorded services that the declaration does not name."""
    named = {each.canonical for each in declared_services(item)}
    return [each for each in recorded if each.canonical not in named]
