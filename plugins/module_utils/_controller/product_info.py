# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The account's products with the facts of the catalogue about each, for certum_product_info.

Private to the collection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._handover.reasons import Reason, ReasonCode
from .._lifecycle.products import CATALOGUE, Product

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._partner_api.client import PartnerApi
    from .._partner_api.messages.product import ListedProduct as AccountProduct


def list_products(api: PartnerApi, params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Return the result of the module. It only reads, so check mode makes no difference."""
    del params, check_mode
    products = sorted(api.get_product_list(hash_algorithms=True), key=lambda product: product.code)
    return {
        "changed": False,
        "products": [_merged(product) for product in products],
        "reason": Reason(ReasonCode.REPORTED, f"the account may order {len(products)} products").shown(),
    }


_ISSUE = {product.code: product for product in CATALOGUE}
_RENEW = {product.renewal_code: product for product in CATALOGUE}


def _merged(product: AccountProduct) -> dict[str, Any]:
    code = product.code
    purpose = "issue" if code in _ISSUE else "renew" if code in _RENEW else "unknown"
    known = _ISSUE.get(code) or _RENEW.get(code) or Product(code=code, title=product.type or code)
    return {
        "code": code,
        "type": product.type,
        "product": known.key,
        "purpose": purpose,
        "level": known.level.value,
        "wildcard": known.wildcard,
        "multi_domain": known.multi_domain,
        "max_names": known.max_names,
        "renewal_code": known.renewal_code if purpose == "issue" else None,
        "validity_period": product.validity_period,
        "certificate_notification_enabled": product.certificate_notification_enabled,
        "hash_algorithms": [str(algorithm) for algorithm in product.supported_hash_algorithms],
    }
