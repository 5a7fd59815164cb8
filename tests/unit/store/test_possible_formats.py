# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Further formats on a real disk, opened by other programs."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import Format
from ansible_collections.certops.certum.plugins.module_utils._store import keytool
from ansible_collections.certops.certum.plugins.module_utils._store import possible_formats as store_formats
from ansible_collections.certops.certum.plugins.module_utils._store.format_files import outdated_formats
from ansible_collections.certops.certum.plugins.module_utils._store.possible_formats import Formats
from ansible_collections.certops.certum.plugins.module_utils._store.store_errors import StoreError
from ansible_collections.certops.certum.plugins.module_utils._store.version_choice import activate, roll_back
from ansible_collections.certops.certum.plugins.module_utils._x509.keystore import modern_pkcs12_is_possible
from ansible_collections.certops.certum.tests.unit.store.test_installation import OTHER_CSR
from ansible_collections.certops.certum.tests.unit.store.world import ISSUING, KEY_MODE, NAME, World, issue, tree

if TYPE_CHECKING:
    from pathlib import Path

PASSPHRASE = "correct horse"
WITHOUT_JAVA = Formats(KEY_MODE, (Format.DER, Format.HAPROXY, Format.PKCS12), NAME, PASSPHRASE)
PLAIN = Formats(KEY_MODE, (Format.DER, Format.HAPROXY), NAME)
JKS = Formats(KEY_MODE, (Format.JKS,), NAME, PASSPHRASE)

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl here")
needs_keytool = pytest.mark.skipif(keytool.find_keytool() is None, reason="there is no keytool here")
needs_modern = pytest.mark.skipif(not modern_pkcs12_is_possible(), reason="cryptography is older than 38")


def run(*words: str, passphrase: str = PASSPHRASE) -> str:
    """Return the output of a program that finds the passphrase in its environment."""
    done = subprocess.run(
        words, capture_output=True, text=True, check=False, timeout=60, env={**os.environ, "P": passphrase}
    )
    return done.stdout + done.stderr


def openssl(*words: str, passphrase: str = PASSPHRASE) -> str:
    return run("openssl", *words, passphrase=passphrase)


def fingerprint(path: Path, *words: str) -> str:
    return openssl("x509", "-in", str(path), "-noout", "-fingerprint", "-sha256", *words)


def current(world: World) -> Path:
    return world.layout.current(NAME)


@needs_openssl
@needs_modern
def test_each_format_is_read_by_other_programs(world: World) -> None:
    world.install(issue(world.stage().csr_pem), formats=WITHOUT_JAVA)
    here = current(world)
    assert sorted(path.name for path in here.iterdir()) == [
        "cert.cer",
        "cert.pem",
        "chain.pem",
        "fullchain.pem",
        "haproxy.pem",
        "keystore.p12",
        "keystores.json",
        "metadata.json",
        "privkey.pem",
        "root.pem",
    ]
    assert fingerprint(here / "cert.cer", "-inform", "DER") == fingerprint(here / "cert.pem")

    pems = [(here / name).read_text() for name in ("privkey.pem", "cert.pem")]
    assert (here / "haproxy.pem").read_text() == "".join([*pems, ISSUING.pem])

    info = openssl("pkcs12", "-info", "-noout", "-in", str(here / "keystore.p12"), "-passin", "env:P")
    assert "MAC: sha256" in info
    assert info.count("PBES2, PBKDF2, AES-256-CBC") == info.count("PBES2") == 2
    inside = openssl("pkcs12", "-nodes", "-in", str(here / "keystore.p12"), "-passin", "env:P")
    assert inside.count("BEGIN CERTIFICATE") == 2
    assert inside.count("friendlyName: shop") == 2, "of the key and of its certificate"
    assert "BEGIN PRIVATE KEY" in inside
    wrong = openssl("pkcs12", "-nodes", "-in", str(here / "keystore.p12"), "-passin", "env:P", passphrase="correct hor")
    assert "BEGIN" not in wrong

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in here.iterdir()}
    assert {modes[name] for name in ("privkey.pem", "haproxy.pem", "keystore.p12")} == {KEY_MODE.mode}
    assert (modes["cert.cer"], modes["keystores.json"]) == (0o644, 0o600)
    assert PASSPHRASE not in (here / "keystores.json").read_text()


@needs_keytool
@needs_modern
def test_java_opens_both_keystores(world: World) -> None:
    world.install(issue(world.stage().csr_pem), formats=replace(JKS, wanted=(Format.JKS, Format.PKCS12)))
    for name, kind in (("keystore.jks", "JKS"), ("keystore.p12", "PKCS12")):
        listed = run("keytool", "-list", "-v", "-keystore", str(current(world) / name), "-storepass:env", "P")
        assert f"Keystore type: {kind}" in listed
        assert "Entry type: PrivateKeyEntry" in listed
        assert "Certificate chain length: 2" in listed
        assert "Alias name: shop" in listed
    assert not [path for path in world.base.rglob(".*") if path.name != ".lock"], "no partial file is left"


def test_key_without_a_final_newline_is_bundled(world: World) -> None:
    csr = world.stage().csr_pem
    key = world.layout.staged(NAME) / "privkey.pem"
    key.write_text(key.read_text().strip())
    world.install(issue(csr), formats=PLAIN)
    assert "-----END PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----" in (current(world) / "haproxy.pem").read_text()


@needs_modern
def test_only_changed_formats_are_written(world: World) -> None:
    """Compared by seal: the same content twice would be two different keystores."""
    serial_numbers = [world.renew(), world.renew()]
    every = tuple(f"{number}/{each.file_name}" for number in reversed(serial_numbers) for each in WITHOUT_JAVA.wanted)
    assert outdated_formats(world.layout, NAME, WITHOUT_JAVA) == every
    before = tree(world.base)
    would = activate(world.layout, NAME, formats=WITHOUT_JAVA, check_mode=True)
    assert tree(world.base) == before
    did = activate(world.layout, NAME, formats=WITHOUT_JAVA)
    assert did == would
    assert (
        did.reason.text
        == f"certificate {serial_numbers[1]} is installed; {', '.join(every)} had to be made as declared"
    )
    assert (did.before["outdated"], did.after["outdated"]) == (list(every), [])

    made = tree(world.layout.versions(NAME))
    assert outdated_formats(world.layout, NAME, WITHOUT_JAVA) == ()
    assert not activate(world.layout, NAME, formats=WITHOUT_JAVA).changed
    assert tree(world.layout.versions(NAME)) == made

    for name in ("keystore.p12", "haproxy.pem", "cert.cer"):
        (current(world) / name).write_bytes(b"damaged")
        assert outdated_formats(world.layout, NAME, WITHOUT_JAVA) == (f"{serial_numbers[1]}/{name}",)
        activate(world.layout, NAME, formats=WITHOUT_JAVA)
        assert outdated_formats(world.layout, NAME, WITHOUT_JAVA) == ()
    for name in ("keystore.p12", "haproxy.pem"):
        content = (current(world) / name).read_bytes()
        (current(world) / name).chmod(0o644)
        outdated = (f"{serial_numbers[1]}/{name} (mode 0644, declared 0640)",)
        assert outdated_formats(world.layout, NAME, WITHOUT_JAVA) == outdated
        activate(world.layout, NAME, formats=WITHOUT_JAVA)
        assert outdated_formats(world.layout, NAME, WITHOUT_JAVA) == ()
        assert (current(world) / name).read_bytes() == content, "only its mode was wrong"
    (current(world) / "keystores.json").write_text("damaged")
    assert outdated_formats(world.layout, NAME, WITHOUT_JAVA) == (f"{serial_numbers[1]}/keystore.p12",)
    activate(world.layout, NAME, formats=WITHOUT_JAVA)

    other = replace(WITHOUT_JAVA, passphrase="battery staple")
    keystores = tuple(f"{number}/keystore.p12" for number in reversed(serial_numbers))
    assert outdated_formats(world.layout, NAME, other) == keystores, "an older one too: a rollback may need it"
    activate(world.layout, NAME, formats=other)
    assert outdated_formats(world.layout, NAME, other) == ()
    assert outdated_formats(world.layout, NAME, WITHOUT_JAVA) == keystores
    assert outdated_formats(world.layout, NAME, PLAIN) == ()


@needs_modern
def test_formats_follow_a_replaced_chain(world: World) -> None:
    issued = issue(world.stage().csr_pem)
    world.install(issued, formats=WITHOUT_JAVA)
    (current(world) / "chain.pem").write_text("")
    (current(world) / "fullchain.pem").write_text((current(world) / "cert.pem").read_text())
    for again in (True, False):
        names = [name.partition("/")[2] for name in outdated_formats(world.layout, NAME, WITHOUT_JAVA)]
        assert names == (["haproxy.pem", "keystore.p12"] if again else [])
        assert world.install(issued, formats=WITHOUT_JAVA).changed is again


def test_rollback_writes_the_declared_formats(world: World) -> None:
    first = world.renew()
    world.now += timedelta(days=1)
    world.install(issue(world.stage().csr_pem), formats=PLAIN)
    roll_back(world.layout, NAME, now=world.now)
    assert current(world).readlink().name == first
    assert {"cert.cer", "haproxy.pem"} <= {path.name for path in current(world).iterdir()}


def test_undeclared_format_stays(world: World) -> None:
    world.install(issue(world.stage().csr_pem), formats=PLAIN)
    former = current(world) / "haproxy.pem"
    before = former.read_bytes()
    assert not activate(world.layout, NAME, formats=replace(PLAIN, wanted=())).changed
    assert former.read_bytes() == before
    world.renew()
    assert not (current(world) / "haproxy.pem").exists()


def elsewhere(world: World) -> World:
    """Return a store with a certificate whose key is on another machine."""
    staged = world.layout.staged(NAME)
    staged.mkdir(parents=True)
    (staged / "request.csr").write_text(OTHER_CSR)
    world.install(issue(world.stage().csr_pem))
    return world


def test_key_kept_elsewhere_allows_no_format(world: World) -> None:
    elsewhere(world)
    before = tree(world.layout.versions(NAME))
    with pytest.raises(StoreError, match=r"private key is kept elsewhere, and haproxy would contain it\. Remove them"):
        activate(world.layout, NAME, formats=PLAIN)
    assert tree(world.layout.versions(NAME)) == before
    activate(world.layout, NAME, formats=PLAIN.without_key())
    assert (current(world) / "cert.cer").exists()
    world.now += timedelta(days=1)
    world.install(issue(world.stage().csr_pem), formats=PLAIN)
    assert outdated_formats(world.layout, NAME, PLAIN) == (), "an older one needs no format that it cannot have"


def no_aes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_formats, "modern_pkcs12_is_possible", lambda: False)


def no_java(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keytool.shutil, "which", lambda command: None)


def broken_java(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keytool.shutil, "which", lambda command: "/bin/false")


def slow_java(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keytool, "SECONDS", 0.001)


@pytest.mark.parametrize(
    ("obstacle", "formats", "words"),
    [
        pytest.param(no_aes, WITHOUT_JAVA, "cannot encrypt pkcs12 with AES.*Install cryptography 38", id="aes"),
        pytest.param(
            no_java, JKS, "no keytool on the PATH of this host.*install a Java runtime", id="java", marks=needs_modern
        ),
        pytest.param(
            broken_java, JKS, "/bin/false reported: nothing, with exit code 1", id="broken java", marks=needs_modern
        ),
        pytest.param(
            slow_java, JKS, "did not finish within 0.001 seconds", id="slow", marks=[needs_modern, needs_keytool]
        ),
    ],
)
def test_unsupported_format_is_reported_and_staged_key_kept(
    world: World, monkeypatch: pytest.MonkeyPatch, obstacle: object, formats: Formats, words: str
) -> None:
    """The format is never made with weak encryption instead."""
    world.renew()
    before = tree(world.layout.versions(NAME))
    issued = issue(world.stage().csr_pem)
    with monkeypatch.context() as without:
        assert callable(obstacle)
        obstacle(without)
        with pytest.raises(StoreError, match=f"(?s){words}") as told:
            world.install(issued, formats=formats)
    assert PASSPHRASE not in str(told.value)
    assert world.read().staged is not None
    assert {name: entry for name, entry in tree(world.layout.versions(NAME)).items() if ".tmp" not in name} == before
    assert world.install(issued, formats=PLAIN).changed
    assert not list(world.base.rglob("*.tmp"))
