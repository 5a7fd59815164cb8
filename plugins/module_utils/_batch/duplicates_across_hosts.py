# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names that the hosts of an inventory declare, from the variables of each host.

Private to the collection. Pure. The variables of hosts outside the play are not evaluated. The value of an expression
is therefore unknown, and it claims no name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._handover.terms import KeyType
from .._lifecycle.certificate_names import InvalidNameError, wanted_names
from .._lifecycle.declaration import is_absent
from .._lifecycle.duplicates import Claim, by_identity, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

EXPRESSION = ("{{", "{%")
ACCOUNT = ("api_url", "api_environment", "api_username")


def duplicates(variables: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """Return, by host and declaration, the other hosts' declarations of the same names, unless all allow duplicates.

    ``variables`` are the role's variables by host, without prefix and with typed ``certificates``. Hosts of different
    accounts never conflict; the test system is a separate account. An unreadable declaration claims no name; it is
    reported where it is declared.
    """
    claims = [claim for host, values in variables.items() for claim in _claims(host, values)]
    found: dict[str, dict[str, str]] = {}
    for same in by_identity(claims):
        for claim in same:
            others = [
                other
                for other in same
                if other.host != claim.host
                and not _is_one_certificate(claim, other)
                and _may_be_one_account(variables[claim.host], variables[other.host])
            ]
            if others and not all(each.may_be_shared for each in (claim, *others)):
                found.setdefault(claim.host, {})[claim.name] = words_of(others)
    return found


def _is_one_certificate(claim: Claim, other: Claim) -> bool:
    """Return whether both declare one certificate of a group. A group that is an expression may be any group."""
    unknown = claim.name == other.name and claim.share and other.share and _is_expression((claim.share, other.share))
    return claim.is_same_certificate(other) or bool(unknown)


def _may_be_one_account(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether two hosts may use one account. A missing value or an expression may be equal to any value."""
    pairs = [(one.get(option), other.get(option)) for option in ACCOUNT]
    return not any(a and b and a != b and not _is_expression((a, b)) for a, b in pairs)


def _claims(host: str, values: Mapping[str, Any]) -> Iterator[Claim]:
    for item in values.get("certificates") or ():
        if not is_absent(item):
            yield from _claim(host, item)


def _claim(host: str, item: Mapping[str, Any]) -> Iterator[Claim]:
    common_name, others = item.get("common_name") or "", item.get("subject_alt_name") or ()
    key_type = (item.get("key") or {}).get("type") or KeyType.EC.value
    if _is_expression((item["name"], common_name, *others)):
        return
    try:
        names = wanted_names(common_name=common_name, subject_alt_name=others, www=bool(item.get("www")))
    except InvalidNameError:
        return
    yield Claim(
        name=item["name"],
        names=frozenset(names),
        key_type=key_type,
        may_be_shared=bool(item.get("allow_duplicate")),
        host=host,
        share=item.get("share") or "",
    )


def _is_expression(words: Iterable[object]) -> bool:
    return any(mark in word for word in words if isinstance(word, str) for mark in EXPRESSION)
