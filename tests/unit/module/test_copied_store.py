# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Does not follow certificates that another host of the inventory ordered."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._module.copied_store import without_copies

DUE = [{"name": "shop"}, {"name": "mail"}]


def planned(ordered_by: Any) -> dict[str, Any]:
    return {"due": DUE, "problems": [], "ordered_by": ordered_by}


def test_copied_certificate_is_a_problem_and_not_due() -> None:
    found = without_copies(planned({"shop": "web1"}), inventory=["web1", "web2"], path="/etc/certum")
    assert found["due"] == [{"name": "mail"}]
    (problem,) = found["problems"]
    assert problem["text"].startswith("shop: the certificate was ordered by host web1, which is in the inventory too")
    assert "move /etc/certum/shop away" in problem["remedy"]
    assert (found["failed"], found["msg"]) == (True, problem["text"])


@pytest.mark.parametrize("ordered_by", [{}, {"shop": "former"}, {"mail": ["web1"]}, None, "web1", ["web1"]])
def test_missing_host_counts_as_renamed(ordered_by: Any) -> None:
    given = planned(ordered_by)
    assert without_copies(given, inventory=["web1", "web2"], path="/etc/certum") == given


def test_a_copy_does_not_read_as_due() -> None:
    copied = {"name": "shop", "action": "issue", "reason": {"code": "window", "text": "in the renewal window"}}
    other = {**copied, "name": "mail"}
    plan = {
        **planned({"shop": "web1"}),
        "activate": [{"name": "shop"}],
        "reasons": [copied, {**copied, "action": "activate"}, other],
        "sentences": [
            "shop: in the renewal window. It costs",
            "shop: on disk",
            "mail: is due. It costs",
        ],
        "reason": {"code": "window", "text": "2 certificates are declared: 2 are due"},
    }

    found = without_copies(plan, inventory=["web1"], path="/etc/certum", declared=2)

    assert found["reasons"] == [{**copied, "action": "activate"}, other]
    assert found["sentences"] == [
        "shop: not issued on this host, because host web1 ordered the certificate",
        "shop: on disk",
        "mail: is due. It costs",
    ]
    assert found["reason"]["text"] == "2 certificates are declared: 1 is due, 1 is to be installed or deployed"


def test_sentences_of_another_number_than_reasons_stay() -> None:
    plan = {**planned({"shop": "web1"}), "reasons": [{"name": "shop", "action": "issue"}], "sentences": []}
    assert without_copies(plan, inventory=["web1"], path="/etc/certum")["sentences"] == []
