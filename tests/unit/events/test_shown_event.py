# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An event has the same keys for all kinds, and no text of the CA is evaluated."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.certops.certum.plugins.module_utils._events.shown_event import ShownEvent, shown_event
from ansible_collections.certops.certum.plugins.module_utils._handover.reasons import ReasonCode
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import EventKind
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.account_events import (
    AccountEvent,
    EventRecord,
    ExpiringSoon,
    Reading,
    new_events,
)
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.order_view import FailedCheck, OrderView
from ansible_collections.certops.certum.tests.unit.docs.documentation import COLLECTION
from jinja2.nativetypes import NativeEnvironment

NOW = datetime(2026, 11, 29, 12, tzinfo=timezone.utc)
PAGE = (COLLECTION / "docs/events.md").read_text()
EVIL = "{{ 7 * 7 }}{% raw %}{# x #}\x1b[2J\n\u202e$ANSIBLE_VAULT;1.1;AES256"


def events(word: str) -> list[AccountEvent]:
    """Return an event of each kind, in which this word is in every text of the CA."""
    failure = FailedCheck(ReasonCode.AUTOMATIC_CHECK_FAILED, word, domain=word, check=word, detail=word)
    order = OrderView(
        f"{word}", f"{word} web1/shop", word, word, word, word, word, NOW + timedelta(days=3), word, False, (failure,)
    )
    soon = ExpiringSoon(order, word, word, NOW + timedelta(days=3))
    steps, _record = new_events(EventRecord(read_until=NOW), Reading(NOW, (order,), expiring=(soon,)))
    return [step.event for step in steps]


def test_every_kind_has_the_same_keys_and_they_are_documented() -> None:
    shown = [shown_event(event, environment="test") for event in events("x")]
    assert [each["event"] for each in shown] == [
        EventKind.ORDER_CHANGED, EventKind.VALIDATION_FAILED, EventKind.CERTIFICATE_EXPIRES
    ]  # fmt: skip
    documented = re.findall(
        r"^\| `(\w+)` \|", PAGE.partition("## What an event has")[2].partition("\n## ")[0], re.MULTILINE
    )
    for each in shown:
        assert list(each) == list(ShownEvent.__annotations__) == documented
    assert all(f"`{kind}`" in PAGE for kind in EventKind)
    assert [each["days_left"] for each in shown] == [None, None, 3]


@pytest.mark.parametrize("event", events(EVIL), ids=lambda event: str(event.kind))
def test_no_text_of_the_ca_is_evaluated_or_acts_on_a_terminal(event: AccountEvent) -> None:
    shown = shown_event(event, environment=None)
    for value in shown.values():
        if isinstance(value, str) and value:
            assert value.isprintable()
            assert NativeEnvironment().from_string(value).render() == value
            assert "$ANSIBLE_VAULT" not in value
    assert "49" not in json.dumps(shown)


@pytest.mark.parametrize(
    ("customer", "expected"),
    [
        ("web1.example.com/shop", ("web1.example.com", "shop")),
        ("Example S.A. web1/shop", ("web1", "shop")),
        ("@farm/shop", ("@farm", "shop")),
        ("4711", ("", "")),
        ("web1/", ("", "")),
        ("all:!web1/shop", ("", "")),
        ("@/etc/shadow", ("", "")),
        ("a/b/shop", ("", "")),
    ],
)
def test_host_and_name_are_those_that_we_would_write(customer: str, expected: tuple[str, str]) -> None:
    (step,), _record = new_events(EventRecord(read_until=NOW), Reading(NOW, (OrderView("x", customer, "601", "NEW"),)))
    shown = shown_event(step.event, environment=None)
    assert (shown["host"], shown["name"]) == expected
