# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Chooses the version that a service rolls back to although the version in use was verified.

Private to the collection. Pure.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from .._lifecycle.former_certificate import Issuance, former_of

if TYPE_CHECKING:
    from datetime import datetime

    from .certificate_on_disk import Installed
    from .version_health import InstalledVersion

MUST_LAST = timedelta(days=3)
"""A certificate that ends sooner is no version to roll back to: the next attempts may come too late."""


def issuance_of(version: InstalledVersion) -> Issuance | None:
    """Return the order and the dates of a version, None if it cannot be read."""
    facts, metadata = version.facts, version.metadata
    if facts is None:
        return None
    order_id, reissues = (metadata.order.order_id, metadata.order.reissues) if metadata else (None, ())
    return Issuance(version.serial_number, order_id, facts.not_before, facts.not_after, reissues)


def former_version(installed: Installed, now: datetime) -> tuple[InstalledVersion | None, str]:
    """Return the version to roll back to, or None and the reason.

    It is the last verified version if that is not in use, else the good version before the one in use. It must be valid
    for some days: the CA revokes a certificate that was reissued before it expires.
    """
    current = installed.current
    if current is None:
        return None, "no certificate is in use"
    if current is not installed.newest_good:
        return None, f"certificate {current.serial_number} stays: it is a former one already"
    found = _verified_before(installed) or installed.good_before(current)
    if found is None:
        return None, f"certificate {current.serial_number} stays: there is no good one before it"
    end = _end_of(found, installed)
    if end is not None and end - now < MUST_LAST:
        until = f"{found.serial_number}, the one before it, is valid only until {end:%Y-%m-%d %H:%M} UTC"
        return None, f"certificate {current.serial_number} stays: {until}"
    return found, ""


def _verified_before(installed: Installed) -> InstalledVersion | None:
    verified = installed.verified
    return verified if verified is not None and verified.good and verified is not installed.current else None


def _end_of(version: InstalledVersion, installed: Installed) -> datetime | None:
    """Return the end of validity, which is earlier than its expiry date if it was reissued."""
    later = installed.versions[: installed.versions.index(version)]
    former = former_of(issuance_of(version), filter(None, map(issuance_of, later)))
    if former is not None:
        return former.valid_until
    return version.facts.not_after if version.facts else None
