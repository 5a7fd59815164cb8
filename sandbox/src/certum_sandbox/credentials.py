# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check of the partner's user name and password."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from certum_sandbox.dialect import Switch
from certum_sandbox.settings import Settings

_TRIES = 3
_LOCKED = timedelta(minutes=15)


class CredentialChecker:
    """A check of credentials that, in one dialect, locks the account after wrong ones. A restart unlocks it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._failures: list[datetime] = []

    def accepts(self, user: str, password: str, now: datetime) -> bool:
        """Return whether the credentials are right and the account is not locked."""
        if self._is_locked(now):
            return False
        known = hmac.compare_digest(user.encode(), self._settings.user.encode()) & hmac.compare_digest(
            password.encode(), self._settings.password.encode()
        )
        self._failures = [] if known else [*self._failures, now][-_TRIES:]
        return known

    def _is_locked(self, now: datetime) -> bool:
        locks = self._settings.dialect[Switch.LOCK_OUT] == "after-3"
        return locks and len(self._failures) == _TRIES and now - self._failures[-1] < _LOCKED
