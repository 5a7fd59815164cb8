# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The forms that the real CA may have: each dialect value alone, those of --strict, and random combinations."""

from __future__ import annotations

import os
import random
import secrets
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._partner_api.soap_envelope import JurisdictionCase
from certum_sandbox.dialect import MEANINGS

if TYPE_CHECKING:
    from collections.abc import Mapping

COMBINATIONS = 40
SEED = os.environ.get("DIALECT_SEED") or os.environ.get("PYTEST_XDIST_TESTRUNUID") or secrets.token_hex(4)


def combination(number: int) -> dict[str, str]:
    """Return a random value of each dialect; the same number and seed give the same values."""
    chance = random.Random(f"{SEED}/{number}")
    return {switch.value: chance.choice(meaning.values) for switch, meaning in MEANINGS.items()}


def forms() -> list[Any]:
    """Return test parameters; ``DIALECT_SEED`` repeats the combinations of an earlier run."""
    alone = [{switch.value: value} for switch, meaning in MEANINGS.items() for value in meaning.values[1:]]
    return [
        pytest.param({}, id="default"),
        pytest.param({switch.value: meaning.strict for switch, meaning in MEANINGS.items()}, id="strict"),
        *(pytest.param(form, id="=".join(*form.items())) for form in alone),
        *(pytest.param(combination(number), id=f"combination {number}") for number in range(COMBINATIONS)),
    ]


def client_options(dialect: Mapping[str, str]) -> dict[str, Any]:
    """Return the options that no client can find out by itself."""
    options: dict[str, Any] = {}
    if dialect.get("soap-action") == "empty":
        options["soap_action"] = '""'
    if dialect.get("jurisdiction-case") == "mixed":
        options["jurisdiction_case"] = JurisdictionCase.MIXED
    return options
