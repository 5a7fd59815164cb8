# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import stat
from dataclasses import replace
from datetime import timedelta, timezone
from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._store.atomic_files import Ownership
from ansible_collections.certops.certum.plugins.module_utils._store.certificate_check import ReceivedCertificate
from ansible_collections.certops.certum.plugins.module_utils._store.possible_formats import Formats
from ansible_collections.certops.certum.plugins.module_utils._store.store_errors import StoreError
from ansible_collections.certops.certum.plugins.module_utils._store.version_choice import activate, confirm, roll_back
from ansible_collections.certops.certum.plugins.module_utils._x509 import keys
from ansible_collections.certops.certum.plugins.module_utils._x509.csr import build_request
from ansible_collections.certops.certum.tests.unit.store.world import (
    ISSUING,
    KEY_MODE,
    NAME,
    NAMES,
    NOW,
    ROOT,
    World,
    issue,
    tree,
)
from ansible_collections.certops.certum.tests.unit.x509.authority import BEGINNING, EC256, LIFETIME, Authority

STRANGER = Authority.make("Stranger")
IMPOSTOR = Authority.make("Sandbox Issuing CA")
EXPIRED_ISSUING = ROOT.sign(ISSUING.key.public_key(), ISSUING.name, is_ca=True, lifetime=timedelta(days=20))
OTHER_CSR = build_request(keys.generate(EC256), common_name=NAMES[0], names=NAMES)
NAIVE_NOW = NOW.replace(tzinfo=None)


def test_certificate_is_installed_completely(world: World) -> None:
    staged = world.stage()
    change = world.install(issue(staged.csr_pem, serial_number=0xABC))
    current = world.layout.current(NAME)
    assert change.changed
    assert change.reason.text == "certificate ABC was installed"
    assert (change.before, change.after["serial_number"], change.after["names"]) == ({}, "ABC", list(NAMES))
    assert sorted(path.name for path in current.iterdir()) == [
        "cert.pem",
        "chain.pem",
        "fullchain.pem",
        "metadata.json",
        "privkey.pem",
        "root.pem",
    ]
    assert (current / "chain.pem").read_text() == ISSUING.pem
    assert (current / "root.pem").read_text() == ROOT.pem
    assert (current / "fullchain.pem").read_text() == (current / "cert.pem").read_text() + ISSUING.pem
    fingerprint = keys.public_key_sha256_of_private((current / "privkey.pem").read_bytes())
    assert fingerprint == staged.public_key_sha256
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in current.iterdir()}
    assert modes.pop("privkey.pem") == KEY_MODE.mode
    assert set(modes.values()) == {0o644}
    assert not world.layout.staged(NAME).exists()


def test_installing_again_changes_nothing(world: World) -> None:
    issued = issue(world.stage().csr_pem)
    world.install(issued)
    before = tree(world.layout.versions(NAME))
    again = world.install(issued, now=NOW + timedelta(days=1))
    assert not again.changed
    assert again.before == again.after
    assert tree(world.layout.versions(NAME)) == before


def test_check_mode_installs_nothing_and_reports_the_same(world: World) -> None:
    issued = issue(world.stage().csr_pem)
    before = tree(world.base)
    would = world.install(issued, check_mode=True)
    assert tree(world.base) == before
    assert world.install(issued) == would
    assert world.install(issued, check_mode=True) == world.install(issued)


REFUSED: list[tuple[Any, str]] = [
    (lambda csr: issue(OTHER_CSR), "belongs to no key that is staged or installed here"),
    (lambda csr: issue(csr, is_ca=True), "belongs to a CA"),
    (lambda csr: issue(csr, names=NAMES[:1]), "does not name www.shop.example.com; it names shop.example.com"),
    (lambda csr: issue(csr, names=("*.example.com",)), "does not name shop.example.com, www.shop.example.com"),
    (lambda csr: issue(csr, names=()), "it names nothing"),
    (lambda csr: issue(csr, beginning=NAIVE_NOW - LIFETIME), "expired on 2026-11-23 00:00 UTC"),
    (lambda csr: issue(csr, beginning=NAIVE_NOW + timedelta(minutes=6)), "is valid from 2026-11-23 00:06 UTC"),
    (lambda csr: issue(csr, ca=STRANGER), "not signed by any certificate of the chain.*CN=Stranger"),
    (lambda csr: issue(csr, ca=IMPOSTOR), "not signed by any certificate of the chain.*CN=Sandbox Issuing CA"),
    (
        lambda csr: replace(issue(csr), chain_pems=(EXPIRED_ISSUING, ROOT.pem)),
        "a chain that clients refuse: .*'CN=Sandbox Issuing CA'.* expired on 2026-11-21",
    ),
    (lambda csr: ReceivedCertificate(issue(csr).certificate_pem, ()), "not signed by any certificate of the chain"),
    (lambda csr: ReceivedCertificate("<html>", (ISSUING.pem,)), "not valid base64"),
    (lambda csr: ReceivedCertificate(issue(csr).certificate_pem, ("<html>",)), "not valid base64"),
    (
        lambda csr: ReceivedCertificate(issue(csr).certificate_pem + ISSUING.pem, (ISSUING.pem,)),
        "2 certificates instead of one",
    ),
]


@pytest.mark.parametrize(("make", "words"), REFUSED)
@pytest.mark.parametrize("check_mode", [False, True])
def test_certificate_that_was_not_ordered_is_refused(world: World, make: Any, words: str, check_mode: bool) -> None:
    world.renew()
    world.now = NOW
    csr = world.stage().csr_pem
    before = tree(world.base)
    with pytest.raises(StoreError, match=f"(?s)was not installed: {world.base}/shop: .*{words}.*Nothing was changed"):
        world.install(make(csr), check_mode=check_mode)
    assert {name: entry for name, entry in tree(world.base).items() if not name.endswith(".lock")} == {
        name: entry for name, entry in before.items() if not name.endswith(".lock")
    }


@pytest.mark.parametrize(
    ("beginning", "is_about_the_clock"),
    [
        (NAIVE_NOW - LIFETIME, True),
        (NAIVE_NOW - 3 * LIFETIME, True),
        (NAIVE_NOW + timedelta(minutes=20), True),
        (NAIVE_NOW + LIFETIME, True),
        (NAIVE_NOW, False),
    ],
)
def test_wrong_clock_has_its_own_remedy(world: World, beginning: Any, is_about_the_clock: bool) -> None:
    csr = world.stage().csr_pem
    with pytest.raises(StoreError) as refused:
        world.install(issue(csr, beginning=beginning, names=NAMES if is_about_the_clock else ("else.example.com",)))
    assert ("correct the clock" in refused.value.remedy) is is_about_the_clock
    assert ("certum_order_again" in refused.value.remedy) is (beginning < NAIVE_NOW)


def test_each_reason_has_its_own_remedy(world: World) -> None:
    csr = world.stage().csr_pem
    reasons = {
        "key": lambda: issue(OTHER_CSR),
        "CA": lambda: issue(csr, is_ca=True),
        "names": lambda: issue(csr, names=()),
        "expired": lambda: issue(csr, beginning=NAIVE_NOW - LIFETIME),
        "clock": lambda: issue(csr, beginning=NAIVE_NOW + timedelta(minutes=6)),
        "chain": lambda: issue(csr, ca=STRANGER),
        "damaged": lambda: ReceivedCertificate("<html>", (ISSUING.pem,)),
    }
    remedies = {}
    for reason, make in reasons.items():
        with pytest.raises(StoreError) as refused:
            world.install(make())
        remedies[reason] = refused.value.remedy

    assert len(set(remedies.values())) == len(reasons)
    assert [reason for reason, remedy in remedies.items() if "correct the clock" in remedy] == ["expired", "clock"]
    assert [reason for reason, remedy in remedies.items() if "fetched again" in remedy] == ["chain", "damaged"]


def test_clock_slightly_behind_the_ca_is_accepted(world: World) -> None:
    issued = issue(world.stage().csr_pem, beginning=NAIVE_NOW + timedelta(minutes=4))
    assert world.install(issued).changed


def test_key_kept_elsewhere_is_matched_by_its_csr(world: World) -> None:
    staged = world.layout.staged(NAME)
    staged.mkdir(parents=True)
    (staged / "request.csr").write_text(OTHER_CSR)
    issued = issue(world.stage().csr_pem)
    assert world.install(issued).changed
    assert not world.install(issued).changed
    current = world.read().current
    assert current is not None
    assert current.good
    assert current.key is None
    assert current.metadata is not None
    assert not current.metadata.own_key
    assert not (world.layout.current(NAME) / "privkey.pem").exists()


def test_lost_key_is_not_a_key_kept_elsewhere(world: World) -> None:
    issued = issue(world.stage().csr_pem)
    world.install(issued)
    for damage in ("damaged", keys.to_pem(keys.generate(EC256)).decode()):
        (world.layout.current(NAME) / "privkey.pem").write_text(damage)
        with pytest.raises(StoreError, match=r"private key cannot be parsed|belongs to no key"):
            world.install(issued)


@pytest.mark.parametrize("name", ["cert.pem", "chain.pem", "fullchain.pem", "metadata.json"])
def test_damaged_version_is_repaired_by_installing_it_again(world: World, name: str) -> None:
    issued = issue(world.stage().csr_pem)
    world.install(issued)
    path = world.layout.current(NAME) / name
    good = path.read_bytes()
    path.write_text("damaged")
    assert world.install(issued, check_mode=True).changed
    assert world.install(issued).changed
    assert path.read_bytes() == good
    assert world.read().problems == ()


def test_old_versions_are_kept_for_rollback_up_to_a_limit(world: World) -> None:
    first = world.renew()
    confirm(world.layout, NAME)
    later = [world.renew() for _time in range(5)]
    kept = [version.serial_number for version in world.read().versions]
    assert kept == [*later[:-4:-1], first]
    assert sorted(path.name for path in world.layout.versions(NAME).iterdir()) == sorted(kept)


def test_deployment_switches_forward_and_rolls_back(world: World) -> None:
    def links() -> tuple[str | None, str | None]:
        installed = world.read()
        return (
            installed.current.serial_number if installed.current else None,
            installed.verified.serial_number if installed.verified else None,
        )

    first = world.renew()
    assert links() == (first, None)
    assert (
        roll_back(world.layout, NAME, now=world.now).reason.text
        == f"certificate {first} stays: there is no good one before it"
    )
    assert confirm(world.layout, NAME, check_mode=True).changed
    assert links() == (first, None)
    assert confirm(world.layout, NAME).changed
    assert not confirm(world.layout, NAME).changed
    assert "last verified one" in roll_back(world.layout, NAME, now=world.now).reason.text

    second = world.renew()
    assert links() == (second, first)
    back = roll_back(world.layout, NAME, now=world.now)
    assert back.changed
    assert back.reason.text == f"rolled back from certificate {second} to {first}, the last verified one"
    assert (back.before["serial_number"], back.after["serial_number"]) == (second, first)
    assert links() == (first, first)
    assert not roll_back(world.layout, NAME, now=world.now).changed

    assert activate(world.layout, NAME, check_mode=True).changed
    assert links() == (first, first)
    assert activate(world.layout, NAME).reason.text == f"certificate {second} was installed"
    assert not activate(world.layout, NAME).changed
    assert links() == (second, first)


def test_rollback_without_a_verified_version_takes_the_previous(world: World) -> None:
    serial_numbers = [world.renew() for _time in range(3)]
    (world.layout.version(NAME, serial_numbers[1]) / "chain.pem").unlink()
    assert roll_back(world.layout, NAME, now=world.now).reason.text.endswith(
        f"to {serial_numbers[0]}, the good one before it"
    )


@pytest.mark.parametrize("validated", [True, False])
def test_expired_certificate_is_never_rolled_back_to(world: World, validated: bool) -> None:
    first = world.renew()
    if validated:
        confirm(world.layout, NAME)
    second = world.renew()
    end = BEGINNING.replace(tzinfo=timezone.utc) + LIFETIME
    stays = roll_back(world.layout, NAME, now=end)
    merit = "the last verified one" if validated else "the good one before it"
    why = f"{first}, {merit}, expired on {end:%Y-%m-%d} 00:00 UTC"
    assert (stays.changed, stays.reason.text) == (False, f"certificate {second} stays: {why}")
    assert world.layout.current(NAME).readlink().name == second
    assert roll_back(world.layout, NAME, now=end - timedelta(seconds=1)).changed


def test_without_a_version_nothing_is_switched(world: World) -> None:
    with pytest.raises(StoreError, match="no certificate is on disk yet"):
        activate(world.layout, NAME)
    with pytest.raises(StoreError, match="no installed version is in use"):
        confirm(world.layout, NAME)
    assert "nothing to roll back" in roll_back(world.layout, NAME, now=world.now).reason.text
    (world.layout.version(NAME, world.renew()) / "cert.pem").unlink()
    with pytest.raises(StoreError, match=r"cert\.pem: it is missing"):
        activate(world.layout, NAME)


def test_drift_of_mode_or_owner_is_repaired(world: World) -> None:
    world.renew()
    serial_number = world.renew()
    key = world.layout.current(NAME) / "privkey.pem"
    content, number, owner = key.read_bytes(), key.stat().st_ino, f"uid {os.getuid()}, gid {os.getgid()}"
    declared = Formats(KEY_MODE)
    assert not activate(world.layout, NAME, formats=declared).changed
    key.chmod(0o666)
    would = activate(world.layout, NAME, formats=declared, check_mode=True)
    assert stat.S_IMODE(key.stat().st_mode) == 0o666
    did = activate(world.layout, NAME, formats=declared)
    assert did == would
    assert (did.changed, did.redeploy) == (True, True)
    name = f"{serial_number}/privkey.pem"
    assert (did.before[name], did.after[name]) == (f"mode 0666, {owner}", f"mode 0640, {owner}")
    assert (stat.S_IMODE(key.stat().st_mode), key.read_bytes(), key.stat().st_ino) == (0o640, content, number)
    again = activate(world.layout, NAME, formats=declared)
    assert (again.changed, again.redeploy) == (False, False)
    assert (
        "mode or owner of 2 private keys" in activate(world.layout, NAME, formats=Formats(Ownership(0o600))).reason.text
    )
