# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The message about a deployment that failed and was rolled back. Pure. Private to the collection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Set

ASK = "Ask the status_command whether the service runs"
KNOW = "Find the commands that check and reload the service"
CHECK = "Check the configuration"
RELOAD = "Reload"
VERIFY = "Verify the new certificates by TLS handshakes"
KEEP = "Record the new certificates as verified"


class FailedStepError(Exception):
    """A step of a deployment failed. ``said`` is the message of the service or of the system."""

    def __init__(self, step: str, said: str, *, service: str) -> None:
        super().__init__(f"{service}: {step}: {said}")
        self.step = step
        self.said = said


class UnverifiedError(FailedStepError):
    """Verification failed: an address of each named certificate does not serve it."""

    def __init__(self, names: Set[str], said: str, *, service: str) -> None:
        super().__init__(VERIFY, said, service=service)
        self.names = names


@dataclass(frozen=True)
class RollbackMessage:
    """The state of a service, or of some of its certificates, after a step failed.

    ``links`` name the certificates that were rolled back, ``problems`` those that could not be. ``objection`` is the
    message of the check that runs after that. ``as_before`` is true if the configuration is the same as before
    the deployment. ``reload_objections`` are the messages of the reload after that, ``verification`` is what the
    addresses serve now. ``formers`` are sentences about certificates in use that were reissued, with their validity.
    ``others_stay`` is true if the service has other certificates, which were verified without these.
    """

    service: str
    failed: FailedStepError
    links: str
    problems: tuple[str, ...]
    objection: str | None = None
    as_before: bool = True
    reload_objections: tuple[str, ...] = ()
    verification: str | None = None
    formers: tuple[str, ...] = ()
    others_stay: bool = False

    def __str__(self) -> str:
        return " ".join(self._sentences())

    def _sentences(self) -> Iterator[str]:
        yield _sentence(str(self.failed))
        if self.objection is not None:
            yield from self._of_what_does_not_load(self.objection)
        if self.links:
            yield _sentence(self.links)
        yield from self.problems
        for objection in self.reload_objections:
            yield _sentence(f"Then the reload failed: {objection}")
        if self.verification is not None:
            yield _sentence(f"Now {self.verification}")
        yield from self.formers
        if self.others_stay:
            yield f"The other new certificates of {self.service} are verified and stay."

    def _of_what_does_not_load(self, objection: str) -> Iterable[str]:
        if self.failed.step == CHECK and self.as_before:
            yield "The check also fails without this change: the configuration was broken before."
        else:
            yield _sentence(f"With the certificates that are active now, the check fails: {objection}")
        yield (
            f"Nothing was reloaded, so {self.service} keeps running with its loaded configuration. The new certificate"
            " is on disk, and nothing is ordered again. Repair what the check names, then run again."
        )


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
