# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Attachment of documents and a note to an order that waits for people, for certum_document.

Private to the collection. Source: partner-api.md 2.19 and 2.20, lifecycle.md 7, errors 2049, 2050, 2056, 2081 to 2085.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._handover.foreign_text import quote
from .._handover.reasons import Reason, ReasonCode
from .._issuance.order_state import is_open
from .._partner_api.api_errors import CertumError
from .._partner_api.enums import DocumentType
from .._partner_api.messages.verify_order import Document, UploadedFile
from .requested_certificate import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .._partner_api.client import PartnerApi

LONGEST_NOTE = 227  # error 2050
LONGEST_DESCRIPTION = 1000  # error 2170
NAME_LENGTHS = range(3, 256)  # error 2082
LARGEST_FILE = 30 * 1024 * 1024  # error 2085
TYPES = tuple(kind.value.lower() for kind in DocumentType)
FORBIDDEN_IN_NAME = '\\/:*?"<>|'  # error 2081


def attach_documents(api: PartnerApi, params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """Attach the documents and return the result of the module. Raises CertumError and InvalidRequestError."""
    order_id, note = params["order_id"], params["note"]
    documents = _read(note, params["documents"])
    if not is_open(api.get_order_state(order_id=order_id)):
        raise CertumError(
            where=f"order {order_id}",
            why="it is finished, so the CA accepts no more documents for it (error 2056)",
            remedy="Look at the order with certum_order_info. Attach documents to the new order, if there is one.",
        )
    before = _attached(api, order_id)
    missing = [document for document in documents if not _names(document) <= before]
    if documents and not missing:
        return _result(
            order_id,
            before,
            before,
            reason=Reason(ReasonCode.NOTHING_TO_DO, f"order {order_id} has all of these documents"),
        )
    names = sorted(name for document in missing for dummy, name in _names(document))
    what = f"{', '.join(names)} and a note" if names else "a note"
    after = before.union(*map(_names, missing))
    if check_mode:
        return _result(
            order_id,
            before,
            after,
            changed=True,
            reason=Reason(ReasonCode.WOULD_ATTACH_DOCUMENTS, f"{what} would be attached to order {order_id}"),
        )
    _attach(api, order_id, note, missing)
    return _result(
        order_id,
        before,
        after,
        changed=True,
        reason=Reason(ReasonCode.DOCUMENTS_ATTACHED, f"{what} was attached to order {order_id}"),
    )


def _attach(api: PartnerApi, order_id: str, note: str, documents: Sequence[Document]) -> None:
    """Send the documents once, because they cannot be taken back. After a lost answer, look whether they arrived."""
    try:
        api.verify_order(order_id=order_id, note=note, documents=documents)
    except CertumError as error:
        wanted = frozenset().union(*map(_names, documents))
        if not error.outcome_unknown or not wanted or not wanted <= _attached(api, order_id):
            raise


def _attached(api: PartnerApi, order_id: str) -> frozenset[tuple[str, str]]:
    """Return type and name of every file of the order, as far as the CA's list is readable (partner-api.md 2.20)."""
    listed = api.get_documents_list(order_id=order_id)
    return frozenset((str(document.type), name) for document in listed for name in document.file_names)


def _names(document: Document) -> frozenset[tuple[str, str]]:
    return frozenset((str(document.type), file.file_name) for file in document.files)


def _read(note: str, documents: Sequence[Mapping[str, Any]]) -> list[Document]:
    """Return every document with its files. Raises InvalidRequestError, which names every problem."""
    problems = list(_note_problems(note))
    read = []
    for document in documents:
        problems += _problems(document)
        files = [_file(path, problems) for path in document["files"]]
        read.append((document, [file for file in files if file is not None]))
    if problems:
        raise InvalidRequestError("\n".join([*problems, "Nothing was sent."]))
    return [
        Document(description=document["description"], type=DocumentType(document["type"].upper()), files=tuple(files))
        for document, files in read
    ]


def _note_problems(note: str) -> Iterable[str]:
    if not note.strip():
        yield "note is empty, but the CA requires one (error 2049)"
    if len(note) > LONGEST_NOTE:
        yield f"note is longer than {LONGEST_NOTE} characters (error 2050)"


def _problems(document: Mapping[str, Any]) -> Iterable[str]:
    if not document["files"]:
        yield f"{document['description']}: it has no files (error 2067)"
    if len(document["description"]) > LONGEST_DESCRIPTION:
        shown = document["description"][:40]
        yield f"description '{quote(shown)}'... is longer than {LONGEST_DESCRIPTION} characters (error 2170)"


def _file(path: str, problems: list[str]) -> UploadedFile | None:
    name = Path(path).name
    if len(name) not in NAME_LENGTHS:
        problems.append(f"{path}: a file name must have 3 to 255 characters (error 2082)")
    if any(character in FORBIDDEN_IN_NAME for character in name):
        problems.append(f"{path}: a file name must not contain any of {FORBIDDEN_IN_NAME} (error 2081)")
    try:
        if Path(path).stat().st_size > LARGEST_FILE:
            problems.append(f"{path}: it is larger than 30 MB (error 2085)")
            return None
        return UploadedFile(file_name=name, content=Path(path).read_bytes())
    except OSError as error:
        problems.append(f"{path}: it cannot be read: {quote(error.strerror)}")
        return None


def _result(
    order_id: str,
    before: frozenset[tuple[str, str]],
    after: frozenset[tuple[str, str]],
    *,
    reason: Reason,
    changed: bool = False,
) -> dict[str, Any]:
    return {
        "changed": changed,
        "order_id": order_id,
        "documents": _shown(after),
        "reason": reason.shown(),
        "diff": {"before": {"documents": _shown(before)}, "after": {"documents": _shown(after)}},
    }


def _shown(files: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"type": kind.lower(), "file_name": name} for kind, name in sorted(files)]
