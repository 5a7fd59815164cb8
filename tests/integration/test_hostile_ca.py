# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A CA that answers with templates, with shell, and with wrong certificates: all of it is data."""

from __future__ import annotations

import json
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._x509 import keys
from ansible_collections.certops.certum.tests.integration.test_mail import mail_to
from ansible_collections.certops.certum.tests.support.mail_server import mail_server
from ansible_collections.certops.certum.tests.support.rewriting_proxy import RewritingProxy, texts
from ansible_collections.certops.certum.tests.unit.x509.authority import EC256, Authority
from cryptography import x509
from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ansible_collections.certops.certum.tests.integration.world import World

PROOF = ".well-known/pki-validation/certum.txt"
NOW = datetime.now().replace(microsecond=0)
ROOT = Authority.make("Evil Root")
ISSUING = Authority.make("Evil Issuing CA", parent=ROOT)
STRANGER = Authority.make("Evil Issuing CA")
SHOP = ("shop.example.com", "www.shop.example.com")


@pytest.fixture
def proxy(world: World) -> Iterator[RewritingProxy]:
    """Yield the proxy between the role and the CA; it changes nothing yet."""
    with RewritingProxy(world.ca.url, world.ca.context, lambda _operation, _root: None) as made:
        world.project.environment["CERTUM_API_URL"] = made.url
        yield made


class Evil:
    """A text that leaves a file if a template or a shell evaluates it, and is found if not."""

    def __init__(self, world: World) -> None:
        self.place = world.project.path / "evaluated"
        self.place.mkdir()

    def text(self) -> str:
        name = f"{self.place}/{secrets.token_hex(4)}"
        return f"{{{{ lookup('pipe', 'touch {name}') }}}}{{% raw %}}{{# #}} $(touch {name}) `touch {name}`"

    @property
    def was_evaluated(self) -> bool:
        return bool(list(self.place.iterdir()))


def say(root: etree._Element, value: str, *names: str) -> None:
    for element in texts(root, *names):
        element.text = value


def issue_as(
    world: World, ca: Authority = ISSUING, *, public_key: Any = None, cn: str = SHOP[0], **details: Any
) -> Callable[[str, etree._Element], None]:
    """Return this certificate, for the staged key, in every answer of the CA."""

    def rewrite(_operation: str, root: etree._Element) -> None:
        staged = world.store / "shop/staged/request.csr"
        if not texts(root, "X509Cert") or not staged.exists():
            return
        key = public_key or x509.load_pem_x509_csr(staged.read_bytes()).public_key()
        names = {"names": SHOP, "beginning": NOW - timedelta(days=1), **details}
        leaf = ca.sign(key, cn, serial_number=0xE71, **names)
        for told in texts(root, "certificateDetails"):
            say(told, leaf, "X509Cert")
        for bundle in texts(root, "caBundle"):
            for element, pem in zip(texts(bundle, "X509Cert"), (ISSUING.pem, ROOT.pem)):
                element.text = pem

    return rewrite


def test_code_with_a_template_is_published_literally(world: World, proxy: RewritingProxy) -> None:
    evil = Evil(world)
    code = evil.text()
    proxy.rewrite = lambda _operation, root: say(root, code, "code")

    run = world.project.run(world.role(world.declaration()))

    assert (world.web.webroot / PROOF).read_text() == f"{code}-certum.pl"
    assert json.loads((world.store / "shop/staged/order.json").read_text())["validation_code"] == code
    assert json.dumps(code)[1:-1] in json.dumps(list(run.results))
    assert not evil.was_evaluated
    assert [path.name for path in (world.web.webroot / PROOF).parent.iterdir()] == ["certum.txt"]


def test_words_of_a_refusal_are_shown_literally(world: World, proxy: RewritingProxy) -> None:
    evil = Evil(world)
    said = evil.text()

    def refuse(operation: str, root: etree._Element) -> None:
        if operation == "quickOrder":
            (header,) = texts(root, "responseHeader")
            say(header, "1", "successCode")
            errors = etree.SubElement(header, "errors")
            error = etree.SubElement(errors, "Error")
            for tag, text in (("errorCode", "1090"), ("value", said)):
                etree.SubElement(error, tag).text = text

    proxy.rewrite = refuse

    run = world.project.run(world.role(world.declaration())).failed()

    assert said[:60] in run.failures[-1]
    assert not evil.was_evaluated


def test_certificate_with_a_template_is_handled_literally(world: World, proxy: RewritingProxy) -> None:
    """Any text that the CA may write into a certificate, and beside it in the answer."""
    evil = Evil(world)
    said, short = evil.text(), "{{ lookup('pipe','touch x') }}$(touch x)`touch x`"
    issue = issue_as(world, cn=short, names=(SHOP[0],))

    def rewrite(operation: str, root: etree._Element) -> None:
        issue(operation, root)
        say(root, said, "customer", "commonName", "subjectName", "info", "DNSNames", "approverEmail")

    proxy.rewrite = rewrite
    world.ca.root.write_bytes(world.ca.root.read_bytes() + ROOT.pem.encode())
    with mail_server() as server:
        play = world.role(world.deployed(), certum_mail=mail_to(server.port))
        look = world.tasks(
            {
                "name": "Read",
                "certops.certum.certum_order_info": {"order_id": "{{ lookup('file', 'order-id') }}"},
                "register": "found",
            },
            {
                "name": "Keep",
                "ansible.builtin.set_fact": {"kept": "{{ found.order.entries[0].order_status.customer }}"},
            },
            {"name": "Say", "ansible.builtin.debug": {"msg": "so {{ kept }} says {{ found }}"}},
            {
                "name": "Loop",
                "ansible.builtin.debug": {"msg": "{{ item }}"},
                "loop": "{{ [kept] }}",
                "loop_control": {"label": "{{ item }}"},
            },
        )

        run = world.project.run(play, "--diff").succeeded()
        assert len(server.mails) == 1
    (order,) = world.ca.orders()
    (world.project.path / "order-id").write_text(order["orderID"])
    told = world.project.run(look).succeeded()

    assert world.serves() == "E71"
    assert "E71" in run.output
    assert told.result("Keep")["ansible_facts"]["kept"] == said
    assert f"so {said} says" in told.result("Say")["msg"]
    assert not evil.was_evaluated
    assert not list(world.project.path.rglob("x"))


LIES: dict[str, tuple[dict[str, Any], str]] = {
    "for another key": ({"public_key": keys.generate(EC256).public_key()}, "is for another key"),
    "for other names": ({"names": ("bank.example.com",)}, "does not name shop.example.com, www.shop.example.com"),
    "that its issuer did not sign": ({"ca": STRANGER}, "no certificate of the issuer CN=Evil Issuing CA"),
}


def test_wrong_certificate_is_refused_and_old_one_stays_deployed(
    world: World, proxy: RewritingProxy, subtests: pytest.Subtests
) -> None:
    world.project.run(world.role(world.deployed())).succeeded()
    verified, play = world.serves(), world.role(world.deployed(www=True))
    staged: Path = world.store / "shop/staged/privkey.pem"
    kept: set[bytes] = set()
    for what, (lie, words) in LIES.items():
        with subtests.test(what):
            proxy.rewrite = issue_as(world, **lie)

            run = world.project.run(play).failed()

            assert words in run.failures[-1]
            assert "Nothing was" in run.failures[-1]
            assert world.serves() == verified
            kept.add(staged.read_bytes())
    assert len(kept) == 1, "the key of the pending order is kept"
    proxy.rewrite = lambda _operation, _root: None
    world.project.run(play).succeeded()
    assert world.serves() != verified
    assert [order["state"] for order in world.ca.orders()] == ["ENROLLED"] * 2
