# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Declared formats: noticed by the plan, made by the installation, never a reason to order."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._host import declared_formats
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.declaration import InvalidDeclarationError
from ansible_collections.certops.certum.plugins.module_utils._store import possible_formats as store_formats
from ansible_collections.certops.certum.plugins.module_utils._x509 import keys
from ansible_collections.certops.certum.plugins.module_utils._x509.csr import build_request
from ansible_collections.certops.certum.plugins.module_utils._x509.keystore import modern_pkcs12_is_possible
from ansible_collections.certops.certum.tests.unit.host.declared import Host, answer
from ansible_collections.certops.certum.tests.unit.store.world import EC256, tree

PASSPHRASE, OTHER = "correct horse", "battery staple"
KEYSTORE = {"formats": ["der", "pkcs12"]}

needs_modern = pytest.mark.skipif(not modern_pkcs12_is_possible(), reason="cryptography is older than 38")


def said(planned: dict[str, Any]) -> list[tuple[str, str]]:
    return [(reason["action"], reason["reason"]["text"]) for reason in planned["reasons"]]


@needs_modern
def test_changed_formats_are_installed_and_not_ordered(host: Host) -> None:
    plain, wanted = host.declare(), host.declare(**KEYSTORE)
    host.have(plain)
    (version,) = (host.base / "shop" / "versions").iterdir()
    steps: list[tuple[dict[str, Any], str, list[str]]] = [
        (wanted, PASSPHRASE, ["cert.cer", "keystore.p12"]),
        (wanted, OTHER, ["keystore.p12"]),
        (host.declare(formats=["haproxy", "pkcs12"]), OTHER, ["haproxy.pem"]),
    ]
    for item, passphrase, names in steps:
        passphrases = {"shop": passphrase}
        before = tree(host.base)
        planned = host.plan(item, passphrases=passphrases)
        files = ", ".join(f"{version.name}/{name}" for name in names)
        assert said(planned) == [("activate", f"missing or not as declared: {files}")]
        assert (planned["due"], planned["activate"]) == ([], [item])
        would = host.install(item, passphrases=passphrases, check_mode=True)
        assert tree(host.base) == before
        did = host.install(item, passphrases=passphrases)
        assert (did["changed"], did["diff"], did["reason"]["text"]) == (True, would["diff"], would["reason"]["text"])
        assert files in did["reason"]["text"]
        made = tree(host.base)
        assert host.plan(item, passphrases=passphrases)["current"] == 1
        assert host.install(item, passphrases=passphrases)["changed"] is False
        assert {name: entry for name, entry in tree(host.base).items() if not name.endswith(".lock")} == {
            name: entry for name, entry in made.items() if not name.endswith(".lock")
        }
        assert passphrase not in str([planned, would, did])


@needs_modern
def test_formats_are_written_before_the_switch(host: Host) -> None:
    item = host.declare(**KEYSTORE, mode="0640")
    (order,) = host.stage(item)["orders"]
    host.install(item, orders=[answer(order)], passphrases={"shop": PASSPHRASE})
    current = host.base / "shop" / "current"
    assert (current / "keystore.p12").stat().st_mode & 0o777 == 0o640
    assert host.plan(item, passphrases={"shop": PASSPHRASE})["current"] == 1


def test_without_formats_no_more_files_are_read(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    host.have(host.declare())
    monkeypatch.setattr(declared_formats, "outdated_formats", None)
    monkeypatch.setattr(declared_formats, "read_installed", None)
    assert host.plan(host.declare())["current"] == 1
    assert len(host.plan(host.declare(www=True))["due"]) == 1


def test_missing_passphrase_is_refused_first(host: Host) -> None:
    item = host.declare(formats=["pkcs12"])
    for act in (host.plan, host.install):
        with pytest.raises(InvalidDeclarationError, match=r"^shop: pkcs12 needs a passphrase"):
            act(item)
    with pytest.raises(InvalidDeclarationError, match=r"^shop: pkcs12 needs a passphrase"):
        host.plan(host.declare(), defaults={"formats": ["pkcs12"]})


def by_hand(host: Host) -> None:
    staged = host.base / "shop" / "staged"
    staged.mkdir(parents=True)
    names = ["shop.example.com"]
    (staged / "request.csr").write_text(build_request(keys.generate(EC256), common_name=names[0], names=names))


def test_unsupported_format_is_reported_before_the_order(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    item, plain = host.declare(formats=["haproxy"]), host.declare(formats=["der"])
    by_hand(host)
    for step in ("ordered", "installed"):
        refused = host.plan(item, host.declare("mail"))
        assert [due["name"] for due in refused["due"]] == ["mail"], "and the others go on"
        assert "its private key is kept elsewhere, and haproxy would contain it" in refused["problems"][0]["text"]
        assert refused["activate"] == []
        if step == "ordered":
            host.have(plain)
    assert host.plan(plain)["current"] == 1

    monkeypatch.setattr(store_formats, "modern_pkcs12_is_possible", lambda: False)
    weak = host.plan(host.declare("mail", **KEYSTORE), passphrases={"mail": PASSPHRASE})
    assert (weak["due"], weak["failed"]) == ([], True)
    assert "cannot encrypt pkcs12 with AES" in weak["problems"][0]["text"]
