# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps that let the CA check a test order without placing it (validateOrderParameters).

Private to the collection. They change nothing at the CA, so they need no permission.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from .._partner_api.enums import ApiOperation
from .probe import Probe
from .trial_order import (
    bare,
    new_csr,
    new_key,
    with_organization_name,
    with_parameter,
    with_prefix,
    with_text,
    without,
)

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from .._x509.compatibility import PrivateKey
    from .recording_client import RecordingClient
    from .trial_order import OrderDraft, Products

_LATE = timedelta(days=300)
_SOON = timedelta(days=30)
_OPERATION = ApiOperation.VALIDATE_ORDER_PARAMETERS
_NO_PRODUCT = "the account may not order the product that this needs"
_OF_SINGLE = tuple(
    probe
    for probe in Probe
    if probe.name.startswith("CHECK") and not probe.name.startswith(("CHECK_WILDCARD", "CHECK_SEVERAL"))
)


def check_orders(client: RecordingClient, draft: OrderDraft, products: Products) -> None:
    """Carry out all checks. Raises AuthenticationError."""
    base, key = draft.host, new_key()
    if products.single is None:
        client.evidence.unanswered.update(dict.fromkeys(_OF_SINGLE, _NO_PRODUCT))
    else:
        _check_single(client, draft, products.single, csr=new_csr([base], key))
    _check_pair(
        client,
        draft,
        key,
        products.wildcard,
        usual=(Probe.CHECK_WILDCARD, [f"*.{base}"]),
        other=(Probe.CHECK_WILDCARD_BASE, [f"*.{base}", base]),
    )
    _check_pair(
        client,
        draft,
        key,
        products.several,
        usual=(Probe.CHECK_SEVERAL, [base, f"a.{base}"]),
        other=(Probe.CHECK_SEVERAL_WILDCARD, [base, f"*.a.{base}"]),
    )


def _check_pair(
    client: RecordingClient,
    draft: OrderDraft,
    key: PrivateKey,
    product: str | None,
    *,
    usual: tuple[Probe, list[str]],
    other: tuple[Probe, list[str]],
) -> None:
    for probe, names in (usual, other):
        if product is None:
            client.evidence.unanswered[probe] = _NO_PRODUCT
        else:
            body = draft.element(product, names, order_id=draft.order_id("check"), csr=new_csr(names, key))
            client.record(probe, _OPERATION, body)


def _check_single(client: RecordingClient, draft: OrderDraft, product: str, *, csr: str) -> None:
    def usual() -> Element:
        return draft.element(product, [draft.host], order_id=draft.order_id("check"), csr=csr)

    late, soon = ((draft.now + later).date() for later in (_LATE, _SOON))
    requests = {
        Probe.CHECK: usual(),
        Probe.CHECK_LOWER_CASE: with_parameter(usual(), "joisocn", "ABC"),
        Probe.CHECK_MIXED_CASE: with_parameter(usual(), "joISoCN", "ABC"),
        Probe.CHECK_LATE_END: with_parameter(usual(), "shortenedValidityPeriod", late.isoformat()),
        Probe.CHECK_BASIC_DATE: with_parameter(usual(), "shortenedValidityPeriod", f"{soon:%Y%m%d}"),
        Probe.CHECK_EMAIL_METHOD: with_prefix(with_text(usual(), "SANApprover/approverMethod", "EMAIL"), "ADMIN"),
        Probe.CHECK_ORGANIZATION_NAME: with_organization_name(usual(), "5250000000"),
        Probe.CHECK_NO_REQUESTOR: without(usual(), ".", "requestorInfo"),
        Probe.CHECK_NO_PHONE: without(usual(), "requestorInfo", "phone"),
        Probe.CHECK_BARE_CSR: with_text(usual(), "orderParameters/CSR", bare(csr)),
        Probe.CHECK_DOTS: with_text(
            with_text(usual(), "orderParameters/customer", "certum.rehearsal"),
            "orderParameters/orderID",
            f"rehearsal.{draft.token}",
        ),
    }
    for probe, body in requests.items():
        client.record(probe, _OPERATION, body)
