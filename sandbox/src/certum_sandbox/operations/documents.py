# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""verifyOrder and getDocumentsList (partner-api.md 2.19, 2.20; lifecycle.md 7)."""

from __future__ import annotations

from certum_sandbox.backend import Backend
from certum_sandbox.dialect import Switch
from certum_sandbox.model import (
    Document,
    DocumentState,
    Order,
    OrderState,
    StoredFile,
    Verification,
    VerificationState,
    VerificationType,
)
from certum_sandbox.operations.certificate_details import shown_date
from certum_sandbox.operations.operation import Answer, Operation
from certum_sandbox.operations.order_state import known_order
from certum_sandbox.rules.document_rules import DOCUMENT_RULES, DocumentInquiry
from certum_sandbox.rules.inquiry import Inquiry
from certum_sandbox.rules.order_reference_rules import order_reference
from certum_sandbox.soap.render import Node, node, nodes
from certum_sandbox.transitions import find_verification

_STATE_BY_CHECK = {
    VerificationState.VERIFIED: DocumentState.ACCEPTED,
    VerificationState.FAILED: DocumentState.REJECTED,
}
_STATE_BY_ORDER = {
    OrderState.ACCEPTED: DocumentState.ACCEPTED,
    OrderState.ENROLLED: DocumentState.ACCEPTED,
    OrderState.REJECTED: DocumentState.REJECTED,
}


def _attach(inquiry: DocumentInquiry) -> Answer:
    order, store = known_order(inquiry), inquiry.backend.documents
    store.add_note(order.order_id, inquiry.message.value("verifyOrderParameters/note") or "", inquiry.now)
    for block, files in zip(inquiry.documents, inquiry.files, strict=True):
        kept = tuple(StoredFile(file.name, file.content or b"") for file in files)
        document = Document(block.value("description") or "", block.value("type") or "", kept, inquiry.now)
        store.add(order.order_id, document)
    return Answer(order_id=order.order_id)


def _verification_for(order: Order, document: Document) -> Verification | None:
    """Return the check that a document is evidence for, or None if it is for no single check."""
    kinds = {kind.value: kind for kind in VerificationType}
    return find_verification(order, kinds[document.type]) if document.type in kinds else None


def _state(order: Order, document: Document) -> DocumentState:
    """Return the state of a document. It follows the check that the document is for, or else the order."""
    verification = _verification_for(order, document)
    if verification is None:
        return _STATE_BY_ORDER.get(order.state, DocumentState.NEW)
    return _STATE_BY_CHECK.get(verification.state, DocumentState.NEW)


def _details(backend: Backend, order: Order, document: Document) -> list[Node]:
    if backend.dialect[Switch.DOCUMENT_DETAILS] == "absent":
        return []
    verification = _verification_for(order, document)
    expires = verification.expires if verification is not None else None
    return nodes(
        state=_state(order, document).value,
        createDate=document.received,
        expireDate=shown_date(backend, expires),
    )


def _shown(backend: Backend, order: Order, documents: list[Document]) -> list[Node]:
    """Return the list of documents: nested as in ``verifyOrder``, or one element for each file. No source shows it."""
    nested: list[Node] = []
    flat: list[Node] = []
    for document in documents:
        head = nodes(description=document.description, type=document.type)
        details = _details(backend, order, document)
        files = [node("file", nodes(fileName=file.name)) for file in document.files]
        nested.append(node("document", [*head, node("files", files), *details]))
        flat += [node("document", [*head, node("fileName", file.name), *details]) for file in document.files]
    if backend.dialect[Switch.DOCUMENTS_LIST] == "flat":
        return flat
    return [node("documents", nested)] if nested else []


def _list(inquiry: Inquiry) -> Answer:
    order = known_order(inquiry)
    return Answer(_shown(inquiry.backend, order, inquiry.backend.documents.of_order(order.order_id)))


VERIFY_ORDER = Operation(
    "verifyOrder", DocumentInquiry, DOCUMENT_RULES, _attach, order_path="verifyOrderParameters/orderID"
)
GET_DOCUMENTS_LIST = Operation("getDocumentsList", Inquiry, order_reference(), _list)
