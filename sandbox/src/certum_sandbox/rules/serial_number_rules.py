# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of serial numbers."""

from __future__ import annotations

import re

from certum_sandbox.rules.inquiry import Inquiry
from certum_sandbox.rules.rule import Breach, Rule
from certum_sandbox.rules.text_rules import too_long

LONGEST_SERIAL = 64
_HEX = re.compile(r"[0-9A-Fa-f]+")


def normalize_serial(text: str) -> str | None:
    """Return a serial number in the form of the database, 32 upper-case digits, or None if it is not hexadecimal.

    Colons and leading zeros are ignored.
    """
    digits = text.replace(":", "").strip()
    return digits.upper().lstrip("0").zfill(32) if _HEX.fullmatch(digits) else None


def serials(inquiry: Inquiry, path: str) -> list[str]:
    """Return the well-formed serial numbers at a path, in the form of the database."""
    usable = (text for text in inquiry.message.texts(path) if len(text) <= LONGEST_SERIAL)
    return list(dict.fromkeys(filter(None, map(normalize_serial, usable))))


def serial_rules(path: str, *, blank: int, long: int, not_hexadecimal: int) -> tuple[Rule[Inquiry], ...]:
    """Return the rules of the serial numbers at a path. They do not require one."""

    def is_blank(inquiry: Inquiry) -> Breach:
        return any(not text.strip() for text in inquiry.message.texts(path))

    def is_not_hexadecimal(inquiry: Inquiry) -> Breach:
        texts = [text.strip() for text in inquiry.message.texts(path)]
        return [text for text in texts if text and len(text) <= LONGEST_SERIAL and normalize_serial(text) is None]

    return (
        Rule(blank, path, is_blank),
        too_long(long, path, LONGEST_SERIAL),
        Rule(not_hexadecimal, path, is_not_hexadecimal),
    )
