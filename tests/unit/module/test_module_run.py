# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starts and ends a module."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common.parameters import PASS_VARS
from ansible_collections.certops.certum.plugins.module_utils._handover.problems import KnownError
from ansible_collections.certops.certum.plugins.module_utils._module.module_run import run, with_variables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SPEC: dict[str, Any] = {
    "name": {"type": "str"},
    "secret": {"type": "str", "no_log": True},
    "items": {"type": "list", "elements": "dict", "options": {"a": {"type": "str"}, "b": {"type": "str"}}},
}


class ExpectedError(KnownError):
    """One of the errors that a module knows."""

    error_codes = (1107, 1045)
    element = "SANEntry"
    outcome_unknown = True


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., dict[str, Any]]:
    """Run a module like Ansible: options in, JSON and an exit code out."""

    def run_module(
        act: Callable[..., dict[str, Any]], *, missing: tuple[str, ...] = (), **given: Any
    ) -> dict[str, Any]:
        quiet = given.pop("quiet", ())
        # Since ansible-core 2.19 a module knows how its options were packed.
        monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
        # Since 2.21 it repeats its options in the result only on request.
        asked = {"_ansible_inject_invocation": True} if "inject_invocation" in PASS_VARS else {}
        monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": given | asked}).encode())
        with pytest.raises(SystemExit) as ended:
            run(act, argument_spec=SPEC, packages_missing=missing, quiet_options=quiet)
        result: dict[str, Any] = json.loads(capsys.readouterr().out)
        assert ended.value.code == (1 if result.get("failed") else 0)
        return result

    return run_module


def must_not_run(params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    raise AssertionError("nothing may be done")


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        (
            ("httpx",),
            "The Python package httpx cannot be imported by {python}: install with '{python} -m pip install httpx'",
        ),
        (("httpx", "pydantic"), "The Python packages httpx pydantic cannot be imported by {python}: "),
    ],
)
def test_missing_packages_are_one_sentence(
    play: Callable[..., dict[str, Any]], missing: tuple[str, ...], words: str
) -> None:
    result = play(must_not_run, missing=missing)
    assert result["failed"]
    assert result["msg"].startswith(words.format(python=sys.executable))
    assert result["msg"].endswith("or choose another interpreter with ansible_python_interpreter.")


def test_known_error_is_reported_without_a_traceback(play: Callable[..., dict[str, Any]]) -> None:
    def act(params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
        raise ExpectedError("what, where, why, do it", remedy="Do it.") from ValueError(params["secret"])

    result = play(act, secret="hunter2")
    del result["invocation"]
    assert result == {
        "failed": True,
        "msg": "what, where, why, do it. Do it.",
        "error_codes": [1107, 1045],
        "element": "SANEntry",
        "remedy": "Do it.",
        "outcome_unknown": True,
    }
    assert "Traceback" not in str(result)
    assert "hunter2" not in str(result)


@pytest.mark.parametrize("diff", [True, False])
@pytest.mark.parametrize("failed", [True, False])
def test_diff_is_shown_in_diff_mode_only(play: Callable[..., dict[str, Any]], diff: bool, failed: bool) -> None:
    def act(params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
        return {"changed": True, "failed": failed, "msg": "why", "diff": {"before": "a", "after": "b"}}

    result = play(act, _ansible_diff=diff)
    assert ("diff" in result) is diff
    assert (result["changed"], result.get("failed", False)) == (True, failed)


@pytest.mark.parametrize("check_mode", [True, False])
def test_engine_gets_only_the_given_options(play: Callable[..., dict[str, Any]], check_mode: bool) -> None:
    def act(params: Mapping[str, Any], mode: bool) -> dict[str, Any]:
        assert params["items"] == [{"a": "1"}, {"b": "2"}], "None is not a valid option value"
        assert params["name"] is None
        return {"changed": False, "mode": mode}

    result = play(act, _ansible_check_mode=check_mode, items=[{"a": "1"}, {"b": "2", "a": None}])
    assert result["mode"] is check_mode


def test_long_lists_are_not_repeated_in_the_result(play: Callable[..., dict[str, Any]]) -> None:
    given = {"name": "n", "secret": "hunter2", "items": [{"a": "1"}]}
    shown = play(lambda params, mode: {"changed": False}, quiet=("items",), **given)["invocation"]["module_args"]
    assert shown == {"name": "n", "secret": "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"}


@pytest.mark.parametrize("failed", [True, False])
def test_secret_is_masked_in_messages_and_not_in_data(play: Callable[..., dict[str, Any]], failed: bool) -> None:
    def act(params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
        said = f"<{params['secret']}>"
        item = {"name": "demo", "certificate": "MIIdemoA=", "problem": {"text": said}}
        return {
            "changed": False,
            "failed": failed,
            "msg": said,
            "orders": [item],
            "diff": [{"before": {"why": said}}],
            "warnings": [said],
        }

    result = play(act, secret="demo", _ansible_diff=True)
    assert result["orders"] == [{"name": "demo", "certificate": "MIIdemoA=", "problem": {"text": "<********>"}}]
    assert (result["msg"], result["diff"]) == ("<********>", [{"before": {"why": "<********>"}}])
    assert "<********>" in str(result["warnings"])
    assert result["invocation"]["module_args"]["secret"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


def test_unexpected_error_is_a_message_of_the_module(play: Callable[..., dict[str, Any]]) -> None:
    def act(params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
        raise OverflowError(f"no place for {params['secret']}")

    result = play(act, secret="demo")
    assert result["failed"] is True
    assert "an unexpected error: OverflowError: no place for ********." in result["msg"]
    assert "Report this message as a defect" in result["remedy"]


HOSTILE = "\x9b2J\x1b[2J\u202eevil\u2028\u200b\r"


@pytest.mark.parametrize("failed", [True, False])
def test_result_has_no_terminal_controls(play: Callable[..., dict[str, Any]], failed: bool) -> None:
    def act(params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
        said = f"shop: {HOSTILE}\nweb: in order"
        return {
            "changed": False,
            "failed": failed,
            "msg": said,
            "reason": {"code": "ordered", "text": said},
            "problems": [{"text": said, "remedy": said}],
            "orders": [{"problem": {"text": said}, "validation_code": HOSTILE}],
            "diff": {"before": {"why": said}, "after": said},
            "warnings": [said],
        }

    result = play(act, _ansible_diff=True)
    assert [order.pop("validation_code") for order in result["orders"]] == [HOSTILE], "data stays as it is"
    assert not [character for character in HOSTILE if character in str_of(result) and not character.isprintable()]
    assert result["msg"].splitlines()[1:] == ["web: in order"]


def test_error_has_no_terminal_controls(play: Callable[..., dict[str, Any]]) -> None:
    def act(params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
        raise ExpectedError(f"shop: {HOSTILE}\nweb: missing")

    result = play(act)
    assert not [character for character in HOSTILE if character in result["msg"] and not character.isprintable()]
    assert result["msg"].splitlines()[1:] == ["web: missing"]


def str_of(value: Any) -> str:
    """Return all the text in a result, unescaped."""
    if isinstance(value, dict):
        return "".join(map(str_of, value.values()))
    return "".join(map(str_of, value)) if isinstance(value, list) else str(value)


VARIABLES = {"api_username": "CERTUM_API_USERNAME", "api_password": "CERTUM_API_PASSWORD", "api_url": "CERTUM_API_URL"}


@pytest.mark.parametrize(
    ("message", "hint"),
    [
        (
            "missing required arguments: api_password, api_username",
            ". Set these options, or CERTUM_API_PASSWORD and CERTUM_API_USERNAME in the environment of the controller.",
        ),
        (
            "one of the following is required: api_url, order_id",
            ". Set one of them, or CERTUM_API_URL in the environment of the controller.",
        ),
        ("missing required arguments: order_id", ""),
        ("api_username: its value ends with a blank", ""),
        ("value of state must be one of: api_url", ""),
    ],
)
def test_missing_option_is_reported_with_its_variable(message: str, hint: str) -> None:
    assert with_variables(message, VARIABLES) == message + hint
