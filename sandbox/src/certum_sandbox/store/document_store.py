# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documents and notes of orders."""

from __future__ import annotations

from datetime import datetime

from certum_sandbox.iso8601 import format_moment, parse_moment
from certum_sandbox.model import Document, StoredFile
from certum_sandbox.store.database import Database


class DocumentStore:
    """The documents and notes in the database. Write methods need an open transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_note(self, order_id: str, text: str, received: datetime) -> None:
        """Add a note to an order."""
        statement = "INSERT INTO note (order_id, text, received) VALUES (?, ?, ?)"
        self._database.execute(statement, order_id, text, format_moment(received))

    def notes(self, order_id: str) -> list[str]:
        """Return the notes of an order, oldest first."""
        rows = self._database.execute("SELECT text FROM note WHERE order_id = ? ORDER BY number", order_id)
        return [row["text"] for row in rows]

    def add(self, order_id: str, document: Document) -> None:
        """Add a document to an order."""
        added = self._database.execute(
            "INSERT INTO document (order_id, type, description, received) VALUES (?, ?, ?, ?)",
            order_id,
            document.type,
            document.description,
            format_moment(document.received),
        )
        for file in document.files:
            statement = "INSERT INTO document_file (document, name, content) VALUES (?, ?, ?)"
            self._database.execute(statement, added.lastrowid, file.name, file.content)

    def of_order(self, order_id: str) -> list[Document]:
        """Return the documents of an order, oldest first."""
        rows = self._database.execute("SELECT * FROM document WHERE order_id = ? ORDER BY number", order_id).fetchall()
        return [
            Document(row["description"], row["type"], self._files(row["number"]), parse_moment(row["received"]))
            for row in rows
        ]

    def _files(self, document: int) -> tuple[StoredFile, ...]:
        statement = "SELECT name, content FROM document_file WHERE document = ? ORDER BY number"
        return tuple(StoredFile(row["name"], row["content"]) for row in self._database.execute(statement, document))
