# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finds the certificate that a service still uses although it was reissued: the CA revokes it soon.

Private to the collection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._handover.serial_number import same_serial_number
from .._lifecycle.former_certificate import Former, Issuance, former_of
from .._store.former_version import issuance_of
from .._store.metadata import OrderStage
from .._x509.certificate_facts import read_certificate
from .._x509.x509_errors import X509Error

if TYPE_CHECKING:
    from .._lifecycle.former_certificate import EarlierReissue
    from .._store.certificate_on_disk import Installed
    from .._store.version_health import InstalledVersion


def former_in_use(installed: Installed) -> Former | None:
    """Return the certificate in use if it was, or may have been, reissued. The last verified one counts as in use."""
    in_use = installed.verified or installed.current
    if in_use is None:
        return None
    later = installed.versions[: installed.versions.index(in_use)]
    found = former_of(issuance_of(in_use), filter(None, map(issuance_of, later)))
    return found or _requested(installed, in_use)


def former_with(
    installed: Installed, certificate: str, *, order_id: str | None, reissues: tuple[EarlierReissue, ...]
) -> Former | None:
    """Return the same where the CA has issued *certificate* (PEM) of this order and it is not installed."""
    in_use = installed.verified or installed.current
    try:
        facts = read_certificate(certificate)
    except X509Error:
        return former_in_use(installed)
    issued = Issuance(facts.serial_number, order_id, facts.not_before, facts.not_after, reissues)
    return former_of(issuance_of(in_use) if in_use else None, [issued]) or former_in_use(installed)


def _requested(installed: Installed, in_use: InstalledVersion) -> Former | None:
    order = installed.staged.order if installed.staged else None
    if order is None or not order.is_reissue or order.stage is OrderStage.REJECTED or in_use.facts is None:
        return None
    if not same_serial_number(order.predecessor or "", in_use.serial_number):
        return None
    return Former(in_use.serial_number, in_use.facts.not_after, order.created, requested=True)
