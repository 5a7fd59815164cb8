# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The product catalogue: the products on sale and their properties (products.csv)."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from importlib.resources import files


class Kind(StrEnum):
    """The use of the certificates of a product."""

    TLS = "ssl"
    SMIME = "smime"
    CODE_SIGNING = "codesign"
    OTHER = "other"


class Purpose(StrEnum):
    """The purpose of a product code: to order a first certificate, or to renew for the next term."""

    ISSUE = "issue"
    RENEW = "renew"


class Validation(StrEnum):
    """The part of a subject that the CA validates."""

    DOMAIN = "domain"
    ORGANIZATION = "organization"
    EXTENDED = "extended"
    MAILBOX = "mailbox"
    INDIVIDUAL = "individual"
    SPONSOR = "sponsor"
    ANYBODY = "individual or organization"
    OTHER = "other"


class Sale(StrEnum):
    """The values of ``--products``: the products with a well documented code, or every row of the list."""

    LIKELY = "likely"
    ALL = "all"


@dataclass(frozen=True)
class Product:
    """A product. ``renews`` is the issue code that belongs to a renewal code.

    ``has_code`` is false if no source has the real code. Then ``code`` is a placeholder that the CA does not use.
    """

    code: str
    name: str
    kind: Kind
    validation: Validation
    wildcard: bool
    multidomain: bool
    purpose: Purpose
    renews: str | None
    term: timedelta
    withdrawn: bool = False
    has_code: bool = True

    def longest_life(self, max_days: int) -> timedelta:
        """Return the longest lifetime of one certificate. ``max_days`` is the limit for TLS (lifecycle.md 9)."""
        return min(self.term, timedelta(days=_MAX_DAYS.get(self.kind, max_days)))

    @property
    def profile(self) -> str:
        """The issue code, which must be the same for an order and its renewal (error 1167)."""
        return self.renews or self.code

    @property
    def is_bundle(self) -> bool:
        """Whether one certificate holds the names of several others (partner-api.md 2.21)."""
        return self.name == _BUNDLE

    @property
    def is_cloud(self) -> bool:
        """Whether the key is in SimplySign, so that no reissue is possible (error 2122)."""
        return "SimplySign" in self.name

    @property
    def title(self) -> str:
        """The name as getProductList shows it, for example ``Commercial SSL (1 Year) Issue``."""
        years, days = divmod(self.term.days, _YEAR)
        term = f"{days} Days" if days else "1 Year" if years == 1 else f"{years} Years"
        return f"{_TERM.sub('', self.name)} ({term}) {self.purpose.capitalize()}"


_YEAR = 365
_MAX_DAYS = {Kind.SMIME: 825, Kind.CODE_SIGNING: 460, Kind.OTHER: 825}
_BUNDLE = "SNI Certificate"
_TERM = re.compile(r" (?P<years>[23]) years$")
_LIKELY = frozenset({"high", "medium"})
_UNKNOWN = "unknown"
_VALIDATIONS: Mapping[str, Validation] = {
    "DV": Validation.DOMAIN,
    "OV": Validation.ORGANIZATION,
    "EV": Validation.EXTENDED,
    "organization": Validation.ORGANIZATION,
    "mailbox": Validation.MAILBOX,
    "individual": Validation.INDIVIDUAL,
    "individual identity": Validation.INDIVIDUAL,
    "sponsor": Validation.SPONSOR,
    "individual or organization": Validation.ANYBODY,
}
_DEFAULT_VALIDATION = {
    Kind.TLS: Validation.DOMAIN,
    Kind.SMIME: Validation.MAILBOX,
    Kind.CODE_SIGNING: Validation.ANYBODY,
    Kind.OTHER: Validation.OTHER,
}
"""The validation of a product where no source has it."""


class Catalogue:
    """The known products by code. ``offered`` are the codes that this account may order."""

    def __init__(self, products: Iterable[Product], *, offered: Iterable[str]) -> None:
        self._products = {product.code: product for product in products}
        self._offered = frozenset(offered)

    def find(self, code: str | None) -> Product | None:
        """Return the product with this code if it is offered or was offered before, else None."""
        return self._products.get(code or "") if code in self._offered else None

    def get(self, code: str) -> Product:
        """Return the product of an existing order. Raise LookupError if this version does not know the code."""
        if code not in self._products:
            msg = f"there is no product {code} in the catalogue"
            raise LookupError(msg)
        return self._products[code]

    @property
    def bundle(self) -> Product:
        """The product of orderSNICertificate. Its real code is unknown."""
        return next(product for product in self._products.values() if product.is_bundle)

    def on_sale(self) -> list[Product]:
        """Return the products of getProductList, sorted by code."""
        offered = (self._products[code] for code in sorted(self._offered))
        return [product for product in offered if not product.withdrawn]


def _kind(text: str) -> Kind:
    return Kind(text) if text in {kind.value for kind in Kind} else Kind.OTHER


def _term(row: Mapping[str, str]) -> timedelta:
    years = _TERM.search(row["name"])
    days = re.fullmatch(r"(\d+) days", row["validity_days_or_years"])
    if days:
        return timedelta(days=int(days[1]))
    return timedelta(days=_YEAR * int(years["years"] if years else 1))


def _read(row: Mapping[str, str], code: str) -> Product:
    kind, term = _kind(row["kind"]), _term(row)
    return Product(
        code=code,
        name=row["name"],
        kind=kind,
        validation=_VALIDATIONS.get(row["validation"], _DEFAULT_VALIDATION[kind]),
        wildcard=row["wildcard"] == "yes",
        multidomain=row["multidomain"] == "yes",
        purpose=Purpose(row["purpose"]),
        renews=row["renews"] or None,
        term=term,
        # The lifetime limits for TLS ended terms of more than a year (lifecycle.md 8).
        withdrawn=kind is Kind.TLS and term > timedelta(days=_YEAR),
        has_code=row["code"] != _UNKNOWN,
    )


def load_catalogue(sale: Sale = Sale.LIKELY) -> Catalogue:
    """Load all rows of the list. Offer those of high and medium confidence, or all of them."""
    text = (files("certum_sandbox") / "data" / "products.csv").read_text("utf-8")
    products: list[Product] = []
    offered: list[str] = []
    for row in csv.DictReader(text.splitlines()):
        unknown = sum(not product.has_code for product in products)
        code = f"X{unknown + 1:02}" if row["code"] == _UNKNOWN else row["code"]
        products.append(_read(row, code))
        if sale is Sale.ALL or row["confidence"] in _LIKELY:
            offered.append(code)
    return Catalogue(products, offered=offered)
