# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""verifyOrder, getDocumentsList (partner-api.md 2.19, 2.20; lifecycle.md 7).

Private to the collection.
"""

from __future__ import annotations

from ..._third_party.controller import element, wrapped
from ..enums import DocumentType
from .base import Answer, Base64, Message, OrText, Request


class File(Message):
    """``content`` is the file itself, at most 30 MB (error 2085)."""

    file_name: str = element(tag="fileName")
    content: Base64 = element(tag="content")


class Document(Message):
    description: str = element(tag="description")
    type: OrText[DocumentType] = element(tag="type")
    files: tuple[File, ...] = wrapped("files", element(tag="file"))


class VerifyOrderRequest(Request):
    note: str = wrapped("verifyOrderParameters", element(tag="note"))
    order_id: str = wrapped("verifyOrderParameters", element(tag="orderID"))
    documents: tuple[Document, ...] | None = wrapped(
        "verifyOrderParameters/documents", element(tag="document"), default=None
    )


class ListedFile(Message):
    file_name: str = element(tag="fileName", default="")


class ListedDocument(Message):
    """No source shows this part of an answer: whatever is missing is empty."""

    description: str = element(tag="description", default="")
    type: OrText[DocumentType] = element(tag="type", default="")
    files: tuple[ListedFile, ...] = wrapped("files", element(tag="file"), default=())


class GetDocumentsListAnswer(Answer):
    documents: tuple[ListedDocument, ...] = wrapped("documents", element(tag="document"), default=())
