# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file with the declarations: Ansible reads exactly the declared values from it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible_collections.certops.certum.plugins.module_utils._controller.declarations_file import as_yaml, keep_or_write
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.account_declarations import Declared
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.account_survey import (
    AccountCertificate,
    AccountOrder,
    LiveCertificate,
)
from ansible_collections.certops.certum.plugins.module_utils._store.store_errors import StoreError
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 23, tzinfo=timezone.utc)
END = NOW + timedelta(days=199)
HOSTILE = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.sampled_from(
        [
            "{{ 7 * 7 }}",
            "{% raw %}",
            "a\nb: {{ 1 }}",
            "#",
            "no",
            "1e3",
            "2026-11-23",
            "!unsafe x",
            "\u2028x: y",
            "'\"\\",
            "- a",
        ]
    ),
)


def file_of(order_id: str, customer: str, organization: str) -> str:
    order = AccountOrder(order_id, customer, "601", NOW, "ENROLLED")
    declaration: dict[str, Any] = {
        "name": "shop",
        "customer": customer,
        "subject_alt_name": [customer],
        "organization": {"name": organization},
    }
    issued = LiveCertificate(order, AccountCertificate("1", "VALID", NOW, END, "shop.example.com"))
    return as_yaml([Declared(declaration, issued)], [order])


class Loader(yaml.SafeLoader):
    """Reads YAML like Ansible."""


Loader.add_constructor("!unsafe", lambda loader, node: Unsafe(loader.construct_scalar(node)))


class Unsafe(str):
    """Text that Ansible leaves unchanged."""

    __slots__ = ()


@given(HOSTILE, HOSTILE, HOSTILE)
def test_text_of_the_account_is_never_a_template(order_id: str, customer: str, organization: str) -> None:
    read = yaml.load(file_of(order_id, customer, organization), Loader=Loader)
    assert list(read) == ["certum_certificates"]
    (item,) = read["certum_certificates"]
    texts = [item["customer"], *item["subject_alt_name"], item["organization"]["name"]]
    assert texts == [customer, customer, organization]
    assert all(isinstance(text, Unsafe) for text in texts if "{" in text)


def test_each_declaration_is_reported_with_its_expiry_date() -> None:
    assert f"# order a, certificate 1, expires on {END:%Y-%m-%d}\n" in file_of("a", "b", "c")


def test_edited_declarations_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "declarations.yml"

    def write(data: bytes, **options: Any) -> tuple[bool, bytes | None]:
        change, dummy = keep_or_write(
            path, data, **{"force": False, "backup_suffix": None, "check_mode": False, **options}
        )
        return change.changed, path.read_bytes() if path.exists() else None

    assert write(b"a", check_mode=True) == (True, None)
    assert write(b"a") == (True, b"a")
    assert write(b"a") == (False, b"a")
    assert write(b"b") == (False, b"a")
    assert write(b"b", force=True, check_mode=True, backup_suffix="~") == (True, b"a")
    assert write(b"b", force=True, backup_suffix="~") == (True, b"b")
    assert [(each.name, each.read_bytes()) for each in sorted(tmp_path.iterdir())] == [
        ("declarations.yml", b"b"),
        ("declarations.yml~", b"a"),
    ]


def test_unwritable_file_is_named(tmp_path: Path) -> None:
    for path, why in ((tmp_path / "missing/a.yml", "is not a directory"), (tmp_path, "cannot be read")):
        with pytest.raises(StoreError, match=why):
            keep_or_write(path, b"", force=True, backup_suffix=None, check_mode=True)
