# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a module that is called alone waits for. Its process cannot show more before it ends.

Private to the collection. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._handover.waits import Wait, WaitsFor
from .registered_results import dicts_in

if TYPE_CHECKING:
    from collections.abc import Mapping

SUBJECTS = ("name", "order_id", "common_name", "serial_number", "csr_path")
"""The options that name the certificate, the best first."""
WAITING = ("certum_certificate", "certum_certificates", "certum_validation", "certum_cancel", "certum_revoke")
"""The modules that wait by default."""
DEFAULT_TIMEOUT = 300.0


def waits_of_module(module: str, options: Mapping[str, Any], *, begins: float) -> list[Wait]:
    """Return the certificates in the options of a module. The options are as they are written, so of any type."""
    items = dicts_in(dict(options), "certificates") or [dict(options)]
    subjects = [str(next((each[key] for key in SUBJECTS if each.get(key)), "")) for each in items]
    timeout = _timeout(options) if module.rpartition(".")[2] in WAITING else None
    until = None if timeout is None else begins + timeout
    return [Wait(subject, WaitsFor.ANSWER, since=begins, until=until) for subject in subjects]


def _timeout(options: Mapping[str, Any]) -> float | None:
    if options.get("wait") is False:
        return None
    try:
        return float(options.get("wait_timeout", DEFAULT_TIMEOUT))
    except (TypeError, ValueError):
        return DEFAULT_TIMEOUT
