# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of the request header, checked before the credentials."""

from __future__ import annotations

from certum_sandbox.rules.text_rules import too_long

HEADER_RULES = (
    too_long(1090, "requestHeader/authToken/password", 255),
    too_long(1084, "requestHeader/authToken/userName", 255),
)
