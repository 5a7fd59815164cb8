# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Further formats of a certificate: on disk, changed together with it, and used by their programs."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.certops.certum.tests.integration.world import World

HAPROXY = shutil.which("haproxy", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
KEYTOOL = shutil.which("keytool")
PLAN = "Plan certificates"
PASSPHRASE, OTHER = "canary: correct horse", "canary: battery staple"

HAPROXY_CFG = """\
defaults
  mode http
  timeout client 1s
  timeout server 1s
  timeout connect 1s
frontend shop
  bind unix@{socket} ssl crt {pem}
"""


@pytest.fixture
def world(world: World) -> World:
    world.project.secrets = (*world.project.secrets, PASSPHRASE, OTHER)
    return world


def role(world: World, passphrase: str = PASSPHRASE, **declared: Any) -> list[dict[str, Any]]:
    """Return the role for a certificate with these formats, by default with PKCS#12."""
    given = {"formats": ["der", "haproxy", "pkcs12"], **declared}
    return world.role(world.declaration(**given), certum_passphrases={"shop": passphrase})


def serial_number(certificate: x509.Certificate | None) -> int:
    assert certificate is not None
    return certificate.serial_number


def in_every_format(current: Path, passphrase: str = PASSPHRASE) -> set[int]:
    """Return the serial numbers in the files of one version."""
    opened = pkcs12.load_pkcs12((current / "keystore.p12").read_bytes(), passphrase.encode())
    assert len(opened.additional_certs) == 1
    return {
        serial_number(x509.load_pem_x509_certificate((current / "cert.pem").read_bytes())),
        serial_number(x509.load_der_x509_certificate((current / "cert.cer").read_bytes())),
        serial_number(x509.load_pem_x509_certificates((current / "haproxy.pem").read_bytes())[0]),
        serial_number(opened.cert.certificate if opened.cert else None),
    }


def test_declared_formats_are_written_once(world: World) -> None:
    current = world.store / "shop/current"
    world.project.run(role(world), "--diff", "-vvv").succeeded()
    (first,) = in_every_format(current)
    chain, root = (x509.load_pem_x509_certificate((current / name).read_bytes()) for name in ("chain.pem", "root.pem"))
    chain.verify_directly_issued_by(root)
    root.verify_directly_issued_by(root)
    world.is_quiet(role(world))

    world.project.run(role(world, www=True), "-vvv").succeeded()

    (second,) = in_every_format(current)
    assert first != second
    assert in_every_format(world.store / "shop/versions" / f"{first:X}") == {first}
    world.is_quiet(role(world, www=True))


def test_changed_formats_are_installed_without_an_order(world: World) -> None:
    current = world.store / "shop/current"
    world.project.run(world.role(world.declaration())).succeeded()
    world.ca.clear_calls()
    for passphrase in (PASSPHRASE, OTHER):
        would = world.project.run(role(world, passphrase), "--check", "--diff", "-vvv").succeeded()
        did = world.project.run(role(world, passphrase), "--diff", "-vvv").succeeded()

        assert would.changed == did.changed == 1
        assert "keystore.p12" in did.result(PLAN)["reasons"][0]["reason"]["text"]
        in_every_format(current, passphrase)
        world.is_quiet(role(world, passphrase))
    assert len(world.ca.orders()) == 1


@pytest.mark.parametrize(
    ("passphrase", "words"),
    [
        ("shop.example", "shop: its passphrase is part of a declaration"),
        (12345678, "shop: its passphrase is not a text of 8 to 128 printable ASCII characters"),
        (None, "shop: pkcs12 needs a passphrase; add one with this name to passphrases (certum_passphrases)"),
    ],
)
def test_unusable_passphrase_is_refused_first(world: World, passphrase: Any, words: str) -> None:
    passphrases = {"shop": passphrase} if passphrase else {}
    play = world.role(world.declaration(formats=["pkcs12"]), certum_passphrases=passphrases)

    run = world.project.run(play, "-vvv").failed()

    assert words.replace(str(passphrase), "*" * 8) in run.failures[0]
    assert not {"Stage keys and requests", "Install certificates"} & set(run.done)
    assert world.operations() == []
    assert not world.store.exists()


@pytest.mark.skipif(HAPROXY is None, reason="there is no haproxy here")
def test_haproxy_loads_its_file(world: World, tmp_path: Path) -> None:
    world.project.run(role(world, formats=["haproxy"])).succeeded()
    pem = world.store / "shop/current/haproxy.pem"
    configuration = tmp_path / "haproxy.cfg"
    configuration.write_text(HAPROXY_CFG.format(socket=tmp_path / "socket", pem=pem))

    def check() -> subprocess.CompletedProcess[str]:
        words = [str(HAPROXY), "-c", "-f", str(configuration)]
        return subprocess.run(words, capture_output=True, text=True, check=False, timeout=30)

    assert check().returncode == 0, check().stderr
    pem.write_text(pem.read_text().partition("-----BEGIN CERTIFICATE")[0])
    assert check().returncode != 0, "it does look at the file"


@pytest.mark.skipif(KEYTOOL is None, reason="there is no keytool here")
def test_java_loads_its_keystore(world: World) -> None:
    play = role(world, formats=["jks"])
    world.project.run(play, "-vvv").succeeded()
    keystore = world.store / "shop/current/keystore.jks"
    words = [str(KEYTOOL), "-list", "-v", "-keystore", str(keystore), "-storepass:env", "P"]

    listed = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60, env={"P": PASSPHRASE})

    assert "Keystore type: JKS" in listed.stdout
    assert "Certificate chain length: 2" in listed.stdout
    world.is_quiet(play)


def test_missing_keytool_is_reported_before_the_order(world: World) -> None:
    world.project.environment["PATH"] = str(world.project.path)
    play = role(world, formats=["jks"])

    run = world.project.run(play).failed()

    assert "there is no keytool on the PATH of this host. Use pkcs12 instead of jks" in run.failures[-1]
    assert world.operations() == []
