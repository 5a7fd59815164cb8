# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names of a certificate, and the names that a product or a validation method does not allow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.tests.integration.test_role import leaf, names_of

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.integration.world import World

SITES: dict[str, tuple[dict[str, Any], set[str]]] = {
    "bare": ({"common_name": "a.example.com"}, {"a.example.com"}),
    "with-www": ({"common_name": "b.example.com", "www": True}, {"b.example.com", "www.b.example.com"}),
    "from-www": ({"common_name": "www.c.example.com", "www": True}, {"www.c.example.com", "c.example.com"}),
    "several": (
        {
            "common_name": "d.example.com",
            "www": True,
            "subject_alt_name": ["e.example.com", "D.example.com", "f.g.example.com"],
            "product": "commercial_multidomain_ssl",
        },
        {"d.example.com", "www.d.example.com", "e.example.com", "f.g.example.com"},
    ),
}


def test_certificate_has_the_declared_names_and_no_other(world: World) -> None:
    play = world.role(*(world.declaration(name, **options) for name, (options, dummy) in SITES.items()))

    world.converged(play, orders=len(SITES))

    found = {name: names_of(leaf(world.store / name / "current/cert.pem")) for name in SITES}
    assert found == {name: names for name, (dummy, names) in SITES.items()}
    world.is_quiet(play)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"subject_alt_name": ["mail.example.com"]},
            "Commercial SSL covers shop.example.com and www.shop.example.com, not mail.example.com: order a "
            "multi-domain product or another certificate (error 1107)",
        ),
        (
            {
                "product": "commercial_multidomain_ssl",
                "subject_alt_name": [f"n{number}.example.com" for number in range(100)],
            },
            "101 names, Commercial MultiDomain SSL covers at most 100: move some names to another certificate",
        ),
        (
            {"product": "commercial_wildcard_ssl", "common_name": "*.example.com"},
            "validation method file cannot validate *.example.com; use dns_txt_prefix (error 2186)",
        ),
        (
            {"product": "commercial_wildcard_ssl"},
            "Commercial Wildcard SSL needs a wildcard common_name such as *.shop.example.com (error 1117)",
        ),
    ],
    ids=["another site", "above the limit", "wildcard by file", "no wildcard"],
)
def test_invalid_names_are_not_sent_and_remedy_is_reported(world: World, options: dict[str, Any], words: str) -> None:
    run = world.project.run(world.role(world.declaration(**options))).failed()

    assert words in "\n".join(run.failures)
    assert world.operations() == []
    assert not world.store.exists()
