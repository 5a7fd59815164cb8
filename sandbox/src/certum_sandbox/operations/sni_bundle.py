# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""orderSNICertificate and modifySNICertificate (partner-api.md 2.21, 2.22)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from certum_sandbox.csr import Csr
from certum_sandbox.model import (
    Entry,
    NameValidation,
    Order,
    OrderState,
    Verification,
    VerificationState,
    VerificationType,
)
from certum_sandbox.operations.operation import Answer, Operation
from certum_sandbox.operations.order_opening import new_order_id, open_order, start_processing
from certum_sandbox.operations.order_placement import read_requestor
from certum_sandbox.rules.bundle_rules import (
    BUNDLE_CHANGE_RULES,
    BUNDLE_ORDER_RULES,
    BundleChangeInquiry,
    BundleOrderInquiry,
)
from certum_sandbox.rules.predecessor_rules import known_predecessor
from certum_sandbox.soap.render import node
from certum_sandbox.transitions import reopen

_NEEDED = (
    Verification(VerificationType.DOMAIN, VerificationState.NOT_REQUIRED),
    Verification(VerificationType.INTERNAL, VerificationState.REQUIRED),
)
"""The checks of a bundle. The orders of its members validated the names already."""


def _validated(names: Iterable[str], expires: datetime) -> tuple[NameValidation, ...]:
    return tuple(NameValidation(name, VerificationState.VERIFIED, expires) for name in names)


def _subject(csr: Csr, names: Sequence[str]) -> Mapping[str, str]:
    """Return the subject with a CN that is one of the names."""
    wanted = csr.subject.get("commonName", "").lower()
    return {**csr.subject, "commonName": wanted if wanted in names else names[0]}


def _answer(order: Order, unknown: Sequence[str]) -> Answer:
    invalid = [node("serialNumber", serial) for serial in unknown]
    listed = [node("invalidSerialNumbers", invalid)] if invalid else []
    return Answer([node("orderID", order.order_id), *listed], order.order_id)


def _order(inquiry: BundleOrderInquiry) -> Answer:
    backend, csr = inquiry.backend, inquiry.csr
    product = backend.catalogue.bundle
    first = backend.orders.find(inquiry.members[0].order_id)
    if not isinstance(csr, Csr) or first is None:
        msg = "a bundle without a CSR or members passed the rules"
        raise ValueError(msg)
    names = list(dict.fromkeys(name for entry in inquiry.members for name in entry.names))
    order = Order(
        order_id=new_order_id(),
        customer=first.customer,  # the request has no customer
        product_code=product.code,
        state=OrderState.AWAITING,
        created=inquiry.now,
        updated=inquiry.now,
        term_end=inquiry.now + product.term,
        requestor=read_requestor(inquiry.message),
        tax_id=inquiry.message.value("organizationInfo/taxIdentificationNumber"),
        language=inquiry.message.value("orderSNIParameters/language") or "pl",
        names=_validated(names, inquiry.now + backend.validation_reuse),
        verifications=_NEEDED,
    )
    entry = Entry(
        order_id=order.order_id,
        public_key_sha256=csr.public_key_sha256,
        csr=inquiry.message.value("orderSNIParameters/CSR") or "",
        subject=_subject(csr, names),
        names=tuple(names),
        members=tuple(serial for serial, member in inquiry.listed.items() if member is not None),
    )
    return _answer(open_order(backend, order, entry), inquiry.unknown)


def _change(inquiry: BundleChangeInquiry) -> Answer:
    order, predecessor, _certificate = known_predecessor(inquiry)
    backend, names = inquiry.backend, inquiry.names
    order = reopen(order, _validated(names, inquiry.now + backend.validation_reuse), inquiry.now)
    common_name = predecessor.subject.get("commonName", "")
    entry = replace(
        predecessor,
        subject={**predecessor.subject, "commonName": common_name if common_name in names else names[0]},
        names=tuple(names),
        reissue=True,
        members=tuple(inquiry.after),
        certificate=None,
    )
    backend.orders.save(order)
    backend.orders.add_entry(entry)
    start_processing(backend, order)
    return _answer(order, ())


ORDER_SNI_CERTIFICATE = Operation("orderSNICertificate", BundleOrderInquiry, BUNDLE_ORDER_RULES, _order)
MODIFY_SNI_CERTIFICATE = Operation("modifySNICertificate", BundleChangeInquiry, BUNDLE_CHANGE_RULES, _change)
