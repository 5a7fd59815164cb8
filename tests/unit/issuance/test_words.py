# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Messages name the operation of the run, and a cause that the validation method can have."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import Operation, State, ValidationMethod
from ansible_collections.certops.certum.plugins.module_utils._issuance.domain_validation import what_to_publish
from ansible_collections.certops.certum.plugins.module_utils._issuance.obtaining import (
    ended_without_certificate,
    nothing_placed,
)
from ansible_collections.certops.certum.plugins.module_utils._issuance.outcome import Outcome, Validation

BY_DNS = [method for method in ValidationMethod if method.value.startswith("dns")]


@pytest.mark.parametrize("method", BY_DNS)
def test_remedy_for_a_dns_record_names_only_the_zone(method: ValidationMethod) -> None:
    words = what_to_publish(Validation(method, "c0de", ("shop.example.com",)))
    assert "Check the zone and its TTL" in words
    assert not [word for word in ("firewall", "port 80", "web root") if word in words]


def test_remedy_for_a_file_names_the_web_server() -> None:
    words = what_to_publish(Validation(ValidationMethod.FILE, "c0de", ("shop.example.com",)))
    assert words.endswith("check name, firewall, port 80 and web root.")
    known = what_to_publish(Validation(ValidationMethod.FILE, "c0de", ("shop.example.com",)), web_root="/srv/shop")
    assert known.endswith("serves these names from the declared web root /srv/shop (validation.webroot).")
    assert "TTL" not in words


@pytest.mark.parametrize(
    ("operation", "nothing", "rejected", "which"),
    [
        (Operation.ORDER, "nothing was ordered", "the order was rejected", "order o-1"),
        (Operation.REISSUE, "nothing was reissued", "the reissue was rejected", "the reissue in order o-1"),
        (Operation.RENEW, "nothing was renewed", "the renewal was rejected", "renewal order o-1"),
    ],
)
def test_operation_is_named(operation: Operation, nothing: str, rejected: str, which: str) -> None:
    order: Any = SimpleNamespace(
        name="shop", group="", order_id="o-1", operation=operation, sent=SimpleNamespace(is_uncertain=False)
    )
    placed: Any = Outcome(name="shop", order_id="o-1", state=State.PENDING, reason=nothing_placed(order))
    ended = ended_without_certificate(SimpleNamespace(order=order, outcome=placed))  # type: ignore[arg-type]
    assert (nothing_placed(order).text, ended.reason.text) == (nothing, rejected)
    assert ended.problem is not None
    assert ended.problem.text.startswith(f"shop: {which} was cancelled, or refused by the CA")
    assert ended.problem.text.endswith("""PLAYBOOK --limit HOST -e '{"certum_order_again": ["shop"]}'""")
