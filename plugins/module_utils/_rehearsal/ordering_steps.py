# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps that need permission: test orders, and requests about certificates that do not exist.

Private to the collection.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from .._partner_api.enums import ApiOperation, DocumentType
from .._partner_api.messages.domain_control import AddSanVerificationRequest
from .._partner_api.messages.verify_order import Document, UploadedFile, VerifyOrderRequest
from .probe import Probe
from .reading_steps import read_around_order, request
from .trial_order import APPROVER, CUSTOMER, new_csr, own_certificate

if TYPE_CHECKING:
    from .open_orders import OpenOrders
    from .recording_client import RecordingClient
    from .trial_order import OrderDraft, Products

_NO_PRODUCT = "the account may not order the product that this needs"
_PENDING = ("AWAITING", "VERIFICATION", "ACCEPTED")


def note_left_orders(orders: OpenOrders, listed: list[Element]) -> None:
    """Note the pending test orders of earlier rehearsals, so that they are cancelled too."""
    for each in listed:
        status = each.find("orderStatus")
        if status is None or (status.findtext("customer") or "").strip() != CUSTOMER:
            continue
        order_id = (status.findtext("orderID") or "").strip()
        if order_id and (status.findtext("orderStatus") or "").strip() in _PENDING:
            orders.note(order_id)


def order_all(client: RecordingClient, draft: OrderDraft, products: Products, orders: OpenOrders) -> None:
    """Carry out all steps with permission. The caller cancels ``orders``. Raises AuthenticationError."""
    _ask_about_unknown_certificates(client, draft)
    if products.single is None:
        for probe in (Probe.PLACE, Probe.PENDING_STATE, Probe.CHECK_USED_KEY, Probe.CANCEL_AGAIN, Probe.DOCUMENTS):
            client.evidence.unanswered[probe] = _NO_PRODUCT
    else:
        _order_single(client, draft, products.single, orders)
    if products.wildcard is None:
        client.evidence.unanswered[Probe.PLACE_WILDCARD] = _NO_PRODUCT
    else:
        _order_wildcard(draft, products.wildcard, orders)


def _order_single(client: RecordingClient, draft: OrderDraft, product: str, orders: OpenOrders) -> None:
    names, order_id = [draft.host], draft.order_id("1")
    csr = new_csr(names)
    if orders.place(Probe.PLACE, draft.element(product, names, order_id=order_id, csr=csr), order_id=order_id) is None:
        return
    by_id = request(orderID=order_id)
    client.record(Probe.PENDING_STATE, ApiOperation.GET_ORDER_STATE, by_id)
    client.record(Probe.PENDING_NAMES, ApiOperation.GET_SAN_VERIFICATION_STATE, request(orderID=order_id))
    client.record(Probe.PENDING_CERTIFICATE, ApiOperation.GET_CERTIFICATE, request(orderID=order_id))
    _look_at_date(client, order_id)
    same = AddSanVerificationRequest(order_id=order_id, san_approver=APPROVER)
    client.record(Probe.ADD_SAME_DATA, ApiOperation.ADD_SAN_VERIFICATION, same.to_element())
    plain = AddSanVerificationRequest(order_id=order_id)
    client.record(Probe.ADD_NO_APPROVER, ApiOperation.ADD_SAN_VERIFICATION, plain.to_element())
    _attach_document(client, order_id)
    if orders.cancel(order_id, Probe.CANCEL) is not None:
        return
    orders.cancel(order_id, Probe.CANCEL_AGAIN)
    used = draft.element(product, names, order_id=draft.order_id("used-key"), csr=csr)
    client.record(Probe.CHECK_USED_KEY, ApiOperation.VALIDATE_ORDER_PARAMETERS, used)


def _look_at_date(client: RecordingClient, order_id: str) -> None:
    body = request(orderID=order_id)
    SubElement(SubElement(body, "orderOption"), "orderStatus").text = "true"
    entry = client.record(Probe.PENDING_ENTRY, ApiOperation.GET_ORDER_BY_ORDER_ID, body)
    date = "" if entry is None else entry.text("orders/Order/orderStatus/orderDate")
    if date:
        read_around_order(client, date)


def _attach_document(client: RecordingClient, order_id: str) -> None:
    file = UploadedFile(file_name="rehearsal.txt", content=b"This is a rehearsal. Please ignore this file.\n")
    document = Document(description="rehearsal", type=DocumentType.ADDITIONAL, files=(file,))
    attached = VerifyOrderRequest(note="rehearsal", order_id=order_id, documents=(document,))
    client.record(Probe.ATTACH, ApiOperation.VERIFY_ORDER, attached.to_element())
    client.record(Probe.DOCUMENTS, ApiOperation.GET_DOCUMENTS_LIST, request(orderID=order_id))


def _order_wildcard(draft: OrderDraft, product: str, orders: OpenOrders) -> None:
    names, order_id = [f"*.{draft.host}"], draft.order_id("2")
    body = draft.element(product, names, order_id=order_id, csr=new_csr(names))
    if orders.place(Probe.PLACE_WILDCARD, body, order_id=order_id) is not None:
        orders.cancel(order_id)


def _ask_about_unknown_certificates(client: RecordingClient, draft: OrderDraft) -> None:
    """Ask for changes of certificates that do not exist. A random number of 128 bits is no serial number of the CA."""
    reasons = {
        Probe.REVOKE_UNSPECIFIED: "UNSPECIFIED",
        Probe.REVOKE_UNKNOWN_REASON: "REHEARSAL",
        Probe.REVOKE_SUPERSEDED: "SUPERSEDED",
        Probe.REVOKE_WITHDRAWN: "PRIVILEGEWITHDRAWN",
    }
    serial = f"{secrets.randbits(128) | 1 << 127:032X}"
    for probe, reason in reasons.items():
        body = Element("request")
        body.append(request(revocationReason=reason, serialNumber=serial))
        body[0].tag = "revokeCertificateParameters"
        client.record(probe, ApiOperation.REVOKE_CERTIFICATE, body)
    operation = ApiOperation.MODIFY_SNI_CERTIFICATE
    client.record(Probe.BUNDLE_BY_SERIAL, operation, request(serialNumber=serial))
    both = request(serialNumber=serial, X509Cert=own_certificate(draft.host, draft.now))
    client.record(Probe.BUNDLE_BY_BOTH, operation, both)
