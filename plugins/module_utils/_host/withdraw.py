# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Take a certificate out of service: prove that the service can do without it before it has to.

Private to the collection. While it is tried, the site is off and `current` is away; whatever the service objects to
leads back to what was there. It is one process, so that nobody meets the half of it.
"""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._store.change import Change
from .._store.errors import StoreError
from .._store.files import open_directory, replace_symlink
from .._store.installed import read_installed
from .._store.remove import is_there, out_of_use
from .._store.switch import describe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .._store.layout import Layout

LONGEST_CHECK = 60.0


def withdraw(
    layout: Layout, item: Mapping[str, Any], *, check_commands: Sequence[Sequence[str]], check_mode: bool
) -> Change:
    """Turn the site off and take the certificate out of use, if the service's configuration loads without them.

    Raises StoreError with what the service says; then everything is as it was.
    """
    name = item["name"]
    installed = read_installed(layout, name)
    site = ((item.get("deploy") or {}).get("enable_site") or {}).get("dest")
    links = [link for link in map(Path, filter(None, (site, layout.current(name)))) if link.is_symlink()]
    if not is_there(layout, name):
        return Change(changed=False, reason="nothing of it is on disk")
    if not check_mode:
        _try_without(layout, name, site=Path(site) if site else None, check_commands=check_commands)
    words = "was taken out of service" if links else "is out of service"
    return Change(bool(links), words, {**describe(installed.current), "links": list(map(str, links))}, {"links": []})


def _try_without(layout: Layout, name: str, *, site: Path | None, check_commands: Sequence[Sequence[str]]) -> None:
    try:
        with out_of_use(layout, name), _site_off(site):
            _require_that_it_loads(check_commands, layout.current(name))
    except _NeededError as error:
        objection = _objection(error.command)
        if objection is None:
            raise
        raise _broken_before(error.command, objection, layout.current(name)) from None


@contextmanager
def _site_off(link: Path | None) -> Iterator[None]:
    """A site that is no link is not ours; then the check tells whether it needs the certificate."""
    target = str(link.readlink()) if link and link.is_symlink() else None
    if link is None or target is None:
        yield
        return
    _unlink(link)
    try:
        yield
    except BaseException:
        replace_symlink(link, target)
        raise


def _unlink(link: Path) -> None:
    directory = open_directory(link.parent)
    if directory is not None:
        with directory:
            directory.remove(link.name)
            directory.sync()


def _require_that_it_loads(commands: Sequence[Sequence[str]], current: Path) -> None:
    for command in commands:
        objection = _objection(command)
        if objection:
            raise _NeededError(command, objection, current)


class _NeededError(StoreError):
    """A check that fails without the certificate."""

    def __init__(self, command: Sequence[str], objection: str, current: Path) -> None:
        super().__init__(
            "The certificate was not taken out of service",
            path=current,
            why=f"without it {' '.join(command)!r} fails: {objection}",
            remedy=(
                "Everything is as it was. Take these files out of the service's configuration, or name its site in"
                " deploy.enable_site, then run again."
            ),
        )
        self.command = command


def _broken_before(command: Sequence[str], objection: str, current: Path) -> StoreError:
    return StoreError(
        "The certificate was not taken out of service",
        path=current,
        why=f"{' '.join(command)!r} fails with it and without it, so nobody can tell whether it is needed: {objection}",
        remedy="Everything is as it was. Repair the service's configuration, then run again.",
    )


def _objection(command: Sequence[str]) -> str | None:
    """What a command says that fails; None for one that succeeds."""
    try:
        done = subprocess.run(  # noqa: S603 - the administrator's words, without a shell
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=LONGEST_CHECK,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"it has not ended after {LONGEST_CHECK:g} seconds"
    except OSError as error:
        return error.strerror or str(error)
    if done.returncode == 0:
        return None
    said = done.stdout.decode(errors="replace").strip()
    return "; ".join(said.splitlines()) or f"exit code {done.returncode}"
