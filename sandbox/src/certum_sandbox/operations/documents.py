# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""verifyOrder and getDocumentsList (partner-api.md 2.19, 2.20; lifecycle.md 7)."""

from __future__ import annotations

from certum_sandbox.backend import Backend
from certum_sandbox.dialect import Switch
from certum_sandbox.model import Document, StoredFile
from certum_sandbox.operations.operation import Answer, Operation
from certum_sandbox.operations.reading import known_order
from certum_sandbox.rules.document import DOCUMENT_RULES, DocumentInquiry
from certum_sandbox.rules.inquiry import Inquiry
from certum_sandbox.rules.reference import order_reference
from certum_sandbox.soap.render import Node, node, nodes


def _attach(inquiry: DocumentInquiry) -> Answer:
    order, store = known_order(inquiry), inquiry.backend.documents
    store.add_note(order.order_id, inquiry.message.value("verifyOrderParameters/note") or "", inquiry.now)
    for block, files in zip(inquiry.documents, inquiry.files, strict=True):
        kept = tuple(StoredFile(file.name, file.content or b"") for file in files)
        store.add(order.order_id, Document(block.value("description") or "", block.value("type") or "", kept))
    return Answer(order_id=order.order_id)


def _document(document: Document) -> Node:
    files = [node("file", nodes(fileName=file.name)) for file in document.files]
    return node("document", nodes(description=document.description, type=document.type, files=files))


def _shown(backend: Backend, documents: list[Document]) -> list[Node]:
    """No source shows this answer: nested as in ``verifyOrder``, or one element for each file."""
    if backend.dialect[Switch.DOCUMENTS_LIST] == "documents":
        return [node("documents", [_document(document) for document in documents])] if documents else []
    return [
        node("document", nodes(description=document.description, type=document.type, fileName=file.name))
        for document in documents
        for file in document.files
    ]


def _list(inquiry: Inquiry) -> Answer:
    documents = inquiry.backend.documents.of_order(known_order(inquiry).order_id)
    return Answer(_shown(inquiry.backend, documents))


VERIFY_ORDER = Operation(
    "verifyOrder", DocumentInquiry, DOCUMENT_RULES, _attach, order_path="verifyOrderParameters/orderID"
)
GET_DOCUMENTS_LIST = Operation("getDocumentsList", Inquiry, order_reference(), _list)
