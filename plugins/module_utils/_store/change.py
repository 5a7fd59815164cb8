# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The change that a function made, or would make in check mode."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._handover.problems import Problem
    from .._handover.reasons import Reason


@dataclass(frozen=True)
class Change:
    """Whether anything changed, the reason, and the state before and after for diff mode.

    The states are JSON values, never key material. *problem* is for the operator, although the rest was done.
    *redeploy* is true if the certificate has to be deployed again, although the installed one was verified.
    """

    changed: bool
    reason: Reason
    before: Mapping[str, object] = field(default_factory=dict)
    after: Mapping[str, object] = field(default_factory=dict)
    problem: Problem | None = None
    redeploy: bool = False
