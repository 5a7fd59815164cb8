# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is said of a service that went back to what it served before. Pure. Private to the collection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Set

ASK = "Ask by its status_command whether the service runs"
KNOW = "Know how the service is checked and reloaded"
CHECK = "Check the configuration"
RELOAD = "Reload"
PROVE = "Prove by a TLS handshake that the new certificates are served"
KEEP = "Keep them"


class FailedStepError(Exception):
    """A step of a deployment failed; ``said`` is what the service or the system said."""

    def __init__(self, step: str, said: str) -> None:
        super().__init__(f"{step}: {said}")
        self.step = step


class UnverifiedError(FailedStepError):
    """Certificates, by their names, that are not served at each of their addresses."""

    def __init__(self, names: Set[str], said: str) -> None:
        super().__init__(PROVE, said)
        self.names = names


@dataclass(frozen=True)
class RollbackMessage:
    """What became of a service, or of some of its certificates, after a step failed.

    ``links`` say to which certificates it went back, ``problems`` which could not. ``objection`` is what the check of
    the configuration says now, and ``as_before`` that this is the configuration from before the deployment.
    ``reload_objections`` are what the reload that followed said, ``proof`` what the addresses serve now.
    ``formers`` are sentences about certificates in use that were reissued, and until when they are valid.
    ``others_stay`` tells that the service has other certificates, which were proved to be served without these.
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
        yield _sentence(f"{self.service}: {self.failed}")
        if self.objection is not None:
            yield from self._of_what_does_not_load(self.objection)
        if self.links:
            yield _sentence(self.links)
        yield from self.problems
        for objection in self.reload_objections:
            yield _sentence(f"The reload after that failed: {objection}")
        if self.verification is not None:
            yield _sentence(f"After that, {self.verification}")
        yield from self.formers
        if self.others_stay:
            yield f"The other new certificates of {self.service} are served, and stay."

    def _of_what_does_not_load(self, objection: str) -> Iterable[str]:
        if self.failed.step == CHECK and self.as_before:
            yield "This was broken before: the check fails without this change, too."
        else:
            yield _sentence(f"With what is in place now the check fails: {objection}")
        yield (
            f"Nothing was reloaded, so {self.service} goes on with what it has loaded. Repair what the check"
            " names, then run again: the new certificate is on disk, and nothing is ordered for it."
        )


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
