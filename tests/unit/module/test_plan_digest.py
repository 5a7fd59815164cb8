# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The digest changes with every option and with the code, and there is none for plans that nobody can use again."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.plugins.module_utils._module.plan_digest import MANIFEST, digest_of

if TYPE_CHECKING:
    from pathlib import Path

ARGS = {"path": "/etc/certum", "certificates": [{"name": "shop", "remaining_days": 30}], "host": "web1"}


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    (tmp_path / "plugins/module_utils").mkdir(parents=True)
    (tmp_path / "plugins/module_utils/code.py").write_text("1")
    return tmp_path


def test_order_of_the_options_does_not_count(collection: Path) -> None:
    assert digest_of(dict(reversed(ARGS.items())), collection=collection) == digest_of(ARGS, collection=collection)


@pytest.mark.parametrize(
    "change",
    [
        {"path": "/srv/certum"},
        {"host": "web2"},
        {"policy": {"max_names": 3}},
        {"certificates": [{"name": "shop", "remaining_days": 31}]},
        {"certificates": []},
    ],
)
def test_every_option_counts(collection: Path, change: dict[str, object]) -> None:
    assert digest_of({**ARGS, **change}, collection=collection) != digest_of(ARGS, collection=collection)


@pytest.mark.parametrize(
    "option",
    [{"now": "2027-01-01"}, {"replace": ["shop"]}, {"check_revocation": True}, {"passphrases": {"shop": "secret"}}],
)
def test_such_a_plan_has_no_digest(collection: Path, option: dict[str, object]) -> None:
    assert digest_of({**ARGS, **option}, collection=collection) is None


def test_code_counts(collection: Path) -> None:
    clone = digest_of(ARGS, collection=collection)
    os.utime(collection / "plugins/module_utils/code.py", ns=(1, 1))
    edited = digest_of(ARGS, collection=collection)
    (collection / MANIFEST).write_text("version 1")
    installed = digest_of(ARGS, collection=collection)
    (collection / MANIFEST).write_text("version 2")
    upgraded = digest_of(ARGS, collection=collection)
    assert len({clone, edited, installed, upgraded}) == 4
