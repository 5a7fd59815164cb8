# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Takes a certificate out of service, after checking that the service loads without it.

Private to the collection. During the check the site is disabled and `current` is removed. If the service objects, both
are restored. All this is one process, so that no other task meets the intermediate state.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._handover.reasons import Reason, ReasonCode
from .._store.certificate_on_disk import read_installed
from .._store.change import Change
from .._store.removal import is_there, out_of_use
from .._store.store_errors import StoreError
from .._store.version_choice import describe
from .site import Site, site_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from .._handover.declared_items import DeclaredItem
    from .._store.layout import Layout
    from .command import CommandResult

    Ask = Callable[[Sequence[str]], CommandResult]


def withdraw(
    layout: Layout,
    item: DeclaredItem,
    *,
    check_commands: Sequence[Sequence[str]],
    ask: Ask,
    check_mode: bool,
) -> Change:
    """Disable the site and take the certificate out of use, if the configuration of the service loads without them.

    *ask* runs a command. Raises StoreError with the message of the service; then everything is as it was.
    """
    name, site = item["name"], site_of(item)
    if not is_there(layout, name):
        return Change(changed=False, reason=Reason(ReasonCode.NOT_ON_DISK, "it is not on disk"))
    installed = read_installed(layout, name)
    current = layout.current(name)
    used = [site.link] if site and site.target else []
    links = [*map(str, used), *([str(current)] if current.is_symlink() else [])]
    if not check_mode:
        try:
            with out_of_use(layout, name), _off(site):
                _require_that_it_loads(check_commands, ask, current)
        except _NeededError as error:
            if (objection := ask(error.command).objection) is None:
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
def _off(site: Site | None) -> Iterator[None]:
    """Disable the site, and enable it again if the caller raises.

    A site that is not a link is left alone: then the check shows whether it needs the certificate.
    """
    former = site.target if site else None
    if site is None or former is None:
        yield
        return
    site.turn_off()
    try:
        yield
    except BaseException:
        site.put_back(former)
        raise


def _require_that_it_loads(commands: Sequence[Sequence[str]], ask: Ask, current: Path) -> None:
    for command in commands:
        if (objection := ask(command).objection) is not None:
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
