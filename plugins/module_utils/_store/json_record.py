# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the small JSON records of the store field by field. An error names the file and the field."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .store_errors import NewerFormatError, StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT = 1
"""The format of all files of the store. A higher number is for a change that an older version must not touch."""

_MOMENT = "%Y-%m-%dT%H:%M:%SZ"


def moment_text(moment: datetime) -> str:
    """Return an aware time as ISO 8601 in UTC, to the second."""
    return moment.astimezone(timezone.utc).strftime(_MOMENT)


def encode(fields: Mapping[str, object]) -> bytes:
    """Return the record with its format number: times as ISO 8601, sequences as lists."""
    texts = {key: moment_text(value) if isinstance(value, datetime) else value for key, value in fields.items()}
    return (json.dumps({"format": FORMAT, **texts}, indent=2, ensure_ascii=False) + "\n").encode()


def read_moment(text: str) -> datetime:
    """Read the output of moment_text, else raise ValueError.

    strptime takes twenty times as long, and a nightly run reads a thousand of them.
    """
    if len(text) != 20 or text[19] != "Z":
        raise ValueError
    return datetime.fromisoformat(text[:19]).replace(tzinfo=timezone.utc)


class Record:
    """A decoded record. Every method returns one field or raises StoreError. Unknown fields are ignored.

    A record of a newer format raises NewerFormatError.
    """

    def __init__(self, data: bytes, path: str) -> None:
        self._path = path
        try:
            decoded = json.loads(data)
        except ValueError as error:
            raise self.broken(f"it is not JSON ({quote(error)})") from None
        if not isinstance(decoded, dict):
            raise self.broken("it is not a JSON object")
        found = decoded.get("format")
        if isinstance(found, int) and found > FORMAT:
            raise NewerFormatError(path, found=found, known=FORMAT)
        if found != FORMAT:
            raise self.broken(f"its format is {quote(found)}, and this version of the collection reads {FORMAT}")
        self._fields: dict[str, object] = decoded

    def _part(self, fields: dict[str, object]) -> Record:
        part = Record.__new__(Record)
        part._path, part._fields = self._path, fields
        return part

    def broken(self, why: str) -> StoreError:
        """Return the error for a record with an invalid content."""
        return StoreError("The record cannot be used", path=self._path, why=why, remedy="Restore it from a backup.")

    def optional_text(self, field: str) -> str | None:
        """Return a text, or None if it is null or missing."""
        value = self._fields.get(field)
        if value is None or isinstance(value, str):
            return value
        raise self.broken(f"{field} is not a text")

    def text(self, field: str) -> str:
        """Return a text that must be there."""
        value = self.optional_text(field)
        if value is None:
            raise self.broken(f"{field} is missing")
        return value

    def texts(self, field: str) -> tuple[str, ...]:
        """Return a list of texts."""
        value = self._fields.get(field)
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        raise self.broken(f"{field} is not a list of texts")

    def optional_texts(self, field: str) -> tuple[str, ...] | None:
        """Return a list of texts, or None if it is null or missing."""
        return None if self._fields.get(field) is None else self.texts(field)

    def records(self, field: str) -> tuple[Record, ...]:
        """Return a list of objects, each with fields of its own."""
        value = self._fields.get(field)
        if isinstance(value, list) and all(isinstance(item, dict) for item in value):
            return tuple(self._part(item) for item in value)
        raise self.broken(f"{field} is not a list of objects")

    def optional_records(self, field: str) -> tuple[Record, ...]:
        """Return a list of objects, empty if it is null or missing."""
        return () if self._fields.get(field) is None else self.records(field)

    def optional_moment(self, field: str) -> datetime | None:
        """Return an aware time in UTC, or None if it is null or missing."""
        value = self.optional_text(field)
        try:
            return None if value is None else read_moment(value)
        except ValueError:
            raise self.broken(f"{field} is not a time such as 2026-11-23T00:00:00Z") from None

    def moment(self, field: str) -> datetime:
        """Return an aware time in UTC that must be there."""
        value = self.optional_moment(field)
        if value is None:
            raise self.broken(f"{field} is missing")
        return value
