# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The SQLite file: tables and transactions.

The database uses write-ahead logging with ``synchronous=NORMAL``. A committed transaction is in the log file, so it
survives SIGKILL at any moment. Only a power failure may lose the last transactions.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_TABLES = """
CREATE TABLE IF NOT EXISTS setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS orders (
    number INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL UNIQUE,
    customer TEXT NOT NULL,
    product_code TEXT NOT NULL,
    state TEXT NOT NULL,
    created TEXT NOT NULL,
    updated TEXT NOT NULL,
    code TEXT UNIQUE,
    check_due INTEGER NOT NULL DEFAULT 0,
    detail TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS orders_by_created ON orders (created);
CREATE INDEX IF NOT EXISTS orders_by_updated ON orders (updated);
CREATE INDEX IF NOT EXISTS orders_unfinished ON orders (state) WHERE state IN ('AWAITING', 'VERIFICATION', 'ACCEPTED');

CREATE TABLE IF NOT EXISTS entry (
    number INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    reissue INTEGER NOT NULL,
    public_key_sha256 TEXT NOT NULL,
    serial_number TEXT UNIQUE,
    not_before TEXT,
    not_after TEXT,
    revocation_requested TEXT,
    revoked TEXT,
    revocation_reason TEXT,
    key_compromised TEXT,
    detail TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS entry_by_order ON entry (order_id);
CREATE INDEX IF NOT EXISTS entry_by_key ON entry (public_key_sha256);
CREATE INDEX IF NOT EXISTS entry_by_end ON entry (not_after) WHERE serial_number IS NOT NULL;
CREATE INDEX IF NOT EXISTS entry_revoked ON entry (revoked) WHERE revoked IS NOT NULL;

CREATE TABLE IF NOT EXISTS note (
    number INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    text TEXT NOT NULL,
    received TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS note_by_order ON note (order_id);

CREATE TABLE IF NOT EXISTS document (
    number INTEGER PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    type TEXT NOT NULL,
    description TEXT NOT NULL,
    received TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS document_by_order ON document (order_id);

CREATE TABLE IF NOT EXISTS document_file (
    number INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES document (number),
    name TEXT NOT NULL,
    content BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS document_file_by_document ON document_file (document);

CREATE TABLE IF NOT EXISTS mail (
    number INTEGER PRIMARY KEY,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    links TEXT NOT NULL,
    sent TEXT NOT NULL,
    delivered INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS mail_undelivered ON mail (number) WHERE delivered = 0;

CREATE TABLE IF NOT EXISTS confirmation (
    token TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (order_id),
    code TEXT NOT NULL,
    name TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS call (
    number INTEGER PRIMARY KEY,
    received TEXT NOT NULL,
    operation TEXT NOT NULL,
    success_code INTEGER,
    error_codes TEXT NOT NULL,
    order_id TEXT,
    fault TEXT
);
"""


_FORMAT = 3
"""The format number. Increase it with every change of the tables."""


class OtherFormatError(OSError):
    """Another version of the sandbox made the file."""


class Database:
    """A connection for one thread. Every write needs ``transaction``."""

    def __init__(self, path: Path) -> None:
        """Open the file, or create it. Raise OtherFormatError if its format number differs."""
        self._connection = sqlite3.connect(path, isolation_level=None, cached_statements=256)
        self._connection.row_factory = sqlite3.Row
        self._check_format(path)
        self._connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;")
        self._connection.executescript(f"{_TABLES} PRAGMA user_version={_FORMAT};")

    def _check_format(self, path: Path) -> None:
        (found,) = self.execute("PRAGMA user_version").fetchone()
        is_new = self.execute("SELECT 1 FROM sqlite_master").fetchone() is None
        if not is_new and found != _FORMAT:
            msg = (
                f"{path} was made by another version of certum-sandbox (format {found}, not {_FORMAT}). "
                "Give a new directory as --data."
            )
            raise OtherFormatError(msg)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit all writes of the block, or none after an exception. Do not nest it or ``await`` inside it."""
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def execute(self, statement: str, *values: str | int | bytes | None) -> sqlite3.Cursor:
        """Execute one prepared statement."""
        return self._connection.execute(statement, values)

    def setting(self, key: str) -> str | None:
        """Return a stored setting, or None."""
        row = self.execute("SELECT value FROM setting WHERE key = ?", key).fetchone()
        return None if row is None else str(row["value"])

    def remember(self, key: str, value: str) -> None:
        """Store a setting."""
        self.execute(
            "INSERT INTO setting VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", key, value
        )

    def close(self) -> None:
        """Close the connection. SQLite merges the log into the file."""
        self._connection.close()
