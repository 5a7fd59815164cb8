# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from ansible_collections.certops.certum.plugins.module_utils._store.atomic_files import Ownership
from ansible_collections.certops.certum.plugins.module_utils._store.ownership import ownership
from ansible_collections.certops.certum.plugins.module_utils._store.store_errors import StoreError


@pytest.mark.parametrize(
    ("declared", "resolved"),
    [
        ({"mode": "0600"}, Ownership(0o600)),
        ({"mode": "0640", "owner": "root", "group": "root"}, Ownership(0o640, 0, 0)),
        ({"mode": "0440", "owner": "1234", "group": "4321"}, Ownership(0o440, 1234, 4321)),
    ],
)
def test_owners_are_resolved_on_the_host(declared: dict[str, str], resolved: Ownership) -> None:
    assert ownership(**declared) == resolved


@pytest.mark.parametrize(
    "declared",
    [
        {"mode": "rw"},
        {"mode": "0888"},
        {"mode": "640"},
        *({"mode": str(mode)} for mode in (0o400, 0o440, 0o600, 0o620, 0o640, 0o644, 0o660)),
        {"mode": "0602"},
        {"mode": "01777"},
        {"mode": "0600", "owner": "no-such-user"},
        {"mode": "0600", "group": "no-such-group"},
    ],
)
def test_unknown_owner_of_the_host_is_reported(declared: dict[str, str]) -> None:
    with pytest.raises(StoreError, match="Correct the declaration"):
        ownership(**declared)
