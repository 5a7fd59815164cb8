# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The registry of all operations."""

from __future__ import annotations

from collections.abc import Mapping

from certum_sandbox.operations.cancellation import CANCEL_ORDER
from certum_sandbox.operations.certificate_lookup import GET_CERTIFICATE
from certum_sandbox.operations.documents import GET_DOCUMENTS_LIST, VERIFY_ORDER
from certum_sandbox.operations.mailbox import ADD_EMAIL_VERIFICATION, GET_EMAIL_VERIFICATION
from certum_sandbox.operations.operation import AnyOperation
from certum_sandbox.operations.order_placement import QUICK_ORDER, VALIDATE_ORDER_PARAMETERS
from certum_sandbox.operations.order_state import GET_ORDER_BY_ORDER_ID, GET_ORDER_STATE
from certum_sandbox.operations.paged_lists import (
    GET_EXPIRING_CERTIFICATES,
    GET_MODIFIED_ORDERS,
    GET_ORDERS_BY_DATE_RANGE,
)
from certum_sandbox.operations.product_list import GET_PRODUCT_LIST
from certum_sandbox.operations.reissue import REISSUE_CERTIFICATE
from certum_sandbox.operations.renewal import RENEW_CERTIFICATE
from certum_sandbox.operations.revocation import REVOKE_CERTIFICATE
from certum_sandbox.operations.san_verification import (
    ADD_SAN_VERIFICATION,
    GET_SAN_VERIFICATION_STATE,
    PERFORM_SAN_VERIFICATION,
)
from certum_sandbox.operations.sni_bundle import MODIFY_SNI_CERTIFICATE, ORDER_SNI_CERTIFICATE

_ALL: tuple[AnyOperation, ...] = (
    VALIDATE_ORDER_PARAMETERS,
    QUICK_ORDER,
    RENEW_CERTIFICATE,
    REISSUE_CERTIFICATE,
    CANCEL_ORDER,
    REVOKE_CERTIFICATE,
    GET_ORDER_STATE,
    GET_ORDER_BY_ORDER_ID,
    GET_ORDERS_BY_DATE_RANGE,
    GET_MODIFIED_ORDERS,
    GET_CERTIFICATE,
    GET_EXPIRING_CERTIFICATES,
    GET_PRODUCT_LIST,
    ADD_SAN_VERIFICATION,
    PERFORM_SAN_VERIFICATION,
    GET_SAN_VERIFICATION_STATE,
    ADD_EMAIL_VERIFICATION,
    GET_EMAIL_VERIFICATION,
    VERIFY_ORDER,
    GET_DOCUMENTS_LIST,
    ORDER_SNI_CERTIFICATE,
    MODIFY_SNI_CERTIFICATE,
)
OPERATIONS: Mapping[str, AnyOperation] = {operation.name: operation for operation in _ALL}
