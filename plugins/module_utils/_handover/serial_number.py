# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Serial numbers as hexadecimal text. The CA, openssl and people write them differently (partner-api.md 1.4).

Private to the collection. Pure.
"""

from __future__ import annotations


def normalize_serial_number(text: str) -> str:
    """Return the number in upper case, without separators. Leading zeros stay, because the CA may want them back."""
    return "".join(text.split()).replace(":", "").upper()


def canonical_serial_number(text: str) -> str:
    """Return the number in upper case, without separators and leading zeros. Raises ValueError."""
    return f"{int(normalize_serial_number(text), 16):X}"


def same_serial_number(one: str, other: str) -> bool:
    """Return whether both texts are the same number, however case, separators and leading zeros differ."""
    return normalize_serial_number(one).lstrip("0") == normalize_serial_number(other).lstrip("0")
