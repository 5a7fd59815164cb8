# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Implements certum_publish: publishes or removes validation files, and records the stage of each order.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from .._handover.problems import ended_with
from .._handover.reasons import Reason, ReasonCode, summary
from .._handover.terms import State
from .._lifecycle.publication import FILE_PATH
from .._store.certificate_on_disk import read_installed
from .._store.change import Change
from .._store.each_certificate import for_each
from .._store.json_record import read_moment
from .._store.layout import Layout
from .._store.metadata import OrderStage
from .._store.staged_order import discard, forget_order, record_order
from .._store.store_errors import StoreError
from .._store.validation_files import publish, remove
from .validation_listener import open_for_publishing, remove_left_behind, web_root

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .._handover.certificate_results import CertificateResult
    from .._handover.declared_items import DeclaredItem
    from .._handover.host_results import PublishResult, ValidationCode

STAGES: dict[str, OrderStage] = {
    State.PENDING: OrderStage.PLACED,
    State.ISSUED: OrderStage.PLACED,
    State.REJECTED: OrderStage.REJECTED,
}


def publish_all(params: Mapping[str, Any], check_mode: bool) -> PublishResult:
    """Publish or remove the file of each order, by its state, and return the result of the module."""
    layout = Layout(Path(params["path"]))
    results: list[CertificateResult] = params["orders"]
    declared: list[DeclaredItem] = params["certificates"]
    orders = {order["name"]: order for order in results}
    items = [item for item in declared if item["name"] in orders]

    written: list[str] = []

    def follow(item: DeclaredItem) -> list[Change]:
        order = orders[item["name"]]
        recorded = _record(layout, order, check_mode=check_mode)
        file = follow_with_file(layout, item, order, check_mode=check_mode)
        written.extend([item["name"]] if file.changed and order["state"] == State.PENDING else [])
        return [recorded, file]

    followed, problems = for_each(items, follow)
    changes = [change for changes in followed for change in changes if change.changed]
    return {
        **ended_with(problems),
        "changed": bool(changes),
        "reason": summary(
            (("", change.reason) for change in changes), otherwise="nothing had to be published or removed"
        ).shown(),
        "codes": [code for item in items for code in _codes(layout, orders[item["name"]])],
        "written": written,
        "diff": [{"before": change.before, "after": change.after} for change in changes],
    }


def _codes(layout: Layout, order: CertificateResult) -> Iterator[ValidationCode]:
    """Yield the recorded validation code of a pending order. Another run for the same host may have recorded it."""
    if order["state"] != State.PENDING:
        return
    try:
        staged = read_installed(layout, order["name"]).staged
    except StoreError:
        return  # already among the problems
    if staged and staged.order and staged.order.validation_code:
        yield {"name": order["name"], "code": staged.order.validation_code}


def _record(layout: Layout, order: CertificateResult, *, check_mode: bool) -> Change:
    """Record the stage and the validation code of the order.

    A refused order is forgotten, and an order with an unknown outcome stays an intent. An order that was placed stays
    recorded even if the account does not know it: it may be the wrong account.
    """
    name, state = order["name"], order["state"]
    staged = read_installed(layout, name).staged
    if staged is None or staged.order is None or staged.public_key_sha256 != order.get("public_key_sha256"):
        return Change(changed=False, reason=Reason(ReasonCode.NOT_STAGED, "the order is not staged here"))
    if _is_of_another_host(order):
        return discard(layout, name, order=staged.order, check_mode=check_mode)
    if state == State.NOT_ORDERED and staged.order.stage is OrderStage.INTENDED:
        return forget_order(layout, name, check_mode=check_mode)
    if state not in STAGES:
        return Change(changed=False, reason=Reason(ReasonCode.KEPT, f"the order stays {staged.order.stage.value}"))
    validation, term_end = order.get("validation"), order.get("term_end")
    record = replace(
        staged.order,
        stage=STAGES[state],
        order_id=order["order_id"],
        operation=order.get("operation") or staged.order.operation,
        predecessor=order.get("predecessor"),
        term_end=read_moment(term_end) if term_end else staged.order.term_end,
        environment=order.get("environment") or staged.order.environment,
        validation_code=validation["code"] if validation else staged.order.validation_code,
        validation_method=validation["method"] if validation else staged.order.validation_method,
    )
    return record_order(layout, name, record, key=staged.public_key_sha256, check_mode=check_mode)


def _is_of_another_host(order: CertificateResult) -> bool:
    """Return whether the recorded order of a shared certificate is that of another host."""
    reason = cast("Mapping[str, Any]", order).get("reason") or {}
    return bool(reason.get("code") == ReasonCode.ORDER_OF_ANOTHER_HOST.value)


def follow_with_file(layout: Layout, item: DeclaredItem, order: CertificateResult, *, check_mode: bool) -> Change:
    """Publish the validation file of a pending order, remove the file of any other. Raises StoreError."""
    validation = order.get("validation")
    files = validation["files"] if validation else []
    if not files:
        return Change(changed=False, reason=Reason(ReasonCode.NOT_VALIDATED_BY_FILE, "no domain is validated by file"))
    content = files[0]["content"]
    if order["state"] != State.PENDING:
        change = remove(web_root(layout, item), FILE_PATH, content, check_mode=check_mode)
        remove_left_behind(layout, content, check_mode=check_mode)
        return change
    if check_mode and not web_root(layout, item).exists():
        return Change(True, Reason(ReasonCode.PUBLISHED, "the validation file must be published"))
    place = web_root(layout, item) if check_mode else open_for_publishing(layout, item)
    return publish(place, FILE_PATH, content, check_mode=check_mode)
