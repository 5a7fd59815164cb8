# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Implements certum_install: installs issued certificates, or removes certificates.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._handover.problems import Problem, ended_with, problem_of
from .._handover.reasons import Reason, ReasonCode, summary
from .._handover.terms import DeclaredState, Environment, Operation, State
from .._lifecycle.declaration import is_absent
from .._lifecycle.publication import Trial
from .._lifecycle.term_end import Validity, end_did_not_move, estimated_term_end
from .._lifecycle.verified_services import declared_services, deployment_differences
from .._service.former_in_use import former_with
from .._store.certificate_check import ReceivedCertificate, refused
from .._store.certificate_on_disk import Installed, read_installed
from .._store.change import Change
from .._store.each_certificate import for_each
from .._store.installation import install
from .._store.json_record import read_moment
from .._store.layout import Layout
from .._store.metadata import IssuedOrder, OrderRecord
from .._store.reissues import read_reissues
from .._store.store_errors import StoreError
from .._store.validation_files import remove
from .._store.version_choice import activate
from .._x509.certificate_facts import CertificateFacts, read_certificate
from .._x509.x509_errors import X509Error
from .certificate_removal import remove_certificate
from .declared_formats import declared_formats, declared_ownership, require_passphrases
from .publish import follow_with_file
from .renames import follow_rename, followed_layout, why_renamed
from .validation_listener import web_root
from .validity import dates_of, expired

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from .._handover.certificate_results import CertificateResult
    from .._handover.declared_items import DeclaredItem
    from .._handover.host_results import InstalledCertificate, InstallResult
    from .._store.possible_formats import Formats

    Step = Callable[[Layout, DeclaredItem, Mapping[str, Any], bool], Change]


@dataclass(frozen=True)
class Done:
    """One certificate, the change to it, and what is on disk now."""

    item: DeclaredItem
    change: Change
    installed: Installed

    @property
    def current(self) -> str | None:
        return self.installed.current.serial_number if self.installed.current else None

    @property
    def verified(self) -> str | None:
        return self.installed.verified.serial_number if self.installed.verified else None

    @property
    def must_be_verified(self) -> bool:
        if not (self.item.get("deploy") and self.current):
            return False
        return self.change.redeploy or self.current != self.verified or self._deployment_differs(self.current)

    def _deployment_differs(self, current: str) -> bool:
        record = self.installed.services
        return bool(deployment_differences(declared_services(self.item), record.deployed if record else None, current))


@dataclass(frozen=True)
class Origin:
    """The names that a certificate was ordered for, and its order. ``remark`` is for the operator."""

    names: tuple[str, ...]
    order: IssuedOrder
    remark: str = ""


def install_all(params: Mapping[str, Any], check_mode: bool, *, step: Step | None = None) -> InstallResult:
    """Install or remove each certificate, and return the result of the module.

    ``deploy`` are the certificates that have to be deployed. ``step`` installs a certificate in another way.
    """
    renamed: Mapping[str, str] = params.get("renamed") or {}
    plain_layout = Layout(Path(params["path"]))
    layout = followed_layout(plain_layout, renamed) if check_mode else plain_layout
    step = step or STEPS[params["state"]]
    installs = params["state"] == DeclaredState.PRESENT
    if installs:
        require_passphrases(params["certificates"], params["passphrases"])

    leftover: list[Problem] = []

    def act(item: DeclaredItem) -> Done:
        moved = not check_mode and follow_rename(plain_layout, item["name"], renamed)
        if installs:
            leftover.extend(_remove_validation_file(layout, item, params["orders"], check_mode=check_mode))
            leftover.extend(_remove_trial(layout, item, check_mode=check_mode))
        change = step(layout, item, params, check_mode)
        if item["name"] in renamed:
            change = _with_rename(change, item["name"], renamed[item["name"]], plain_layout, moved, check_mode)
        done = Done(item, change, read_installed(layout, item["name"]))
        if installs and not is_absent(item):
            leftover.extend(_expired(done, params["orders"], check_mode=check_mode))
        return done

    declared: list[DeclaredItem] = params["certificates"]
    items = list({item["name"]: item for item in declared}.values())
    results, problems = for_each(items, act)
    problems += [done.change.problem.about(done.item["name"]) for done in results if done.change.problem]
    return {
        **ended_with([*problems, *leftover]),
        "changed": any(done.change.changed for done in results),
        "certificates": [_shown(layout, done) for done in results],
        "deploy": [done.item for done in results if done.must_be_verified],
        "reason": summary(
            ((done.item["name"], done.change.reason) for done in results), otherwise="nothing was asked for"
        ).shown(),
        "diff": [
            {
                "before_header": done.item["name"],
                "after_header": done.item["name"],
                "before": done.change.before,
                "after": done.change.after,
            }
            for done in results
            if done.change.changed
        ],
    }


def _with_rename(change: Change, name: str, former: str, layout: Layout, moved: bool, check_mode: bool) -> Change:
    """Return the change with the rename. A renamed certificate is deployed again: its service may be another one.

    Check mode moves nothing.
    """
    reason = why_renamed(name, former, layout) if moved or check_mode else change.reason
    return replace(
        change, changed=change.changed or moved or check_mode, reason=reason, redeploy=not check_mode or change.redeploy
    )


def _expired(done: Done, orders: Sequence[CertificateResult], *, check_mode: bool) -> Iterator[Problem]:
    """Yield a problem if the certificate in use has expired, even if the reason is known."""
    order = next((each for each in orders if each["name"] == done.item["name"]), None)
    problem = expired(done.item, done.installed, order, now=datetime.now(timezone.utc), check_mode=check_mode)
    if problem:
        yield problem


def _remove_validation_file(
    layout: Layout, item: DeclaredItem, orders: Sequence[CertificateResult], *, check_mode: bool
) -> Iterator[Problem]:
    """Remove the validation file of an issued order, while its key is staged and its order is recorded.

    A file that cannot be removed does not block the installation.
    """
    for order in orders:
        if order["name"] == item["name"] and order["state"] == State.ISSUED:
            try:
                follow_with_file(layout, item, order, check_mode=check_mode)
            except StoreError as error:
                yield problem_of(error).about(item["name"])


def _remove_trial(layout: Layout, item: DeclaredItem, *, check_mode: bool) -> Iterator[Problem]:
    """Remove the test file that certum_stage published for the staged key, even if a killed run left it."""
    try:
        if staged := read_installed(layout, item["name"]).staged:
            trial = Trial(staged.public_key_sha256)
            remove(web_root(layout, item), trial.path, trial.content, check_mode=check_mode)
    except StoreError as error:
        yield problem_of(error).about(item["name"])


def install_or_activate(layout: Layout, item: DeclaredItem, params: Mapping[str, Any], check_mode: bool) -> Change:
    """Install the certificate that the CA issued, or else activate the newest one on disk. Raises StoreError."""
    name = item["name"]
    if is_absent(item):
        return Change(changed=False, reason=Reason(ReasonCode.DECLARED_ABSENT, "it is declared absent"))
    orders: list[CertificateResult] = params["orders"]
    issued = (order for order in orders if order["name"] == name and order.get("certificate"))
    order = next(issued, None)
    if order is None and read_installed(layout, name).newest_good is None:
        return Change(changed=False, reason=Reason(ReasonCode.NOT_ISSUED_YET, "its certificate is not issued yet"))
    if order is None:
        return activate(layout, name, formats=formats_of(item, params), check_mode=check_mode)
    try:
        return _install(layout, item, order, params, check_mode)
    except StoreError as error:
        installed, reissues = read_installed(layout, name), read_reissues(order.get("reissues"))
        certificate, order_id = order["certificate"] or "", order["order_id"]
        if former := former_with(installed, certificate, order_id=order_id, reissues=reissues):
            raise error.with_sentence(str(former)) from error
        raise


def formats_of(item: DeclaredItem, params: Mapping[str, Any]) -> Formats:
    """Return the further files of a certificate, as declared."""
    return declared_formats(item, params["passphrases"], owned=declared_ownership(item))


def _install(
    layout: Layout, item: DeclaredItem, order: CertificateResult, params: Mapping[str, Any], check_mode: bool
) -> Change:
    installed = read_installed(layout, item["name"])
    certificate, chain = order["certificate"] or "", order["chain"] or []
    refuse_a_test(layout, installed, environment=order.get("environment"), declared=params["api_environment"])
    origin = _known(installed, certificate) or _staged(installed, item, order)
    change = install(
        layout,
        item["name"],
        ReceivedCertificate(certificate, (*chain, *filter(None, [order.get("root")])), origin.order),
        names=origin.names,
        now=datetime.now(timezone.utc),
        formats=formats_of(item, params),
        keep=params["keep_versions"],
        check_mode=check_mode,
    )
    return replace(change, reason=change.reason.and_then(f"; {origin.remark}")) if origin.remark else change


def refuse_a_test(layout: Layout, installed: Installed, *, environment: str | None, declared: str | None) -> None:
    """Raise StoreError for a test certificate where production is declared or was installed: no client trusts it."""
    newest = installed.newest_good
    known = newest.metadata.order.environment if newest and newest.metadata else None
    if environment == Environment.TEST and (declared or known) == Environment.PRODUCTION:
        raise refused(
            str(layout.certificate(installed.name)),
            "it comes from the CA's test system, and production is "
            + ("declared here" if declared else "the environment of the installed certificate"),
            remedy="Use the production system of the CA (certum_api_url, certum_api_environment), then run again.",
        )


def _staged(installed: Installed, item: DeclaredItem, order: CertificateResult) -> Origin:
    staged = installed.staged
    record = staged.order if staged else None
    names = staged.request.names if staged and staged.request else tuple(filter(None, [item.get("common_name")]))
    if record is None:
        return Origin(names=names, order=IssuedOrder(order_id=order["order_id"]))
    term_end, remark = _term(installed, order, _with_result(record, order))
    return Origin(
        names=names,
        order=IssuedOrder(
            order_id=order["order_id"],
            customer=record.customer,
            product=record.product,
            term_end=term_end,
            environment=order.get("environment") or record.environment,
            host=record.host,
            share=item.get("share"),
            reissues=read_reissues(order.get("reissues")),
        ),
        remark=remark,
    )


def _with_result(record: OrderRecord, order: CertificateResult) -> OrderRecord:
    """Return the record with the result: a live order of the account may have been reissued instead."""
    shown = order.get("term_end")
    return replace(
        record,
        operation=order.get("operation") or record.operation,
        term_end=read_moment(shown) if shown else record.term_end,
    )


def _term(installed: Installed, order: CertificateResult, record: OrderRecord) -> tuple[datetime | None, str]:
    """Return the estimated term end, with a remark if a reissue shows that the term ends sooner."""
    try:
        facts = read_certificate(order["certificate"] or "")
    except X509Error:
        return record.term_end, ""
    if record.operation != Operation.REISSUE.value:
        return estimated_term_end(facts.not_before), ""
    former = installed.newest_good.facts if installed.newest_good else None
    if former is None or not end_did_not_move(_validity(former), _validity(facts), record.term_end):
        return record.term_end, ""
    return facts.not_after, f"the reissue has the same expiry date, so it is renewed before {facts.not_after:%Y-%m-%d}"


def _validity(facts: CertificateFacts) -> Validity:
    return Validity(facts.not_before, facts.not_after)


def _known(installed: Installed, certificate: str) -> Origin | None:
    """Return the recorded origin of an installed certificate. The staged order is about another certificate."""
    try:
        fingerprint = read_certificate(certificate).public_key_sha256
    except X509Error:
        return None
    known = (version.metadata for version in installed.versions if version.metadata)
    same = next((metadata for metadata in known if metadata.public_key_sha256 == fingerprint), None)
    return Origin(names=same.names, order=same.order) if same else None


def _take_away(layout: Layout, item: DeclaredItem, params: Mapping[str, Any], check_mode: bool) -> Change:
    if not is_absent(item):
        return Change(changed=False, reason=Reason(ReasonCode.DECLARED_PRESENT, "it is declared present"))
    return remove_certificate(layout, item, orders=params["orders"], check_mode=check_mode)


STEPS: dict[str, Step] = {
    DeclaredState.PRESENT: install_or_activate,
    DeclaredState.ABSENT: _take_away,
}


def _shown(layout: Layout, done: Done) -> InstalledCertificate:
    current = layout.current(done.item["name"])
    return {
        "name": done.item["name"],
        "changed": done.change.changed,
        "reason": done.change.reason.shown(),
        "serial_number": done.current,
        "privatekey_path": str(current / "privkey.pem"),
        "fullchain_path": str(current / "fullchain.pem"),
        **dates_of(done.item, done.installed),
    }
