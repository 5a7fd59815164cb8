# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Publishes and withdraws a record beside the other records of its name."""

from __future__ import annotations

import pytest
from ansible_collections.certops.certum.plugins.module_utils._dns_records.provider_settings import DnsProvider
from ansible_collections.certops.certum.plugins.module_utils._dns_records.record_changes import (
    DnsRecord,
    RecordClashError,
    normal,
    to_publish,
    to_withdraw,
)
from ansible_collections.certops.certum.plugins.module_utils._dns_records.record_routing import Route
from hypothesis import given
from hypothesis import strategies as st

VALUES = {"TXT": "c0de", "CNAME": "c0de.certum.pl"}
OTHERS = st.lists(st.builds(DnsRecord, st.just("TXT"), st.sampled_from(["other", '"quoted"', "c0de2", "C0DE", ""])))


def route(kind: str) -> Route:
    return Route("_certum.example.com", "_certum.example.com", kind, VALUES[kind], "example.com", DnsProvider("ovh"))


@given(existing=OTHERS, quoted=st.booleans(), was_there=st.booleans())
def test_txt_values_of_others_stay(existing: list[DnsRecord], quoted: bool, was_there: bool) -> None:
    ours = [DnsRecord("TXT", '"c0de"' if quoted else "c0de")] if was_there else []

    publish = to_publish(route("TXT"), [*existing, *ours])
    withdraw = to_withdraw(route("TXT"), [*existing, *ours])

    assert publish.remove == ()
    assert list(publish.add) == ([] if was_there else [DnsRecord("TXT", "c0de")])
    assert withdraw.add == ()
    assert list(withdraw.remove) == [normal(each) for each in ours]


@pytest.mark.parametrize(
    ("existing", "removed", "added"),
    [
        ([], [], ["c0de.certum.pl"]),
        ([("CNAME", "C0de.certum.pl.")], [], []),
        ([("CNAME", "0ld.certum.pl.")], ["0ld.certum.pl"], ["c0de.certum.pl"]),
    ],
)
def test_cname_of_an_earlier_validation_is_replaced(
    existing: list[tuple[str, str]], removed: list[str], added: list[str]
) -> None:
    changes = to_publish(route("CNAME"), [DnsRecord(*each) for each in existing])
    assert [each.value for each in changes.remove] == removed
    assert [each.value for each in changes.add] == added


@pytest.mark.parametrize("other", [("CNAME", "cdn.example.org"), ("A", "192.0.2.1"), ("TXT", "v=spf1 -all")])
def test_cname_replaces_no_other_record(other: tuple[str, str]) -> None:
    with pytest.raises(RecordClashError, match=f"type {other[0]}.*dns_txt_prefix"):
        to_publish(route("CNAME"), [DnsRecord(*other)])
    assert to_withdraw(route("CNAME"), [DnsRecord(*other)]).remove == ()
