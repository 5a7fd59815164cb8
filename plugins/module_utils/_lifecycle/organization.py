# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The organization that a certificate names: what the CA wants to know of it, by validation level.

Private to the collection. Pure. Source: partner-api.md 3.1, lifecycle.md 7; the error codes stand beside the limits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .products import ValidationLevel

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .products import Product

LIMITS = {
    "name": (255, 1102),
    "tax_identification_number": (32, 1083),
    "country": (2, 1020),
    "state": (128, 1105),
    "locality": (128, 1104),
    "street_address": (64, 2140),
    "postal_code": (40, 2143),
    "registration_number": (64, 1100),
    "jurisdiction_country": (2, 1096),
    "jurisdiction_state": (128, 1097),
    "jurisdiction_locality": (128, 1098),
}
BUSINESS_CATEGORIES = ("private_organization", "government_entity", "business_entity", "non_commercial_entity")
_WIRE = {"name": "organization", "registration_number": "serial_number"}
_NEEDED = (("name", 1016), ("country", 1020), ("tax_identification_number", 1048))
_NEEDED_FOR_EV = (("jurisdiction_country", 1093), ("registration_number", 1095), ("business_category", 2138))


def names_organization(product: Product) -> bool:
    """Whether the product's certificates may hold an organization; of an unknown product that is not known."""
    return product.level is not ValidationLevel.DV


def organization_problems(product: Product, organization: Mapping[str, Any]) -> Iterable[str]:
    """What keeps the CA from vouching for this organization; empty for products that name none."""
    if not names_organization(product):
        return
    for field, (limit, code) in LIMITS.items():
        if len(organization.get(field) or "") > limit:
            yield f"organization.{field} is longer than {limit} characters (error {code})"
    if product.level is ValidationLevel.UNKNOWN:
        return
    needed = (*_NEEDED, *(_NEEDED_FOR_EV if product.level is ValidationLevel.EV else ()))
    for field, code in needed:
        if not organization.get(field):
            yield f"{product.title} names an organization: organization.{field} is missing (error {code})"
    if not (organization.get("locality") or organization.get("state")):
        yield f"{product.title} needs organization.locality or organization.state (error 2058)"


def subject_of(product: Product, organization: Mapping[str, Any]) -> dict[str, str]:
    """The fields of orderParameters, by their names in messages, that say what the certificate shall say."""
    if not names_organization(product):
        return {}
    fields = {
        _WIRE.get(field, field): organization.get(field) for field in LIMITS if field != "tax_identification_number"
    }
    category = organization.get("business_category")
    words = category.replace("_", " ").title().replace("Non ", "Non-") if category else None
    return {field: value for field, value in {**fields, "business_category": words}.items() if value}
