# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Takes a certificate out of use, and removes it from disk.

The links go first, and each step is one rename(2) or unlink(2). If the process dies, the next run finishes. The key of
an order that may still lead to a certificate is never removed.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from .._handover.problems import Problem, problem_of
from .._handover.reasons import Reason, ReasonCode
from .._handover.terms import Environment, Operation
from .._lifecycle.order_identity import FINGERPRINT_CHARACTERS
from .atomic_files import TEMPORARY, open_directory
from .certificate_on_disk import is_there, read_inside
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
    from .metadata import OrderRecord
    from .staged_files import Pending

ARRIVES_WITHIN = timedelta(hours=1)
"""The time after which a request that was sent has certainly reached the CA, or never will."""


@dataclass(frozen=True)
class OrderAnswers:
    """The answers of the CA about orders of staged keys.

    *ended* are the ids of orders that certainly lead to no certificate any more. *unknown* are orders that the account
    does not have (error 1033), with the environment of the CA that answered. *now* is the present time, aware.
    """

    ended: Container[str] = ()
    unknown: Mapping[str, str | None] = field(default_factory=dict)
    now: datetime = field(default_factory=lambda: datetime.now(timezone.utc))

    def was_never_placed(self, order: OrderRecord, pending: Pending) -> bool:
        """Return whether the CA certainly has no order for a staged key.

        No run may have got an answer about it, and its id must hold the fingerprint of the key: then only this order
        can be for the key. A request that was sent a moment ago may still arrive.
        """
        order_id = order.order_id
        if order_id is None or order_id not in self.unknown or order.operation != Operation.ORDER:
            return False
        of_key = order_id.endswith(pending.public_key_sha256[:FINGERPRINT_CHARACTERS])
        asked = self.unknown[order_id]
        # Without a recorded environment, only an answer of the production system rules out an order that costs money.
        same_place = asked == order.environment or (order.environment is None and asked == Environment.PRODUCTION)
        return of_key and same_place and order.stage is OrderStage.INTENDED and not self.may_arrive(order)

    def may_arrive(self, order: OrderRecord) -> bool:
        """Return whether a request for this order may be on its way to the CA."""
        return self.now - order.created < ARRIVES_WITHIN


NO_ANSWERS = OrderAnswers()


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


def remove(layout: Layout, name: str, *, answers: OrderAnswers = NO_ANSWERS, check_mode: bool = False) -> Change:
    """Remove everything of a certificate from disk, except the key of a pending order, which is a problem.

    Raises StoreError.
    """
    if not is_there(layout, name):
        return Change(changed=False, reason=Reason(ReasonCode.NOT_ON_DISK, "it is not on disk"))
    with certificate_directory(layout, name, check_mode=check_mode) as directory:
        if directory is None:
            return Change(changed=False, reason=Reason(ReasonCode.NOT_ON_DISK, "it is not on disk"))
        before = read_inside(directory, name)
        problem = _order_pending(directory, answers)
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


def _order_pending(directory: Directory, answers: OrderAnswers) -> Problem | None:
    """Return the problem for which the staged key has to stay, or None."""
    try:
        pending = read_pending(directory)
    except AccessError:
        raise
    except StoreError as error:
        return problem_of(error)
    order = pending.order if pending else None
    if pending is None or order is None or order.stage is OrderStage.REJECTED or order.order_id in answers.ended:
        return None
    if answers.was_never_placed(order, pending) or installed_with(directory, pending):
        return None
    return _problem(order, f"{directory.path}/{STAGED}", answers)


def _problem(order: OrderRecord, path: str, answers: OrderAnswers) -> Problem:
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
    if order.order_id in answers.unknown:
        found, remedy = f"{found}, and the account does not have it (error 1033)", _if_unknown(order, answers, remedy)
    return Problem(f"{found}, so its key stays in {path}. {remedy}", remedy)


def _if_unknown(order: OrderRecord, answers: OrderAnswers, remedy: str) -> str:
    if order.stage is OrderStage.INTENDED and not order.is_reissue and answers.may_arrive(order):
        hour = f"{order.created + ARRIVES_WITHIN:%Y-%m-%d %H:%M} UTC"
        return f"The request may still arrive at the CA. Run again after {hour}: the key is then removed."
    return f"Use the account and the environment (production or test) in which it was placed. {remedy}"
