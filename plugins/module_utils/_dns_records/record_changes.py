# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The changes that publish a validation record, and those that withdraw it. Other records always stay.

Private to the collection. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .._handover.foreign_text import quote
from .._handover.problems import KnownError
from .._lifecycle.publication import CA_DOMAIN

if TYPE_CHECKING:
    from collections.abc import Collection

    from .record_routing import Route


class RecordClashError(KnownError):
    """Another record has the place of a validation record."""


@dataclass(frozen=True)
class DnsRecord:
    """A record of a name at a provider. ``value`` has no quotation marks and no final dot."""

    type: str
    value: str


@dataclass(frozen=True)
class RecordChanges:
    """The records to remove first, and then to add."""

    remove: tuple[DnsRecord, ...] = ()
    add: tuple[DnsRecord, ...] = ()


def text_of(rdata: Any) -> str:
    """Return the value of a record that dnspython has read. The strings of a TXT record are one value."""
    strings = getattr(rdata, "strings", None)
    return b"".join(strings).decode("latin-1") if strings is not None else str(rdata.to_text()).rstrip(".")


def normal(record: DnsRecord) -> DnsRecord:
    """Return the record in the form in which records are compared. Names have no case; TXT values have one."""
    if record.type == "TXT":
        text = record.value
        return DnsRecord("TXT", text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text)
    return DnsRecord(record.type, record.value.rstrip(".").lower())


def to_publish(route: Route, existing: Collection[DnsRecord]) -> RecordChanges:
    """Return the changes that publish a record beside the ``existing`` ones of its name. Raises RecordClashError.

    TXT values stand side by side. A name has only one CNAME, and nothing beside it: the record of an earlier validation
    is replaced (lifecycle.md 4.1), and any other record is a clash.
    """
    wanted = normal(DnsRecord(route.type, route.value))
    found = [normal(each) for each in existing]
    if wanted in found:
        return RecordChanges()
    if route.type == "TXT":
        return RecordChanges(add=(DnsRecord("TXT", route.value),))
    earlier = [each for each in found if each.type == "CNAME" and each.value.endswith(f".{CA_DOMAIN}")]
    others = [each for each in found if each not in earlier]
    if others:
        remedy = "Remove it, or validate the name with dns_txt_prefix."
        kinds = ", ".join(sorted({each.type for each in others}))
        raise RecordClashError(
            f"{route.name} has a record of the type {quote(kinds, 60)}, so it cannot have the CNAME record "
            f"'{quote(route.value)}'. {remedy}",
            remedy=remedy,
        )
    return RecordChanges(remove=tuple(earlier), add=(DnsRecord("CNAME", route.value),))


def to_withdraw(route: Route, existing: Collection[DnsRecord]) -> RecordChanges:
    """Return the changes that withdraw exactly this value."""
    wanted = normal(DnsRecord(route.type, route.value))
    return RecordChanges(remove=(wanted,)) if wanted in map(normal, existing) else RecordChanges()
