# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The records about an installed certificate with its order, and about the order of a staged key."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import Enum
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._handover.terms import Operation
from .._lifecycle.former_certificate import EarlierReissue
from .json_record import Record, encode
from .reissues import shown_reissues

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class IssuedOrder:
    """The order that a certificate came from. None is an unknown value (a certificate that was installed by hand).

    *customer* identifies this certificate at the CA for its whole life, and is never computed again. *product* is the
    product code of first orders. *term_end* is the estimated term end (lifecycle.md 9.2), aware. *environment* is the
    system of the CA, ``production`` or ``test``. *host* is the inventory name of the host that ordered it, for a shared
    certificate that of its group (``@group``). *share* is the group that shares the certificate. *reissues* are those
    before this certificate in the order: another host, or the host before a restored backup, may have received them.
    """

    order_id: str | None = None
    customer: str | None = None
    product: str | None = None
    term_end: datetime | None = None
    environment: str | None = None
    host: str | None = None
    share: str | None = None
    reissues: tuple[EarlierReissue, ...] = ()


@dataclass(frozen=True)
class Metadata:
    """metadata.json of a version. *names* are the declared names, canonical and sorted."""

    serial_number: str
    public_key_sha256: str
    names: tuple[str, ...]
    installed_at: datetime
    own_key: bool
    order: IssuedOrder

    def encode(self) -> bytes:
        """Return the content of the file."""
        fields = asdict(self)
        order = fields.pop("order")
        if order["share"] is None:
            del order["share"]  # the file of a certificate that is not shared stays as it was
        if order.pop("reissues"):
            order["reissues"] = shown_reissues(self.order.reissues)
        key = "host" if fields.pop("own_key") else "elsewhere"
        return encode({**fields, "private_key": key, **order})


def read_metadata(data: bytes, path: str) -> Metadata:
    """Read metadata.json. Raises StoreError."""
    record = Record(data, path)
    return Metadata(
        serial_number=record.text("serial_number"),
        public_key_sha256=record.text("public_key_sha256"),
        names=record.texts("names"),
        installed_at=record.moment("installed_at"),
        own_key=record.text("private_key") != "elsewhere",
        order=IssuedOrder(
            order_id=record.optional_text("order_id"),
            customer=record.optional_text("customer"),
            product=record.optional_text("product"),
            term_end=record.optional_moment("term_end"),
            environment=record.optional_text("environment"),
            host=record.optional_text("host"),
            share=record.optional_text("share"),
            reissues=tuple(
                EarlierReissue(each.text("serial_number"), each.moment("reissued"))
                for each in record.optional_records("reissues")
            ),
        ),
    )


class OrderStage(Enum):
    """The known stage of the order of a staged key."""

    INTENDED = "intended"
    """It may have been sent: it is recorded before it is sent."""

    PLACED = "placed"
    REJECTED = "rejected"


@dataclass(frozen=True)
class OrderRecord:
    """staged/order.json: the order of the staged key, with its validation code.

    *operation* is ``order``, ``reissue`` or ``renew``. *predecessor* is the serial number that is reissued or renewed,
    or for which an order was placed instead of a reissue.
    *order_id* is None for a renewal whose id the CA has not returned yet. *term_end* is the estimated term end if it is
    known already, as for a reissue.
    """

    order_id: str | None
    customer: str
    product: str
    created: datetime
    stage: OrderStage = OrderStage.INTENDED
    operation: str = Operation.ORDER.value
    predecessor: str | None = None
    term_end: datetime | None = None
    environment: str | None = None
    host: str | None = None
    validation_code: str | None = None
    validation_method: str | None = None

    @property
    def words(self) -> str:
        """Return the name of the order for messages."""
        return self.order_id or f"for the renewal of certificate {self.predecessor}"

    @property
    def is_reissue(self) -> bool:
        """Whether its order has a certificate already: the CA does not cancel such an order (error 1136)."""
        return self.operation == Operation.REISSUE

    def encode(self) -> bytes:
        """Return the content of the file."""
        return encode({**asdict(self), "stage": self.stage.value})


def read_order(data: bytes, path: str) -> OrderRecord:
    """Read order.json. Raises StoreError."""
    record = Record(data, path)
    return OrderRecord(
        order_id=record.optional_text("order_id"),
        customer=record.text("customer"),
        product=record.text("product"),
        created=record.moment("created"),
        stage=_stage(record),
        operation=record.optional_text("operation") or Operation.ORDER.value,
        predecessor=record.optional_text("predecessor"),
        term_end=record.optional_moment("term_end"),
        environment=record.optional_text("environment"),
        host=record.optional_text("host"),
        validation_code=record.optional_text("validation_code"),
        validation_method=record.optional_text("validation_method"),
    )


def _stage(record: Record) -> OrderStage:
    word = record.text("stage")
    try:
        return OrderStage(word)
    except ValueError:
        raise record.broken(
            f"stage is '{quote(word)}', not one of {', '.join(stage.value for stage in OrderStage)}"
        ) from None
