# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Adopts certificates that a host already has: complete ones, never a wrong one, never an older one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Callable

import pytest
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.declaration import InvalidDeclarationError
from ansible_collections.certops.certum.plugins.module_utils._store.metadata import IssuedOrder
from ansible_collections.certops.certum.plugins.module_utils._x509 import keys
from ansible_collections.certops.certum.tests.support.results import texts
from ansible_collections.certops.certum.tests.unit.store.world import ISSUING, ROOT, tree
from ansible_collections.certops.certum.tests.unit.x509.authority import BEGINNING, EC256, RSA2048, Authority
from cryptography.hazmat.primitives import serialization

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.certops.certum.tests.unit.host.declared import Host

YESTERDAY = BEGINNING + timedelta(days=20)
NAMES = ("shop.example.com", "www.shop.example.com")
ORDER = {
    "serial_number": "0abc",
    "order_id": "shop-2026",
    "customer": "web1/shop",
    "product": "601",
    "term_end": "2027-11-23T00:00:00Z",
    "environment": "production",
}


def encode(key: Any, form: str = "TraditionalOpenSSL", password: bytes | None = None) -> bytes:
    encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    pem: bytes = key.private_bytes(serialization.Encoding.PEM, getattr(serialization.PrivateFormat, form), encryption)
    return pem


@dataclass
class Etc:
    """A directory like /etc/ssl. ``key`` is that of its certificate."""

    path: Path
    key: Any

    @classmethod
    def make(cls, path: Path, *, spec: keys.KeySpec = EC256, ca: Authority = ISSUING, **described: Any) -> Etc:
        path.mkdir()
        key = keys.generate(spec)
        given = {"names": NAMES, "beginning": YESTERDAY, "serial_number": 0xABC, **described}
        (path / "shop.pem").write_text(ca.sign(key.public_key(), NAMES[0], **given))
        (path / "chain.pem").write_text(ROOT.pem + ISSUING.pem)
        (path / "shop.key").write_bytes(encode(key))
        return cls(path, key)

    def item(self, name: str = "shop", **more: Any) -> dict[str, Any]:
        return {
            "name": name,
            "common_name": "Shop.example.com",
            "certificate_path": str(self.path / "shop.pem"),
            "chain_path": str(self.path / "chain.pem"),
            "privatekey_path": str(self.path / "shop.key"),
            **more,
        }


@pytest.fixture
def etc(tmp_path: Path) -> Etc:
    return Etc.make(tmp_path / "ssl")


def test_adopted_certificate_is_not_due(host: Host, etc: Etc) -> None:
    before = tree(etc.path)
    would = host.adopt(etc.item(), orders=[ORDER], check_mode=True)
    assert not host.base.exists()
    did = host.adopt(etc.item(), orders=[ORDER])
    assert (did["changed"], did["problems"]) == (True, [])
    assert did == would
    assert "PRIVATE" not in str(did)
    assert tree(etc.path) == before
    current = host.read().current
    assert current is not None
    assert (current.serial_number, current.good) == ("ABC", True)
    assert current.metadata is not None
    assert current.metadata.order == IssuedOrder(
        "shop-2026", "web1/shop", "601", datetime(2027, 11, 23, tzinfo=timezone.utc), "production"
    )
    assert (host.base / "shop/current/privkey.pem").stat().st_mode & 0o777 == 0o600
    assert (host.base / "shop/current/fullchain.pem").read_text() == (etc.path / "shop.pem").read_text() + ISSUING.pem
    for declared in (host.declare(www=True), host.declare()):
        planned = host.plan(declared, now=datetime.now(timezone.utc).isoformat())
        assert planned["reasons"] == [], "nor for the www that the CA may have added by itself"


def test_repeated_adoption_changes_nothing(host: Host, etc: Etc) -> None:
    host.adopt(etc.item(), orders=[ORDER])
    before = tree(host.base / "shop/versions")
    for known in ([ORDER], [], [{"serial_number": "abc"}]):
        assert host.adopt(etc.item(), orders=known)["changed"] is False
    assert tree(host.base / "shop/versions") == before


def test_order_of_an_adopted_certificate_can_be_added_later(host: Host, etc: Etc) -> None:
    alone = host.adopt(etc.item())
    assert alone["reason"]["text"].endswith("; its order is not known")
    assert host.read().problems == ()
    assert host.adopt(etc.item(), orders=[ORDER])["changed"]
    current = host.read().current
    assert current is not None
    assert current.metadata is not None
    assert current.metadata.order.customer == "web1/shop"


def test_only_a_newer_certificate_is_adopted_over_another(host: Host, etc: Etc, tmp_path: Path) -> None:
    later = Etc.make(tmp_path / "later", beginning=YESTERDAY + timedelta(hours=1), serial_number=0xDEF)
    host.adopt(etc.item())
    assert host.adopt(later.item())["changed"]
    again = host.adopt(etc.item())
    assert (again["changed"], again["reason"]["text"]) == (
        False,
        "shop: certificate DEF is installed, and ABC is not newer",
    )
    current = host.read().current
    assert current is not None
    assert current.serial_number == "DEF"


@pytest.mark.parametrize("spec", [EC256, RSA2048], ids=str)
@pytest.mark.parametrize("form", ["TraditionalOpenSSL", "PKCS8"])
def test_common_file_forms_are_adopted(host: Host, tmp_path: Path, spec: keys.KeySpec, form: str) -> None:
    etc = Etc.make(tmp_path / "ssl", spec=spec)
    everything = (
        (etc.path / "shop.pem").read_bytes() + ISSUING.pem.encode().replace(b"\n", b"\r\n") + encode(etc.key, form)
    )
    (etc.path / "all.pem").write_bytes(everything)
    (tmp_path / "link.pem").symlink_to(etc.path / "all.pem")
    item = etc.item(certificate_path=str(tmp_path / "link.pem"), privatekey_path=str(tmp_path / "link.pem"))
    del item["chain_path"]
    assert host.adopt(item)["problems"] == []
    assert (host.base / "shop/current/privkey.pem").read_bytes() == keys.to_pem(etc.key)


def other_key(etc: Etc) -> dict[str, Any]:
    (etc.path / "shop.key").write_bytes(encode(keys.generate(EC256)))
    return etc.item()


def encrypted_key(etc: Etc) -> dict[str, Any]:
    (etc.path / "shop.key").write_bytes(encode(etc.key, "PKCS8", b"secret"))
    return etc.item()


def link_to_itself(etc: Etc) -> dict[str, Any]:
    (etc.path / "loop").symlink_to(etc.path / "loop")
    return etc.item(privatekey_path=str(etc.path / "loop"))


REFUSED: dict[str, Callable[[Etc], dict[str, Any]]] = {
    "it is not the key of the certificate in": other_key,
    "the private key is encrypted": encrypted_key,
    "symbolic link": link_to_itself,
    "does not name wiki.example.com": lambda etc: etc.item(common_name="wiki.example.com"),
    "missing.pem: it does not exist": lambda etc: etc.item(certificate_path=str(etc.path / "missing.pem")),
    "there/shop.key: it does not exist": lambda etc: etc.item(privatekey_path=str(etc.path / "there/shop.key")),
    "this is a private key, not a certificate": lambda etc: etc.item(certificate_path=str(etc.path / "shop.key")),
    "belongs to a CA": lambda etc: etc.item(certificate_path=str(etc.path / "chain.pem")),
    "not signed by any certificate of the chain": lambda etc: {**etc.item(), "chain_path": None},
    "not a regular file": lambda etc: etc.item(certificate_path=str(etc.path)),
    "'no-such-user' is not a user": lambda etc: etc.item(owner="no-such-user"),
}


@pytest.mark.parametrize("says", REFUSED)
def test_incomplete_certificate_is_refused_and_others_adopted(host: Host, etc: Etc, tmp_path: Path, says: str) -> None:
    good = Etc.make(tmp_path / "good")
    result = host.adopt(REFUSED[says](etc), good.item("good"))
    (problem,) = texts(result["problems"])
    assert problem.startswith("shop: ")
    assert says in problem
    assert not (host.base / "shop/versions").exists()
    assert host.read("good").current is not None


def test_expired_certificate_is_not_adopted(host: Host, tmp_path: Path) -> None:
    etc = Etc.make(tmp_path / "ssl", beginning=YESTERDAY - timedelta(days=300))
    assert "and the clock of this host says" in host.adopt(etc.item())["problems"][0]["text"]


def test_certificate_that_the_account_contradicts_is_refused(host: Host, etc: Etc) -> None:
    (problem,) = texts(host.adopt(etc.item(), orders=[{**ORDER, "problem": "its certificate is REVOKED"}])["problems"])
    assert "certificate ABC: its certificate is REVOKED" in problem


def test_contradictory_list_is_refused(host: Host, etc: Etc) -> None:
    with pytest.raises(
        InvalidDeclarationError, match="shop: the name is declared twice\nwiki: 'wiki' is not a full domain name"
    ):
        host.adopt(etc.item(), etc.item(), etc.item("wiki", common_name="wiki"))
    with pytest.raises(InvalidDeclarationError, match="term_end 'soon' is not a time"):
        host.adopt(etc.item(), orders=[{**ORDER, "term_end": "soon"}])
    assert not host.base.exists()
