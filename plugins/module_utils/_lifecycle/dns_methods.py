# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Validation by DNS records: who publishes them, and which declarations use them by default.

Private to the collection. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._handover.terms import ValidationMethod

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .declaration import Declaration

DEFAULT_METHOD = ValidationMethod.DNS_TXT_PREFIX
WAYS = (
    "Set certum_dns in one of three ways: (1) a provider of dns-lexicon, such as {provider: powerdns, options: {...}}, "
    "(2) {provider: rfc2136, options: {server: ...}} for dynamic updates, (3) {provider: tasks, options: {file: ...}} "
    "for your own tasks. If you publish the records by hand and run again, set {provider: manual}."
)


def why_nobody_publishes(declaration: Declaration) -> str | None:
    """Return why the names cannot be validated without a DNS provider, None if they can."""
    if declaration.method.is_txt or declaration.method.is_cname:
        return f"{declaration.method} needs somebody who publishes the DNS records"
    return None


def with_default_method(item: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Return a declaration as it is written, validated by DNS if neither it nor the defaults choose a way."""
    own, default = item.get("validation") or {}, defaults or {}
    if not isinstance(own, dict) or not isinstance(default, dict):
        return dict(item)  # the argument spec reports the wrong type
    if any(each.get(key) for each in (own, default) for key in ("method", "webroot")):
        return dict(item)
    return {**item, "validation": {**own, "method": DEFAULT_METHOD.value}}
