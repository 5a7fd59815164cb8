# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds the place of a record: the end of its delegation, the zone and the provider."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from ansible_collections.certops.certum.plugins.module_utils._dns_records.provider_settings import read_providers
from ansible_collections.certops.certum.plugins.module_utils._dns_records.record_routing import (
    STRANGE_LABEL,
    RoutingError,
    route,
)
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.publication import ValidationRecord

OWNER = "_certum.shop.example.com"


@dataclass
class World:
    """DNS as a dictionary of CNAME records and a set of zones. A wildcard CNAME has the name of its siblings."""

    aliases: dict[str, str] = field(default_factory=dict)
    zones: set[str] = field(default_factory=lambda: {"example.com", "example.net", "dcv.example.net"})

    def alias_at(self, name: str) -> str | None:
        return self.aliases.get(name)

    def has_zone(self, name: str) -> bool:
        return name in self.zones


TXT = ValidationRecord(OWNER, "TXT", "c0de")
CNAME = ValidationRecord(OWNER, "CNAME", "c0de.certum.pl")
TWO = [
    {"provider": "powerdns", "zones": ["dcv.example.net"]},
    {"provider": "ovh", "zones": ["example.com", "shop.example.com"]},
]
DELEGATED = {OWNER: "shop.dcv.example.net."}
WILDCARD = {OWNER: "cdn.example.org", f"{STRANGE_LABEL}.shop.example.com": "cdn.example.org"}


@pytest.mark.parametrize(
    ("record", "providers", "aliases", "expected"),
    [
        (TXT, {"provider": "ovh"}, {}, (OWNER, "example.com", "ovh")),
        (TXT, {"provider": "ovh", "zones": ["example.com"]}, {}, (OWNER, "example.com", "ovh")),
        (TXT, TWO, {}, (OWNER, "shop.example.com", "ovh")),
        (TXT, TWO, DELEGATED, ("shop.dcv.example.net", "dcv.example.net", "powerdns")),
        (TXT, {"provider": "ovh"}, DELEGATED, ("shop.dcv.example.net", "dcv.example.net", "ovh")),
        (
            TXT,
            TWO,
            {OWNER: "A.example.com", "a.example.com": "b.DCV.example.net"},
            ("b.dcv.example.net", "dcv.example.net", "powerdns"),
        ),
        (TXT, TWO, WILDCARD, (OWNER, "shop.example.com", "ovh")),
        (CNAME, TWO, {OWNER: "0ld.certum.pl"}, (OWNER, "shop.example.com", "ovh")),
        (CNAME, TWO, WILDCARD, (OWNER, "shop.example.com", "ovh")),
    ],
)
def test_record_is_routed(
    record: ValidationRecord, providers: object, aliases: dict[str, str], expected: tuple[str, ...]
) -> None:
    found = route(record, read_providers(providers), World(aliases))
    assert (found.name, found.zone, found.provider.provider) == expected
    assert (found.wanted, found.type, found.value) == (OWNER, record.type, record.value)


@pytest.mark.parametrize(
    ("record", "providers", "aliases", "words"),
    [
        (
            TXT,
            {"provider": "ovh"},
            {OWNER: "a.example.net", "a.example.net": OWNER},
            f"form a loop: {OWNER} > a.example.net > {OWNER}",
        ),
        (
            TXT,
            {"provider": "ovh"},
            {OWNER: "1.example.net", **{f"{n}.example.net": f"{n + 1}.example.net" for n in range(1, 20)}},
            "are more than 8",
        ),
        (TXT, TWO[:1], {}, f"no DNS provider is declared for {OWNER}; declared zones: dcv.example.net"),
        (TXT, TWO, {OWNER: "x.example.org"}, f"x.example.org, to which CNAME records lead from {OWNER}"),
        (TXT, {"provider": "ovh"}, {OWNER: "x.test"}, "no zone of x.test"),
        (CNAME, TWO, DELEGATED, "cannot be a CNAME to c0de.certum.pl. Validate the name with dns_txt_prefix"),
    ],
)
def test_record_without_a_place_is_explained(
    record: ValidationRecord, providers: object, aliases: dict[str, str], words: str
) -> None:
    with pytest.raises(RoutingError) as caught:
        route(record, read_providers(providers), World(aliases))
    assert words in str(caught.value)
    assert str(caught.value).endswith(caught.value.remedy)
