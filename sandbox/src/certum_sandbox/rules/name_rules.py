# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of ``SANEntries``, the names of a TLS certificate."""

from __future__ import annotations

from certum_sandbox.dialect import Switch
from certum_sandbox.hostnames import (
    MAX_LABEL,
    MAX_NAME,
    as_address,
    is_internal,
    is_private,
    is_public_suffix,
    is_well_formed,
    is_wildcard,
    without_wildcard,
)
from certum_sandbox.products import Validation
from certum_sandbox.rules.order_inquiry import NamedInquiry, OrderInquiry
from certum_sandbox.rules.rule import Breach, Rule, rule

_NAME = "SANEntries/SANEntry/DNSName"


def _same(one: str, other: str | None) -> bool:
    return other is not None and one.lower() == other.lower()


def _has_long_label(name: str) -> bool:
    return any(len(label) > MAX_LABEL for label in name.split("."))


@rule(1007, "SANEntries")
def _no_list(inquiry: OrderInquiry) -> Breach:
    return inquiry.is_tls and not inquiry.message.has("SANEntries/SANEntry")


@rule(2095, _NAME)
def _blank(inquiry: NamedInquiry) -> Breach:
    entries = inquiry.message.texts("SANEntries/SANEntry")
    return len(inquiry.names) < len(entries)


@rule(1085, _NAME)
def _too_long(inquiry: NamedInquiry) -> Breach:
    return [name for name in inquiry.names if len(name) > MAX_NAME]


@rule(2088, _NAME)
def _long_label(inquiry: NamedInquiry) -> Breach:
    return [name for name in inquiry.names if len(name) <= MAX_NAME and _has_long_label(name)]


@rule(1008, _NAME)
def _malformed(inquiry: NamedInquiry) -> Breach:
    """A name is no DNS name, or belongs to no public zone. The CN has code 2051 for the latter."""
    checked = [name for name in inquiry.names if not as_address(name)]
    return [
        name
        for name in checked
        if not is_well_formed(name) or (is_internal(name) and not _same(name, inquiry.common_name))
    ]


def _lacks_any_wildcard(inquiry: OrderInquiry) -> bool:
    wants_one = inquiry.product is not None and inquiry.product.wildcard
    return wants_one and bool(inquiry.names) and not any(map(is_wildcard, inquiry.names))


@rule(1045, _NAME)
def _common_name_absent(inquiry: OrderInquiry) -> Breach:
    name = inquiry.common_name
    if not inquiry.is_tls or not inquiry.names or name is None or _lacks_any_wildcard(inquiry):
        return False
    return False if any(_same(each, name) for each in inquiry.names) else name


@rule(1046, _NAME)
def _many_wildcards(inquiry: NamedInquiry) -> Breach:
    return sum(map(is_wildcard, inquiry.all_names)) > 1


def _counted(inquiry: NamedInquiry) -> set[str]:
    """Return the names as the product counts them. Single-domain products include ``www.`` with its parent [W]."""
    product = inquiry.product
    names = {name.lower() for name in inquiry.all_names}
    if product is None or product.multidomain:
        return names
    if product.wildcard and inquiry.backend.dialect[Switch.WILDCARD_BASE] == "counts":
        return names
    return {without_wildcard(name).removeprefix("www.") for name in names}


@rule(1107, "SANEntries")
def _too_many(inquiry: NamedInquiry) -> Breach:
    if not inquiry.is_tls or inquiry.product is None:
        return False
    limit = inquiry.backend.settings.max_names if inquiry.product.multidomain else 1
    return len(_counted(inquiry)) > limit


def _refuses_wildcards(inquiry: NamedInquiry) -> bool:
    product = inquiry.product
    if product is None or product.wildcard:
        return False
    return not (product.multidomain and inquiry.backend.dialect[Switch.MULTIDOMAIN_WILDCARD] == "yes")


@rule(1115, _NAME)
def _wildcard_refused(inquiry: NamedInquiry) -> Breach:
    """The CN has code 1116 for the same error."""
    if not _refuses_wildcards(inquiry):
        return False
    return [name for name in inquiry.names if is_wildcard(name) and not _same(name, inquiry.common_name)]


@rule(1116, "orderParameters/commonName")
def _wildcard_common_name_refused(inquiry: OrderInquiry) -> Breach:
    name = inquiry.common_name
    return name if name is not None and is_wildcard(name) and _refuses_wildcards(inquiry) else False


@rule(1117, "orderParameters/commonName")
def _wildcard_common_name_wanted(inquiry: OrderInquiry) -> Breach:
    name, product = inquiry.common_name, inquiry.product
    return name if name is not None and product is not None and product.wildcard and not is_wildcard(name) else False


@rule(1118, _NAME)
def _wildcard_wanted(inquiry: OrderInquiry) -> Breach:
    return _lacks_any_wildcard(inquiry)


@rule(1148, _NAME)
def _private_address(inquiry: NamedInquiry) -> Breach:
    addresses = {name: as_address(name) for name in inquiry.names}
    return [name for name, address in addresses.items() if address is not None and is_private(address)]


@rule(2193, "SANEntries")
def _address_in_extended(inquiry: NamedInquiry) -> Breach:
    is_extended = inquiry.product is not None and inquiry.product.validation is Validation.EXTENDED
    return [name for name in inquiry.names if is_extended and as_address(name)]


@rule(1157, _NAME)
def _public_suffix(inquiry: NamedInquiry) -> Breach:
    checked = [name for name in inquiry.names if not as_address(name) and is_well_formed(name)]
    return [name for name in checked if is_public_suffix(name)]


ADDED_NAME_RULES: tuple[Rule[NamedInquiry], ...] = (
    _blank,
    _too_long,
    _long_label,
    _malformed,
    _many_wildcards,
    _too_many,
    _wildcard_refused,
    _private_address,
    _address_in_extended,
    _public_suffix,
)
"""The rules of names in every operation."""
NAME_RULES: tuple[Rule[OrderInquiry], ...] = (
    _no_list,
    _common_name_absent,
    _wildcard_common_name_refused,
    _wildcard_common_name_wanted,
    _wildcard_wanted,
    *ADDED_NAME_RULES,
)
