# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files for a caller without the store: certificate, chain, both, root, and a note of the pending order.

Private to the collection. No file holds a private key.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._handover.problems import KnownError, Problem
from .._handover.reasons import Reason, ReasonCode
from .._handover.terms import Operation, Sent
from .._lifecycle.decision import Desired, KnownVersion, OnDisk, Question, why_issue
from .._lifecycle.due_date import RenewalWindow
from .._store.atomic_files import PUBLIC, open_directory, write_atomic
from .._store.store_errors import from_os_error
from .._x509.certificate_facts import CertificateFacts, read_certificate
from .._x509.chain import build_chain
from .._x509.pem import certificates_in, to_der
from .._x509.x509_errors import X509Error

if TYPE_CHECKING:
    from datetime import datetime

    from .._handover.order_items import OrderItem
    from .ordered_certificate import Order
    from .outcome import Issued, Outcome


class DestinationError(KnownError):
    """The files at the destination prevent an order."""

    def __init__(self, found: str, remedy: str) -> None:
        super().__init__(f"{found}. {remedy}", remedy=remedy)


@dataclass(frozen=True)
class Destination:
    """The paths of one certificate's files. Without any path nothing is written."""

    cert: Path | None
    chain: Path | None
    fullchain: Path | None
    der: Path | None
    root: Path | None

    @classmethod
    def of(cls, item: OrderItem) -> Destination:
        return cls(
            cert=_path(item.get("cert_dest")),
            chain=_path(item.get("chain_dest")),
            fullchain=_path(item.get("fullchain_dest")),
            der=_path(item.get("der_dest")),
            root=_path(item.get("root_dest")),
        )

    @property
    def paths(self) -> tuple[Path, ...]:
        return tuple(path for path in (self.root, self.chain, self.der, self.cert, self.fullchain) if path)

    @property
    def leaf(self) -> Path | None:
        """The file whose first certificate is ours. It is written last, so if it is current, all files are."""
        return self.fullchain or self.cert or self.der

    @property
    def note(self) -> Path | None:
        """The file that records the pending order until its certificate is written."""
        return self.leaf.with_name(f"{self.leaf.name}.order.json") if self.leaf else None

    def contents(self, issued: Issued) -> dict[Path, bytes]:
        """Return the content of each file, in the order of writing; without a root if the CA sent none."""
        certificate, chain = issued.certificate.encode(), "".join(issued.chain).encode()
        known = {
            self.root: issued.root.encode() if issued.root else None,
            self.chain: chain,
            self.der: to_der(issued.certificate),
            self.cert: certificate,
            self.fullchain: certificate + chain,
        }
        return {path: content for path, content in known.items() if path and content is not None}

    def problem(self, issued: Issued) -> Problem | None:
        """Return the problem of a root that the CA did not send and nobody put there by hand; None without one."""
        if self.root is None or issued.root or _is_root_of(issued, self.root):
            return None
        issuer = read_certificate((issued.certificate, *issued.chain)[-1]).issuer
        remedy = f"Write the root certificate ({issuer}) to this path yourself, or leave out root_dest."
        found = f"{self.root} is not written: the CA sent no root with certificate {issued.facts.serial_number}"
        return Problem(f"{found}. All other files are written. {remedy}", remedy)


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None


def _is_root_of(issued: Issued, path: Path) -> bool:
    try:
        return build_chain(issued.certificate, (*issued.chain, path.read_bytes())).root is not None
    except (OSError, X509Error):
        return False


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


@dataclass(frozen=True)
class Lack:
    """The certificate that is at a destination, and the files that are missing beside it."""

    serial_number: str
    paths: tuple[Path, ...]

    @property
    def words(self) -> str:
        return f"{', '.join(map(str, self.paths))} {'are' if len(self.paths) > 1 else 'is'} missing"


def lack_at(destination: Destination) -> Lack | None:
    """Return the files that are missing beside an existing certificate. Raises DestinationError."""
    missing = tuple(path for path in destination.paths if not _is_there(path))
    facts = _existing(destination.leaf) if missing and destination.leaf else None
    return Lack(facts.serial_number, missing) if facts else None


def why_needed(order: Order, item: OrderItem, *, now: datetime) -> Reason | None:
    """Return the reason why a new certificate is needed, or None. Without a destination it is always needed.

    Raises DestinationError if an ordered certificate could not be used.
    """
    destination = Destination.of(item)
    missing = next((path.parent for path in destination.paths if not path.parent.is_dir()), None)
    if missing:
        raise DestinationError(
            f"{order.name}: {missing} is not a directory, so no certificate can be written there; nothing was ordered",
            "Create the directory, or correct the path, then run again.",
        )
    path = destination.leaf
    if path is None:
        return Reason(ReasonCode.REQUESTED, "a certificate is requested")
    facts = _existing(path)
    if facts is None:
        return Reason(ReasonCode.NOT_ON_DISK, f"there is no certificate at {path}")
    if facts.public_key_sha256 != order.request.public_key_sha256:
        return Reason(ReasonCode.KEY_DIFFERS, "the CSR has a new key")
    window = RenewalWindow.declared(item)
    forced = Reason(ReasonCode.REPLACE_REQUESTED, "force is set")
    reason = forced if item.get("force") else _why_replace(order, facts, window=window, now=now)
    if reason:
        raise DestinationError(
            f"{order.name}: {path}: {reason}, but the CSR has the key of that certificate, "
            "and the CA refuses a used key (error 1032)",
            "Make a new key and CSR, then run again.",
        )
    return None


def _existing(path: Path) -> CertificateFacts | None:
    try:
        found = certificates_in(path.read_bytes())
        return read_certificate(found[0]) if found else None
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DestinationError(
            f"{path} cannot be read ({quote(error.strerror)}), so it is unknown whether a certificate is needed; "
            "nothing was ordered",
            "Make the file readable, then run again.",
        ) from error
    except X509Error:
        return None


def _why_replace(order: Order, facts: CertificateFacts, *, window: RenewalWindow, now: datetime) -> Reason | None:
    names = frozenset(order.names)
    desired = Desired(
        name=order.name, names=names, product_code=order.product.code, key="", window=window, deployed=False
    )
    version = KnownVersion(
        serial_number=facts.serial_number,
        names=frozenset(facts.names),
        not_before=facts.not_before,
        not_after=facts.not_after,
        public_key_sha256=facts.public_key_sha256,
        key=None,
    )
    return why_issue(Question(desired=desired, on_disk=OnDisk(newest=version), now=now))


def write(destination: Destination, issued: Issued, *, backup: bool, now: datetime) -> list[str]:
    """Write the files atomically, the leaf last, and return the paths of the backups. Raises StoreError."""
    backups = []
    for path, content in destination.contents(issued).items():
        if backup and _is_there(path):
            copy = path.with_name(f"{path.name}.{now:%Y%m%dT%H%M%SZ}~")
            write_atomic(copy, _content(path), PUBLIC)
            backups.append(str(copy))
        write_atomic(path, content, PUBLIC)
    return backups


def supply(destination: Destination, lack: Lack, issued: Issued) -> bool:
    """Write the missing files that the CA sent, and return whether there were any. Raises StoreError."""
    found = {path: content for path, content in destination.contents(issued).items() if path in lack.paths}
    for path, content in found.items():
        write_atomic(path, content, PUBLIC)
    return bool(found)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise from_os_error("The file cannot be copied", path, error) from error


def recall(item: OrderItem, order: Order) -> Order:
    """Return the order with the values of its note; a validation code of the caller has priority.

    Raises DestinationError if an order for this key was placed with an operation that this version does not know.
    """
    note = Destination.of(item).note
    try:
        remembered = json.loads(note.read_text("utf-8")) if note else None
    except (OSError, ValueError):
        return order
    if not isinstance(remembered, dict) or remembered.get("public_key_sha256") != order.request.public_key_sha256:
        return order
    try:
        operation = Operation(remembered.get("operation") or order.operation)
    except ValueError as error:
        raise DestinationError(
            f"{order.name}: the note of its pending order, {note}, has no operation that this version knows, so it is "
            "unknown how to continue that order; nothing was ordered",
            f"Update certops.certum, or correct the operation in the note ({', '.join(Operation)}), then run again.",
        ) from error
    code = remembered.get("validation_code")
    return replace(
        order,
        order_id=str(remembered.get("order_id") or order.order_id),
        operation=operation,
        sent=Sent.YES,
        validation_code=order.validation_code or (code if isinstance(code, str) else None),
    )


def remember(item: OrderItem, order: Order, outcome: Outcome) -> None:
    """Record a pending order in its note, and remove the note once its certificate is written. Raises StoreError.

    The note stays until then, even if this account does not have the order: the order was paid for.
    """
    note = Destination.of(item).note
    if note is None:
        return
    if outcome.issued:
        _remove(note)
        return
    if not outcome.placed:
        return
    code = outcome.validation.code if outcome.validation else None
    content = {
        "order_id": outcome.order_id,
        "operation": order.operation.value,
        "public_key_sha256": order.request.public_key_sha256,
        "validation_code": code,
    }
    write_atomic(note, json.dumps(content, indent=2).encode() + b"\n", PUBLIC)


def _remove(path: Path) -> None:
    directory = open_directory(path.parent)
    if directory is not None:
        with directory:
            directory.remove(path.name)
