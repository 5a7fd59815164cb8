# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The results of host modules have their declared shape, and the next module accepts them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.certops.certum.plugins.module_utils._handover.declared_items import (
    DeclaredDefaults,
    DeclaredItem,
)
from ansible_collections.certops.certum.plugins.module_utils._handover.host_results import (
    DeployResult,
    InstallResult,
    PublishResult,
)
from ansible_collections.certops.certum.plugins.module_utils._handover.order_items import (
    OrderItem,
    StagedOrder,
    StageResult,
)
from ansible_collections.certops.certum.plugins.module_utils._handover.plan_results import PlannedAction, PlanResult
from ansible_collections.certops.certum.plugins.module_utils._module.module_run import given_only
from ansible_collections.certops.certum.plugins.module_utils._module.option_specs import (
    certificate_options,
    declaration_options,
    defaults_options,
)
from ansible_collections.certops.certum.plugins.module_utils._module.single_items import with_lists
from ansible_collections.certops.certum.tests.support.shapes import below, differences, members
from ansible_collections.certops.certum.tests.unit.host.declared import Host, answer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SERVICE = {"service": "web", "check_command": ["true"], "reload_command": ["true"]}
OPTIONAL = {"organization": {"name": "Example S.A.", "country": "PL"}, "language": "en", "customer": "kept"}
TYPES = {"str": str, "path": str, "int": int, "float": float, "bool": bool}


def accept(*items: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the options that a module gives its engine for these declarations."""
    result = ArgumentSpecValidator(declaration_options()).validate(with_lists({"certificates": list(items)}))
    assert result.error_messages == []
    accepted: list[dict[str, Any]] = given_only(result.validated_parameters)["certificates"]
    return accepted


def run(host: Host) -> dict[Any, list[dict[str, Any]]]:
    """Return the results of each module: first without problems, then with a problem of one certificate."""
    declared = host.declare(deploy=SERVICE, www=True, **OPTIONAL)
    shop, old, broken = accept(declared, host.declare("old", deploy=SERVICE), host.declare("broken"))
    host.base.mkdir()
    (host.base / "broken").write_text("a file in place of the directory")
    staged = [host.stage(shop, old), host.stage(broken)]
    pending = [answer(order, "pending", code="c0de") for order in staged[0]["orders"]]
    issued = [answer(order) for order in staged[0]["orders"]]
    published = [host.challenge([shop, old], pending), host.challenge([broken], [{**pending[0], "name": "broken"}])]
    installed = [host.install(shop, old, orders=issued), host.install(broken)]
    host.stage(*accept({**declared, "key": {"type": "rsa"}}))
    (absent,) = accept({**host.declare("old", deploy=SERVICE), "state": "absent", "revoke_reason": "superseded"})
    host.stage(old)
    planned = [
        host.plan(absent, *accept({**declared, "name": "new", "common_name": "new.example.com"}), now="2027-03-01"),
        host.plan(shop, broken, check_revocation=False),
    ]
    (refused,) = accept({**declared, "deploy": {**SERVICE, "check_command": ["false"]}})
    return {
        PlanResult: planned,
        StageResult: staged,
        PublishResult: published,
        InstallResult: installed,
        DeployResult: [host.deploy(shop), host.deploy(refused)],
    }


def test_results_have_the_declared_keys_and_types(host: Host) -> None:
    results = run(host)

    assert [found for shape, each in results.items() for result in each for found in differences(result, shape)] == []
    for shape, each in results.items():
        assert {key for result in each for key in result} == members(shape).keys()
        assert [result["failed"] for result in each] == [False, True]
    good = {shape: each[0] for shape, each in results.items()}
    assert all(good[PlanResult][key] for key in ("due", "absent", "withdraw", "pending_orders", "revoke", "newest"))
    assert {key for told in good[PlanResult]["reasons"] for key in told} == members(PlannedAction).keys()
    assert good[PublishResult]["codes"]
    assert good[InstallResult]["deploy"]


def test_staged_order_is_an_order_item() -> None:
    staged, taken = members(StagedOrder), members(OrderItem)
    assert {key: taken.get(key) for key in staged} == staged


@pytest.mark.parametrize(
    ("options", "shape"),
    [
        pytest.param(declaration_options()["certificates"]["options"], DeclaredItem, id="declaration"),
        pytest.param(defaults_options()["defaults"]["options"], DeclaredDefaults, id="defaults"),
        pytest.param(certificate_options(), OrderItem, id="order"),
    ],
)
def test_typed_options_are_those_of_the_argument_spec(options: dict[str, Any], shape: Any) -> None:
    assert list(spec_differences(options, shape)) == []


def spec_differences(options: Mapping[str, Any], shape: Any) -> Iterator[str]:
    """Return the options whose key or type differs from the declared one.

    What an argument spec always has is required, except in the order item, which is cut to what is declared.
    """
    known = members(shape)
    yield from sorted(options.keys() ^ known.keys())
    always = {name for name, option in options.items() if option.get("required") or "default" in option}
    if shape is not OrderItem:
        yield from (f"{name} is required in one of them" for name in sorted(always ^ shape.__required_keys__))
    for name in options.keys() & known.keys():
        option = options[name]
        if option["type"] == "dict" or option.get("elements") == "dict":
            yield from spec_differences(option["options"], below(known[name]))
        elif option["type"] == "list":
            yield from [] if get_args(known[name]) == (TYPES[option["elements"]],) else [name]
        elif known[name] is not TYPES[option["type"]]:
            yield name
