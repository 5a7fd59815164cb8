# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sources of revocations, and the common parts of OCSP answers and revocation lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from .._third_party.host_packages import x509
from . import compatibility
from .x509_errors import X509Error

if TYPE_CHECKING:
    from datetime import datetime

CLOCK_SKEW = timedelta(minutes=5)
LONGEST_WITHOUT_END = timedelta(days=1)
_OCSP = "1.3.6.1.5.5.7.48.1"


@dataclass(frozen=True)
class Revocation:
    """A revocation. *since* is aware and in UTC. *reason* is a term of RFC 5280, None if the CA gives none."""

    since: datetime
    reason: str | None

    def __str__(self) -> str:
        return f"on {self.since:%Y-%m-%d}" + (f" ({self.reason})" if self.reason else "")


@dataclass(frozen=True)
class Sources:
    """The addresses that a certificate names. Only plain HTTP: the data there is signed."""

    ocsp: tuple[str, ...]
    lists: tuple[str, ...]


def sources_of(certificate: x509.Certificate) -> Sources:
    """Return the addresses to ask about a certificate. Raises X509Error."""
    extensions = compatibility.extensions(certificate)
    access, points = x509.AuthorityInformationAccess, x509.CRLDistributionPoints
    responders = [
        each.access_location
        for extension in extensions
        if isinstance(extension.value, access)
        for each in extension.value
        if each.access_method.dotted_string == _OCSP
    ]
    lists = [
        name
        for extension in extensions
        if isinstance(extension.value, points)
        for point in extension.value
        for name in point.full_name or ()
    ]
    return Sources(_plain_http(responders), _plain_http(lists))


def _plain_http(names: list[x509.GeneralName]) -> tuple[str, ...]:
    texts = (name.value for name in names if isinstance(name, x509.UniformResourceIdentifier))
    return tuple(text for text in texts if text.lower().startswith("http://"))


def require_current(*, this_update: datetime, next_update: datetime | None, now: datetime) -> None:
    """Raise X509Error for an answer of another time. Without an expiry it is good for a day (RFC 6960 4.2.2.1)."""
    end = next_update or this_update + LONGEST_WITHOUT_END
    clock = f"the clock of this host says {now:%Y-%m-%d %H:%M} UTC"
    if now + CLOCK_SKEW < this_update:
        raise X509Error(f"the answer is from {this_update:%Y-%m-%d %H:%M} UTC, and {clock}")
    if end < now - CLOCK_SKEW:
        raise X509Error(f"the answer was good until {end:%Y-%m-%d %H:%M} UTC, and {clock}")


def words_of(reason: x509.ReasonFlags | None) -> str | None:
    """Return a reason in words, such as "key compromise"."""
    return None if reason is None else reason.name.replace("_", " ")
