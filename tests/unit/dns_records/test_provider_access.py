# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Withdraws records at a provider that does not answer at first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.plugins.module_utils._dns_records import provider_access
from ansible_collections.certops.certum.plugins.module_utils._dns_records.provider_errors import ProviderError
from ansible_collections.certops.certum.plugins.module_utils._dns_records.provider_settings import DnsProvider
from ansible_collections.certops.certum.plugins.module_utils._dns_records.record_changes import DnsRecord
from ansible_collections.certops.certum.plugins.module_utils._dns_records.record_routing import Route

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ansible_collections.certops.certum.plugins.module_utils._dns_records.record_changes import RecordChanges

NAMES = ("_certum.example.com", "_certum.www.example.com")
ROUTES = [Route(name, name, "TXT", "c0de", "example.com", DnsProvider("ovh")) for name in NAMES]
ATTEMPTS = 1 + len(provider_access.WITHDRAW_AGAIN)


@dataclass
class Unreliable:
    """A zone with a record of ours and one of others at each name. It refuses the first ``refused`` changes."""

    refused: int
    values: dict[str, list[str]] = field(default_factory=lambda: {name: ["c0de", "other"] for name in NAMES})

    def check(self, routes: Iterable[Route]) -> None:
        """Accept all."""

    def records(self, name: str, kind: str) -> Sequence[DnsRecord]:
        return [DnsRecord(kind, value) for value in self.values[name]]

    def change(self, name: str, changes: RecordChanges) -> None:
        if self.refused:
            self.refused -= 1
            raise ProviderError("no answer")
        for each in changes.remove:
            self.values[name].remove(each.value)


@pytest.mark.parametrize("refused", range(ATTEMPTS + 1))
def test_record_is_withdrawn_by_a_later_attempt(refused: int, monkeypatch: pytest.MonkeyPatch) -> None:
    zone, pauses = Unreliable(refused), []
    monkeypatch.setattr(provider_access, "open_zone", lambda *dummy: zone)
    monkeypatch.setattr(provider_access.time, "sleep", pauses.append)
    failed = provider_access.withdraw(ROUTES)
    assert pauses == list(provider_access.WITHDRAW_AGAIN[:refused])
    if refused < ATTEMPTS:
        assert (failed, zone.values) == ({}, {name: ["other"] for name in NAMES})
    else:
        assert list(failed) == ROUTES
        assert all("no answer" in each.text for each in failed.values())
