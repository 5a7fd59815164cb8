# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names the people that an order waits for, and their task."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import Waiting
from ansible_collections.certops.certum.plugins.module_utils._issuance.order_state import (
    waiting_for,
    what_people_do,
    who_must_act,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.order_lookup import (
    OrderProgress,
    OrderVerification,
)

STAFF = "The CA's staff has to decide about "
LINK = "The mailbox holder has to follow the link in the CA's mail"
FAILED = "The CA did not accept "


def progress(checks: dict[str, str], *, updated: datetime | None = None, state: str = "VERIFICATION") -> OrderProgress:
    found = tuple(OrderVerification.model_construct(type=kind, state=each) for kind, each in checks.items())
    return OrderProgress.model_construct(verifications=found, order_state=state, last_update_date=updated)


@pytest.mark.parametrize(
    ("checks", "by_mail", "said"),
    [
        pytest.param({"EMAIL": "REQUIRED"}, False, {LINK}, id="the link in a mail"),
        pytest.param({"DOMAIN": "REQUIRED"}, True, {LINK}, id="a domain by mail"),
        pytest.param({"DOMAIN": "REQUIRED", "ORGANIZATION": "REQUIRED"}, False, {STAFF}, id="machines validate it"),
        pytest.param({"DOMAIN": "VERIFIED", "ORGANIZATION": "REQUIRED"}, True, {STAFF}, id="documents"),
        pytest.param({"APPLICANT": "FAILED", "EMAIL": "REQUIRED"}, False, {STAFF, LINK, FAILED}, id="a failed check"),
        pytest.param({"SYSTEM": "REQUIRED"}, False, set(), id="machines"),
    ],
)
def test_text_names_who_has_to_act(checks: dict[str, str], by_mail: bool, said: set[str]) -> None:
    text = what_people_do(progress(checks), order_id="shop-7", by_mail=by_mail)
    assert {words for words in (STAFF, LINK, FAILED) if words in text} == said
    assert ("certum_document (order_id: shop-7)" in text) is (STAFF in said)


def test_text_names_the_time_of_the_last_change() -> None:
    waiting = progress({"ORGANIZATION": "REQUIRED"}, updated=datetime(2026, 11, 20, tzinfo=timezone.utc))
    text = what_people_do(waiting, order_id="shop-7", by_mail=False)
    assert "decide about ORGANIZATION." in text
    assert text.endswith("The order has not changed at the CA since 2026-11-20.")


@pytest.mark.parametrize(
    ("checks", "words"),
    [
        ({"DOMAIN": "REQUIRED"}, "DOMAIN (required; the CA has not validated the domain yet)"),
        ({"DOMAIN": "FAILED"}, "DOMAIN (failed; the CA looked at the domain and did not accept the validation)"),
        ({"DOMAIN": "PAUSED"}, "DOMAIN (paused; the domain holder)"),
        ({"DOMAIN": "VERIFIED", "APPLICANT": "FAILED"}, "APPLICANT (failed; the CA's staff)"),
        ({}, "the CA to issue"),
    ],
)
def test_outstanding_check_has_its_state_in_words(checks: dict[str, str], words: str) -> None:
    assert waiting_for(progress(checks)) == words


@pytest.mark.parametrize(
    ("checks", "by_mail", "state", "who"),
    [
        ({}, False, "REJECTED", "operator"),
        ({}, False, "ENROLLED", "next_run"),
        ({}, False, "ACCEPTED", "ca"),
        ({}, False, "A_NEW_STATE", "ca"),
        ({"SYSTEM": "FAILED", "DOMAIN": "REQUIRED"}, False, "VERIFICATION", "operator"),
        ({"SYSTEM": "REQUIRED"}, False, "VERIFICATION", "ca"),
        ({"DOMAIN": "REQUIRED", "ORGANIZATION": "REQUIRED"}, False, "VERIFICATION", "domain_holder"),
        ({"DOMAIN": "FAILED"}, False, "VERIFICATION", "domain_holder"),
        ({"DOMAIN": "REQUIRED"}, True, "VERIFICATION", "mailbox_holder"),
        ({"EMAIL": "REQUIRED", "APPLICANT": "REQUIRED"}, False, "VERIFICATION", "mailbox_holder"),
        ({"DOMAIN": "VERIFIED", "ORGANIZATION": "REQUIRED"}, False, "VERIFICATION", "ca_staff"),
        ({"A_NEW_CHECK": "REQUIRED"}, False, "VERIFICATION", "ca_staff"),
    ],
)
def test_one_of_them_must_act_first(checks: dict[str, str], by_mail: bool, state: str, who: str) -> None:
    assert who_must_act(progress(checks, state=state), by_mail=by_mail) is Waiting(who)
