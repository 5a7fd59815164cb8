# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CAA records: whether the holder of a domain permits Certum to issue (RFC 8659, RFC 8657, lifecycle.md 5).

Private to the collection. Pure: the records are an argument.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._handover.terms import ValidationMethod

if TYPE_CHECKING:
    from collections.abc import Sequence

ISSUERS = ("certum.pl", "certum.eu")
CRITICAL = 128
REGISTERED_TAGS = frozenset(
    ("issue", "issuewild", "iodef", "issuemail", "issuevmc", "contactemail", "contactphone")
)  # IANA. It is not known which of them Certum uses, but a public CA knows all of them.
LONGEST_SHOWN = 100


@dataclass(frozen=True)
class CaaRecord:
    """One record. ``value`` is the text from DNS."""

    flags: int
    tag: str
    value: str

    def __str__(self) -> str:
        return f'{self.flags} {quote(self.tag, LONGEST_SHOWN)} "{quote(self.value, LONGEST_SHOWN)}"'


@dataclass(frozen=True)
class CaaObjection:
    """The reason why the records forbid the certificate, and the remedy."""

    what: str
    remedy: str


def label_of(method: ValidationMethod) -> str:
    """Return the label of a method in ``validationmethods``, for an order without ACME (lifecycle.md 4.1, 5)."""
    if method is ValidationMethod.FILE:
        return "ca-tbr-18"
    return "ca-tbr-4" if method is ValidationMethod.ADMIN else "ca-tbr-7"


def caa_objection(
    records: Sequence[CaaRecord], *, owner: str, wildcard: bool, method: ValidationMethod
) -> CaaObjection | None:
    """Return the objection of ``records``, the first set found upwards from the name. None if Certum may issue.

    ``owner`` is the name that has the records. ``accounturi`` is ignored, because the account of a URI is unknown.
    """
    unknown = [record for record in records if record.flags & CRITICAL and record.tag.lower() not in REGISTERED_TAGS]
    if unknown:
        return CaaObjection(
            what=f"{owner} has a critical CAA record that no CA may ignore: {_shown(unknown)}",
            remedy=f"Remove the record from {owner}, or make it uncritical (flags 0).",
        )
    tag, deciding = _deciding(records, wildcard=wildcard)
    if not deciding or any(_admits(record.value, label_of(method)) for record in deciding):
        return None
    named = any(_issuer(record.value) in ISSUERS for record in deciding)
    by_method = f"; validationmethods={label_of(method)}" if named else ""
    condition = f" with validation method {method.value}" if named else " for wildcard names" if wildcard else ""
    return CaaObjection(
        what=f"the CAA records of {owner} do not permit Certum{condition}: {_shown(deciding)}",
        remedy=f'Add the record: {owner}. CAA 0 {tag} "{ISSUERS[0]}{by_method}"',
    )


def _deciding(records: Sequence[CaaRecord], *, wildcard: bool) -> tuple[str, list[CaaRecord]]:
    """Return the tag and the records that decide.

    For a wildcard, only ``issuewild`` decides if there is such a record (RFC 8659 4.3). Other names ignore it.
    """
    tagged = {
        tag: [record for record in records if record.tag.lower() == tag]
        for tag in (("issuewild", "issue") if wildcard else ("issue",))
    }
    return next(((tag, found) for tag, found in tagged.items() if found), ("issue", []))


def _issuer(value: str) -> str:
    return value.partition(";")[0].strip(" \t").lower()


def _admits(value: str, label: str) -> bool:
    """Return whether the record permits Certum. With a parameter that is not TAG=VALUE it does not (RFC 8659 4.2)."""
    if _issuer(value) not in ISSUERS:
        return False
    for parameter in filter(None, (part.strip(" \t") for part in value.split(";")[1:])):
        tag, equals, text = parameter.partition("=")
        if not equals:
            return False
        if tag.strip(" \t").lower() == "validationmethods":
            labels = [listed.strip(" \t").lower() for listed in text.split(",")]
            if label not in labels:
                return False
    return True


def _shown(records: Sequence[CaaRecord]) -> str:
    return ", ".join(sorted(map(str, records)))
