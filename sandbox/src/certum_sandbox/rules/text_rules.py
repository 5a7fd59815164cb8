# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Rules for texts of any element."""

from __future__ import annotations

import re
from collections.abc import Collection

from certum_sandbox.dialect import Dialect, Switch
from certum_sandbox.rules.inquiry import Inquiry
from certum_sandbox.rules.rule import Breach, Rule

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.[A-Za-z]{2,}")
_FORBIDDEN = frozenset("\"&'<>")
_BOOLEANS = frozenset({"true", "false", "1", "0"})


def is_email(text: str) -> bool:
    """Return whether the text has the form of a mail address."""
    return _EMAIL.fullmatch(text) is not None and ".." not in text


def has_forbidden_character(text: str, dialect: Dialect) -> bool:
    """Return whether the text has a character of 1043 or 1156. Sources disagree about the dot (partner-api.md 6)."""
    return not _FORBIDDEN.isdisjoint(text) or ("." in text and dialect[Switch.DOT_IN_IDS] == "refused")


def missing(code: int, path: str) -> Rule[Inquiry]:
    """Return the rule that the element must be present."""
    return Rule(code, path, lambda inquiry: not inquiry.message.has(path))


def blank(code: int, path: str) -> Rule[Inquiry]:
    """Return the rule that the element must have a text if its parent is present."""
    parent = path.rpartition("/")[0]

    def broken(inquiry: Inquiry) -> Breach:
        return (not parent or inquiry.message.has(parent)) and inquiry.message.value(path) is None

    return Rule(code, path, broken)


def empty(code: int, path: str) -> Rule[Inquiry]:
    """Return the rule that the element may be absent, but not blank."""
    return Rule(code, path, lambda inquiry: inquiry.message.has(path) and inquiry.message.value(path) is None)


def too_long(code: int, path: str, limit: int) -> Rule[Inquiry]:
    """Return the rule for at most ``limit`` characters. The error value is the element: texts may be secret or huge."""
    return Rule(code, path, lambda inquiry: any(len(text) > limit for text in inquiry.message.texts(path)))


def not_one_of(code: int, path: str, values: Collection[str]) -> Rule[Inquiry]:
    """Return the rule that an element, if present, must have one of ``values``."""

    def broken(inquiry: Inquiry) -> Breach:
        value = inquiry.message.value(path)
        return value if value is not None and value not in values else False

    return Rule(code, path, broken)


def not_boolean(code: int, path: str) -> Rule[Inquiry]:
    """Return the rule that an element, if present, must be a boolean."""

    def broken(inquiry: Inquiry) -> Breach:
        text = inquiry.message.text(path)
        return text is not None and text.strip() not in _BOOLEANS and (text.strip() or True)

    return Rule(code, path, broken)


def bad_email(code: int, path: str, limit: int = 255) -> Rule[Inquiry]:
    """Return the rule that an element, if present, must be a mail address. Another code is for a long text."""

    def broken(inquiry: Inquiry) -> Breach:
        value = inquiry.message.value(path)
        return value if value is not None and len(value) <= limit and not is_email(value) else False

    return Rule(code, path, broken)


def forbidden_character(code: int, path: str) -> Rule[Inquiry]:
    """Return the rule against ``" & ' < >``, and in one dialect against a dot."""

    def broken(inquiry: Inquiry) -> Breach:
        value = inquiry.message.value(path)
        return value if value is not None and has_forbidden_character(value, inquiry.backend.dialect) else False

    return Rule(code, path, broken)
