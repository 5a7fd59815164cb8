# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The state file of the event source: the record of what was reported, of one account, used by one source.

Private to the collection. The file is replaced whole. A file that cannot be read is reported and stays as it is.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._lifecycle.account_events import EventRecord, SeenOrder
from .._lifecycle.order_view import OrderView
from .._store.atomic_files import TEMPORARY, open_directory
from .._store.json_record import Record, encode, moment_text
from .._store.store_errors import AccessError, StoreError, from_os_error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from .._store.atomic_files import Directory

MAX_BYTES = 64 * 1024 * 1024
"""More than the record of an account with 100,000 orders."""
START_AGAIN = (
    "The file was not changed. Restore it from a backup, correct state_file, or move the file away: the source then "
    "starts again, and reports certificates that expire soon once more."
)


@dataclass(frozen=True)
class EventFile:
    """A state file, or the memory of one process if ``path`` is None. ``account`` names the account for people."""

    path: Path | None
    account: str

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other source away from the file. The kernel releases the lock when the process ends.

        Raises StoreError if another source has the file.
        """
        if self.path is None:
            yield
            return
        path = self.path.with_name(f"{self.path.name}.lock")
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise from_os_error("The state file cannot be locked", path, error) from error
        try:
            _lock(descriptor, self.path)
            yield
        finally:
            os.close(descriptor)

    def read(self) -> EventRecord:
        """Return the record, an empty one if there is no file. Raises StoreError."""
        if self.path is None:
            return EventRecord()
        with _directory(self.path) as directory:
            file = directory.read(self.path.name, most=MAX_BYTES)
        if file is None:
            return EventRecord()
        try:
            fields = Record(file.data, str(self.path))
            account, record = fields.text("account"), _decoded(fields)
        except AccessError:
            raise
        except StoreError as error:
            raise StoreError(
                "The state file cannot be used", path=self.path, why=error.why, remedy=START_AGAIN
            ) from None
        if account != self.account:
            raise StoreError(
                "The state file cannot be used",
                path=self.path,
                why=f"it belongs to the account {account}, and this source reads {self.account}",
                remedy=f"Give each account its own state_file. {START_AGAIN}",
            )
        return record

    def write(self, record: EventRecord) -> None:
        """Replace the file and sync it to disk. Raises StoreError.

        The umask of the process stays as it is, because other threads of ansible-rulebook make files at the same time.
        """
        if self.path is None:
            return
        data = encode({"account": self.account, **_encoded(record)})
        temporary = f".{self.path.name}.{secrets.token_hex(4)}{TEMPORARY}"
        with _directory(self.path) as directory:
            try:
                _write(directory.descriptor, temporary, data)
                os.rename(temporary, self.path.name, src_dir_fd=directory.descriptor, dst_dir_fd=directory.descriptor)
            except OSError as error:
                with suppress(OSError):
                    os.unlink(temporary, dir_fd=directory.descriptor)
                raise from_os_error("The state file cannot be written", self.path, error) from error
            directory.sync(lenient=True)


def _directory(path: Path) -> Directory:
    directory = open_directory(path.parent)
    if directory is None:
        raise StoreError(
            "The state file cannot be used",
            path=path,
            why="its directory does not exist",
            remedy=f"Create {path.parent}, or correct state_file, then start the source again.",
        )
    return directory


def _lock(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 20, 0).decode("ascii", errors="replace").strip()
        raise StoreError(
            "The state file is in use",
            path=path,
            why=f"process {quote(holder) or 'unknown'} has locked it",
            remedy="Give each source its own state_file, or stop the other process.",
        ) from None
    except OSError as error:
        raise from_os_error("The state file cannot be locked", path, error) from error
    with suppress(OSError):  # the process id is only for the message above
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, b"%d\n" % os.getpid(), 0)


def _write(directory: int, name: str, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(name, flags, 0o600, dir_fd=directory)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _encoded(record: EventRecord) -> dict[str, Any]:
    return {
        "read_until": record.read_until,
        "left": record.left,
        "expiring": [
            {"serial_number": serial_number, "not_after": moment_text(not_after)}
            for serial_number, not_after in record.expiring.items()
        ],
        "orders": [
            {
                "order_id": seen.order.order_id,
                "customer": seen.order.customer,
                "product": seen.order.product,
                "state": seen.order.state,
                "serial_number": seen.order.serial_number,
                "certificate_status": seen.order.certificate_status,
                "common_name": seen.order.common_name,
                "not_after": moment_text(seen.order.not_after) if seen.order.not_after else None,
                "read_at": moment_text(seen.read_at),
                "failed": seen.failed,
            }
            for seen in record.orders.values()
        ],
    }


def _decoded(fields: Record) -> EventRecord:
    return EventRecord(
        read_until=fields.optional_moment("read_until"),
        left=fields.texts("left"),
        expiring={each.text("serial_number"): each.moment("not_after") for each in fields.records("expiring")},
        orders={each.text("order_id"): _seen_order(each) for each in fields.records("orders")},
    )


def _seen_order(each: Record) -> SeenOrder:
    order = OrderView(
        order_id=each.text("order_id"),
        customer=each.text("customer"),
        product=each.text("product"),
        state=each.text("state"),
        serial_number=each.text("serial_number"),
        certificate_status=each.text("certificate_status"),
        common_name=each.text("common_name"),
        not_after=each.optional_moment("not_after"),
    )
    return SeenOrder(order, each.moment("read_at"), each.texts("failed"))
