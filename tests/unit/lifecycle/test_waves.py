# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which orders may prove their names at the same time."""

from __future__ import annotations

from ansible_collections.certops.certum.plugins.module_utils._lifecycle.declaration import read_declarations
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.waves import places, waves
from hypothesis import given
from hypothesis import strategies as st

CONTACT = {"first_name": "Ada", "last_name": "Nowak", "email": "ops@example.com"}


@given(st.lists(st.frozensets(st.sampled_from("abcd"), max_size=3), max_size=12))
def test_no_wave_uses_a_place_twice_and_nothing_is_lost(wanted: list[frozenset[str]]) -> None:
    found = waves(enumerate(wanted))
    for wave in found:
        used = [place for number in wave for place in wanted[number]]
        assert len(used) == len(set(used))
        assert list(wave) == sorted(wave)
    assert sorted(number for wave in found for number in wave) == list(range(len(wanted)))


def test_only_what_excludes_each_other_goes_one_after_the_other() -> None:
    def declared(name: str, method: str, webroot: str | None = None) -> dict[str, object]:
        validation = {"method": method, "webroot": webroot}
        return {"name": name, "common_name": "a.example.com", "validation": validation, "contact": CONTACT}

    items = [
        declared("rsa", "file", "/srv/a"),
        declared("ec", "file", "/srv/a"),
        declared("other", "file", "/srv/b"),
        declared("txt", "dns_txt_prefix"),
        declared("cname", "dns_cname"),
        declared("cname-too", "dns_cname_prefix"),
    ]
    webroots = [item["validation"]["webroot"] for item in items]  # type: ignore[index]
    found = waves(
        (declaration.name, places(declaration, webroot=webroot))
        for declaration, webroot in zip(read_declarations(items), webroots)
    )
    assert found == [["rsa", "other", "txt", "cname"], ["ec", "cname-too"]]
