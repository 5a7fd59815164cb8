# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Watches key and chain of every certificate, and the answers of its server, during the runs."""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ansible_collections.certops.certum.tests.chaos.disk import pair_matches
from ansible_collections.certops.certum.tests.integration.web_server import verified

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PAUSE = 0.03


@dataclass
class Watch:
    """The observations. A handshake must succeed where the certificate was verified before, as `verified` shows.

    No operation removes a certificate, so every certificate has to stay.
    """

    port: int
    root: Path
    directory_of: Callable[[str], Path]
    handshakes: int = 0
    lost: list[str] = field(default_factory=list)
    mismatches: list[str] = field(default_factory=list)
    _known: set[Path] = field(default_factory=set)

    def look(self, name: str) -> None:
        """Check a certificate once."""
        directory = self.directory_of(name)
        if self._was_there(directory / "current") and not pair_matches(directory / "current"):
            self.mismatches.append(f"{directory}/current")
        if self._was_there(directory / "verified"):
            if not (directory / "verified").is_symlink():
                self.lost.append(f"{name}: nothing shows any more that it was verified")
            self._shake_hands(name)

    def _was_there(self, link: Path) -> bool:
        if link.is_symlink():
            self._known.add(link)
        return link in self._known

    def _shake_hands(self, name: str) -> None:
        try:
            verified(self.port, server_name=f"{name}.example.com", root=self.root)
            self.handshakes += 1
        except OSError as error:
            self.lost.append(f"{name}: {error}")

    @contextmanager
    def at(self, *names: str) -> Iterator[None]:
        """Check these certificates, one after the other, while the context lasts."""
        over = threading.Event()

        def keep_looking() -> None:
            for name in itertools.cycle(names):
                if over.wait(PAUSE):
                    break
                self.look(name)

        with ThreadPoolExecutor(max_workers=1) as pool:
            looking = pool.submit(keep_looking)
            try:
                yield
            finally:
                over.set()
                looking.result()
                for name in names:
                    self.look(name)
