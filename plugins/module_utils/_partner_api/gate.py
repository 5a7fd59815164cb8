# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A wrong password is tried once, however many threads share the client: what the CA does after many is unknown.

Private to the collection.
"""

from __future__ import annotations

from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from .errors import AuthenticationError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Gate:
    """Lets one call go first and holds the others until it is back; closes for good when the account is refused."""

    def __init__(self) -> None:
        self._first = Lock()
        self._open = False
        self._refusal: AuthenticationError | None = None

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Go through, or raise the AuthenticationError of an earlier call without sending anything."""
        if self._open and self._refusal is None:
            with self._remembering():
                yield
            return
        with self._first:
            if self._refusal is not None:
                raise self._refusal
            with self._remembering():
                yield

    @contextmanager
    def _remembering(self) -> Iterator[None]:
        try:
            yield
        except AuthenticationError as refusal:
            self._refusal = refusal
            raise
        finally:
            self._open = True
