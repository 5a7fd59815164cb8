# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The policy: limits for declarations that an inventory sets for a group of hosts, beside the limits of the CA.

Private to the collection. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .certificate_names import is_wildcard
from .products import UnknownProductError, find

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .declaration import Declaration


class InvalidPolicyError(ValueError):
    """A policy with an invalid value."""


@dataclass(frozen=True)
class Policy:
    """Limits for declarations. None means no limit. ``products`` has product codes."""

    products: frozenset[str] | None = None
    wildcards: bool = True
    max_names: int | None = None


def read_policy(options: Mapping[str, Any] | None) -> Policy:
    """Return the policy of these options. Raises InvalidPolicyError."""
    given = options or {}
    products, max_names, wildcards = given.get("products"), given.get("max_names"), given.get("wildcards")
    if max_names is not None and max_names < 1:
        raise InvalidPolicyError(f"policy: max_names is {max_names}; set it to 1 or more")
    try:
        codes = None if products is None else frozenset(find(product).code for product in products)
    except UnknownProductError as error:
        raise InvalidPolicyError(f"policy: {error}") from None
    return Policy(products=codes, wildcards=wildcards is not False, max_names=max_names)


def policy_problems(policy: Policy, declarations: Sequence[Declaration]) -> list[str]:
    """Return one sentence for each violation of the policy."""
    return [f"{each.name}: {problem}" for each in declarations for problem in _problems(policy, each)]


def _problems(policy: Policy, declaration: Declaration) -> Iterable[str]:
    product, names = declaration.product, declaration.names
    if policy.products is not None and product.code not in policy.products:
        allowed = ", ".join(find(code).key or code for code in sorted(policy.products)) or "none"
        yield f"the policy of this host does not allow product {product.key or product.code}, only: {allowed}"
    wildcards = list(filter(is_wildcard, names))
    if wildcards and not policy.wildcards:
        yield f"the policy of this host does not allow wildcards such as {wildcards[0]}"
    if policy.max_names is not None and len(names) > policy.max_names:
        yield (
            f"the policy of this host allows at most {policy.max_names} names in a certificate,"
            f" {len(names)} are declared"
        )
