# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The record of the order for a staged key: written before it is sent, and kept until its outcome is known.

Private to the collection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._handover.reasons import Reason, ReasonCode
from .atomic_files import PRIVATE
from .change import Change
from .layout import ORDER, STAGED
from .lock import certificate_directory
from .metadata import OrderStage
from .staged_files import read_pending
from .staging import set_aside
from .store_errors import StoreError

if TYPE_CHECKING:
    from .layout import Layout
    from .metadata import OrderRecord


def record_order(
    layout: Layout, name: str, order: OrderRecord, *, key: str | None = None, check_mode: bool = False
) -> Change:
    """Record the order of the staged key, before it is sent and when its outcome is known.

    Raises StoreError if nothing is staged. With *key*, a fingerprint, it also raises if another key is staged: another
    run may have staged a new key since the caller looked.

    The same order may be recorded again, with a new validation code. An intended order may change: a renewal gets its
    id from the CA. Once an order was placed, another order for the same key is refused, because the CA accepts a key
    only once (error 1032).
    """
    with certificate_directory(layout, name, check_mode=check_mode) as directory:
        pending = read_pending(directory) if directory else None
        path = layout.staged(name)
        if directory is None or pending is None:
            raise StoreError(
                "The order cannot be recorded",
                path=path,
                why=f"no key is staged for order {order.words}",
                remedy="Stage a key (certum_stage), then run again. If the key was lost, reissue the order.",
            )
        before = pending.order
        if key is not None and key != pending.public_key_sha256:
            raise StoreError(
                "The order cannot be recorded",
                path=path,
                why=f"another run has replaced the staged key since order {order.words} was made from the former key",
                remedy="Run again. If two runs declare this certificate differently, align their declarations.",
            )
        if before is not None and before.stage is not OrderStage.INTENDED and before.order_id != order.order_id:
            raise StoreError(
                "The order cannot be recorded",
                path=path,
                why=f"the staged key belongs to order {before.words}, not to {order.words}",
                remedy="The CA accepts a key for one order only (error 1032). Look up both orders (certum_order_info).",
            )
        data = order.encode()
        staged = directory.enter(STAGED)
        if staged is None:  # pragma: no cover - read_pending has just read it, and we hold the lock
            return Change(changed=False, reason=Reason(ReasonCode.NOT_STAGED, "nothing is staged"))
        with staged:
            found = staged.read(ORDER)
            if found is not None and found.data == data:
                return Change(
                    changed=False, reason=Reason(ReasonCode.ORDER_RECORDED, f"order {order.words} is recorded")
                )
            if not check_mode:
                staged.write(ORDER, data, PRIVATE)
        return Change(
            changed=True,
            reason=Reason(ReasonCode.ORDER_RECORDED, f"order {order.words} of the staged key is {order.stage.value}"),
            before={"order_id": before.order_id if before else None},
            after={"order_id": order.order_id},
        )


def forget_order(layout: Layout, name: str, *, check_mode: bool = False) -> Change:
    """Remove the record of an order that certainly does not exist at the CA. The key stays staged. Raises StoreError.

    An order that another run has placed since then stays recorded.
    """
    with certificate_directory(layout, name, check_mode=check_mode) as directory:
        pending = read_pending(directory) if directory else None
        staged = directory.enter(STAGED) if directory and pending else None
        if staged is None or pending is None:
            return Change(changed=False, reason=Reason(ReasonCode.NOT_STAGED, "nothing is staged"))
        with staged:
            if pending.order is None:
                return Change(changed=False, reason=Reason(ReasonCode.NOT_STAGED, "no order is recorded"))
            if pending.order.stage is not OrderStage.INTENDED:
                return Change(
                    changed=False,
                    reason=Reason(
                        ReasonCode.DONE_BY_ANOTHER_RUN, f"order {pending.order.words} was placed by another run"
                    ),
                )
            if not check_mode:
                staged.remove(ORDER)
                staged.sync()
    return Change(
        changed=True, reason=Reason(ReasonCode.ORDER_FORGOTTEN, "the order does not exist; its key stays staged")
    )


def discard(layout: Layout, name: str, *, order: OrderRecord | None = None, check_mode: bool = False) -> Change:
    """Set the staged files of a refused or cancelled order aside. Its key is kept in set-aside/.

    With *order*, only if they belong to this order: another run may have placed a new one since the caller looked.
    """
    with certificate_directory(layout, name, check_mode=check_mode) as directory:
        if directory is None or STAGED not in directory.names():
            return Change(changed=False, reason=Reason(ReasonCode.NOT_STAGED, "nothing is staged"))
        try:
            pending = read_pending(directory)
            if order and pending and pending.order != order:
                return Change(
                    changed=False,
                    reason=Reason(ReasonCode.DONE_BY_ANOTHER_RUN, "another run has staged another key"),
                )
            fingerprint = pending.public_key_sha256 if pending else "empty"
        except StoreError:
            fingerprint = "unreadable"
        place = str(layout.set_aside(name))
        if not check_mode:
            place = set_aside(directory, fingerprint)
        return Change(
            changed=True,
            reason=Reason(ReasonCode.SET_ASIDE, f"the staged files are kept in {place}"),
            before={"staged": fingerprint},
            after={"staged": None},
        )
