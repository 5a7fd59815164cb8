# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Items become results, and results are items again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.certops.certum.plugins.module_utils._handover.reasons import Reason, ReasonCode
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import Sent, State, ValidationMethod
from ansible_collections.certops.certum.plugins.module_utils._host.plan import plan
from ansible_collections.certops.certum.plugins.module_utils._host.stage import stage_all
from ansible_collections.certops.certum.plugins.module_utils._issuance.order_conversion import (
    InvalidOrderError,
    next_item,
    read_orders,
    result_of,
)
from ansible_collections.certops.certum.plugins.module_utils._issuance.outcome import Outcome, Validation
from ansible_collections.certops.certum.plugins.module_utils._module.module_run import given_only
from ansible_collections.certops.certum.plugins.module_utils._module.option_specs import (
    ORDER_CONSTRAINTS,
    certificate_options,
    declaration_options,
)
from ansible_collections.certops.certum.plugins.module_utils._module.single_items import with_lists
from ansible_collections.certops.certum.tests.unit.issuance.csrs import CONTACT, make_csr, with_broken_signature

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CERTIFICATES = {
    "certificates": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": certificate_options(),
        **ORDER_CONSTRAINTS,
    }
}


def accept(spec: dict[str, Any], items: Sequence[Any]) -> list[dict[str, Any]]:
    """Return the ``certificates`` that a module with this argument spec gives its engine."""
    result = ArgumentSpecValidator(spec).validate(with_lists({"certificates": list(items)}))
    assert result.error_messages == []
    accepted: list[dict[str, Any]] = given_only(result.validated_parameters)["certificates"]
    return accepted


def item(**more: Any) -> dict[str, Any]:
    return {"name": "shop", "csr_content": make_csr("shop.example.com"), "contact": CONTACT, **more}


def test_short_order_gets_defaults() -> None:
    (order,) = read_orders([{"csr_content": make_csr("shop.example.com", "www.shop.example.com"), "contact": CONTACT}])
    assert (order.name, order.names) == ("shop.example.com", ("shop.example.com", "www.shop.example.com"))
    assert order.order_id == f"shop-example-com-{order.request.public_key_sha256[:16]}"
    assert (order.product.code, order.method, order.customer) == ("601", ValidationMethod.FILE, "shop.example.com")
    assert (order.sent, order.validation_code) == (Sent.NO, None)
    assert order.message().order_parameters.order_id == order.order_id


def test_problems_of_all_items_are_reported_together(tmp_path: Path) -> None:
    with pytest.raises(InvalidOrderError) as told:
        read_orders(
            [
                item(name="a", contact={}, product="nonsense", customer="a&b"),
                item(name="b", csr_content=with_broken_signature(make_csr("b.example.com"))),
                item(name="c", csr_content=make_csr("*.c.example.com")),
                {"name": "d", "csr_path": str(tmp_path / "gone.csr"), "contact": CONTACT},
                item(
                    name="e", csr_content="-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----"
                ),
                item(name="f", csr_content=make_csr("f.example.com", "other.example.org")),
                item(name="g"),
            ]
        )
    said = str(told.value)
    for line in (
        "a: contact.first_name is missing",
        "a: contact.email is missing",
        "a: customer contains one of",
        "a: product 'nonsense' is neither",
        "b: the CSR's signature was not made with its key (error 2125); make a new CSR",
        "c: Commercial SSL covers no wildcard",
        "c: validation method file cannot validate *.c.example.com",
        f"d: the CSR {tmp_path}/gone.csr cannot be read: No such file or directory",
        "e: csr_content: ",
        "f: Commercial SSL covers f.example.com and www.f.example.com, not other.example.org",
    ):
        assert line in said
    assert not any(line.startswith("g: ") for line in said.splitlines())


def outcome(order_id: str = "shop-1", **more: Any) -> Outcome:
    given = {"state": State.PENDING, "reason": Reason(ReasonCode.ORDERED, "why"), "placed": True, **more}
    return Outcome(name="shop", order_id=order_id, **given)


@pytest.mark.parametrize("validation", [None, Validation(ValidationMethod.FILE, "c0de", ("shop.example.com",))])
def test_returned_item_is_accepted_by_the_next_call(validation: Validation | None) -> None:
    (accepted,) = accept(CERTIFICATES, [item()])
    (order,) = read_orders([accepted])
    following = next_item(accepted, order, outcome(order.order_id, validation=validation))
    (again,) = read_orders(accept(CERTIFICATES, [following]))
    assert again.sent is Sent.YES
    assert again.order_id == order.order_id
    assert again.validation_code == (validation.code if validation else None)
    assert again.message() == order.message()
    assert next_item(following, order, outcome(order.order_id)).get("validation_code") is None, "no void code is kept"


def test_results_of_plan_and_stage_are_accepted_by_the_next(tmp_path: Path) -> None:
    spec = {**declaration_options()}
    declared = {
        "name": "shop",
        "common_name": "shop.example.com",
        "www": True,
        "deploy": {"service": "nginx", "reload_command": ["true"], "verify": ["shop.example.com:443"]},
    }
    defaults = {"contact": CONTACT, "validation": {"method": "file", "webroot": str(tmp_path)}, "language": None}
    options = {
        "path": str(tmp_path / "certum"),
        "now": None,
        "policy": None,
        "host": "web1",
        "order_again": [],
        "replace": [],
        "passphrases": {},
        "check_revocation": False,
        "revoked": [],
        "command_timeout": 60,
        "trial": False,
        "api_environment": None,
        "defaults": defaults,
    }
    planned = plan({**options, "certificates": accept(spec, [declared])}, False)
    due = accept(spec, planned["due"])
    assert due == planned["due"]
    staged = stage_all({**options, "certificates": due}, False)
    (order,) = read_orders(accept(CERTIFICATES, staged["orders"]))
    assert order.order_id == staged["orders"][0]["order_id"]
    assert order.names == ("shop.example.com", "www.shop.example.com")
    assert order.sent is Sent.NO


def test_result_names_the_file_or_record_to_publish() -> None:
    validation = Validation(ValidationMethod.DNS_CNAME_PREFIX, "c0de", ("*.example.com", "example.com"))
    shown = result_of(outcome(validation=validation))
    assert shown["validation"]["records"] == [
        {"name": "_certum.example.com", "type": "CNAME", "value": "c0de.certum.pl"}
    ]
    assert (shown["validation"]["files"], shown["certificate"], shown["serial_number"]) == ([], None, None)
