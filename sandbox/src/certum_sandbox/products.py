# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The catalogue: which products are on sale, and what each may hold (products.csv)."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from importlib.resources import files


class Kind(StrEnum):
    """What the certificates of a product are for."""

    TLS = "ssl"
    SMIME = "smime"
    CODE_SIGNING = "codesign"
    OTHER = "other"


class Purpose(StrEnum):
    """Whether a code buys a first certificate or the next term of an old one."""

    ISSUE = "issue"
    RENEW = "renew"


class Validation(StrEnum):
    """How much of a TLS subject the CA vouches for."""

    DOMAIN = "DV"
    ORGANIZATION = "OV"
    EXTENDED = "EV"
    OTHER = "other"


@dataclass(frozen=True)
class Product:
    """One row of the catalogue. ``renews`` is the issue code that a renewal code follows."""

    code: str
    name: str
    kind: Kind
    validation: Validation
    wildcard: bool
    multidomain: bool
    purpose: Purpose
    renews: str | None
    years: int
    withdrawn: bool

    @property
    def term(self) -> timedelta:
        """How long the bought service lasts; one certificate of it may last less."""
        return timedelta(days=365 * self.years)

    @property
    def title(self) -> str:
        """The name as getProductList shows it, for example ``Commercial SSL (1 Year) Issue``."""
        years = "1 Year" if self.years == 1 else f"{self.years} Years"
        name = self.name.removesuffix(f" {self.years} years")
        return f"{name} ({years}) {self.purpose.capitalize()}"


class Catalogue:
    """The products this sandbox knows, by code."""

    def __init__(self, products: Iterable[Product]) -> None:
        self._products = {product.code: product for product in products}

    def find(self, code: str | None) -> Product | None:
        """The product with this code, withdrawn ones too."""
        return self._products.get(code or "")

    def on_sale(self) -> list[Product]:
        """What getProductList shows, by code."""
        return sorted((p for p in self._products.values() if not p.withdrawn), key=lambda product: product.code)


_ON_SALE_CONFIDENCE = frozenset({"high", "medium"})
_WORKING_KINDS = frozenset({Kind.TLS})


def _kind(text: str) -> Kind:
    return Kind(text) if text in {kind.value for kind in Kind} else Kind.OTHER


def _validation(text: str) -> Validation:
    return Validation(text) if text in {"DV", "OV", "EV"} else Validation.OTHER


def _years(name: str) -> int:
    return next((years for years in (2, 3) if f"{years} years" in name), 1)


def _read(row: dict[str, str]) -> Product:
    return Product(
        code=row["code"],
        name=row["name"],
        kind=_kind(row["kind"]),
        validation=_validation(row["validation"]),
        wildcard=row["wildcard"] == "yes",
        multidomain=row["multidomain"] == "yes",
        purpose=Purpose(row["purpose"]) if row["purpose"] in {"issue", "renew"} else Purpose.ISSUE,
        renews=row["renews"] or None,
        years=_years(row["name"]),
        withdrawn=_years(row["name"]) > 1,
    )


def load_catalogue() -> Catalogue:
    """Products of high and medium confidence, of the kinds that this sandbox can order."""
    text = (files("certum_sandbox") / "data" / "products.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    products = [_read(row) for row in rows if row["confidence"] in _ON_SALE_CONFIDENCE and row["code"] != "unknown"]
    return Catalogue(product for product in products if product.kind in _WORKING_KINDS)
