# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The outbox, and the links in its mails that confirm something."""

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
    """One mail as it was sent."""

    recipient: str
    subject: str
    body: str
    links: tuple[str, ...]
    sent: datetime
    number: int = 0


@dataclass(frozen=True)
class Confirmation:
    """What a link in a mail proves, as long as the order still uses this code: control of one name."""

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
    """Mails and confirmations; the caller holds the transaction for writes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, mail: Mail) -> None:
        """One more mail."""
        self._database.execute(
            "INSERT INTO mail (recipient, subject, body, links, sent) VALUES (?, ?, ?, ?, ?)",
            mail.recipient,
            mail.subject,
            mail.body,
            json.dumps(mail.links),
            format_moment(mail.sent),
        )

    def all(self, *, limit: int = -1) -> Iterable[dict[str, Any]]:
        """As the control API shows them, the oldest first; or the newest ``limit``."""
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
        """Mails that no mail server has taken yet."""
        rows = self._database.execute("SELECT * FROM mail WHERE delivered = 0 ORDER BY number").fetchall()
        return [_mail(row) for row in rows]

    def mark_sent(self, number: int) -> None:
        """A mail server took it."""
        self._database.execute("UPDATE mail SET delivered = 1 WHERE number = ?", number)

    def add_confirmation(self, confirmation: Confirmation) -> None:
        """A link that was mailed."""
        self._database.execute(
            "INSERT INTO confirmation (token, order_id, code, name) VALUES (?, ?, ?, ?)",
            confirmation.token,
            confirmation.order_id,
            confirmation.code,
            confirmation.name,
        )

    def find_confirmation(self, token: str) -> Confirmation | None:
        """What the link with this token proves."""
        row = self._database.execute("SELECT * FROM confirmation WHERE token = ?", token).fetchone()
        return None if row is None else Confirmation(row["token"], row["order_id"], row["code"], row["name"])
