# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Implements certum_verify: verifies that services use the installed certificates. Private to the collection."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._handover.problems import ended_with
from .._handover.reasons import Reason, ReasonCode
from .._service.verification import require_addresses, verify_addresses
from .._store.layout import Layout

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._service.verification import Verification


def verify_all(params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Verify all addresses, and return the result of the module. Check mode makes no difference: nothing changes."""
    del check_mode
    require_addresses(params["certificates"])
    verification = verify_addresses(Layout(Path(params["path"])), params["certificates"], timeout=params["timeout"])
    return {
        **ended_with(verification.problems),
        "changed": False,
        "verified": verification.verified,
        "reason": _reason(verification).shown(),
    }


def _reason(verification: Verification) -> Reason:
    return Reason(ReasonCode.NOT_VERIFIED if verification.problems else ReasonCode.VERIFIED, verification.words)
