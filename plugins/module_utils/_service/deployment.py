# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deploys the installed certificates to one service and verifies them by TLS handshakes, or rolls back.

A certificate that fails verification alone is rolled back alone: one unreachable address does not block the others.

Private to the collection.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from .._handover.problems import Problem
from .._handover.reasons import Reason, ReasonCode
from .._store.certificate_on_disk import read_installed
from .._store.change import Change
from .._store.each_certificate import for_each
from .._store.version_choice import confirm
from .former_in_use import former_in_use
from .rollback import Restored, restore_former
from .rollback_message import CHECK, KEEP, KNOW, RELOAD, VERIFY, FailedStepError, RollbackMessage, UnverifiedError
from .service_host import ServiceHost, ServiceOutcome
from .site import site_of
from .verification import verify_addresses

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from .._handover.declared_items import DeclaredItem
    from .known_services import Service
    from .site import Site
    from .verification import Verification

REMEDY = "The certificates are on disk, and nothing is ordered again. Repair what the message names, then run again."
OLD_WORKERS_STAY = 1.0
"""Seconds. nginx keeps its old workers beside the new ones for a tenth of a second; a busy host may take longer."""


class Deployment:
    """The transaction of one service. Each step covers all its certificates together."""

    def __init__(self, service: Service, host: ServiceHost) -> None:
        self.service = service
        self.host = host
        self.items = service.items
        self.problems: list[Problem] = []
        self.turned_on: dict[Site, str | None] = {}
        """Sites that were disabled before, with the former target of each link. Certificates may share a site."""
        self.apart: list[DeclaredItem] = []
        """The certificates that were rolled back alone."""
        self.moved = False

    def run(self) -> ServiceOutcome:
        """Take all steps, or roll back."""
        try:
            if down := self.host.why_down(self.service):
                return self._left_alone(down)
            self._require_known()
            self._turn_sites_on()
            if not self.items:
                return ServiceOutcome(self.service, self._left(), problems=self.problems)
            self._load()
            self._verify()
            done = self._keep()
        except FailedStepError as failed:
            return self._roll_back(failed)
        return ServiceOutcome(self.service, self._words(done), done, self.problems, moved=self.moved)

    def preview(self) -> ServiceOutcome:
        """Return the expected result, provided that the service loads and serves the installed certificates."""
        try:
            if down := self.host.why_down(self.service):
                return self._left_alone(down)
        except FailedStepError as failed:
            problem = self._problem(" ".join([f"{self.service.name}: {failed}", *self._formers(self.items)]))
            reason = Reason(ReasonCode.ROLLED_BACK, f"{self.service.name} would be rolled back")
            return ServiceOutcome(self.service, reason, problems=[problem])
        self._turn_sites_on()
        done, problems = for_each(self.items, self._confirm)
        return ServiceOutcome(self.service, self._words(dict(done)), dict(done), [*self.problems, *problems])

    def _problem(self, text: str) -> Problem:
        return Problem(text, REMEDY, self.service.name)

    def _left_alone(self, down: str) -> ServiceOutcome:
        consequence = (
            "would be installed and not be verified" if self.host.check_mode else "is installed and not yet verified"
        )
        said = f"{self.service.name} {down}"
        later = f"{said}: the certificate {consequence}; the next run verifies it once the service runs."
        note = " ".join([later, *self._formers(self.items)])
        return ServiceOutcome(self.service, Reason(ReasonCode.NOT_RUNNING, said), note=note)

    def _left(self) -> Reason:
        return Reason(ReasonCode.LEFT_ALONE, f"{self.service.name} was left alone")

    def _words(self, done: Mapping[str, Change]) -> Reason:
        would = "would serve" if self.host.check_mode else "serves"
        went = f"; rolled back: {', '.join(item['name'] for item in self.apart)}" if self.apart else ""
        code = ReasonCode.WOULD_DEPLOY if self.host.check_mode else ReasonCode.DEPLOYED
        return Reason(code, f"{self.service.name} {would} {', '.join(done) or 'nothing new'}{went}")

    def _load(self) -> None:
        self._require(CHECK, self.service.check_commands)
        self._require(RELOAD, self.service.reload_commands)

    def _require(self, step: str, commands: Iterable[Sequence[str]]) -> None:
        for words in commands:
            if (objection := self.host.ask(words).objection) is not None:
                raise FailedStepError(step, objection)

    def _require_known(self) -> None:
        if not self.service.is_known:
            raise FailedStepError(KNOW, self.service.unknown)

    def _turn_sites_on(self) -> None:
        """Enable the sites. A certificate that is missing, or whose site fails, is left out: the others go on."""
        ready, problems = for_each(self.items, self._turn_on)
        taken = self._take_back([item for item in self.items if item not in ready], sites={})
        self.items = tuple(ready)
        self.problems += [*map(self._with_former, problems), *map(self._problem, taken.problems)]

    def _turn_on(self, item: DeclaredItem) -> DeclaredItem:
        confirm(self.host.layout, item["name"], check_mode=True)
        site = site_of(item)
        if site and not site.is_on:
            former = site.target
            site.turn_on(check_mode=self.host.check_mode)
            self.turned_on[site] = former
        return item

    def _verify(self) -> None:
        """Verify all certificates. Roll back those that fail, and all if the others are not verified without them."""
        try:
            self._require_method(self.items)
        except UnverifiedError as unverified:
            apart = self._with_who_shares_a_site(unverified.names)
            if len(apart) == len(self.items):
                raise
            self._set_apart(apart, unverified)

    def _with_who_shares_a_site(self, names: Collection[str]) -> list[DeclaredItem]:
        """Return these certificates and those that share a site that this run enabled: it is disabled again for all."""
        sites = {site_of(item) for item in self.items if item["name"] in names} & self.turned_on.keys()
        return [item for item in self.items if item["name"] in names or site_of(item) in sites]

    def _set_apart(self, apart: list[DeclaredItem], unverified: UnverifiedError) -> None:
        others = tuple(item for item in self.items if item not in apart)
        taken = self._take_back(apart, sites=self.turned_on)
        formers = self._formers(apart)
        went = RollbackMessage(
            self.service.name, unverified, links=taken.links, problems=taken.problems, formers=formers
        )
        try:
            if taken.changed:
                self._load()
            self._require_method(others)
        except FailedStepError:
            self.problems.append(self._problem(str(went)))
            raise
        went = replace(went, verification=self._shown_now(taken.to_ask), others_stay=True)
        self.problems.append(self._problem(str(went)))
        self.apart, self.items = apart, others

    def _require_method(self, items: Iterable[DeclaredItem]) -> None:
        """Verify twice: for a moment after a reload the old workers of a server still accept connections."""
        if self._require_handshakes(items).verified:
            time.sleep(OLD_WORKERS_STAY)
            self._require_handshakes(items)

    def _require_handshakes(self, items: Iterable[DeclaredItem]) -> Verification:
        verification = verify_addresses(self.host.layout, items, timeout=self.host.verify_timeout)
        if verification.problems:
            raise UnverifiedError(verification.unverified, " ".join(map(str, verification.problems)))
        return verification

    def _keep(self) -> dict[str, Change]:
        done, problems = for_each(self.items, self._confirm)
        if problems:
            raise FailedStepError(KEEP, " ".join(map(str, problems)))
        return dict(done)

    def _confirm(self, item: DeclaredItem) -> tuple[str, Change]:
        name, site = item["name"], site_of(item)
        change = confirm(self.host.layout, name, check_mode=self.host.check_mode)
        if site is None or site not in self.turned_on:
            return name, change
        return name, Change(
            changed=True,
            reason=change.reason,
            before={**change.before, str(site.link): self.turned_on[site]},
            after={**change.after, str(site.link): site.source},
        )

    def _roll_back(self, failed: FailedStepError) -> ServiceOutcome:
        taken = self._take_back(self.items, sites=self.turned_on)
        objections = self.host.objections(self.service.check_commands)
        is_loaded = failed.step in (VERIFY, KEEP) and not (taken.changed or taken.problems)
        reload_objections = [] if objections or is_loaded else self.host.objections(self.service.reload_commands)
        went = RollbackMessage(
            service=self.service.name,
            failed=failed,
            links=taken.links,
            problems=taken.problems,
            objection=" ".join(objections) or None,
            as_before=taken.changed or len(taken.verified) == len(self.items),
            reload_objections=tuple(reload_objections),
            verification=self._shown_now(taken.to_ask),
            formers=self._formers(self.items),
        )
        problems = [*self.problems, self._problem(str(went))]
        reason = Reason(ReasonCode.ROLLED_BACK, f"{self.service.name} was rolled back")
        return ServiceOutcome(self.service, reason, problems=problems, moved=self.moved)

    def _take_back(self, items: Sequence[DeclaredItem], *, sites: Mapping[Site, str | None]) -> Restored:
        taken = restore_former(self.host.layout, items, turned_on=sites, check_mode=self.host.check_mode)
        self.moved = self.moved or taken.moved
        return taken

    def _with_former(self, problem: Problem) -> Problem:
        formers = self._formers(item for item in self.service.items if item["name"] == problem.name)
        return replace(problem, text=" ".join([problem.text, *formers]))

    def _formers(self, items: Iterable[DeclaredItem]) -> tuple[str, ...]:
        """Return a sentence for each certificate that stays in use although it was reissued."""
        looks, _unread = for_each(items, lambda item: (item["name"], read_installed(self.host.layout, item["name"])))
        found = ((name, former_in_use(installed)) for name, installed in looks)
        return tuple(f"{name}: {former}" for name, former in found if former)

    def _shown_now(self, items: Iterable[DeclaredItem]) -> str | None:
        verification = verify_addresses(self.host.layout, items, timeout=self.host.verify_timeout)
        return " ".join([f"{verification.words}.", *map(str, verification.problems)]) if verification.verified else None
