# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Orders and their certificates in the database."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

from certum_sandbox.iso8601 import format_moment, parse_moment
from certum_sandbox.model import Certificate, CertificateStatus, Entry, Order, OrderState
from certum_sandbox.store.codec import decode_order, encode_order
from certum_sandbox.store.database import Database


def _order(row: sqlite3.Row) -> Order:
    return Order(
        order_id=row["order_id"],
        customer=row["customer"],
        product_code=row["product_code"],
        state=OrderState(row["state"]),
        created=parse_moment(row["created"]),
        updated=parse_moment(row["updated"]),
        code=row["code"],
        check_due=row["check_due"],
        **decode_order(row["detail"]),
    )


def _certificate(row: sqlite3.Row, pem: str) -> Certificate:
    return Certificate(
        serial_number=row["serial_number"],
        pem=pem,
        not_before=parse_moment(row["not_before"]),
        not_after=parse_moment(row["not_after"]),
        status=CertificateStatus(row["status"]),
        revoked=parse_moment(row["revoked"]) if row["revoked"] else None,
    )


def _entry(row: sqlite3.Row) -> Entry:
    detail = json.loads(row["detail"])
    return Entry(
        order_id=row["order_id"],
        public_key_sha256=row["public_key_sha256"],
        csr=detail["csr"],
        subject=detail["subject"],
        names=tuple(detail["names"]),
        reissue=bool(row["reissue"]),
        wanted_end=parse_moment(detail["wanted_end"]) if detail["wanted_end"] else None,
        certificate=_certificate(row, detail["pem"]) if row["serial_number"] else None,
        number=row["number"],
    )


class OrderStore:
    """Reads and writes orders and entries; the caller holds the transaction for writes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, order_id: str) -> Order | None:
        """The order with this identifier."""
        row = self._database.execute("SELECT * FROM orders WHERE order_id = ?", order_id).fetchone()
        return None if row is None else _order(row)

    def find_in_state(self, order_id: str, state: OrderState) -> Order | None:
        """The order with this identifier, if it is in this state."""
        row = self._database.execute(
            "SELECT * FROM orders WHERE order_id = ? AND state = ?", order_id, state
        ).fetchone()
        return None if row is None else _order(row)

    def find_by_code(self, code: str) -> Order | None:
        """The order whose names are proved with this code."""
        row = self._database.execute("SELECT * FROM orders WHERE code = ?", code).fetchone()
        return None if row is None else _order(row)

    def to_go_on_with(self) -> list[str]:
        """Identifiers of orders that the CA had not finished its part of."""
        rows = self._database.execute(
            "SELECT order_id FROM orders WHERE state IN ('AWAITING', 'VERIFICATION', 'ACCEPTED')"
            " AND (state != 'VERIFICATION' OR check_due) ORDER BY number"
        )
        return [row["order_id"] for row in rows]

    def unfinished(self) -> Iterator[Order]:
        """Orders on which the CA may have to act."""
        statement = "SELECT * FROM orders WHERE state IN ('AWAITING', 'VERIFICATION', 'ACCEPTED') ORDER BY number"
        return map(_order, self._database.execute(statement).fetchall())

    def all(self, *, limit: int = -1, newest_first: bool = False) -> Iterator[Order]:
        """Every order, or the first ``limit`` of them."""
        direction = "DESC" if newest_first else "ASC"
        rows = self._database.execute(f"SELECT * FROM orders ORDER BY number {direction} LIMIT ?", limit)  # noqa: S608
        return map(_order, rows.fetchall())

    def add(self, order: Order) -> None:
        """A new order."""
        self._database.execute(
            "INSERT INTO orders (order_id, customer, product_code, state, created, updated, code, check_due, detail)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            order.order_id,
            order.customer,
            order.product_code,
            order.state,
            format_moment(order.created),
            format_moment(order.updated),
            order.code,
            order.check_due,
            encode_order(order),
        )

    def save(self, order: Order) -> None:
        """What became of an order."""
        self._database.execute(
            "UPDATE orders SET state = ?, updated = ?, code = ?, check_due = ?, detail = ? WHERE order_id = ?",
            order.state,
            format_moment(order.updated),
            order.code,
            order.check_due,
            encode_order(order),
            order.order_id,
        )

    def entries(self, order_id: str) -> list[Entry]:
        """The certificates of an order, the oldest first."""
        rows = self._database.execute("SELECT * FROM entry WHERE order_id = ? ORDER BY number", order_id)
        return [_entry(row) for row in rows]

    def entries_by_order(self) -> dict[str, list[Entry]]:
        """All certificates of all orders, by order."""
        found: dict[str, list[Entry]] = {}
        for row in self._database.execute("SELECT * FROM entry ORDER BY number"):
            found.setdefault(row["order_id"], []).append(_entry(row))
        return found

    def entry_by_serial(self, serial_number: str) -> Entry | None:
        """The issued certificate with this serial number, in upper case."""
        row = self._database.execute("SELECT * FROM entry WHERE serial_number = ?", serial_number).fetchone()
        return None if row is None else _entry(row)

    def orders_with_key(self, public_key_sha256: str) -> list[Order]:
        """Every order that ever used this public key."""
        rows = self._database.execute(
            "SELECT DISTINCT orders.* FROM entry JOIN orders USING (order_id) WHERE public_key_sha256 = ?",
            public_key_sha256,
        )
        return [_order(row) for row in rows]

    def add_entry(self, entry: Entry) -> None:
        """A certificate asked for."""
        self._database.execute(
            "INSERT INTO entry (order_id, reissue, public_key_sha256, detail) VALUES (?, ?, ?, ?)",
            entry.order_id,
            int(entry.reissue),
            entry.public_key_sha256,
            self._detail(entry),
        )

    def save_entry(self, entry: Entry) -> None:
        """What became of a certificate."""
        certificate = entry.certificate
        if certificate is None:
            msg = "only an issued certificate changes"
            raise ValueError(msg)
        self._database.execute(
            "UPDATE entry SET serial_number = ?, status = ?, not_before = ?, not_after = ?, revoked = ?, detail = ?"
            " WHERE number = ?",
            certificate.serial_number,
            certificate.status,
            format_moment(certificate.not_before),
            format_moment(certificate.not_after),
            format_moment(certificate.revoked) if certificate.revoked else None,
            self._detail(entry),
            entry.number,
        )

    @staticmethod
    def _detail(entry: Entry) -> str:
        return json.dumps(
            {
                "csr": entry.csr,
                "subject": dict(entry.subject),
                "names": entry.names,
                "wanted_end": format_moment(entry.wanted_end) if entry.wanted_end else None,
                "pem": entry.certificate.pem if entry.certificate else None,
            }
        )
