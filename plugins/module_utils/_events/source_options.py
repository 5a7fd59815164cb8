# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The arguments of the event source, checked like the options of a module, before anything is sent.

Private to the collection. Documented in ``extensions/eda/plugins/event_source/certum.py``.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .._handover.foreign_text import quote
from .._handover.problems import KnownError
from .._module.api_options import VARIABLES, api_constraints, api_options
from .._module.module_run import with_variables
from .._module.unquoted_values import unquoted
from .._third_party.controller_packages import CONTROLLER_PACKAGES_MISSING
from .._third_party.host_packages import HOST_PACKAGES_MISSING

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_HORIZON = 30
"""Error 2052: the CA lists certificates that expire within 30 days."""
OPTIONS: dict[str, Any] = {
    **api_options(),
    "delay": {"type": "int", "default": 300},
    "remaining_days": {"type": "int", "default": 7},
    "state_file": {"type": "path"},
}


class SourceOptionsError(KnownError):
    """The arguments of the source cannot be used. Nothing was sent."""

    remedy = "Nothing was sent. Correct the arguments of the source in the rulebook, and start it again."


@dataclass(frozen=True)
class SourceOptions:
    """The checked arguments. ``api`` are the options for ``open_api``; ``delay`` is in seconds."""

    api: Mapping[str, Any]
    delay: int
    remaining_days: int
    state_file: Path | None


def source_options(args: Mapping[str, Any]) -> SourceOptions:
    """Return the checked arguments of the source. Raises SourceOptionsError."""
    _need_packages()
    problems = list(unquoted(args, OPTIONS))
    checked = ArgumentSpecValidator(OPTIONS, **api_constraints()).validate(dict(args))
    given = checked.validated_parameters
    problems += [with_variables(quote(message), VARIABLES) for message in checked.error_messages]
    problems += [] if problems else _out_of_range(given)
    if problems:
        sentences = " ".join(each if each.endswith(".") else f"{each}." for each in problems)
        raise SourceOptionsError(f"{sentences} {SourceOptionsError.remedy}")
    return SourceOptions(
        api={name: given[name] for name in api_options()},
        delay=given["delay"],
        remaining_days=given["remaining_days"],
        state_file=Path(given["state_file"]).absolute() if given["state_file"] else None,
    )


def _out_of_range(given: Mapping[str, Any]) -> list[str]:
    problems = []
    if given["delay"] < 1:
        problems.append(f"delay is {given['delay']}, but it must be at least 1 second")
    if not 1 <= given["remaining_days"] <= LONGEST_HORIZON:
        problems.append(
            f"remaining_days is {given['remaining_days']}, but it must be 1 to {LONGEST_HORIZON} (error 2052)"
        )
    return problems


def _need_packages() -> None:
    missing = (*CONTROLLER_PACKAGES_MISSING, *HOST_PACKAGES_MISSING)
    if missing:
        command = f"{sys.executable} -m pip install {' '.join(missing)}"
        raise SourceOptionsError(
            f"The Python packages {', '.join(missing)} cannot be imported by {sys.executable}, which runs "
            f"ansible-rulebook. Install them with '{command}', and start the source again."
        )
