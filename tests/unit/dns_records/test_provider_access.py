# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Publishes and withdraws records at providers that do not answer, or answer something strange."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._dns_records import lexicon_zone, provider_access
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


@pytest.mark.parametrize("server", ["ns1..example.com", f"{'n' * 64}.example.com"])
@pytest.mark.parametrize("work", [provider_access.check, provider_access.publish])
def test_name_server_with_an_impossible_name_fails_its_records(server: str, work: Any) -> None:
    provider = DnsProvider("rfc2136", options={"server": server})
    routes = [replace(each, provider=provider) for each in ROUTES]
    failed = work(routes)
    assert list(failed) == routes
    assert all(f"name server {server} port 53 gave no usable answer" in each.text for each in failed.values())


class AnyConfig:
    """The resolver of a configuration with any values."""

    def with_dict(self, _known: object) -> AnyConfig:
        return self

    def with_env(self) -> AnyConfig:
        return self


@pytest.mark.parametrize("answer", [None, [None], [{}], [{"name": NAMES[0], "type": "TXT"}]])
def test_strange_list_of_records_fails_the_records_of_its_zone(answer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Strange:
        def __init__(self, config: object) -> None:
            """Take any configuration."""

        def authenticate(self) -> None:
            """Accept all."""

        def list_records(self, *dummy: object) -> Any:
            return answer

    monkeypatch.setattr(lexicon_zone, "LEXICON_MISSING", ())
    monkeypatch.setattr(lexicon_zone, "ConfigResolver", AnyConfig)
    monkeypatch.setattr(lexicon_zone, "find_providers", lambda: {"ovh": True})
    monkeypatch.setattr(lexicon_zone, "load_provider_module", lambda _name: SimpleNamespace(Provider=Strange))
    failed = provider_access.publish(ROUTES)
    assert list(failed) == ROUTES
    assert all(each.text.endswith(each.remedy) for each in failed.values())
