# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""getProductList (partner-api.md 2.13).

Private to the collection.
"""

from __future__ import annotations

from ..._third_party.controller_packages import element, wrapped
from ..enums import HashAlgorithm
from .base import Answer, Message, OptionalBool, OptionalInt, OrText, Request


class GetProductListRequest(Request):
    hash_algorithm: bool | None = element(tag="hashAlgorithm", default=None)


class ListedProduct(Message):
    """A product open to the account. ``type`` is its name; the unit of ``validity_period`` is unknown."""

    code: str = element(tag="code", default="")
    type: str = element(tag="type", default="")
    validity_period: OptionalInt = element(tag="validityPeriod", default=None)
    certificate_notification_enabled: OptionalBool = element(tag="certificateNotificationEnabled", default=None)
    supported_hash_algorithms: tuple[OrText[HashAlgorithm], ...] = wrapped(
        "supportedHashAlgorithms", element(tag="hashAlgorithm"), default=()
    )


class GetProductListAnswer(Answer):
    products: tuple[ListedProduct, ...] = wrapped("products", element(tag="product"), default=())
