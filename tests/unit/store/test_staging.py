# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import stat
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import KeyType
from ansible_collections.certops.certum.plugins.module_utils._store.staged_order import discard, record_order
from ansible_collections.certops.certum.plugins.module_utils._store.staging import stage
from ansible_collections.certops.certum.plugins.module_utils._store.store_errors import StoreError
from ansible_collections.certops.certum.plugins.module_utils._x509 import keys
from ansible_collections.certops.certum.plugins.module_utils._x509.csr import build_request, read_request
from ansible_collections.certops.certum.plugins.module_utils._x509.pem import armour
from ansible_collections.certops.certum.tests.unit.store.world import NAME, NAMES, WANTED, World, order, tree
from ansible_collections.certops.certum.tests.unit.x509.authority import EC256, der_of

EC384 = keys.KeySpec(KeyType.EC, 384)
OTHERS = [
    replace(WANTED, key_spec=EC384),
    replace(WANTED, names=(NAMES[0],)),
    replace(WANTED, common_name=NAMES[1]),
]


def test_key_and_csr_are_created_private(world: World) -> None:
    staged = world.stage()
    directory = world.layout.staged(NAME)
    key = keys.load((directory / "privkey.pem").read_bytes())
    request = read_request((directory / "request.csr").read_text())
    assert staged.created
    assert staged.own_key
    assert staged.order is None
    assert staged.csr_pem == request.pem
    assert (request.common_name, request.names, request.key_spec) == (NAMES[0], NAMES, EC256)
    assert staged.public_key_sha256 == request.public_key_sha256 == keys.public_key_sha256(key.public_key())
    assert stat.S_IMODE((directory / "privkey.pem").stat().st_mode) == 0o600
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_staging_again_changes_nothing(world: World) -> None:
    first = world.stage()
    before = tree(world.layout.staged(NAME))
    second = world.stage(replace(WANTED, names=("WWW.shop.example.com", "shop.example.com")))
    assert tree(world.layout.staged(NAME)) == before
    assert not second.created
    assert (second.csr_pem, second.public_key_sha256) == (first.csr_pem, first.public_key_sha256)


@pytest.mark.parametrize("wanted", OTHERS)
def test_changed_declaration_gets_a_new_key_and_keeps_the_first(world: World, wanted: Any) -> None:
    first = world.stage()
    second = world.stage(wanted)
    assert second.created
    assert second.public_key_sha256 != first.public_key_sha256
    kept = (world.layout.set_aside(NAME) / first.public_key_sha256[:16] / "privkey.pem").read_bytes()
    assert keys.public_key_sha256_of_private(kept) == first.public_key_sha256


@pytest.mark.parametrize("wanted", OTHERS)
def test_pending_order_keeps_its_key_for_any_declaration(world: World, wanted: Any) -> None:
    first = world.stage()
    assert record_order(world.layout, NAME, order()).changed
    second = world.stage(wanted)
    assert (second.created, second.csr_pem, second.order) == (False, first.csr_pem, order())


@pytest.mark.parametrize("rest", ["", "-----BEGIN CERTIFICATE REQ"])
def test_unfinished_csr_is_made_again_from_its_key(world: World, rest: str) -> None:
    first = world.stage()
    path = world.layout.staged(NAME) / "request.csr"
    if rest:
        path.write_text(rest)
    else:
        path.unlink()
    second = world.stage()
    assert not second.created
    assert second.public_key_sha256 == first.public_key_sha256
    assert read_request(second.csr_pem).public_key_sha256 == first.public_key_sha256
    assert path.read_text() == second.csr_pem


@pytest.mark.parametrize("check_mode", [False, True])
def test_key_is_never_made_if_it_must_be_kept_elsewhere(world: World, check_mode: bool) -> None:
    with pytest.raises(StoreError, match="no request from elsewhere is stored for the next certificate"):
        stage(world.layout, NAME, replace(WANTED, key_spec=None), check_mode=check_mode)
    assert not world.layout.staged(NAME).exists()


def _by_hand(world: World, text: str) -> None:
    directory = world.layout.staged(NAME)
    directory.mkdir(parents=True)
    (directory / "request.csr").write_text(text)


def test_manual_csr_is_used_unchanged(world: World) -> None:
    csr = build_request(keys.generate(EC384), common_name="anything.example.com", names=[])
    _by_hand(world, csr.replace("\n", "\r\n"))
    before = tree(world.layout.staged(NAME))
    staged = world.stage()
    assert (staged.csr_pem, staged.own_key, staged.created) == (csr, False, False)
    assert tree(world.layout.staged(NAME)) == before


def test_check_mode_makes_a_csr_in_memory_only(world: World) -> None:
    staged = world.stage(check_mode=True)
    assert read_request(staged.csr_pem).names == NAMES
    assert not world.base.exists()


@pytest.mark.parametrize("wanted", [WANTED, *OTHERS])
def test_check_mode_changes_no_existing_staging(world: World, wanted: Any) -> None:
    world.stage()
    (world.layout.staged(NAME) / "request.csr").unlink()
    before = tree(world.base)
    staged = world.stage(wanted, check_mode=True)
    assert read_request(staged.csr_pem).public_key_sha256 == staged.public_key_sha256
    assert record_order(world.layout, NAME, order(), check_mode=True).changed
    assert discard(world.layout, NAME, check_mode=True).changed
    assert tree(world.base) == before


def _unlink_key(world: World) -> None:
    for name in ("privkey.pem", "request.csr"):
        (world.layout.staged(NAME) / name).unlink()


def _break_key(world: World) -> None:
    (world.layout.staged(NAME) / "privkey.pem").write_text("garbage")


def _swap_csr(world: World) -> None:
    csr = build_request(keys.generate(EC256), common_name="x.example.com", names=[])
    (world.layout.staged(NAME) / "request.csr").write_text(csr)


def _break_order(world: World) -> None:
    (world.layout.staged(NAME) / "order.json").write_text('{"format": 0}')


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (_unlink_key, "privkey.pem: it is missing, and order shop-1 was placed with it.*cancel order shop-1"),
        (_break_key, "privkey.pem: the private key cannot be parsed.*cancel order shop-1"),
        (_swap_csr, "request.csr: it was not made with the privkey.pem beside it"),
        (_break_order, "order.json: its format is 0"),
    ],
)
def test_damaged_staging_is_reported_and_never_overwritten(world: World, damage: Any, words: str) -> None:
    world.stage()
    record_order(world.layout, NAME, order())
    damage(world)
    before = tree(world.layout.staged(NAME))
    with pytest.raises(StoreError, match=words) as caught:
        world.stage()
    assert "PRIVATE KEY" not in str(caught.value)
    assert tree(world.layout.staged(NAME)) == before
    assert any("staged" in problem for problem in world.read().problems)


FORGED = armour(
    der_of(build_request(keys.generate(EC256), common_name="a.example.com", names=[])).replace(b"a.exa", b"b.exa"),
    "CERTIFICATE REQUEST",
)


@pytest.mark.parametrize(
    ("csr", "words"), [("hello", "not exactly one CSR"), (FORGED, "its signature was not made with its key")]
)
def test_unusable_manual_csr_is_refused(world: World, csr: str, words: str) -> None:
    _by_hand(world, csr)
    with pytest.raises(StoreError, match=words):
        world.stage()
    assert (world.layout.staged(NAME) / "request.csr").read_text() == csr


def test_order_is_recorded_once_and_its_code_can_change(world: World) -> None:
    world.stage()
    assert record_order(world.layout, NAME, order()).after == {"order_id": "shop-1"}
    assert not record_order(world.layout, NAME, order()).changed
    assert record_order(world.layout, NAME, replace(order(), validation_code="new")).changed
    assert world.stage().order == replace(order(), validation_code="new")


def test_one_key_has_one_order(world: World) -> None:
    with pytest.raises(StoreError, match="no key is staged for order shop-1"):
        record_order(world.layout, NAME, order())
    world.stage()
    record_order(world.layout, NAME, order())
    with pytest.raises(StoreError, match="belongs to order shop-1, not to shop-2"):
        record_order(world.layout, NAME, order("shop-2"))
    assert world.stage().order == order()


def test_refused_order_leaves_staging_free_and_key_kept(world: World) -> None:
    assert not discard(world.layout, NAME).changed
    first = world.stage()
    record_order(world.layout, NAME, order())
    change = discard(world.layout, NAME)
    assert change.changed
    kept = world.layout.set_aside(NAME) / first.public_key_sha256[:16]
    assert str(kept) in change.reason.text
    assert sorted(path.name for path in kept.iterdir()) == ["order.json", "privkey.pem", "request.csr"]
    assert world.stage().created


def test_unreadable_staging_can_be_set_aside_repeatedly(world: World) -> None:
    for _time in range(3):
        world.stage()
        _break_key(world)
        discard(world.layout, NAME)
    kept = sorted(path.name for path in world.layout.set_aside(NAME).iterdir())
    assert kept == ["unreadable", "unreadable-2", "unreadable-3"]


def test_staging_is_cleared_after_installation(world: World) -> None:
    world.renew()
    current = world.layout.current(NAME).resolve()
    staged = world.layout.staged(NAME)
    staged.mkdir()
    (staged / "privkey.pem").write_bytes((current / "privkey.pem").read_bytes())
    used = world.read().staged
    assert used is not None
    fresh = world.stage()
    assert fresh.created
    assert fresh.public_key_sha256 != used.public_key_sha256
