# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mailboxes and documents: the evidence that people send before a certificate is issued."""

from __future__ import annotations

import asyncio
import base64
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from certum_sandbox.iso8601 import format_moment
from certum_sandbox.model import VerificationState, VerificationType
from certum_sandbox.settings import Approval
from certum_sandbox.transitions import set_verification
from certum_sandbox.web.app import make_app
from support.soap import error_codes, make_request

from .error_examples_orders import SMIME
from .error_examples_world import place

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Laboratory

V = "verifyOrderParameters/"
D = V + "documents/document/"


def mailbox(lab: Laboratory) -> dict[str, str]:
    answer = lab.send(make_request("getEmailVerification", {"orderID": "mail"})).find("emailVerification")
    return {each.tag: each.text for each in answer}


def browse(lab: Laboratory, method: str, url: str) -> httpx.Response:
    """Return a page, without the background work of a running sandbox."""

    async def request() -> httpx.Response:
        transport = httpx.ASGITransport(app=make_app(lab.backend))
        async with httpx.AsyncClient(transport=transport, base_url=lab.backend.base_url) as client:
            return await client.request(method, url)

    return asyncio.run(request())


def newest_link(lab: Laboratory) -> str:
    return list(lab.backend.outbox.all())[-1]["links"][0]


def test_mailbox_is_validated_by_its_newest_link_alone(lab: Laboratory):
    place(lab, "mail", SMIME)
    lab.work()
    old = newest_link(lab)
    assert "/emailVerification?partnerId=1&verificationId=" in old
    assert mailbox(lab)["verified"] == "false"
    assert browse(lab, "GET", old).status_code == 200
    assert mailbox(lab)["verified"] == "false", "opening is not confirming"

    lab.backend.clock.advance(timedelta(days=8))
    assert browse(lab, "POST", old).status_code == 410, "the link has expired"
    assert error_codes(lab.send(make_request("addEmailVerification", {"orderID": "mail"}))) == []
    new = newest_link(lab)
    assert new != old
    assert browse(lab, "POST", old).status_code == 410
    assert browse(lab, "POST", new).status_code == 200
    assert browse(lab, "POST", new).status_code == 410, "once is enough"
    assert set(mailbox(lab)) == {
        "email", "verified", "sendDate", "verificationLinkValidityDate", "verificationDate", "verificationValidity",
    }  # fmt: skip
    assert mailbox(lab)["verified"] == "true"
    lab.work()
    assert lab.order("mail").state == "ENROLLED"


def test_validated_mailbox_is_not_mailed_again(make_lab: Callable[..., Laboratory]):
    lab = make_lab(approve=Approval.MANUAL)
    place(lab, "mail", SMIME)
    lab.work()
    browse(lab, "POST", newest_link(lab))
    lab.backend.clock.advance(timedelta(days=8))
    assert error_codes(lab.send(make_request("addEmailVerification", {"orderID": "mail"}))) == [1114]


@pytest.mark.parametrize(("life", "days"), [("P7D", 7), ("P1D", 1), ("P30D", 30)])
def test_link_lasts_as_long_as_the_dialect_says(make_lab: Callable[..., Laboratory], life, days):
    lab = make_lab(dialect={"mailbox-link-life": life})
    place(lab, "mail", SMIME)
    add = make_request("addEmailVerification", {"orderID": "mail"})
    lab.backend.clock.advance(timedelta(days=days, seconds=-1))
    assert error_codes(lab.send(add)) == [1114]
    lab.backend.clock.advance(timedelta(seconds=1))
    assert error_codes(lab.send(add)) == []


def test_optional_dates_are_missing_in_one_dialect(make_lab: Callable[..., Laboratory]):
    lab = make_lab(dialect={"optional-dates": "absent"})
    place(lab, "mail", SMIME)
    lab.enrol("mail")
    assert set(mailbox(lab)) == {"email", "verified", "verificationLinkValidityDate"}
    state = lab.send(make_request("getOrderState", {"orderID": "mail"}))
    assert state.findall("verifications/verification/expireDate") == []


def attach(lab: Laboratory, **changes: Any) -> Any:
    files = [{"fileName": name, "content": base64.b64encode(name.encode()).decode()} for name in ("a.pdf", "b.pdf")]
    texts = {V + "note": "the deed", V + "orderID": "shop-1", D + "description": "register", D + "type": "ORGANIZATION"}
    return lab.send(make_request("verifyOrder", {**texts, D + "files/file": files, **changes}))


def test_documents_and_notes_are_kept(lab: Laboratory):
    place(lab, "shop-1")
    assert error_codes(attach(lab)) == []
    assert error_codes(lab.send(make_request("verifyOrder", {V + "note": "soon", V + "orderID": "shop-1"}))) == []
    (document,) = lab.backend.documents.of_order("shop-1")
    assert [(file.name, file.content) for file in document.files] == [("a.pdf", b"a.pdf"), ("b.pdf", b"b.pdf")]
    assert lab.backend.documents.notes("shop-1") == ["the deed", "soon"]
    assert "ORGANIZATION: register (a.pdf, b.pdf)" in browse(lab, "GET", "/").text


@pytest.mark.parametrize(
    ("value", "paths"),
    [
        ("documents", {"documents/document/files/file/fileName": ["a.pdf", "b.pdf"]}),
        ("flat", {"document/fileName": ["a.pdf", "b.pdf"], "document/description": ["register"] * 2}),
    ],
)
def test_documents_are_listed_in_either_shape(make_lab: Callable[..., Laboratory], value, paths):
    lab = make_lab(dialect={"documents-list": value})
    place(lab, "shop-1")
    listing = make_request("getDocumentsList", {"orderID": "shop-1"})
    assert [each.tag for each in lab.send(listing)] == ["responseHeader"]
    attach(lab)
    answer = lab.send(make_request("getDocumentsList", {"orderID": "shop-1"}))
    for path, texts in paths.items():
        assert [each.text for each in answer.findall(path)] == texts


def listed_documents(lab: Laboratory) -> list[dict[str, str | None]]:
    answer = lab.send(make_request("getDocumentsList", {"orderID": "mail"}))
    return [{each.tag: each.text for each in document} for document in answer.iter("document")]


@pytest.mark.parametrize(("state", "shown"), [("VERIFIED", "ACCEPTED"), ("FAILED", "REJECTED"), ("REQUIRED", "NEW")])
def test_document_is_judged_with_its_check(make_lab: Callable[..., Laboratory], state, shown):
    lab = make_lab(approve=Approval.MANUAL)
    place(lab, "mail", SMIME)
    attach(lab, **{V + "orderID": "mail"})
    attach(lab, **{V + "orderID": "mail", D + "type": "ADDITIONAL"})
    now = lab.backend.clock.now()
    decided = VerificationState(state)
    expires = now + timedelta(days=398) if decided is VerificationState.VERIFIED else None
    with lab.backend.database.transaction():
        order = set_verification(lab.order("mail"), VerificationType.ORGANIZATION, decided, expires)
        lab.backend.orders.save(order)
    deed, more = listed_documents(lab)
    assert (deed["state"], more["state"]) == (shown, "NEW")
    assert deed["createDate"] == format_moment(now)
    assert deed.get("expireDate") == (format_moment(expires) if expires else None)
    lab.reject("mail")
    assert listed_documents(lab)[1]["state"] == "REJECTED"


def test_document_details_are_absent_in_one_dialect(make_lab: Callable[..., Laboratory]):
    lab = make_lab(dialect={"document-details": "absent"})
    place(lab, "mail", SMIME)
    attach(lab, **{V + "orderID": "mail"})
    assert [set(document) for document in listed_documents(lab)] == [{"description", "type", "files"}]
