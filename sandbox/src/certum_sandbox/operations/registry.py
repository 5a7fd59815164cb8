# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every operation that works; the others of the schema are answered with a fault that says so."""

from __future__ import annotations

from collections.abc import Mapping

from certum_sandbox.operations.cancel import CANCEL_ORDER
from certum_sandbox.operations.certificate import GET_CERTIFICATE
from certum_sandbox.operations.operation import AnyOperation
from certum_sandbox.operations.placing import QUICK_ORDER, VALIDATE_ORDER_PARAMETERS
from certum_sandbox.operations.product_list import GET_PRODUCT_LIST
from certum_sandbox.operations.reading import GET_ORDER_BY_ORDER_ID, GET_ORDER_STATE
from certum_sandbox.operations.san_verification import (
    ADD_SAN_VERIFICATION,
    GET_SAN_VERIFICATION_STATE,
    PERFORM_SAN_VERIFICATION,
)

_ALL: tuple[AnyOperation, ...] = (
    VALIDATE_ORDER_PARAMETERS,
    QUICK_ORDER,
    CANCEL_ORDER,
    GET_ORDER_STATE,
    GET_ORDER_BY_ORDER_ID,
    GET_CERTIFICATE,
    GET_PRODUCT_LIST,
    ADD_SAN_VERIFICATION,
    PERFORM_SAN_VERIFICATION,
    GET_SAN_VERIFICATION_STATE,
)
OPERATIONS: Mapping[str, AnyOperation] = {operation.name: operation for operation in _ALL}
