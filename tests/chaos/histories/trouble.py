# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The faults of a run, and the transport on which they happen."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.certops.certum.plugins.module_utils._partner_api.transport import Transport
from ansible_collections.certops.certum.tests.unit.store.faults import Effect, Faults, Killed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pytest
    from ansible_collections.certops.certum.plugins.module_utils._partner_api.transport import HttpAnswer


@dataclass(frozen=True)
class Trouble:
    """The fault of a run: one of the calls that change the disk, one to the CA, or the CA itself."""

    disk: int = -1
    effect: Effect = Effect.FAIL
    wire: int = -1
    answered: bool = False
    fault: Mapping[str, Any] | None = None

    @property
    def is_none(self) -> bool:
        return self == HEALTHY


HEALTHY = Trouble()


class Wire:
    """Counts the calls to the CA; the controller dies at one of them, before it is sent or after it was answered."""

    def __init__(self, trouble: Trouble, disk: Faults) -> None:
        self.at, self.answered, self.disk = trouble.wire, trouble.answered, disk
        self.count = 0

    @contextmanager
    def active(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        real = Transport.post

        def post(transport: Transport, body: bytes, **more: Any) -> HttpAnswer:
            assert b"PRIVATE KEY" not in body, "a private key was sent to the CA"
            here = self.count == self.at
            self.count += 1
            if self.disk.dead or (here and not self.answered):
                self._die()
            answer = real(transport, body, **more)
            if here:
                self._die()
            return answer

        with monkeypatch.context() as patched:
            patched.setattr(Transport, "post", post)
            yield

    def _die(self) -> None:
        self.disk.dead = True
        raise Killed
