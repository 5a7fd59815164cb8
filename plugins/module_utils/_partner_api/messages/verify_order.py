# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""verifyOrder, getDocumentsList (partner-api.md 2.19, 2.20; lifecycle.md 7).

Private to the collection.
"""

from __future__ import annotations

from ..._third_party.controller_packages import element, wrapped
from ..enums import DocumentType
from .base import Answer, Base64, Message, OptionalUtcDateTime, OrText, Request


class UploadedFile(Message):
    """``content`` is the file itself, at most 30 MB (error 2085)."""

    file_name: str = element(tag="fileName")
    content: Base64 = element(tag="content")


class Document(Message):
    description: str = element(tag="description")
    type: OrText[DocumentType] = element(tag="type")
    files: tuple[UploadedFile, ...] = wrapped("files", element(tag="file"))


class VerifyOrderRequest(Request):
    note: str = wrapped("verifyOrderParameters", element(tag="note"))
    order_id: str = wrapped("verifyOrderParameters", element(tag="orderID"))
    documents: tuple[Document, ...] | None = wrapped(
        "verifyOrderParameters/documents", element(tag="document"), default=None
    )


class ListedFile(Message):
    file_name: str = element(tag="fileName", default="")


class ListedDocument(Message):
    """A document in an answer. No source shows its shape, so all is optional, and a file name may be in two places."""

    description: str = element(tag="description", default="")
    type: OrText[DocumentType] = element(tag="type", default="")
    file_name: str = element(tag="fileName", default="")
    files: tuple[ListedFile, ...] = wrapped("files", element(tag="file"), default=())
    state: str = element(tag="state", default="")
    create_date: OptionalUtcDateTime = element(tag="createDate", default=None)
    expire_date: OptionalUtcDateTime = element(tag="expireDate", default=None)

    @property
    def file_names(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.file_name, *(file.file_name for file in self.files))))


class GetDocumentsListAnswer(Answer):
    """Documents inside a ``documents`` element, as verifyOrder takes them, or directly one after the other."""

    nested: tuple[ListedDocument, ...] = wrapped("documents", element(tag="document"), default=())
    flat: tuple[ListedDocument, ...] = element(tag="document", default=())

    @property
    def documents(self) -> tuple[ListedDocument, ...]:
        return self.nested + self.flat
