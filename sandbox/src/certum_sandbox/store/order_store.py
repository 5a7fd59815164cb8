# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The orders and their certificates in the database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from certum_sandbox.iso8601 import format_moment, parse_moment
from certum_sandbox.model import Certificate, Entry, Order, OrderState, Revocation, RevocationReason
from certum_sandbox.store.codec import decode_entry, decode_order, encode_entry, encode_order, format_optional
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
        revocation=_revocation(row),
    )


def _revocation(row: sqlite3.Row) -> Revocation | None:
    if row["revoked"] is None:
        return None
    return Revocation(
        requested=parse_moment(row["revocation_requested"]),
        effective=parse_moment(row["revoked"]),
        reason=RevocationReason(row["revocation_reason"]),
        key_compromised=date.fromisoformat(row["key_compromised"]) if row["key_compromised"] else None,
    )


def _entry(row: sqlite3.Row) -> Entry:
    arguments, pem = decode_entry(row["detail"])
    return Entry(
        order_id=row["order_id"],
        public_key_sha256=row["public_key_sha256"],
        reissue=bool(row["reissue"]),
        certificate=_certificate(row, pem) if row["serial_number"] else None,
        number=row["number"],
        **arguments,
    )


class OrderMoment(StrEnum):
    """The moment of an order by which a period selects it."""

    PLACED = "created"
    MODIFIED = "updated"


@dataclass(frozen=True)
class Period:
    """A period. The dialect decides whether its end is included."""

    start: datetime
    end: datetime
    with_end: bool = True

    def condition(self, column: str) -> tuple[str, str, str]:
        """Return an SQL condition and its two values."""
        last = "<=" if self.with_end else "<"
        return f"{column} >= ? AND {column} {last} ?", format_moment(self.start), format_moment(self.end)


@dataclass(frozen=True)
class Slice:
    """The wanted rows of a long result."""

    offset: int
    limit: int


class OrderStore:
    """The orders and entries in the database. Write methods need an open transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, order_id: str) -> Order | None:
        """Return the order with this id, or None."""
        row = self._database.execute("SELECT * FROM orders WHERE order_id = ?", order_id).fetchone()
        return None if row is None else _order(row)

    def find_in_state(self, order_id: str, state: OrderState) -> Order | None:
        """Return the order with this id if it is in this state, else None."""
        row = self._database.execute(
            "SELECT * FROM orders WHERE order_id = ? AND state = ?", order_id, state
        ).fetchone()
        return None if row is None else _order(row)

    def find_by_code(self, code: str) -> Order | None:
        """Return the order with this verification code, or None."""
        row = self._database.execute("SELECT * FROM orders WHERE code = ?", code).fetchone()
        return None if row is None else _order(row)

    def orders_to_resume(self) -> list[str]:
        """Return the ids of orders with open work for the CA."""
        rows = self._database.execute(
            "SELECT order_id FROM orders WHERE state IN ('AWAITING', 'VERIFICATION', 'ACCEPTED')"
            " AND (state != 'VERIFICATION' OR check_due) ORDER BY number"
        )
        return [row["order_id"] for row in rows]

    def unfinished(self) -> Iterator[Order]:
        """Return the orders that are neither issued nor rejected."""
        statement = "SELECT * FROM orders WHERE state IN ('AWAITING', 'VERIFICATION', 'ACCEPTED') ORDER BY number"
        return map(_order, self._database.execute(statement).fetchall())

    def all(self, *, limit: int = -1, newest_first: bool = False) -> Iterator[Order]:
        """Return every order, or the first ``limit`` orders."""
        direction = "DESC" if newest_first else "ASC"
        rows = self._database.execute(f"SELECT * FROM orders ORDER BY number {direction} LIMIT ?", limit)  # noqa: S608
        return map(_order, rows.fetchall())

    def add(self, order: Order) -> None:
        """Add a new order."""
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
        """Update an order."""
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
        """Return the entries of an order, oldest first."""
        rows = self._database.execute("SELECT * FROM entry WHERE order_id = ? ORDER BY number", order_id)
        return [_entry(row) for row in rows]

    def entries_by_order(self) -> dict[str, list[Entry]]:
        """Return the entries of all orders by order id."""
        found: dict[str, list[Entry]] = {}
        for row in self._database.execute("SELECT * FROM entry ORDER BY number"):
            found.setdefault(row["order_id"], []).append(_entry(row))
        return found

    def entry_by_serial(self, serial_number: str) -> Entry | None:
        """Return the issued entry with this serial number in upper case, or None."""
        row = self._database.execute("SELECT * FROM entry WHERE serial_number = ?", serial_number).fetchone()
        return None if row is None else _entry(row)

    def entries_of_period(self, moment: OrderMoment, period: Period, part: Slice) -> tuple[int, list[Entry]]:
        """Return the number of entries whose orders were placed or changed in a period, and a slice of them."""
        where, *values = period.condition(f"orders.{moment}")
        source = f"FROM orders JOIN entry USING (order_id) WHERE {where}"
        return self._count_and_read(source, f"orders.{moment}, entry.number", values, part)

    def expiring(self, now: datetime, last: datetime, part: Slice) -> tuple[int, list[Entry]]:
        """Return the number of valid entries that expire by ``last``, and a slice of them."""
        where, *values = Period(now, last).condition("not_after")
        source = (
            f"FROM entry WHERE serial_number IS NOT NULL AND {where}"
            " AND (revocation_requested IS NULL OR revocation_requested > ?)"
        )
        return self._count_and_read(source, "not_after, number", [*values, format_moment(now)], part)

    def _count_and_read(self, source: str, order: str, values: list[str], part: Slice) -> tuple[int, list[Entry]]:
        """Return the number of rows and a slice of them. ``source`` and ``order`` are trusted SQL."""
        (count,) = self._database.execute(f"SELECT COUNT(*) {source}", *values).fetchone()
        statement = f"SELECT entry.* {source} ORDER BY {order} LIMIT ? OFFSET ?"
        return count, [_entry(row) for row in self._database.execute(statement, *values, part.limit, part.offset)]

    def revoked_by(self, moment: datetime) -> list[Entry]:
        """Return the entries that are REVOKED at a moment, by revocation time."""
        statement = "SELECT * FROM entry WHERE revoked IS NOT NULL AND revoked <= ? ORDER BY revoked"
        return [_entry(row) for row in self._database.execute(statement, format_moment(moment))]

    def entries_with_key(self, public_key_sha256: str) -> list[Entry]:
        """Return every entry, issued or not, with this public key."""
        rows = self._database.execute("SELECT * FROM entry WHERE public_key_sha256 = ?", public_key_sha256)
        return [_entry(row) for row in rows]

    def refuse_open_entries(self, order_id: str) -> None:
        """Mark the entries of an order without a certificate as refused."""
        for entry in self.entries(order_id):
            if entry.certificate is None:
                self.save_entry(replace(entry, refused=True))

    def add_entry(self, entry: Entry) -> None:
        """Add a requested certificate."""
        self._database.execute(
            "INSERT INTO entry (order_id, reissue, public_key_sha256, detail) VALUES (?, ?, ?, ?)",
            entry.order_id,
            int(entry.reissue),
            entry.public_key_sha256,
            encode_entry(entry),
        )

    def save_entry(self, entry: Entry) -> None:
        """Update an entry."""
        certificate = entry.certificate
        revocation = certificate.revocation if certificate else None
        self._database.execute(
            "UPDATE entry SET serial_number = ?, not_before = ?, not_after = ?, revocation_requested = ?, revoked = ?,"
            " revocation_reason = ?, key_compromised = ?, detail = ? WHERE number = ?",
            certificate.serial_number if certificate else None,
            format_optional(certificate.not_before if certificate else None),
            format_optional(certificate.not_after if certificate else None),
            format_optional(revocation.requested if revocation else None),
            format_optional(revocation.effective if revocation else None),
            revocation.reason if revocation else None,
            revocation.key_compromised.isoformat() if revocation and revocation.key_compromised else None,
            encode_entry(entry),
            entry.number,
        )
