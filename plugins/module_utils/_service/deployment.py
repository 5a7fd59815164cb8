# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deploys the installed certificates to services and verifies them by TLS handshakes, or rolls back.

Services that share certificates are one transaction. A certificate that fails verification alone is rolled back alone:
one unreachable address does not block the others.

Private to the collection.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from .._handover.problems import Problem
from .._handover.reasons import Reason, ReasonCode
from .._lifecycle.verified_services import declared_services
from .._store.certificate_on_disk import read_installed
from .._store.each_certificate import for_each
from .._store.version_choice import confirm
from .former_in_use import former_in_use
from .listening_addresses import listening_addresses
from .rollback import Restored, restore_former
from .rollback_message import CHECK, KEEP, KNOW, RELOAD, VERIFY, FailedStepError, RollbackMessage, UnverifiedError
from .runtime_loading import takes_certificates, why_not_loaded
from .service_host import ServiceHost, ServiceOutcome
from .site import sites_of
from .verification import verify_addresses

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from .._handover.declared_items import DeclaredItem
    from .._store.change import Change
    from .declared_services import Service, ServiceGroup
    from .service_host import FoundService
    from .site import Site
    from .verification import Verification

REMEDY = "The certificates are on disk, and nothing is ordered again. Repair what the message names, then run again."
OLD_WORKERS_STAY = 1.0
"""Seconds. nginx keeps its old workers beside the new ones for a tenth of a second; a busy host may take longer."""


class Deployment:
    """The transaction of one group of services. Each step covers all its services and certificates together."""

    def __init__(self, group: ServiceGroup, host: ServiceHost) -> None:
        self.group = group
        self.host = host
        self.items = group.items
        self.running: list[Service] = []
        self.down: dict[str, str] = {}
        """The services that do not run, with the reason. They are left alone."""
        self.listening: dict[str, Sequence[str]] = {}
        self.verification: Verification | None = None
        self.problems: list[Problem] = []
        self.turned_on: dict[Site, str | None] = {}
        """Sites that were disabled before, with the former target of each link. Certificates may share a site."""
        self.apart: list[DeclaredItem] = []
        """The certificates that were rolled back alone."""
        self.failed: tuple[DeclaredItem, ...] = ()
        """The certificates that were rolled back together."""
        self.moved = False
        self.needs_reload = False
        """Whether handshakes did not show what a service took without a reload."""
        self.not_loaded: list[str] = []

    def run(self) -> list[ServiceOutcome]:
        """Take all steps, or roll back."""
        try:
            self._find_services()
            self._require_known()
            self._turn_sites_on()
            if self.items:
                self._load()
                self._verify()
            done = self._keep()
        except FailedStepError as failed:
            return self._roll_back(failed)
        return self._outcomes(done)

    def preview(self) -> list[ServiceOutcome]:
        """Return the expected result, provided that the services load and serve the installed certificates."""
        try:
            self._find_services()
        except FailedStepError as failed:
            self.failed = self.items
            self.problems.append(self._problem(" ".join([str(failed), *self._formers(self.items)])))
            return self._all_ended(ReasonCode.ROLLED_BACK, "would be rolled back")
        self._turn_sites_on()
        done, problems = for_each(self.items, self._confirm)
        self.problems += problems
        return self._outcomes(dict(done))

    def _find_services(self) -> None:
        for found in map(self.host.find, self.group.services):
            if found.down:
                self._leave_alone(found.service, found.down)
            else:
                self.running.append(found.service)
                self._find_addresses(found)

    def _find_addresses(self, found: FoundService) -> None:
        """Find where the service listens, if a declaration names no address."""
        if any(deployment.get("verify") is None for deployment in found.service.deployments.values()):
            self.listening[found.service.name] = listening_addresses(found.units)

    def _leave_alone(self, service: Service, down: str) -> None:
        """Leave a service that does not run, with its sites. Its certificates stay unverified until it runs."""
        self.down[service.name] = down
        self.running = [other for other in self.running if other.name != service.name]
        left = {site for deployed in self._narrowed(lambda name: name == service.name) for site in sites_of(deployed)}
        self.items = self._narrowed(lambda name: name not in self.down)
        for site in left & self.turned_on.keys() - {site for item in self.items for site in sites_of(item)}:
            site.put_back(self.turned_on.pop(site))

    def _narrowed(self, is_wanted: Callable[[str], bool]) -> tuple[DeclaredItem, ...]:
        """Return the declarations with the deployments to the wanted services alone, without those that have none."""
        deployments = ((item, [each for each in item["deploy"] if is_wanted(each["service"])]) for item in self.items)
        return tuple({**item, "deploy": wanted} for item, wanted in deployments if wanted)

    def _require_known(self) -> None:
        for service in self.running:
            if not service.is_known:
                raise FailedStepError(KNOW, service.unknown, service=service.name)

    def _load(self) -> None:
        for service in self.running:
            self._require(CHECK, service, service.check_commands)
        for service in tuple(self.running):
            self._reload(service)

    def _reload(self, service: Service) -> None:
        """Reload a service, unless it takes the certificates without that.

        If its own reload command fails, it may only be stopped.
        """
        if self._takes_certificates(service):
            return
        try:
            self._require(RELOAD, service, service.reload_commands)
        except FailedStepError:
            if service.is_of_systemd or service.status_command or not self.host.is_stopped(service):
                raise
            self._leave_alone(service, "is stopped (systemd does not run it)")

    def _takes_certificates(self, service: Service) -> bool:
        if not takes_certificates(service) or self.needs_reload:
            return False
        objections = why_not_loaded(service, self.items, self.host.layout, timeout=self.host.command_timeout)
        self.not_loaded = [*self.not_loaded, *objections]
        return not objections

    def _require(self, step: str, service: Service, commands: Iterable[Sequence[str]]) -> None:
        for words in commands:
            if (objection := self.host.ask(words).objection) is not None:
                raise FailedStepError(step, objection, service=service.name)

    def _turn_sites_on(self) -> None:
        """Enable the sites. A certificate that is missing, or whose site fails, is left out: the others go on."""
        ready, problems = for_each(self.items, self._turn_on)
        taken = self._take_back([item for item in self.items if item not in ready], sites={})
        self.items = tuple(ready)
        self.problems += [*map(self._with_former, problems), *map(self._problem, taken.problems)]

    def _turn_on(self, item: DeclaredItem) -> DeclaredItem:
        confirm(self.host.layout, item["name"], check_mode=True)
        for site in sites_of(item):
            if not site.is_on:
                former = site.target
                site.turn_on(check_mode=self.host.check_mode)
                self.turned_on[site] = former
        return item

    def _verify(self) -> None:
        """Verify all certificates. Roll back those that fail, and all if the others are not verified without them."""
        try:
            self._require_verified()
        except UnverifiedError as unverified:
            apart = self._with_who_shares_a_site(unverified.names)
            if len(apart) == len(self.items):
                raise
            self._set_apart(apart, unverified)

    def _require_verified(self) -> None:
        """Verify all certificates. A service that took them without a reload gets one before it is given up."""
        try:
            self._require_method(self.items)
        except UnverifiedError:
            if self.needs_reload or not any(map(takes_certificates, self.running)):
                raise
            self.needs_reload = True
            self._load()
            self._require_method(self.items)

    def _with_who_shares_a_site(self, names: Collection[str]) -> list[DeclaredItem]:
        """Return these certificates and those that share a site that this run enabled: it is disabled again for all."""
        sites = {site for item in self.items if item["name"] in names for site in sites_of(item)}
        enabled = sites & self.turned_on.keys()
        return [item for item in self.items if item["name"] in names or enabled.intersection(sites_of(item))]

    def _set_apart(self, apart: list[DeclaredItem], unverified: UnverifiedError) -> None:
        others = tuple(item for item in self.items if item not in apart)
        taken = self._take_back(apart, sites=self.turned_on)
        formers = self._formers(apart)
        went = RollbackMessage(self.group.name, unverified, links=taken.links, problems=taken.problems, formers=formers)
        try:
            if taken.changed:
                self._load()
            self._require_method(others)
        except FailedStepError:
            self.problems.append(self._problem(str(went)))
            raise
        went = replace(went, verification=self._shown_now(taken.to_ask, before=unverified.said), others_stay=True)
        self.problems.append(self._problem(str(went)))
        self.apart, self.items = apart, others

    def _require_method(self, items: Iterable[DeclaredItem]) -> None:
        """Verify twice: for a moment after a reload the old workers of a server still accept connections."""
        if self._require_handshakes(items).verified:
            time.sleep(OLD_WORKERS_STAY)
            self._require_handshakes(items)

    def _require_handshakes(self, items: Iterable[DeclaredItem]) -> Verification:
        self.verification = self._handshakes(items)
        if self.verification.problems:
            said = " ".join(map(str, self.verification.problems))
            raise UnverifiedError(self.verification.unverified, said, service=self.group.name)
        return self.verification

    def _handshakes(self, items: Iterable[DeclaredItem]) -> Verification:
        return verify_addresses(self.host.layout, items, timeout=self.host.verify_timeout, listening=self.listening)

    def _keep(self) -> dict[str, Change]:
        done, problems = for_each(self.items, self._confirm)
        if problems:
            raise FailedStepError(KEEP, " ".join(map(str, problems)), service=self.group.name)
        return dict(done)

    def _confirm(self, item: DeclaredItem) -> tuple[str, Change]:
        """Record the services that were verified, and the certificate, unless one of its services does not run."""
        name = item["name"]
        change = confirm(
            self.host.layout,
            name,
            deployed=declared_services(item),
            whole=not any(name in service.deployments for service in self._services(down=True)),
            check_mode=self.host.check_mode,
        )
        sites = [site for site in sites_of(item) if site in self.turned_on]
        return name, replace(
            change,
            changed=change.changed or bool(sites),
            before={**change.before, **{str(site.link): self.turned_on[site] for site in sites}},
            after={**change.after, **{str(site.link): site.source for site in sites}},
        )

    def _roll_back(self, failed: FailedStepError) -> list[ServiceOutcome]:
        self.failed = self.items
        taken = self._take_back(self.items, sites=self.turned_on)
        active = self._services(down=False)
        objections = self.host.objections([command for each in active for command in each.check_commands])
        is_loaded = failed.step in (VERIFY, KEEP) and not (taken.changed or taken.problems)
        reloads = [] if objections or is_loaded else [command for each in active for command in each.reload_commands]
        went = RollbackMessage(
            service=self.group.name,
            failed=failed,
            links=taken.links,
            problems=taken.problems,
            objection=" ".join(objections) or None,
            as_before=taken.changed or len(taken.verified) == len(self.items),
            reload_objections=tuple(self.host.objections(reloads)),
            verification=self._shown_now(taken.to_ask, before=failed.said),
            formers=self._formers(self.items),
        )
        self.problems.append(self._problem(str(went)))
        if taken.changed:
            return self._all_ended(ReasonCode.ROLLED_BACK, "was rolled back")
        return self._all_ended(ReasonCode.NOT_ROLLED_BACK, "was not deployed, and there is nothing to roll back to")

    def _services(self, *, down: bool) -> list[Service]:
        """Return the services that are left alone, or the others, each with its unit if it was found."""
        found = {service.name: service for service in (*self.group.services, *self.running)}
        return [service for name, service in found.items() if (name in self.down) is down]

    def _take_back(self, items: Sequence[DeclaredItem], *, sites: Mapping[Site, str | None]) -> Restored:
        taken = restore_former(self.host.layout, items, turned_on=sites, check_mode=self.host.check_mode)
        self.moved = self.moved or taken.moved
        return taken

    def _all_ended(self, code: ReasonCode, words: str) -> list[ServiceOutcome]:
        """Return the outcome of services that all ended in the same way, but for those that do not run."""
        return self._with_problems(
            [
                self._not_running(service)
                if service.name in self.down
                else ServiceOutcome(service, Reason(code, f"{service.name} {words}"), moved=self.moved)
                for service in self.group.services
            ]
        )

    def _outcomes(self, done: Mapping[str, Change]) -> list[ServiceOutcome]:
        if not self.items and self.running:
            return self._all_ended(ReasonCode.LEFT_ALONE, "was left alone")
        return self._with_problems(
            [
                self._not_running(service) if service.name in self.down else self._done(service, done)
                for service in self.group.services
            ]
        )

    def _with_problems(self, outcomes: list[ServiceOutcome]) -> list[ServiceOutcome]:
        """Give the problems of the group to its first service: they are reported once."""
        first, *others = outcomes
        rolled_back = [item["name"] for item in (*self.apart, *self.failed)]
        return [replace(first, problems=self.problems, rolled_back=rolled_back), *others]

    def _done(self, service: Service, all_done: Mapping[str, Change]) -> ServiceOutcome:
        done = {name: change for name, change in all_done.items() if name in service.deployments}
        apart = [item["name"] for item in self.apart if item["name"] in service.deployments]
        would = "would serve" if self.host.check_mode else "serves"
        went = f"; rolled back: {', '.join(apart)}" if apart else ""
        code = ReasonCode.WOULD_DEPLOY if self.host.check_mode else ReasonCode.DEPLOYED
        reason = Reason(code, f"{service.name} {would} {', '.join(done) or 'nothing new'}{went}")
        found = self.verification.served_at if self.verification else {}
        at = {name: addresses for name in done if (addresses := found.get((name, service.name)))}
        unverified = [
            name
            for name, deployment in service.deployments.items()
            if name in done and name not in at and deployment.get("verify") is None and not self.host.check_mode
        ]
        note = _not_verified(service.name, unverified) if unverified and service.entry else None
        if self.not_loaded and takes_certificates(service):
            note = f"{service.name} was reloaded, because it did not take the certificate: {'; '.join(self.not_loaded)}"
        return ServiceOutcome(service, reason, done, moved=self.moved, note=note, verified=at)

    def _not_running(self, service: Service) -> ServiceOutcome:
        consequence = (
            "would be installed and not be verified" if self.host.check_mode else "is installed and not yet verified"
        )
        said = f"{service.name} {self.down[service.name]}"
        later = f"{said}: the certificate {consequence}; the next run verifies it once the service runs."
        items = [item for item in self.group.items if item["name"] in service.deployments]
        note = " ".join([later, *self._formers(items)])
        return ServiceOutcome(service, Reason(ReasonCode.NOT_RUNNING, said), note=note)

    def _problem(self, text: str) -> Problem:
        return Problem(text, REMEDY, self.group.name)

    def _with_former(self, problem: Problem) -> Problem:
        formers = self._formers(item for item in self.group.items if item["name"] == problem.name)
        return replace(problem, text=" ".join([problem.text, *formers]))

    def _formers(self, items: Iterable[DeclaredItem]) -> tuple[str, ...]:
        """Return a sentence for each certificate that stays in use although it was reissued."""
        looks, _unread = for_each(items, lambda item: (item["name"], read_installed(self.host.layout, item["name"])))
        found = ((name, former_in_use(installed)) for name, installed in looks)
        return tuple(f"{name}: {former}" for name, former in found if former)

    def _shown_now(self, items: Iterable[DeclaredItem], *, before: str) -> str | None:
        """Return what the addresses show now. An objection that is in the message ``before`` is not repeated."""
        verification = self._handshakes(items)
        if not verification.verified:
            return None
        objections = list(map(str, verification.problems))
        new = [objection for objection in objections if objection not in before]
        if objections and not new:
            return f"{verification.words}, for the same reason. If an address is wrong, correct deploy.verify."
        return " ".join([f"{verification.words}.", *new])


def _not_verified(service: str, names: Sequence[str]) -> str:
    return (
        f"{service} was reloaded, and no handshake verified {', '.join(names)}: deploy.verify names no address, and no"
        f' address was found at which {service} speaks TLS. Add one, such as verify: ["127.0.0.1:443"]. If this is'
        " intended, set verify: []."
    )
