# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The outbox and the confirmation links in its mails."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certum_sandbox.iso8601 import format_moment, parse_moment
from certum_sandbox.store.database import Database


@dataclass(frozen=True)
class Mail:
    """A mail."""

    recipient: str
    subject: str
    body: str
    links: tuple[str, ...]
    sent: datetime
    number: int = 0


@dataclass(frozen=True)
class Confirmation:
    """A link in a mail that validates one name, as long as the order still uses this code."""

    token: str
    order_id: str
    code: str
    name: str


def _mail(row: sqlite3.Row) -> Mail:
    return Mail(
        recipient=row["recipient"],
        subject=row["subject"],
        body=row["body"],
        links=tuple(json.loads(row["links"])),
        sent=parse_moment(row["sent"]),
        number=row["number"],
    )


class Outbox:
    """The mails and confirmations in the database. Write methods need an open transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, mail: Mail) -> None:
        """Add a mail."""
        self._database.execute(
            "INSERT INTO mail (recipient, subject, body, links, sent) VALUES (?, ?, ?, ?, ?)",
            mail.recipient,
            mail.subject,
            mail.body,
            json.dumps(mail.links),
            format_moment(mail.sent),
        )

    def all(self, *, limit: int = -1) -> Iterable[dict[str, Any]]:
        """Yield the mails in the form of the control API, oldest first. ``limit`` keeps the newest ones."""
        rows = self._database.execute("SELECT * FROM mail ORDER BY number DESC LIMIT ?", limit).fetchall()
        for row in reversed(rows):
            yield {
                "to": row["recipient"],
                "subject": row["subject"],
                "body": row["body"],
                "links": json.loads(row["links"]),
                "sent": row["sent"],
            }

    def unsent(self) -> list[Mail]:
        """Return the mails that no mail server has accepted yet."""
        rows = self._database.execute("SELECT * FROM mail WHERE delivered = 0 ORDER BY number").fetchall()
        return [_mail(row) for row in rows]

    def mark_sent(self, number: int) -> None:
        """Record that a mail server accepted the mail."""
        self._database.execute("UPDATE mail SET delivered = 1 WHERE number = ?", number)

    def add_confirmation(self, confirmation: Confirmation) -> None:
        """Add a confirmation link."""
        self._database.execute(
            "INSERT INTO confirmation (token, order_id, code, name) VALUES (?, ?, ?, ?)",
            confirmation.token,
            confirmation.order_id,
            confirmation.code,
            confirmation.name,
        )

    def find_confirmation(self, token: str) -> Confirmation | None:
        """Return the confirmation with this token, or None."""
        row = self._database.execute("SELECT * FROM confirmation WHERE token = ?", token).fetchone()
        return None if row is None else Confirmation(row["token"], row["order_id"], row["code"], row["name"])
