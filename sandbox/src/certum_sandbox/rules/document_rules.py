# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of ``verifyOrder``: a note, and documents with files (partner-api.md 2.19)."""

from __future__ import annotations

import base64
import binascii
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from certum_sandbox.rules.inquiry import Inquiry
from certum_sandbox.rules.order_reference_rules import order_reference
from certum_sandbox.rules.rule import Breach, Rule, rule
from certum_sandbox.rules.text_rules import blank, too_long
from certum_sandbox.soap.message import Message
from certum_sandbox.transitions import PENDING

DOCUMENT_TYPES = (
    "AUTHORIZATION", "VERIFICATION_REPORT", "VERIFICATION_REPORT_OTF", "APPLICANT", "ORGANIZATION", "ADDITIONAL",
)  # fmt: skip
LARGEST_FILE = 30 * 1024 * 1024
LARGEST_REQUEST = 40 * 1024 * 1024
"""The limit for all files together, below the limit of our HTTP server. No source has the CA's limit."""
MOST_FILES = 20
"""The limit for one document. No source has the CA's limit."""
_FORBIDDEN = frozenset('\\/:*?"<>|')
_BLOCK = "verifyOrderParameters"
_DOCUMENTS = f"{_BLOCK}/documents"
_DOCUMENT = f"{_DOCUMENTS}/document"
_FILES = f"{_DOCUMENT}/files"
_FILE = f"{_FILES}/file"


def _decode(text: str) -> bytes | None:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


@dataclass(frozen=True)
class SentFile:
    """A ``file`` element. ``content`` is None if it is not base64."""

    block: Message

    @cached_property
    def name(self) -> str:
        return self.block.value("fileName") or ""

    @cached_property
    def has_content(self) -> bool:
        return self.block.value("content") is not None

    @cached_property
    def content(self) -> bytes | None:
        return _decode(self.block.text("content") or "")


class DocumentInquiry(Inquiry):
    """A ``verifyOrder`` request, with each file decoded once."""

    order_path = f"{_BLOCK}/orderID"

    @cached_property
    def documents(self) -> list[Message]:
        """The ``document`` elements."""
        return self.message.blocks(_DOCUMENT)

    @cached_property
    def files(self) -> list[list[SentFile]]:
        """The files of each document."""
        return [[SentFile(block) for block in document.blocks("files/file")] for document in self.documents]

    @property
    def all_files(self) -> list[SentFile]:
        return [file for files in self.files for file in files]


def _each_document(code: int, element: str, broken: Callable[[Message], Breach]) -> Rule[DocumentInquiry]:
    return Rule(code, element, lambda inquiry: any(broken(document) for document in inquiry.documents))


def _each_file(code: int, element: str, broken: Callable[[SentFile], bool]) -> Rule[DocumentInquiry]:
    return Rule(code, element, lambda inquiry: any(map(broken, inquiry.all_files)))


@rule(2063, _DOCUMENT)
def _no_document(inquiry: DocumentInquiry) -> Breach:
    return inquiry.message.has(_DOCUMENTS) and not inquiry.documents


@rule(2083, f"{_DOCUMENT}/type")
def _unknown_type(inquiry: DocumentInquiry) -> Breach:
    types = (document.value("type") for document in inquiry.documents)
    return [kind for kind in types if kind is not None and kind not in DOCUMENT_TYPES]


@rule(2191, _FILES)
def _same_file_twice(inquiry: DocumentInquiry) -> Breach:
    """Two files of a request have the same name and the same content."""
    sent = Counter((file.name, file.content) for file in inquiry.all_files if file.name and file.content)
    return [name for (name, _content), times in sent.items() if times > 1]


@rule(2080)
def _too_large(inquiry: DocumentInquiry) -> Breach:
    return sum(len(file.content or b"") for file in inquiry.all_files) > LARGEST_REQUEST and "documents"


@rule(2056, f"{_BLOCK}/orderID")
def _takes_no_notes(inquiry: DocumentInquiry) -> Breach:
    return inquiry.order.order_id if inquiry.order is not None and inquiry.order.state not in PENDING else False


def _has_bad_length(file: SentFile) -> bool:
    return bool(file.name) and not 3 <= len(file.name) <= 255


DOCUMENT_RULES: tuple[Rule[DocumentInquiry], ...] = (
    blank(2049, f"{_BLOCK}/note"),
    too_long(2050, f"{_BLOCK}/note", 227),
    *order_reference(f"{_BLOCK}/orderID"),
    _takes_no_notes,
    _no_document,
    _each_document(2064, f"{_DOCUMENT}/type", lambda document: document.value("type") is None),
    _unknown_type,
    _each_document(2065, f"{_DOCUMENT}/description", lambda document: document.value("description") is None),
    _each_document(2170, f"{_DOCUMENT}/description", lambda document: len(document.text("description") or "") > 1000),
    _each_document(2066, _FILES, lambda document: not document.has("files")),
    _each_document(2067, _FILE, lambda document: document.has("files") and not document.has("files/file")),
    _each_document(2189, _FILES, lambda document: len(document.blocks("files/file")) > MOST_FILES),
    _same_file_twice,
    _each_file(2068, f"{_FILE}/fileName", lambda file: not file.name),
    _each_file(2081, f"{_FILE}/fileName", lambda file: not _FORBIDDEN.isdisjoint(file.name)),
    _each_file(2082, f"{_FILE}/fileName", _has_bad_length),
    _each_file(2069, f"{_FILE}/content", lambda file: not file.has_content),
    _each_file(2070, f"{_FILE}/content", lambda file: file.has_content and file.content is None),
    _each_file(2085, f"{_FILE}/content", lambda file: len(file.content or b"") > LARGEST_FILE),
    _too_large,
)
