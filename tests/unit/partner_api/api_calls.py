# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A call of the client for each operation, and the messages that it has."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Callable

from ansible_collections.certops.certum.plugins.module_utils._partner_api.client import PartnerApi
from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import ApiOperation, ApproverMethod
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.certificate import (
    ReissueRequest,
    RenewalRequest,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.domain_control import (
    SanApprover,
    SanEntry,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.parties import RequestorInfo
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.quick_order import (
    OrderParameters,
    OrderRequest,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.sni import (
    SniChangeRequest,
    SniOrderRequest,
)

if TYPE_CHECKING:
    from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.base import Answer, Request

NOON = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)
ORDER = OrderRequest(
    san_approver=SanApprover(approver_method=ApproverMethod.FILE, notification_enabled=False),
    order_parameters=OrderParameters(csr="PEM", customer="shop", product_code="601", order_id="shop-1"),
    requestor_info=RequestorInfo(email="ops@example.net", first_name="Ada", last_name="Nowak"),
    san_entries=(SanEntry(dns_name="shop.example.org"),),
)
RENEWAL = RenewalRequest(csr="PEM", customer="shop", product_code="606", serial_number="0a:1b")
REISSUE = ReissueRequest(csr="PEM", serial_number="0a:1b")
SNI_ORDER = SniOrderRequest(csr="PEM", serial_numbers=("0A1B",), requestor_info=ORDER.requestor_info)
SNI_CHANGE = SniChangeRequest(serial_number="0A1B", add_serial_numbers=("0A1C",))
YESTERDAY = NOON - timedelta(days=1)

CALLS: dict[ApiOperation, Callable[[PartnerApi], Any]] = {
    ApiOperation.VALIDATE_ORDER_PARAMETERS: lambda api: api.validate_order_parameters(ORDER),
    ApiOperation.QUICK_ORDER: lambda api: api.quick_order(ORDER),
    ApiOperation.RENEW_CERTIFICATE: lambda api: api.renew_certificate(RENEWAL),
    ApiOperation.REISSUE_CERTIFICATE: lambda api: api.reissue_certificate(REISSUE),
    ApiOperation.CANCEL_ORDER: lambda api: api.cancel_order(order_id="shop-1"),
    ApiOperation.REVOKE_CERTIFICATE: lambda api: api.revoke_certificate(serial_number="0a1b"),
    ApiOperation.GET_ORDER_STATE: lambda api: api.get_order_state(order_id="shop-1"),
    ApiOperation.GET_ORDER_BY_ORDER_ID: lambda api: api.get_order_by_order_id(order_id="shop-1"),
    ApiOperation.GET_ORDERS_BY_DATE_RANGE: lambda api: tuple(
        api.get_orders_by_date_range(from_date=YESTERDAY, to_date=NOON)
    ),
    ApiOperation.GET_MODIFIED_ORDERS: lambda api: tuple(api.get_modified_orders(from_date=YESTERDAY, to_date=NOON)),
    ApiOperation.GET_CERTIFICATE: lambda api: api.get_certificate(serial_number="0a1b"),
    ApiOperation.GET_EXPIRING_CERTIFICATES: lambda api: tuple(api.get_expiring_certificates(validity_days_left=30)),
    ApiOperation.GET_PRODUCT_LIST: lambda api: api.get_product_list(),
    ApiOperation.ADD_SAN_VERIFICATION: lambda api: api.add_san_verification(order_id="shop-1"),
    ApiOperation.PERFORM_SAN_VERIFICATION: lambda api: api.perform_san_verification(code="3f9c"),
    ApiOperation.GET_SAN_VERIFICATION_STATE: lambda api: api.get_san_verification_state(order_id="shop-1"),
    ApiOperation.ADD_EMAIL_VERIFICATION: lambda api: api.add_email_verification(order_id="shop-1"),
    ApiOperation.GET_EMAIL_VERIFICATION: lambda api: api.get_email_verification(order_id="shop-1"),
    ApiOperation.VERIFY_ORDER: lambda api: api.verify_order(order_id="shop-1", note="see the file"),
    ApiOperation.GET_DOCUMENTS_LIST: lambda api: api.get_documents_list(order_id="shop-1"),
    ApiOperation.ORDER_SNI_CERTIFICATE: lambda api: api.order_sni_certificate(SNI_ORDER),
    ApiOperation.MODIFY_SNI_CERTIFICATE: lambda api: api.modify_sni_certificate(SNI_CHANGE),
}


class _AskedError(Exception):
    """Holds the request of a call, and the class of its answer."""


class _Recorder(PartnerApi):
    """Sends nothing."""

    def __init__(self) -> None:
        """Do without an account and a transport."""

    def _call(self, operation: ApiOperation, request: Request, model: type[Any]) -> Any:
        raise _AskedError(operation, type(request), model)


def messages_of(operation: ApiOperation) -> tuple[type[Request], type[Answer]]:
    """Return the classes of the request and of the answer that the client has for an operation."""
    try:
        CALLS[operation](_Recorder())
    except _AskedError as asked:
        asked_for, request, answer = asked.args
        assert asked_for is operation
        return request, answer
    raise AssertionError(f"CALLS in {__file__} calls nothing for {operation}")
