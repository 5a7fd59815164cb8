# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""getOrderState, getOrderByOrderID, getOrdersByDateRange, getModifiedOrders (partner-api.md 2.7 to 2.10, 3.2).

Private to the collection.
"""

from __future__ import annotations

from ..._third_party.controller_packages import attr, element, wrapped
from ..enums import OrderState, OrderVerificationState, OrderVerificationType
from .base import Answer, Message, OptionalUtcDateTime, OrderId, OrText, Request, SerialNumber, UtcDateTime
from .certificate import CertificateDetails
from .parties import OrganizationInfo, RequestorInfo


class OrderVerification(Message):
    """One check of an order, see lifecycle.md 2. Its result may be used until ``expire_date``."""

    type: OrText[OrderVerificationType] = element(tag="type")
    state: OrText[OrderVerificationState] = element(tag="state")
    expire_date: OptionalUtcDateTime = element(tag="expireDate", default=None)


class OrderProgress(Answer):
    """The state of an order and of its checks."""

    verifications: tuple[OrderVerification, ...] = wrapped("verifications", element(tag="verification"), default=())
    last_update_date: OptionalUtcDateTime = element(tag="lastUpdateDate", default=None)
    order_state: OrText[OrderState] = element(tag="orderStatus")


class OrderOption(Message):
    """The parts of each order that the CA sends; the CA's own default is none."""

    certificate_details: bool = element(tag="certificateDetails", default=True)
    order_details: bool = element(tag="orderDetails", default=True)
    order_status: bool = element(tag="orderStatus", default=True)


class GetOrderByOrderIdRequest(Request):
    order_id: str = element(tag="orderID")
    order_option: OrderOption = element(tag="orderOption")


class GetOrdersRequest(Request):
    """A page of the orders of a period. Bounds are sent with their offset."""

    from_date: UtcDateTime = element(tag="fromDate")
    order_option: OrderOption = element(tag="orderOption")
    page_number: int | None = element(tag="pageNumber", default=None)
    to_date: UtcDateTime = element(tag="toDate")


class OrderStatus(Message):
    """The state of an order. ``serial_number`` is set once a certificate is issued."""

    customer: str = element(tag="customer", default="")
    order_date: UtcDateTime = element(tag="orderDate")
    order_id: OrderId = element(tag="orderID")
    order_state: OrText[OrderState] = element(tag="orderStatus")
    product_code: str = element(tag="productCode", default="")
    serial_number: SerialNumber | None = element(tag="serialNumber", default=None)


class OrderDetails(Message):
    organization_info: OrganizationInfo | None = element(tag="organizationInfo", default=None)
    requestor_info: RequestorInfo | None = element(tag="requestorInfo", default=None)


class ListedOrder(Message):
    """One entry of an order. After a reissue an order has several; ``reissue`` and the certificate distinguish them."""

    reissue: bool = attr(name="reissue", default=False)
    certificate_details: CertificateDetails | None = element(tag="certificateDetails", default=None)
    order_details: OrderDetails | None = element(tag="orderDetails", default=None)
    order_status: OrderStatus | None = element(tag="orderStatus", default=None)


class GetOrdersAnswer(Answer):
    orders: tuple[ListedOrder, ...] = wrapped("orders", element(tag="Order"), default=())
