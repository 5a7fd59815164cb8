# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run one step of a batch on the controller: read the variables of the hosts, return the result of the task.

Private to the collection. It runs inside Ansible's own process on the controller, so no connection, become or
interpreter of the inventory can redirect the credentials.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime, timezone
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .._batch import steps
from .._batch.batch_host import BatchHost, DnsSettings, Settings, SharingGroup
from .._batch.clocks import read_host_clock
from .._batch.duplicates_across_hosts import duplicates
from .._batch.share_step import Play, share
from .._batch.shared_results import with_members
from .._batch.shared_rollback import roll_back_shared
from .._batch.supply_step import supply
from .._batch.wait_board import WaitBoard, shown_while_it_waits, waits_without_limit
from .._dns_records.provider_settings import InvalidDnsError, read_providers, secrets_of
from .._handover.foreign_text import quote
from .._handover.problems import KnownError, Problem, problem_of
from .._handover.reasons import summary
from .._handover.remedy_commands import for_host
from .._handover.terms import BatchStep, OnMistake, PurchasePolicy, RollbackScope
from .._handover.waits import WaitsFor
from .._lifecycle.declaration import InvalidDeclarationError, completed, is_absent, only_set, read_declarations
from .._third_party.controller_packages import CONTROLLER_PACKAGES_MISSING
from .._third_party.host_packages import HOST_PACKAGES_MISSING
from .account_access import account_of, open_account
from .frozen_variables import declared_defaults
from .missing_packages import packages_sentence
from .option_aliases import alias_paths, without_aliases
from .option_specs import DEFAULT_PATH, ORDER_CONSTRAINTS, certificate_options, declaration_options, defaults_options
from .raw_declarations import claimed
from .result_sentences import map_sentences
from .role_sentences import role_sentence
from .secret_masking import mask_sentences
from .shared_removals import sharing_of_absent
from .single_items import with_lists
from .visible_text import visible_sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .._batch.clocks import HostClock
    from .._handover.batches import BatchOrders
    from .._handover.order_items import OrderItem
    from .._handover.problems import ShownProblem
    from .._handover.shared_items import Assignment

REPORTS = ("certum__planned", "certum__staged", "certum__published", "certum_deploy__withdrawn")
REPORTS_OF_SHARING = (
    "certum__planned",
    "certum__staged",
    "certum__installed",
    "certum__received",
    "certum_deploy__deployed",
)
LONG_SECRET = 8
"""A shorter one, such as a user name, is removed only from the words of its provider."""
STEPS_OF_SHARING = (BatchStep.SHARE, BatchStep.SUPPLY, BatchStep.ROLLBACK)
"""The steps that look at the hosts of earlier batches too."""


class UnusableHostError(KnownError):
    """The frozen variables of a host cannot be used."""


def run_step(
    step: str,
    frozen: Mapping[str, Mapping[str, Any]],
    reports: Mapping[str, Mapping[str, Any]],
    *,
    show: Callable[[str], None] | None = None,
    **options: Any,
) -> dict[str, Any]:
    """Return the result of a step for these hosts.

    ``frozen`` has the result of certum_freeze for each host: the variables, ``frozen_at`` and the groups that share
    certificates. ``in_batch`` is False there for hosts of earlier batches.

    ``shared`` is the result of the step ``share``, ``play_hosts`` are all hosts of the play, and ``unreached``
    those that do not answer.
    ``earlier`` has the frozen variables of hosts of earlier batches, for the step ``remove``. ``later`` are the hosts
    of later batches.

    ``inventory`` has the variables of the role for other hosts, as they are written in the inventory.

    ``show`` prints a line while the step waits.

    A host with unusable variables has its problem in the result. The step continues for all other hosts.
    """
    if missing := (*CONTROLLER_PACKAGES_MISSING, *HOST_PACKAGES_MISSING):
        words = packages_sentence(missing)
        return _nothing(step, dict.fromkeys(frozen, Problem(words, remedy=words).shown()), options)
    twice = _duplicates(frozen, options) if step == BatchStep.ORDER else {}
    hosts: list[BatchHost] = []
    unusable: dict[str, ShownProblem] = {}
    for name, values in frozen.items():
        if not _has_work(step, name, values, reports.get(name, {}), options):
            continue
        try:
            host = _read_host(name, values, reports.get(name, {}))
            hosts.append(
                replace(
                    host,
                    duplicates=twice.get(name, {}),
                    assigned=_assigned(name, options),
                    **(_absent(name, frozen, options) if step == BatchStep.REMOVE else {}),
                )
            )
        except UnusableHostError as error:
            unusable[name] = problem_of(error).shown()
    board = WaitBoard()
    with shown_while_it_waits(board, show):
        result = STEPS[step](hosts, {**options, "board": board})
    nothing = _nothing(step, unusable, options)
    merged: dict[str, Any] = {key: {**nothing[key], **result[key]} for key in ("hosts", "troubles") if key in nothing}
    whole = {**result, **merged}
    secrets = {host.account.api_password for host in hosts} - {""}
    for host in hosts:
        found = secrets_of(host.dns.providers, os.environ if host.dns.providers else {})
        secrets |= {each for each in found if len(each) >= LONG_SECRET}
    shown = map_sentences(mask_sentences(whole, secrets), role_sentence)
    shown["hosts"] = {host: map_sentences(part, partial(for_host, host=host)) for host, part in shown["hosts"].items()}
    return visible_sentences(shown)  # type: ignore[no-any-return]


def _duplicates(frozen: Mapping[str, Mapping[str, Any]], options: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return the declarations of other hosts that have the same names, see ``duplicates``."""
    variables = {**options.get("inventory", {}), **frozen}
    return duplicates({host: claimed(values) for host, values in variables.items()})


def _assignments(options: Mapping[str, Any]) -> list[Assignment]:
    """Return the decisions about shared certificates that the step ``share`` made."""
    return list((options.get("shared") or {}).get("assignments") or ())


def _assigned(host: str, options: Mapping[str, Any]) -> dict[str, Assignment]:
    return {each["name"]: each for each in _assignments(options) if each["holder"] == host and each["issue"]}


def _absent(host: str, frozen: Mapping[str, Mapping[str, Any]], options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what other hosts do with the shared certificates that this host declares absent, see ``BatchHost``."""
    known = {**options.get("earlier", {}), **frozen}
    still_shared, revoked_later = sharing_of_absent(host, known, later=options.get("later", ()))
    return {"still_shared": still_shared, "revoked_later": revoked_later}


def _has_work(
    step: str, host: str, values: Mapping[str, Any], reports: Mapping[str, Any], options: Mapping[str, Any]
) -> bool:
    """Return whether the step has work for this host. Results of an earlier run of the role are ignored."""
    if step in STEPS_OF_SHARING:
        return bool(values.get("shared"))
    if step == BatchStep.VALIDATE:
        return any(order["host"] == host for order in options["orders"]["pending"])
    planned = reports.get("certum__planned")
    return isinstance(planned, dict) and bool(planned.get("due" if step == BatchStep.ORDER else "absent"))


def _order(hosts: Sequence[BatchHost], options: Mapping[str, Any]) -> dict[str, Any]:
    done = steps.order(open_account, hosts, check_mode=options["check_mode"], board=options["board"])
    return {**done, "hosts": with_members(done["hosts"], _assignments(options))}


def _validate(hosts: Sequence[BatchHost], options: Mapping[str, Any]) -> dict[str, Any]:
    failed_values = {str(record.get("value")) for record in options.get("failed_records") or ()}
    done = steps.validate(open_account, hosts, options["orders"], failed_values, options["board"])
    return {**done, "hosts": with_members(done["hosts"], _assignments(options))}


def _share(hosts: Sequence[BatchHost], options: Mapping[str, Any]) -> dict[str, Any]:
    return dict(share(hosts, now=datetime.now(timezone.utc), play=_play(options)))


def _supply(hosts: Sequence[BatchHost], options: Mapping[str, Any]) -> dict[str, Any]:
    orders = cast("BatchOrders", options.get("orders") or {})
    now = datetime.now(timezone.utc)
    names = [f"{each['holder']}: {each['name']}" for each in _assignments(options)]
    with options["board"].during(_supply, waits_without_limit(names, WaitsFor.ANSWER)):
        return dict(supply(open_account, hosts, _assignments(options), orders, now=now, play=_play(options)))


def _play(options: Mapping[str, Any]) -> Play:
    return Play(options.get("play_hosts") or (), options.get("unreached") or ())


def _roll_back(hosts: Sequence[BatchHost], options: Mapping[str, Any]) -> dict[str, Any]:
    del options
    return dict(roll_back_shared(hosts))


def _remove(hosts: Sequence[BatchHost], options: Mapping[str, Any]) -> dict[str, Any]:
    names = [f"{host.name}: {name}" for host in hosts for name in host.planned_removal]
    with options["board"].during(_remove, waits_without_limit(names, WaitsFor.REVOCATION)):
        return dict(steps.remove(open_account, hosts, check_mode=options["check_mode"]))


STEPS: dict[str, Callable[[Sequence[BatchHost], Mapping[str, Any]], dict[str, Any]]] = {
    BatchStep.ORDER: _order,
    BatchStep.VALIDATE: _validate,
    BatchStep.REMOVE: _remove,
    BatchStep.SHARE: _share,
    BatchStep.SUPPLY: _supply,
    BatchStep.ROLLBACK: _roll_back,
}


def _nothing(step: str, problems: Mapping[str, ShownProblem], options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the result of a step that did nothing for these hosts."""
    if step in STEPS_OF_SHARING:
        return _nothing_shared(step, problems)
    if step == BatchStep.REMOVE:
        hosts = {
            name: {"remove": [], "revoked": [], "orders": [], "problems": [problem]}
            for name, problem in problems.items()
        }
        return {"changed": False, "reason": summary((), otherwise="nothing was removed").shown(), "hosts": hosts}
    before = (options.get("orders") or {}).get("hosts", {})
    of_orders: dict[str, Any] = {"notes": [], "diff": []} if step == BatchStep.ORDER else {}
    return {
        **of_orders,
        "changed": False,
        "reason": summary((), otherwise="nothing was ordered").shown(),
        "hosts": {
            name: {"certificates": [], "publish": [], **before.get(name, {}), "problems": [problem]}
            for name, problem in problems.items()
        },
        "pending": [],
        "again": False,
        "troubles": dict(problems),
        "warnings": [],
        "record_tasks": {"present": [], "absent": []},
    }


def _nothing_shared(step: str, problems: Mapping[str, ShownProblem]) -> dict[str, Any]:
    """Return the result of the steps for shared certificates that did nothing for these hosts."""
    reason = summary((), otherwise="no certificate is shared").shown()
    if step == BatchStep.SHARE:
        hosts: dict[str, Any] = {
            name: {"issue": [], "receive": [], "problems": [problem]} for name, problem in problems.items()
        }
        return {"changed": False, "reason": reason, "assignments": [], "hosts": hosts, "late": [], "warnings": []}
    if step == BatchStep.ROLLBACK:
        hosts = {name: {"certificates": [], "problems": [problem]} for name, problem in problems.items()}
        return {"changed": False, "reason": reason, "hosts": hosts, "earlier": []}
    hosts = {name: {"certificates": [], "transfers": [], "problems": [problem]} for name, problem in problems.items()}
    return {"changed": False, "reason": reason, "senders": [], "hosts": hosts, "late": []}


def _read_host(name: str, values: Mapping[str, Any], reports: Mapping[str, Any]) -> BatchHost:
    """Return a host of the batch. Raises UnusableHostError."""
    typed = _typed(
        {**declaration_options(), **defaults_options()},
        {"certificates": values.get("certificates") or [], "defaults": declared_defaults(values)},
    )
    items = [completed(item, typed["defaults"]) for item in typed["certificates"]]
    try:
        declarations = read_declarations(items)
    except InvalidDeclarationError as error:
        raise UnusableHostError(str(error)) from None
    orders, refused = _typed_orders(reports)
    return BatchHost(
        name=name,
        orders=tuple(orders),
        refused=tuple(refused),
        account=account_of(values),
        settings=_settings(values),
        items={item["name"]: item for item in items if not is_absent(item)},
        declarations={declaration.name: declaration for declaration in declarations},
        planned_removal={item["name"]: item for item in items if is_absent(item)},
        reports=reports,
        clock=_clock(name, values, reports),
        dns=_dns(values),
        shared={
            name: SharingGroup(each["group"], tuple(each["members"]))
            for name, each in (values.get("shared") or {}).items()
        },
        replace=frozenset(map(str, values.get("replace") or ())),
        in_batch=values.get("in_batch", True),
        path=str(values.get("path") or DEFAULT_PATH),
    )


def _dns(values: Mapping[str, Any]) -> DnsSettings:
    """Return the settings of DNS records. Raises UnusableHostError."""
    timeout = values.get("dns_timeout")
    try:
        providers = read_providers(values.get("dns"))
    except InvalidDnsError as error:
        raise UnusableHostError(str(error)) from None
    return DnsSettings(
        providers=providers,
        resolvers=tuple(map(str, values.get("dns_resolvers") or values.get("preflight_resolvers") or ())),
        timeout=None if timeout is None else float(timeout),
    )


def _clock(name: str, values: Mapping[str, Any], reports: Mapping[str, Any]) -> HostClock | None:
    staged = reports.get("certum__staged")
    said = staged.get("clock") if isinstance(staged, dict) else None
    return read_host_clock(name, said=said, earliest=values.get("frozen_at"), latest=datetime.now(timezone.utc))


def _typed_orders(reports: Mapping[str, Any]) -> tuple[list[OrderItem], list[Problem]]:
    """Return the staged orders as options of certum_certificates, and a problem for each that is not valid."""
    staged = reports.get("certum__staged")
    items = staged.get("orders") if isinstance(staged, dict) else None
    spec = {"orders": {"type": "list", "elements": "dict", "options": certificate_options(), **ORDER_CONSTRAINTS}}
    orders: list[OrderItem] = []
    refused = []
    for item in items if isinstance(items, list) else ():
        name = quote(item.get("name") if isinstance(item, dict) else "", 80)
        try:
            orders += [cast("OrderItem", only_set(each)) for each in _typed(spec, {"orders": [item]})["orders"]]
        except UnusableHostError as error:
            refused.append(problem_of(error).about(name))
    return orders, refused


def _purchase(values: Mapping[str, Any]) -> PurchasePolicy:
    """Return the purchase policy. Raises UnusableHostError."""
    spec = {"purchase": {"type": "str", "choices": PurchasePolicy.values(), "default": PurchasePolicy.ALLOW.value}}
    given = {"purchase": values["purchase"]} if "purchase" in values else {}
    return PurchasePolicy(_typed(spec, given)["purchase"])


def _settings(values: Mapping[str, Any]) -> Settings:
    """Return the settings of the step. Raises UnusableHostError."""
    preflight = values.get("preflight", OnMistake.WARN.value)
    return Settings(
        wait_timeout=float(values.get("wait_timeout", 300)),
        wait_sleep=float(values.get("wait_sleep", 60)),
        preflight=str(preflight) if preflight in OnMistake.values() else "no",  # YAML reads no as false
        preflight_resolvers=tuple(map(str, values.get("preflight_resolvers") or ())),
        preflight_resolve=tuple((values.get("preflight_resolve") or {}).items()),
        purchase=_purchase(values),
        rollback=RollbackScope(values.get("rollback") or RollbackScope.BATCH),
    )


def _typed(spec: Mapping[str, Any], values: Mapping[str, Any], **constraints: Any) -> dict[str, Any]:
    result = ArgumentSpecValidator(dict(spec), **constraints).validate(with_lists(values))
    if result.error_messages:
        raise UnusableHostError(f"{quote('; '.join(result.error_messages), 500)}. Nothing was sent to the CA.")
    typed: dict[str, Any] = result.validated_parameters
    without_aliases(typed, tuple(alias_paths(spec)))
    return typed
