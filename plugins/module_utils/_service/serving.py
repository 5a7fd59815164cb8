# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One service serves the certificates in place, proved by TLS handshakes, or goes back to what it served before.

Private to the collection.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

from .._store.change import Change
from .._store.each import for_each
from .._store.errors import StoreError
from .._store.installed import read_installed
from .._store.switch import confirm, roll_back
from . import command
from .proof import prove
from .service import SYSTEMD, why_systemd_does_not_run_it
from .site import site_of
from .way_back import ASK, CHECK, KEEP, KNOW, PROVE, RELOAD, FailedStepError, WayBack

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .._store.layout import Layout
    from .proof import Proof
    from .service import Service
    from .site import Site

    Item = Mapping[str, Any]

OLD_WORKERS_STAY = 1.0
"""Seconds, much longer than nginx leaves its old workers beside the new ones (a tenth): the host may be busy."""


@dataclass(frozen=True)
class Host:
    """Where the certificates are, and how long a command and all handshakes of a service may take, in seconds."""

    layout: Layout
    command_timeout: float
    probe_timeout: float
    check_mode: bool

    def ask(self, words: Sequence[str]) -> command.Answer:
        return command.run(words, timeout=self.command_timeout)

    def objections(self, commands: Iterable[Sequence[str]]) -> list[str]:
        """What those say that fail."""
        return [answer.objection for answer in map(self.ask, commands) if answer.objection is not None]

    def why_down(self, service: Service) -> str | None:
        """Why a service cannot be reloaded. One that nobody can be asked about is taken to run.

        Raises FailedStepError where its status_command gives no answer.
        """
        if service.status_command:
            answer = self.ask(service.status_command)
            if answer.objection is None:
                return None
            if not answer.ran:
                raise FailedStepError(ASK, answer.objection)
            return f"is stopped (its status_command: {answer.objection})"
        if service.unit is None:
            return None
        answer = self.ask((*SYSTEMD, service.unit))
        return None if answer.objection else why_systemd_does_not_run_it(answer.output)


@dataclass(frozen=True)
class Ended:
    """What became of a service: ``done`` are the certificates that got there, with what changed for each.

    ``moved`` tells that something else is in place than before, though it is not done. ``note`` is for a person, and no
    problem.
    """

    service: Service
    reason: str
    done: Mapping[str, Change] = field(default_factory=dict)
    problems: Sequence[str] = ()
    moved: bool = False
    note: str | None = None

    @property
    def changed(self) -> bool:
        return self.moved or any(change.changed for change in self.done.values())


@dataclass(frozen=True)
class _Back:
    """One certificate on its way back; ``proved`` tells that what is in place now was proved to be served."""

    item: Item
    change: Change
    proved: bool

    @property
    def words(self) -> str:
        return f"{self.item['name']}: {self.change.reason}"


class Serving:
    """The transaction of one service. Each step is taken for all its certificates together."""

    def __init__(self, service: Service, host: Host) -> None:
        self.service = service
        self.host = host
        self.items = service.items
        self.problems: list[str] = []
        self.turned_on: dict[Site, str | None] = {}
        """Sites that were off, and where their links led. Several certificates may have one site."""

    def run(self) -> Ended:
        """Take all steps, or go back."""
        try:
            if down := self.host.why_down(self.service):
                return self._left_alone(down)
            self._require_known()
            self._turn_sites_on()
            if not self.items:
                return Ended(self.service, f"{self.service.name} was left alone", problems=self.problems)
            self._require(CHECK, self.service.check_commands)
            self._require(RELOAD, self.service.reload_commands)
            self._prove()
            done = self._keep()
        except FailedStepError as failed:
            return self._go_back(failed)
        return Ended(self.service, self._words(done), done, self.problems)

    def preview(self) -> Ended:
        """What would come of it, if the service can load and serve what is in place."""
        try:
            if down := self.host.why_down(self.service):
                return self._left_alone(down)
        except FailedStepError as failed:
            return Ended(
                self.service, f"{self.service.name} would go back", problems=[f"{self.service.name}: {failed}"]
            )
        self._turn_sites_on()
        done, problems = for_each(self.items, self._confirm)
        return Ended(self.service, self._words(dict(done)), dict(done), [*self.problems, *problems])

    def _left_alone(self, down: str) -> Ended:
        consequence = (
            "would be put in place and not be proved to be served"
            if self.host.check_mode
            else "is in place and not yet proved to be served"
        )
        said = f"{self.service.name} {down}"
        note = f"{said}: the certificate {consequence}; the next run proves it once the service runs."
        return Ended(self.service, said, note=note)

    def _words(self, done: Mapping[str, Change]) -> str:
        would = "would have to serve" if self.host.check_mode else "serves"
        return f"{self.service.name} {would} {', '.join(done) or 'nothing new'}"

    def _require(self, step: str, commands: Iterable[Sequence[str]]) -> None:
        for words in commands:
            if (objection := self.host.ask(words).objection) is not None:
                raise FailedStepError(step, objection)

    def _require_known(self) -> None:
        if not self.service.is_known:
            raise FailedStepError(KNOW, self.service.unknown)

    def _turn_sites_on(self) -> None:
        """One without a certificate, or with trouble at its site, stays apart and keeps no other from being served."""
        ready, problems = for_each(self.items, self._turn_on)
        dummy, others = for_each([item for item in self.items if item not in ready], self._roll_back)
        self.items = tuple(ready)
        self.problems += [*problems, *others]

    def _turn_on(self, item: Item) -> Item:
        confirm(self.host.layout, item["name"], check_mode=True)
        site = site_of(item)
        if site and not site.is_on:
            former = site.target
            site.turn_on(check_mode=self.host.check_mode)
            self.turned_on[site] = former
        return item

    def _prove(self) -> None:
        """Twice: for a moment after a reload the old workers of a server take connections beside the new ones."""
        if self._require_proof().served:
            time.sleep(OLD_WORKERS_STAY)
            self._require_proof()

    def _require_proof(self) -> Proof:
        proof = prove(self.host.layout, self.items, timeout=self.host.probe_timeout)
        if proof.problems:
            raise FailedStepError(PROVE, " ".join(proof.problems))
        return proof

    def _keep(self) -> dict[str, Change]:
        done, problems = for_each(self.items, self._confirm)
        if problems:
            raise FailedStepError(KEEP, " ".join(problems))
        return dict(done)

    def _confirm(self, item: Item) -> tuple[str, Change]:
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

    def _go_back(self, failed: FailedStepError) -> Ended:
        back, problems = for_each(self.items, self._roll_back)
        proved = [each.item for each in back if each.proved]
        moved = [each.item for each in back if each.change.changed]
        sites_off, others = self._turn_sites_off(except_of=proved)
        objections = self.host.objections(self.service.check_commands)
        reload_objections = [] if objections else self.host.objections(self.service.reload_commands)
        went = WayBack(
            service=self.service.name,
            failed=failed,
            links="; ".join(each.words for each in back if each.change.changed or not each.proved),
            problems=(*problems, *others),
            objection=" ".join(objections) or None,
            as_before=bool(sites_off or moved) or len(proved) == len(self.items),
            reload_objections=tuple(reload_objections),
            proof=self._what_is_served([item for item in self.items if item in proved or item in moved]),
        )
        problems = [*self.problems, str(went)]
        return Ended(self.service, f"{self.service.name} went back", problems=problems, moved=bool(moved))

    def _turn_sites_off(self, *, except_of: Iterable[Item]) -> tuple[list[Site], list[str]]:
        """Those that were turned on, unless what they serve is proved, and a sentence for each that stays on."""
        proved = list(map(site_of, except_of))
        off, problems = [], []
        for site, former in self.turned_on.items():
            if site in proved:
                continue
            try:
                site.put_back(former)
                off.append(site)
            except StoreError as error:
                problems.append(str(error))
        return off, problems

    def _roll_back(self, item: Item) -> _Back:
        now = datetime.now(timezone.utc)
        change = roll_back(self.host.layout, item["name"], now=now, check_mode=self.host.check_mode)
        installed = read_installed(self.host.layout, item["name"])
        return _Back(item, change, proved=bool(installed.current and installed.current is installed.served))

    def _what_is_served(self, items: Iterable[Item]) -> str | None:
        proof = prove(self.host.layout, items, timeout=self.host.probe_timeout)
        return " ".join([f"{proof.words}.", *proof.problems]) if proof.served else None
