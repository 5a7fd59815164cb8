# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A revocation over a real network makes a certificate due; a failed check only makes a note."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._host import revocation_check
from ansible_collections.certops.certum.plugins.module_utils._host.observation import observe
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.decision import OnDisk
from ansible_collections.certops.certum.plugins.module_utils._net import plain_http
from ansible_collections.certops.certum.plugins.module_utils._store.layout import Layout
from ansible_collections.certops.certum.tests.unit.host.ca_server import CaServer
from ansible_collections.certops.certum.tests.unit.store.world import ISSUING
from ansible_collections.certops.certum.tests.unit.x509 import responder
from ansible_collections.certops.certum.tests.unit.x509.authority import Authority
from cryptography import x509

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ansible_collections.certops.certum.tests.unit.host.declared import Host

DAY = timedelta(days=1)
NOWHERE = "http://127.0.0.1:1/ocsp"


@pytest.fixture
def ca() -> Iterator[CaServer]:
    with CaServer() as server:
        yield server


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def leaf_of(host: Host, name: str = "shop") -> x509.Certificate:
    return x509.load_pem_x509_certificate((host.base / name / "current/cert.pem").read_bytes())


def today() -> dict[str, datetime]:
    """Return the time without a zone, as old builders need it."""
    now = datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0)
    return {"this_update": now - DAY, "next_update": now + DAY}


def answer(host: Host, name: str = "shop", **changes: Any) -> bytes:
    return responder.answer(leaf_of(host, name), ISSUING, **today(), **changes)


def revocation_list(host: Host) -> bytes:
    return responder.revocation_list(leaf_of(host), ISSUING, **today())


def reasons(result: dict[str, Any]) -> list[str]:
    return [each["reason"]["text"] for each in result["reasons"]]


def test_revoked_certificate_is_due_if_the_ca_is_asked(host: Host, ca: CaServer) -> None:
    item = host.declare()
    host.have(item, extensions=responder.places(ca.url("/ocsp"), ca.url("/list")))
    ca.content["/ocsp"] = answer(host)

    assert (host.plan(item)["due"], ca.asked) == ([], []), "without the check there is no question"
    result = host.plan(item, check_revocation=True)

    serial = f"{leaf_of(host).serial_number:X}"
    assert reasons(result) == [f"certificate {serial} was revoked on 2026-11-20 (key compromise)"]
    assert (result["due"], result["notes"], result["changed"]) == ([item], [], False)
    assert ca.asked == ["POST /ocsp"]
    assert result["revoked"] == ["shop"]


@pytest.mark.parametrize(("revoked", "operation"), [([], "reissue"), (["mail"], "reissue"), (["shop"], "order")])
def test_revoked_certificate_is_ordered_again(host: Host, revoked: list[str], operation: str) -> None:
    host.have(host.declare())
    (order,) = host.stage(host.declare(), revoked=revoked)["orders"]
    assert order.get("operation", "order") == operation


def test_good_certificate_is_checked_once_and_kept(host: Host, ca: CaServer) -> None:
    item = host.declare()
    host.have(item, extensions=responder.places(ca.url("/ocsp"), ca.url("/list")))
    ca.content["/ocsp"] = answer(host, status=responder.GOOD)
    ca.content["/list"] = revocation_list(host)
    result = host.plan(item, check_revocation=True)
    assert (result["due"], result["current"], result["notes"]) == ([], 1, [])
    assert ca.asked == ["POST /ocsp"], "the responder's answer is enough"


@pytest.mark.parametrize("ocsp_url", [None, NOWHERE])
def test_revocation_list_is_used_if_no_responder_answers(host: Host, ca: CaServer, ocsp_url: str | None) -> None:
    item = host.declare()
    host.have(item, extensions=responder.places(ocsp_url, ca.url("/list")))
    ca.content["/list"] = revocation_list(host)
    result = host.plan(item, check_revocation=True)
    assert (result["due"], result["notes"]) == ([item], [])


TROUBLES: dict[str, tuple[Callable[[CaServer], str | None], str]] = {
    "refused": (lambda _ca: NOWHERE, f"{NOWHERE}: does not answer"),
    "an error": (lambda ca: ca.url("/gone"), "/gone: answers HTTP 404"),
    "a redirect to another scheme": (lambda ca: ca.url("/moved"), "unknown url type: https"),
    "a redirect to a file": (lambda ca: ca.url("/file"), "/file: answers HTTP 302"),
    "too large": (lambda ca: ca.url("/large"), f"answers more than {revocation_check.LONGEST_ANSWER} bytes"),
    "a web page": (lambda ca: ca.url("/page"), "not a readable OCSP response"),
    "no answer in time": (lambda ca: ca.url("/silent"), "does not answer"),
    "no responder": (
        lambda _ca: None,
        "the certificate names no OCSP responder and no revocation list over plain HTTP",
    ),
}


@pytest.mark.parametrize(("url", "why"), TROUBLES.values(), ids=list(TROUBLES))
def test_failed_revocation_check_is_reported_and_nothing_is_due(
    host: Host, ca: CaServer, monkeypatch: pytest.MonkeyPatch, url: Callable[[CaServer], str | None], why: str
) -> None:
    monkeypatch.setattr(plain_http, "TIMEOUT", 2)
    ca.moved = {"/moved": "https://127.0.0.1/ocsp", "/file": "file:///etc/passwd"}
    ca.content = {"/large": b"0" * (revocation_check.LONGEST_ANSWER + 1), "/page": b"<html>"}
    ca.silent = {"/silent"}
    item = host.declare()
    host.have(item, extensions=responder.places(url(ca)))

    result = host.plan(item, check_revocation=True)

    assert (result["due"], result["current"], result["failed"]) == ([], 1, False)
    (note,) = result["notes"]
    assert note.startswith("shop: could not be checked for revocation: ")
    assert why in note
    assert result["reason"]["text"].endswith(", 1 could not be checked for revocation")


def test_chain_without_the_issuer_shows_no_revocation(host: Host, ca: CaServer) -> None:
    item = host.declare()
    host.have(item, extensions=responder.places(ca.url("/ocsp")))
    stranger = Authority.make(ISSUING.name)
    ca.content["/ocsp"] = answer(host, signer=stranger)
    version = host.base / "shop/current"
    (version / "chain.pem").write_text(stranger.pem)
    (version / "fullchain.pem").write_text((version / "cert.pem").read_text() + stranger.pem)
    result = host.plan(item, check_revocation=True)
    assert (result["due"], ca.asked) == ([], [])
    assert "chain.pem does not begin with the issuer of the certificate" in result["notes"][0]


def test_time_limit_is_for_all_certificates_together(host: Host, ca: CaServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revocation_check, "SECONDS", 0)
    ca.silent = {"/silent"}
    items = [host.declare(f"shop{number}") for number in range(3)]
    host.have(*items, extensions=responder.places(ca.url("/silent")))
    result = host.plan(*items, check_revocation=True)
    assert result["due"] == []
    assert [note.rpartition(": ")[2] for note in result["notes"]] == ["no answer within 30 seconds"] * 3


def test_expired_certificate_gets_no_revocation_check(host: Host) -> None:
    host.have(host.declare())
    newest = observe(Layout(host.base), "shop").newest
    assert newest
    expired = OnDisk(newest=replace(newest, not_after=datetime.now(timezone.utc)))
    assert revocation_check.with_revocations(Layout(host.base), {"shop": expired, "new": OnDisk()}) == (
        {"shop": expired, "new": OnDisk()},
        [],
    )
