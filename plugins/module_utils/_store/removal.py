# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Takes a certificate out of use, and removes it from disk.

The links go first, and each step is one rename(2) or unlink(2). If the process dies, the next run finishes. The key of
an order that may still lead to a certificate is never removed.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from .._handover.problems import Problem, problem_of
from .._handover.reasons import Reason, ReasonCode
from .atomic_files import TEMPORARY, open_directory
from .certificate_on_disk import read_inside
from .change import Change
from .layout import CURRENT, STAGED, VERIFIED, VERSIONS
from .lock import LOCK, certificate_directory
from .metadata import OrderStage
from .staged_files import read_pending
from .staging import installed_with
from .store_errors import AccessError, StoreError
from .version_choice import describe

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from .atomic_files import Directory
    from .layout import Layout


def is_there(layout: Layout, name: str) -> bool:
    """Return whether anything of a certificate is on disk. Raises StoreError."""
    directory = open_directory(layout.certificate(name))
    if directory is None:
        return False
    with directory:
        return True


@contextmanager
def out_of_use(layout: Layout, name: str) -> Iterator[bool]:
    """Remove `verified` and `current`, and restore them if the caller raises.

    Yields whether there was a link. A `current` that was missing, as after a crash, is set to the newest good version.
    """
    with certificate_directory(layout, name) as directory:
        if directory is None:  # pragma: no cover - only check mode yields None
            yield False
            return
        links = {link: directory.link_target(link) for link in (VERIFIED, CURRENT)}
        try:
            for link in links:
                directory.remove(link)
            directory.sync()
            yield any(links.values())
        except BaseException:
            _put_back(directory, name, links)
            raise


def _put_back(directory: Directory, name: str, links: Mapping[str, str | None]) -> None:
    newest = read_inside(directory, name).newest_good
    current = links[CURRENT] or (f"{VERSIONS}/{newest.serial_number}" if newest else None)
    for link, target in ((CURRENT, current), (VERIFIED, links[VERIFIED])):
        if target is not None:
            directory.link(link, target)


def remove(layout: Layout, name: str, *, ended: Container[str] = (), check_mode: bool = False) -> Change:
    """Remove everything of a certificate from disk, except the key of a pending order, which is a problem.

    *ended* are the ids of orders that certainly lead to no certificate any more. Raises StoreError.
    """
    if not is_there(layout, name):
        return Change(changed=False, reason=Reason(ReasonCode.NOT_ON_DISK, "it is not on disk"))
    with certificate_directory(layout, name, check_mode=check_mode) as directory:
        if directory is None:
            return Change(changed=False, reason=Reason(ReasonCode.NOT_ON_DISK, "it is not on disk"))
        before = read_inside(directory, name)
        problem = _order_pending(directory, ended)
        keep = {LOCK, *((STAGED,) if problem else ())}
        doomed = sorted(set(directory.names()) - keep, key=lambda entry: entry not in (CURRENT, VERIFIED))
        if not check_mode:
            for entry in doomed:
                _remove(directory, entry)
            if not problem:
                _remove_directory(layout, name)
    changed = bool(doomed) or not problem
    removed = Reason(ReasonCode.REMOVED, "it was removed")
    reason = removed if changed else Reason(ReasonCode.KEPT, "only staged files that may still be needed are left")
    return Change(changed, reason, describe(before.current), {}, problem)


def _remove(directory: Directory, entry: str) -> None:
    """Remove an entry. A directory is renamed first: the next sweep removes the rest after a crash."""
    if entry in (CURRENT, VERIFIED):
        directory.remove(entry)
        directory.sync()
        return
    temporary = f".{entry}{TEMPORARY}"
    directory.rename(entry, temporary)
    directory.remove(temporary)


def _remove_directory(layout: Layout, name: str) -> None:
    """Remove the directory with its lock file. A process that waits for the lock notices that."""
    base = open_directory(layout.base)
    if base is not None:
        with base:
            base.remove(name)
            base.sync()


def _order_pending(directory: Directory, ended: Container[str]) -> Problem | None:
    """Return the problem for which the staged key has to stay, or None."""
    try:
        pending = read_pending(directory)
    except AccessError:
        raise
    except StoreError as error:
        return problem_of(error)
    order = pending.order if pending else None
    if pending is None or order is None or order.stage is OrderStage.REJECTED or order.order_id in ended:
        return None
    if installed_with(directory, pending):
        return None
    path = f"{directory.path}/{STAGED}"
    what = "reissue" if order.is_reissue else "order"
    if order.stage is OrderStage.INTENDED:
        known, otherwise = "may have been sent", f" If the account has no such {what}, remove {path}."
    else:
        known, otherwise = "is pending", ""
    wait = "declare the certificate present until it is issued, then run again"
    if order.is_reissue:
        found = f"a reissue in order {order.words} {known}"
        remedy = f"The CA does not cancel an order that has a certificate (error 1136): {wait}.{otherwise}"
    else:
        found = f"order {order.words} {known}"
        remedy = f"Cancel the order with certum_cancel, or {wait}.{otherwise}"
    return Problem(f"{found}, so its key stays in {path}. {remedy}", remedy)
