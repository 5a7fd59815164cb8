# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The catalogue of Certum's products: those that an API user can order today, with their limits.

Private to the collection. Pure. The account's own list (getProductList) decides which products can be ordered. So a
code that is not in the catalogue is accepted, and its limits are unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from .._handover.foreign_text import quote
from .._handover.terms import ProductKind


class ValidationLevel(str, Enum):
    """How much of the subject the CA verifies (CA/Browser Forum terms)."""

    DV = "DV"
    OV = "OV"
    EV = "EV"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Product:
    """One product. ``None`` means that no source names the value: only the CA can refuse then."""

    code: str
    title: str
    key: str | None = None
    level: ValidationLevel = ValidationLevel.UNKNOWN
    wildcard: bool | None = None
    multi_domain: bool | None = None
    max_names: int | None = None
    renewal_code: str | None = None
    kind: ProductKind = ProductKind.UNKNOWN

    @property
    def covers_one_site(self) -> bool:
        """Return whether it covers only one name and its companion (lifecycle.md 8).

        The companion of a name is the name with ``www.``. The companion of a wildcard is its base name.
        """
        return self.multi_domain is False

    @property
    def people_decide(self) -> bool:
        """Return whether the CA's staff verify an order, which takes days."""
        return self.level in (ValidationLevel.OV, ValidationLevel.EV)


def _tls(code: str, title: str, *, level: ValidationLevel, wildcard: bool | None, multi_domain: bool) -> Product:
    return Product(
        code=code,
        title=title,
        key=title.lower().replace(" ", "_"),
        level=level,
        wildcard=wildcard,
        multi_domain=multi_domain,
        max_names=100 if multi_domain else 2,
        renewal_code=_renewal_code(code),
        kind=ProductKind.TLS,
    )


def _renewal_code(issue_code: str) -> str:
    """Return the issue code plus 5 (lifecycle.md 8)."""
    return str(int(issue_code) + 5)


_DV, _OV, _EV = ValidationLevel.DV, ValidationLevel.OV, ValidationLevel.EV

CATALOGUE: tuple[Product, ...] = (
    _tls("601", "Commercial SSL", level=_DV, wildcard=False, multi_domain=False),
    _tls("631", "Trusted SSL", level=_OV, wildcard=False, multi_domain=False),
    _tls("641", "Premium EV SSL", level=_EV, wildcard=False, multi_domain=False),
    _tls("681", "Trusted Wildcard SSL", level=_OV, wildcard=True, multi_domain=False),
    _tls("741", "Commercial Wildcard SSL", level=_DV, wildcard=True, multi_domain=False),
    _tls("921", "Trusted MultiDomain SSL", level=_OV, wildcard=None, multi_domain=True),
    _tls("931", "Commercial MultiDomain SSL", level=_DV, wildcard=None, multi_domain=True),
    _tls("981", "Premium EV MultiDomain SSL", level=_EV, wildcard=False, multi_domain=True),
    Product(
        code="721",
        title="Enterprise ID",
        key="enterprise_id",
        level=_OV,
        renewal_code=_renewal_code("721"),
        kind=ProductKind.SMIME,
    ),
)

_BY_KEY = {product.key: product for product in CATALOGUE}
_BY_CODE = {product.code: product for product in CATALOGUE}
_BY_RENEWAL_CODE = {product.renewal_code: product for product in CATALOGUE if product.renewal_code}
_CODE = re.compile(r"[0-9]{1,3}\Z")  # error 1080


class UnknownProductError(ValueError):
    """An unknown product name. The text lists the known names."""


def find(name_or_code: str) -> Product:
    """Return the product for a catalogue name (``commercial_ssl``) or a code (``601``).

    For a code outside the catalogue, the limits of the Product are None. Raises UnknownProductError for other words.
    """
    word = name_or_code.strip()
    if _CODE.match(word):
        return _BY_CODE.get(word) or Product(code=word, title=f"product {word}")
    try:
        return _BY_KEY[word.lower()]
    except KeyError:
        names = ", ".join(sorted(key for key in _BY_KEY if key))
        raise UnknownProductError(
            f"product '{quote(word, 60)}' is neither a product code (up to 3 digits) nor one of: {names}. "
            "certum_product_info lists the products that your account may order."
        ) from None


def issue_code(code: str) -> str:
    """Return the issue code of a product for its issue code or its renewal code."""
    product = _BY_RENEWAL_CODE.get(code)
    return product.code if product else code


def is_renewal(code: str) -> bool:
    """Return whether a code is a known renewal code."""
    return code in _BY_RENEWAL_CODE


def renewal_code(name_or_code: str) -> str:
    """Return the renewal code of a product for its issue code, its renewal code or its name.

    An unknown code is returned unchanged. Raises UnknownProductError.
    """
    if name_or_code in _BY_RENEWAL_CODE:
        return name_or_code
    product = find(name_or_code)
    return product.renewal_code or product.code
