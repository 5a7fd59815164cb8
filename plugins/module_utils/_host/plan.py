# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Implements certum_plan: reads the declared certificates on disk and returns the due ones, with reasons.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._handover.plan_results import words_of_plan
from .._handover.problems import ended_with
from .._handover.reasons import Reason, ShownReason, summary
from .._handover.terms import Operation, PlanAction
from .._lifecycle.decision import Question, is_order_pending, why_activate, why_issue
from .._lifecycle.declaration import InvalidDeclarationError, completed, is_absent, read_declarations
from .._lifecycle.declaration_policy import InvalidPolicyError, policy_problems, read_policy
from .._lifecycle.dns_methods import WAYS, why_nobody_publishes
from .._lifecycle.moment_option import moment_of
from .._lifecycle.operation_choice import choose, cost_of
from .._lifecycle.pending_change import words_of_change
from .._lifecycle.products import find
from .._store.certificate_on_disk import read_installed
from .._store.directory_access import drifted_base, drifted_directories
from .._store.each_certificate import for_each
from .._store.key_repair import drifted_keys
from .._store.layout import Layout
from .._store.store_errors import StoreError
from .absent_certificates import PlannedRemoval, planned_removal
from .declared_formats import declared_ownership, outdated, require_formats, require_passphrases
from .findings import undeclared, unverified
from .observation import observed
from .plan_record import RecordedPlan
from .renames import find_renames, followed_layout, why_renamed
from .shared_reports import shared_report

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence
    from datetime import datetime

    from .._handover.declared_items import DeclaredDefaults, DeclaredItem
    from .._handover.plan_results import PlannedAction, PlannedRemovals, PlanResult
    from .._handover.problems import Problem
    from .._lifecycle.decision import OnDisk
    from .._lifecycle.declaration import Declaration
    from .._store.certificate_on_disk import Installed


@dataclass(frozen=True)
class PlannedCertificate:
    """One declaration, with the reason to issue it and the reason to activate it, or None for each."""

    item: DeclaredItem
    question: Question
    reasons: Mapping[PlanAction, Reason | None]

    def shown(self) -> Iterator[PlannedAction]:
        """Yield the planned actions. An issue action names its operation, unless an order is pending."""
        for action, reason in self.reasons.items():
            if reason is None:
                continue
            planned: PlannedAction = {"name": self.item["name"], "action": action.value, "reason": reason.shown()}
            if action is PlanAction.ISSUE and not is_order_pending(self.question.on_disk):
                choice = choose(self.question)
                planned = {**planned, "operation": choice.operation.value, "operation_reason": choice.why.shown()}
            yield planned

    def sentences(self) -> Iterator[str]:
        """Yield the same as sentences, with the cost."""
        for planned in self.shown():
            how = f" ({planned['operation']}: {planned['operation_reason']['text']})" if "operation" in planned else ""
            yield f"{planned['name']}: {planned['reason']['text']}{how}{self._cost(planned)}"

    def _cost(self, planned: PlannedAction) -> str:
        if "operation" not in planned:
            return words_of_change(self.question) if planned["action"] == PlanAction.ISSUE.value else ""
        operation = Operation(planned["operation"])
        group = self.item.get("share")
        live = "another host has a newer certificate or the account" if group else "the account"
        unless = "" if operation is Operation.REISSUE else f", unless {live} has a live order for these names"
        once = f", once for the hosts of group {group}" if group else ""
        return f". It {cost_of(operation, find(self.question.desired.product_code))}{once}{unless}"


def plan(params: Mapping[str, Any], check_mode: bool) -> PlanResult:
    """Return the result of the module. Keep it if nothing is due."""
    now = moment_of(params["now"])
    record = RecordedPlan.before_reading(Path(params["path"]), None if check_mode else params.get("digest"))
    result, questions = _plan(params, now)
    record.keep(result, questions, now)
    return result


def _plan(params: Mapping[str, Any], now: datetime) -> tuple[PlanResult, list[Question]]:
    """Return the result, and the questions that it answers."""
    layout = Layout(Path(params["path"]))
    given: list[DeclaredItem] = params["certificates"]
    defaults: DeclaredDefaults | None = params["defaults"]
    items = [completed(item, defaults) for item in given]
    declarations = {declaration.name: declaration for declaration in _allowed(items, params)}
    elsewhere: Sequence[str] | None = params.get("declared_elsewhere")
    declared = {*(elsewhere or ()), *(item["name"] for item in items)}
    renamed = find_renames(layout, list(declarations.values()), declared=declared)
    layout = followed_layout(layout, renamed)
    strange = () if elsewhere is None else undeclared(layout, {*declared, *renamed.values()}, now)
    require_passphrases(items, params["passphrases"])
    seen = _look_at_disk(layout, [item for item in items if not is_absent(item)], params)

    def answer(item: DeclaredItem) -> PlannedCertificate:
        name = item["name"]
        desired = declarations[name].desired(environment=params["api_environment"], replace=name in params["replace"])
        question = Question(desired, seen.on_disk[name], now)
        activation = why_renamed(name, renamed[name], layout) if name in renamed else why_activate(question)
        found = PlannedCertificate(
            item, question, {PlanAction.ISSUE: why_issue(question), PlanAction.ACTIVATE: activation}
        )
        if found.reasons[PlanAction.ISSUE] and params.get("dns_provider") is False:
            _require_no_dns(declarations[name])
        if any(found.reasons.values()):
            require_formats(layout, item, new_key=bool(found.reasons[PlanAction.ISSUE]))
        return found

    answers, impossible = for_each((item for item in items if item["name"] in seen.on_disk), answer)
    found, troubles = for_each(filter(is_absent, items), lambda item: planned_removal(layout, item, now=now))
    going = [each for each in found if each]
    due = [each.item for each in answers if each.reasons[PlanAction.ISSUE]]
    sharing = [each for each in answers if each.item.get("share")]
    activate = [each.item for each in answers if each.reasons[PlanAction.ACTIVATE]]
    result: PlanResult = {
        **ended_with([*seen.problems, *impossible, *troubles]),
        "notes": seen.notes,
        "findings": [*strange, *unverified(items)],
        "revoked": [name for name, disk in seen.on_disk.items() if disk.newest and disk.newest.revoked],
        "changed": False,
        "due": due,
        "activate": activate,
        "renamed": renamed,
        "ordered_by": _ordered_by(
            seen.on_disk, host=params["host"], shared={each["name"] for each in items if each.get("share")}
        ),
        "newest": {
            each.item["name"]: _serial_number(each.question.on_disk)
            for each in answers
            if each.item.get("share") or each.reasons[PlanAction.ISSUE]
        },
        "sharing": [each.item for each in sharing],
        "shared": [
            shared_report(each.question, seen.installed[each.item["name"]], each.item["share"]) for each in sharing
        ],
        **_absent(going),
        "current": sum(not any(each.reasons.values()) for each in answers) + found.count(None),
        "reasons": [*(planned for each in answers for planned in each.shown()), *map(_removal, going)],
        "sentences": [
            *(sentence for each in answers for sentence in each.sentences()),
            *(f"{each.item['name']}: {each.reason}" for each in going),
        ],
        "reason": _reason(
            words_of_plan(
                len(items), due=len(due), activate=len(activate), remove=len(going), unchecked=len(seen.notes)
            ),
            reasons=[
                *(reason for each in answers for reason in each.reasons.values() if reason),
                *(each.reason for each in going),
            ],
        ),
    }
    return result, [each.question for each in answers]


def _require_no_dns(declaration: Declaration) -> None:
    """Raise StoreError for a certificate whose validation records nobody would publish."""
    if why := why_nobody_publishes(declaration):
        raise StoreError(
            "The certificate cannot be validated", path="validation.method", why=why, remedy=f"{WAYS} Then run again."
        )


def _ordered_by(on_disk: Mapping[str, OnDisk], *, host: str, shared: Container[str]) -> dict[str, str]:
    """Return the host that ordered each certificate, if it is another. Only the controller knows whether it exists.

    A shared certificate is the same on several hosts, whichever of them ordered it.
    """
    return {
        name: disk.host
        for name, disk in on_disk.items()
        if host and disk.host and disk.host != host and name not in shared
    }


def _removal(planned_removal: PlannedRemoval) -> PlannedAction:
    return {
        "name": planned_removal.item["name"],
        "action": PlanAction.REMOVE.value,
        "reason": planned_removal.reason.shown(),
    }


def _reason(words: str, *, reasons: Sequence[Reason]) -> ShownReason:
    """Return the reason of the result, with the code that all certificates have in common."""
    return Reason(summary((("", reason) for reason in reasons), otherwise="").code, words).shown()


def _serial_number(on_disk: OnDisk) -> str:
    return on_disk.newest.serial_number if on_disk.newest else ""


@dataclass(frozen=True)
class Seen:
    """The certificates of a host by name. ``notes`` are about failed checks, ``problems`` about unreadable files."""

    on_disk: Mapping[str, OnDisk]
    notes: list[str]
    problems: list[Problem]
    installed: Mapping[str, Installed]


def _look_at_disk(layout: Layout, items: Sequence[DeclaredItem], params: Mapping[str, Any]) -> Seen:
    def look(item: DeclaredItem) -> tuple[str, OnDisk]:
        installed = read_installed(layout, item["name"])
        read[item["name"]] = installed
        found = replace(
            observed(installed, share=item.get("share")),
            directories=(*base(), *drifted_directories(layout, item["name"])),
        )
        if found.newest is None:
            return item["name"], found
        drifted = drifted_keys(installed, declared_ownership(item))
        return item["name"], replace(found, drifted=drifted, outdated=outdated(layout, item, params["passphrases"]))

    def base() -> tuple[str, ...]:
        """Return the drift of the base directory once: it is repaired with the first certificate."""
        return of_base.pop() if of_base else ()

    of_base = [drifted_base(layout)]
    read: dict[str, Installed] = {}
    looks, problems = for_each(items, look)
    on_disk = dict(looks)
    if not params["check_revocation"]:
        return Seen(on_disk, [], problems, read)
    from .revocation_check import with_revocations  # noqa: PLC0415 - a run without this check loads no HTTP client

    return Seen(*with_revocations(layout, on_disk), problems, read)


def _absent(going: Sequence[PlannedRemoval]) -> PlannedRemovals:
    """Return the certificates to remove, as input for the tasks that do it."""
    return {
        "absent": [each.item for each in going],
        "withdraw": [each.item for each in going if each.in_service],
        "pending_orders": [{"name": each.item["name"], "order_id": each.order_id} for each in going if each.order_id],
        "revoke": [
            {"name": each.item["name"], "serial_number": number, "revoke_reason": each.item["revoke_reason"]}
            for each in going
            if each.item.get("revoke_reason")
            for number in each.serial_numbers
        ],
    }


def _allowed(items: Sequence[DeclaredItem], params: Mapping[str, Any]) -> list[Declaration]:
    """Return the declarations. Raises InvalidDeclarationError for what the CA or the policy would refuse."""
    declarations = read_declarations(items)
    try:
        problems = policy_problems(read_policy(params["policy"]), declarations)
    except InvalidPolicyError as error:
        problems = [str(error)]
    if problems:
        raise InvalidDeclarationError("\n".join(problems))
    return declarations
