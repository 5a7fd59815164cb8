# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Implements certum_stage: makes a key and a CSR for each due certificate, and returns the items to order.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._handover.foreign_text import quote
from .._handover.problems import Problem, ended_with
from .._handover.reasons import Reason, ReasonCode, summary
from .._handover.terms import Environment, Operation, ValidationMethod
from .._lifecycle.decision import OnDisk, Question
from .._lifecycle.declaration import Declaration, is_absent, read_declarations
from .._lifecycle.former_certificate import FORMER_DAYS
from .._lifecycle.operation_choice import choose, followed
from .._lifecycle.order_identity import (
    GROUP_MARK,
    customer_for,
    names_both,
    order_id_for,
    other_host,
    owner_of,
    shared_order_id_for,
)
from .._lifecycle.publication import Trial
from .._store.certificate_on_disk import read_installed
from .._store.each_certificate import for_each
from .._store.layout import Layout
from .._store.metadata import OrderRecord, OrderStage
from .._store.staged_order import discard, record_order
from .._store.staging import Staged, stage
from .._store.store_errors import StoreError
from .._store.transfer_keys import stage_transfer_key
from .._store.validation_files import publish
from .._store.web_root import directory_identity
from .host_readiness import HeldBackError, Next, Readiness, goes_ahead_sentence, is_about_configuration, readiness
from .observation import observe
from .renames import follow_rename, followed_layout
from .requested_order import is_placed, order_item, refuse_unless_named, wanted_request
from .validation_listener import open_for_publishing, web_root

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .._handover.declared_items import DeclaredItem
    from .._handover.order_items import StagedOrder, StageResult
    from .._lifecycle.decision import KnownVersion


def stage_all(params: Mapping[str, Any], check_mode: bool) -> StageResult:
    """Stage all certificates, and return the result of the module. ``orders`` are items for certum_certificates."""
    items: list[DeclaredItem] = params["certificates"]
    declarations = {declaration.name: declaration for declaration in read_declarations(items)}
    newest: Mapping[str, str] = params.get("newest") or {}
    renamed: Mapping[str, str] = params.get("renamed") or {}
    plain_layout, present = Layout(Path(params["path"])), [item for item in items if not is_absent(item)]
    layout = followed_layout(plain_layout, renamed) if check_mode else plain_layout
    staging = Staging(
        layout=layout,
        readiness=readiness(layout, present, command_timeout=params["command_timeout"], check_mode=check_mode),
        host=params["host"],
        environment=params["api_environment"],
        order_again=frozenset(params["order_again"]),
        revoked=frozenset(params["revoked"]),
        newest=newest,
        now=datetime.now(timezone.utc),
        check_mode=check_mode,
        tries=params["trial"] and not check_mode,
    )

    moved: list[str] = []

    def stage_one(item: DeclaredItem) -> tuple[Staged, StagedOrder] | Reason:
        if not check_mode and follow_rename(layout, item["name"], renamed):
            moved.append(item["name"])
        return staging.stage(item, declarations[item["name"]])

    found, problems = for_each(present, stage_one)
    receive: Sequence[str] = () if check_mode else params.get("receive") or ()
    keys, not_receiving = for_each(
        [{"name": name} for name in receive],
        lambda item: (item["name"], stage_transfer_key(layout, item["name"], now=staging.now).public),
    )
    problems += not_receiving
    results = [result for result in found if not isinstance(result, Reason)]
    overtaken = [result for result in found if isinstance(result, Reason)]
    made = [order["name"] for staged, order in results if staged.created]
    staged_now = Reason(ReasonCode.KEY_STAGED, f"a key was made for {', '.join(made)}")
    reason = staged_now if made else Reason(ReasonCode.STAGED_BEFORE, "every key was staged before")
    return {
        **ended_with([*problems, *staging.remarks]),
        "changed": bool(made or moved),
        "orders": [order for dummy, order in results],
        "places": _places(layout, items),
        "trials": staging.trials,
        "transfer_keys": dict(keys),
        "clock": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "reason": summary(
            (("", each) for each in ([reason, *overtaken] if results or not overtaken else overtaken)), otherwise=""
        ).shown(),
        "diff": [
            {
                "before_header": order["name"],
                "after_header": order["name"],
                "before": {},
                "after": {key: order.get(key) for key in _shown_of_order(order, check_mode)},
            }
            for staged, order in results
            if staged.created
        ],
    }


def _shown_of_order(order: StagedOrder, check_mode: bool) -> tuple[str, ...]:
    """Return what diff mode shows. The id of a new order follows from its key, which check mode does not keep."""
    is_new = order["operation"] == Operation.ORDER
    return ("operation", "customer") if check_mode and is_new else ("operation", "order_id", "customer")


def _places(layout: Layout, items: Iterable[DeclaredItem]) -> dict[str, str]:
    """Return the identity of each web root, so that hosts with a shared one are validated one after the other."""
    found = {item["name"]: directory_identity(web_root(layout, item)) for item in items}
    return {name: place for name, place in found.items() if place}


@dataclass(frozen=True)
class Staging:
    """The data that all certificates of one call share."""

    layout: Layout
    readiness: Readiness
    host: str
    environment: str | None
    order_again: frozenset[str]
    revoked: frozenset[str]
    newest: Mapping[str, str]
    now: datetime
    check_mode: bool
    tries: bool = False
    trials: list[str] = field(default_factory=list)
    """Certificates with a test file in their web root."""
    remarks: list[Problem] = field(default_factory=list)
    """Problems of certificates that are ordered anyway."""

    def stage(self, item: DeclaredItem, declaration: Declaration) -> tuple[Staged, StagedOrder] | Reason:
        """Return a key and a CSR, and an item for certum_certificates. Both are on disk before anything is sent.

        Returns a reason if nothing is needed any more. Raises StoreError.
        """
        name = declaration.name
        if self._recorded(name) is None:
            if came := self._came_meanwhile(name):
                return came
            self._customer(item)  # refuses a copy before there is a key
        self._set_aside_what_came_to_nothing(name)
        self._require_ready(item, declaration)
        staged = stage(self.layout, name, wanted_request(declaration), check_mode=self.check_mode)
        record = staged.order
        # Other hosts of a group may answer for the names too, and cannot know the test file.
        tries = self.tries and not declaration.share
        if tries and not is_placed(record) and declaration.method is ValidationMethod.FILE:
            self._publish_trial(item, staged)
        if record is None:
            if came := self._came_meanwhile(name):  # during the wait for the lock; the key stays for the next time
                return came
            refuse_unless_named(self.layout, declaration, staged)
            record = self._intent(item, declaration, staged)
            if not self.check_mode:
                record_order(self.layout, name, record, key=staged.public_key_sha256)
        may_be_live = self._may_have_another(item, record)
        return staged, order_item(item, declaration, staged, record, may_be_live=may_be_live)

    def _require_ready(self, item: DeclaredItem, declaration: Declaration) -> None:
        """Raise HeldBackError unless the host can use the next certificate. A placed order goes on in any case."""
        record = self._recorded(declaration.name)
        if is_placed(record) or not (obstacles := self.readiness.obstacles(item, declaration.method)):
            return
        operation = Operation(record.operation) if record else self._decided(declaration)[0]
        following = Next(operation, self._observe(declaration).newest, record, self.now, self.check_mode)
        if following.can_wait or not is_about_configuration(obstacles):
            raise HeldBackError(obstacles, following)
        text, remedy = goes_ahead_sentence(obstacles, following), " ".join(each.remedy for each in obstacles)
        self.remarks.append(Problem(text, remedy).about(declaration.name))

    def _publish_trial(self, item: DeclaredItem, staged: Staged) -> None:
        trial = Trial(staged.public_key_sha256)
        publish(open_for_publishing(self.layout, item), trial.path, trial.content)
        self.trials.append(item["name"])

    def _came_meanwhile(self, name: str) -> Reason | None:
        """Return a reason if another run has replaced the certificate since the plan: do not order it twice."""
        found = observe(self.layout, name).newest if name in self.newest else None
        if found is None or found.serial_number == self.newest[name]:
            return None
        words = f"{name}: certificate {found.serial_number} was issued by another run meanwhile"
        return Reason(ReasonCode.DONE_BY_ANOTHER_RUN, words)

    def _recorded(self, name: str) -> OrderRecord | None:
        staged = read_installed(self.layout, name).staged
        return staged.order if staged else None

    def _set_aside_what_came_to_nothing(self, name: str) -> None:
        record = self._recorded(name)
        if record is None:
            return
        rejected = name in self.order_again and record.stage is OrderStage.REJECTED
        if rejected or self._is_left_behind(record, name):
            discard(self.layout, name, order=record, check_mode=self.check_mode)

    def _is_left_behind(self, record: OrderRecord, name: str) -> bool:
        """Return whether the record is a test order of a host that now declares production.

        Raises StoreError for the reverse: a production order costs money, and is not left for a test.
        """
        if self.environment is None or record.environment in (None, self.environment):
            return False
        if record.environment == Environment.TEST:
            return True
        raise StoreError(
            f"Nothing was ordered in the {self.environment} system",
            path=self.layout.staged(name),
            why=f"order {record.words} is pending in the {record.environment} system",
            remedy=f"Set api_environment (certum_api_environment) to {record.environment} until the order is issued"
            + ("." if record.is_reissue else ", or cancel the order with certum_cancel."),
        )

    def _intent(self, item: DeclaredItem, declaration: Declaration, staged: Staged) -> OrderRecord:
        """Return the record of the next order."""
        operation, former = self._decided(declaration)
        new_id = self._new_order_id(item, staged)
        order_ids = {Operation.ORDER: new_id, Operation.REISSUE: former.order_id if former else None}
        return OrderRecord(
            order_id=order_ids.get(operation),
            customer=self._customer(item),
            product=declaration.product.code,
            created=self.now,
            stage=OrderStage.INTENDED,
            operation=operation.value,
            predecessor=former.serial_number if former else None,
            term_end=former.term_end if former and operation is Operation.REISSUE else None,
            environment=self.environment,
            host=owner_of(item, self.host) or None,
        )

    def _new_order_id(self, item: DeclaredItem, staged: Staged) -> str:
        """Return the id of a new order. That of a shared certificate does not depend on the key of one host."""
        name = item["name"]
        if not item.get("share") or name in self.order_again:
            return order_id_for(name=name, public_key_sha256=staged.public_key_sha256)
        newest = observe(self.layout, name).newest
        return shared_order_id_for(
            name=name, owner=owner_of(item, self.host), predecessor=newest.serial_number if newest else ""
        )

    def _decided(self, declaration: Declaration) -> tuple[Operation, KnownVersion | None]:
        """Return the operation that is needed, and the certificate on disk that it follows."""
        desired = declaration.desired(environment=self.environment)
        question = Question(desired, self._observe(declaration), self.now)
        chosen = choose(question).operation
        order_again = chosen is Operation.REISSUE and declaration.name in self.order_again
        # The order of a former certificate is reissued if it is live in the account.
        return (Operation.ORDER if order_again else chosen), followed(question)

    def _observe(self, declaration: Declaration) -> OnDisk:
        name = declaration.name
        on_disk = observe(self.layout, name, share=declaration.share)
        if on_disk.newest is None or name not in self.revoked:
            return on_disk
        return replace(on_disk, newest=replace(on_disk.newest, revoked="as the plan found"))

    def _customer(self, item: DeclaredItem) -> str:
        """Return the customer. It is chosen once per certificate (lifecycle.md 8), and known even if its key is lost.

        Raises StoreError if it names another host.
        """
        name, declared, share = item["name"], item.get("customer"), item.get("share")
        owner = owner_of(item, self.host)
        known = [version.metadata.order for version in read_installed(self.layout, name).versions if version.metadata]
        # The customer of a group is not that of a host that does not share any more.
        kept = next((order for order in known if order.customer and (share or not order.share)), None)
        if kept is None or kept.customer is None:
            return declared or customer_for(host=owner, name=name)
        other = other_host(customer=kept.customer, host=owner, name=name)
        is_of_group = bool(share) and (other == self.host or kept.share == share)
        if kept.customer != declared and other and not is_of_group:
            raise _copied(self.layout, name, customer=kept.customer, other=other, host=owner)
        return kept.customer

    def _may_have_another(self, item: DeclaredItem, record: OrderRecord) -> bool:
        """Return whether the account may already have this certificate: a lost or restored disk does not show it.

        A customer that several hosts share would find the orders of the others.
        """
        costs_money = record.operation in (Operation.ORDER.value, Operation.RENEW.value)
        may_be_known = costs_money and not is_placed(record)
        return may_be_known and names_both(customer=record.customer, host=owner_of(item, self.host), name=item["name"])


def _copied(layout: Layout, name: str, *, customer: str, other: str, host: str) -> StoreError:
    """Return the error for a copied certificate: if one copy is reissued, the CA revokes that of the other."""
    there, known, here = _owner_words(other), quote(customer), _owner_words(host)
    this = f"{here} shares it now" if host.startswith(GROUP_MARK) else f"this {here.replace(' ', ' is ', 1)}"
    return StoreError(
        "Nothing was ordered",
        path=layout.certificate(name),
        why=f"the certificate was ordered for {there} (customer {known}), and {this}. After a "
        f"reissue here, the CA would revoke the certificate of {there} in {FORMER_DAYS} days",
        remedy=f"If {here} is {there} under a new name, set customer to {known} in the declaration. If it is a copy "
        f"of {there}, move this directory away and run again: that orders a certificate of its own.",
    )


def _owner_words(owner: str) -> str:
    """Return a host or a group for messages."""
    return f"group {quote(owner[1:])}" if owner.startswith(GROUP_MARK) else f"host {quote(owner)}"
