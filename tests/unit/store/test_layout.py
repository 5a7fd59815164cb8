# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.certops.certum.plugins.module_utils._store.certificate_on_disk import read_installed
from ansible_collections.certops.certum.plugins.module_utils._store.layout import Layout
from ansible_collections.certops.certum.plugins.module_utils._store.store_errors import StoreError

LAYOUT = Layout(Path("/etc/certum"))


@pytest.mark.parametrize("name", ["a", "shop.example.com", "shop_1-b", "0", "x" * 64])
def test_valid_name_becomes_a_directory(name: str) -> None:
    assert LAYOUT.current(name) == Path(f"/etc/certum/{name}/current")
    assert LAYOUT.version(name, "AB") == Path(f"/etc/certum/{name}/versions/AB")


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../etc", "a/b", ".hidden", "-rf", "a\n", "a\0b", "żółw", "x" * 65, "x" * 10000, "a b"]
)
def test_invalid_name_is_refused(name: str) -> None:
    for use in (LAYOUT.current, LAYOUT.staged, lambda name: read_installed(LAYOUT, name)):
        with pytest.raises(StoreError, match="certificate name cannot be used") as caught:
            use(name)
        assert len(str(caught.value)) < 300
        assert "\n" not in str(caught.value)
