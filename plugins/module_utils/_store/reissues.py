# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes and reads the reissues of an order, as hosts and the controller pass them to each other.

Private to the collection. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lifecycle.former_certificate import EarlierReissue
from .json_record import moment_text, read_moment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .._handover.certificate_results import ReissueShown


def shown_reissues(reissues: Iterable[EarlierReissue]) -> list[ReissueShown]:
    """Return the reissues with times as ISO 8601 in UTC."""
    return [{"serial_number": each.serial_number, "reissued": moment_text(each.reissued)} for each in reissues]


def read_reissues(shown: Iterable[ReissueShown] | None) -> tuple[EarlierReissue, ...]:
    """Read the output of shown_reissues, else raise ValueError."""
    return tuple(EarlierReissue(each["serial_number"], read_moment(each["reissued"])) for each in shown or ())
