# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-rulebook accepts each rulebook, and its conditions compare keys and words that events have."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from ansible_collections.certops.certum.plugins.module_utils._events.shown_event import ShownEvent
from ansible_collections.certops.certum.plugins.module_utils._events.source_options import OPTIONS
from ansible_collections.certops.certum.plugins.module_utils._handover.reasons import ReasonCode
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import EventKind
from ansible_collections.certops.certum.tests.unit.docs.documentation import COLLECTION
from ansible_rulebook.rules_parser import parse_rule_sets
from ansible_rulebook.validators import Validate

PAGE = COLLECTION / "docs/events.md"
FENCED_YAML = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TEXTS = [
    *(path.read_text() for path in sorted(COLLECTION.glob("extensions/eda/rulebooks/*.yml"))),
    *(text for text in FENCED_YAML.findall(PAGE.read_text()) if "rules:" in text),
]
COMPARED = re.compile(r'event\.certum\.(\w+) == "(\w+)"')
WORDS: dict[str, list[str]] = {"event": EventKind.values(), "code": ReasonCode.values()}


def rulesets() -> list[dict[str, Any]]:
    return [ruleset for text in TEXTS for ruleset in yaml.safe_load(text)]


def test_rulebooks_are_found() -> None:
    assert [ruleset["name"] for ruleset in rulesets()] == [
        "Replace certificates of Certum",
        "Print each event",
        "Replace certificates of Certum",
    ]


@pytest.mark.parametrize("text", TEXTS)
def test_rulebook_is_accepted(text: str) -> None:
    content = yaml.safe_load(text)
    Validate.rulebook(content)
    assert len(parse_rule_sets(content)) == 1


@pytest.mark.parametrize("ruleset", rulesets())
def test_conditions_and_arguments_exist(ruleset: dict[str, Any]) -> None:
    (source,) = ruleset["sources"]
    assert set(source["certops.certum.certum"]) <= set(OPTIONS)
    for rule in ruleset["rules"]:
        for key, word in COMPARED.findall(rule["condition"]):
            assert key in ShownEvent.__annotations__
            assert word in WORDS[key]


@pytest.mark.parametrize("ruleset", rulesets())
def test_text_of_an_event_reaches_no_action(ruleset: dict[str, Any]) -> None:
    for rule in ruleset["rules"]:
        assert "event" not in yaml.safe_dump(rule["action"]).replace("print_event", "")
