# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is known of Certum's products: the ones an API user can order today, and the limits of each.

Private to the collection. Pure. The catalogue is a hint, never a fence: the account's own list (getProductList)
is the truth, so a code that is not listed here is accepted as it is, with no limits known.
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
    """One product. ``None`` stands for what no source tells: it is then left to the CA to refuse."""

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
        """One name and its companion: www beside the name, the base name beside its wildcard (lifecycle.md 8)."""
        return self.multi_domain is False

    @property
    def people_decide(self) -> bool:
        """Whether staff of the CA look at an order, which takes days."""
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
    """The issue code plus 5 (lifecycle.md 8)."""
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
    """A product name that stands for nothing. The text lists the names there are."""


def find(name_or_code: str) -> Product:
    """The product for a catalogue name (``commercial_ssl``) or a code (``601``).

    A code outside the catalogue gives a Product with no limits known. Raises UnknownProductError for any other word.
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
            "certum_product_info lists what your account may order."
        ) from None


def issue_code(code: str) -> str:
    """The code of a product's first orders, for the code of either purpose."""
    product = _BY_RENEWAL_CODE.get(code)
    return product.code if product else code


def is_renewal(code: str) -> bool:
    """Whether a code is known to buy the next term of a product."""
    return code in _BY_RENEWAL_CODE


def renewal_code(name_or_code: str) -> str:
    """The code that buys the next term of a product, named by its issue code, its renewal code or its name.

    A code that is not known is given back. Raises UnknownProductError.
    """
    if name_or_code in _BY_RENEWAL_CODE:
        return name_or_code
    product = find(name_or_code)
    return product.renewal_code or product.code
