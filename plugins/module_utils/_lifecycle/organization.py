# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The organization that a certificate names, and the data that the CA requires for each validation level.

Private to the collection. Pure. Source: partner-api.md 3.1, lifecycle.md 7. The error codes are beside the limits.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .._handover.terms import BusinessCategory
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
_WIRE = {"name": "organization", "registration_number": "serial_number"}
_SUBJECT = {
    "2.5.4.10": "name",
    "2.5.4.6": "country",
    "2.5.4.8": "state",
    "2.5.4.7": "locality",
    "2.5.4.9": "street_address",
    "2.5.4.17": "postal_code",
    "2.5.4.5": "registration_number",
    "2.5.4.15": "business_category",
    "1.3.6.1.4.1.311.60.2.1.3": "jurisdiction_country",
    "1.3.6.1.4.1.311.60.2.1.2": "jurisdiction_state",
    "1.3.6.1.4.1.311.60.2.1.1": "jurisdiction_locality",
}  # RFC 5280 A.1, CA/Browser Forum EV Guidelines 9.2
_NEEDED = (("name", 1016), ("country", 1020), ("tax_identification_number", 1048))
_NEEDED_FOR_EV = (("jurisdiction_country", 1093), ("registration_number", 1095), ("business_category", 2138))


def names_organization(product: Product) -> bool:
    """Return whether the product's certificates may name an organization. True if the product is not known."""
    return product.level is not ValidationLevel.DV


def organization_problems(product: Product, organization: Mapping[str, Any]) -> Iterable[str]:
    """Yield why the CA would refuse this organization. Nothing for products that name no organization."""
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
    """Return the fields of orderParameters for the subject, by their names in messages."""
    if not names_organization(product):
        return {}
    fields = {
        _WIRE.get(field, field): organization.get(field) for field in LIMITS if field != "tax_identification_number"
    }
    category = organization.get("business_category")
    words = category.replace("_", " ").title().replace("Non ", "Non-") if category else None
    return {field: value for field, value in {**fields, "business_category": words}.items() if value}


def organization_of(
    product: Product, subject: Mapping[str, str], tax_identification_number: str | None
) -> dict[str, str]:
    """Return the organization that a certificate names, as a declaration. ``subject`` has texts by dotted OID."""
    if not names_organization(product):
        return {}
    found = {field: subject[oid] for oid, field in _SUBJECT.items() if subject.get(oid)}
    category = re.sub("[^a-z]+", "_", found.pop("business_category", "").lower())
    if category in BusinessCategory.values():
        found["business_category"] = category
    if found and tax_identification_number:
        found["tax_identification_number"] = tax_identification_number
    return found
