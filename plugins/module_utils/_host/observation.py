# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Translates what is on disk into the terms of the decision.

Private to the collection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lifecycle.decision import Damaged, KnownVersion, OnDisk, Requested
from .._service.former_in_use import former_in_use
from .._store.certificate_on_disk import read_installed
from .._store.metadata import OrderStage
from .._x509.alternative_names import canonical_names

if TYPE_CHECKING:
    from .._store.certificate_on_disk import Installed
    from .._store.layout import Layout
    from .._store.metadata import OrderRecord
    from .._store.staged_files import Pending
    from .._store.version_health import InstalledVersion


def observe(layout: Layout, name: str, *, share: str | None = None) -> OnDisk:
    """Read one certificate from disk. Raises StoreError if it cannot be read: then nothing may be decided."""
    return observed(read_installed(layout, name), share=share)


def observed(installed: Installed, *, share: str | None = None) -> OnDisk:
    """Return the facts that a decision needs. ``share`` is the group that shares the certificate as declared."""
    newest, staged = installed.newest_good, installed.staged
    order = staged.order if staged else None
    return OnDisk(
        newest=_known(newest, share) if newest else None,
        problem="; ".join(installed.problems) or None,
        damaged=_damaged(installed, share),
        current=installed.current.serial_number if installed.current else None,
        verified=installed.verified.serial_number if installed.verified else None,
        staged_key=staged.public_key_sha256 if staged else None,
        staged_order=order.words if order else None,
        staged_order_placed=order is not None and order.stage is not OrderStage.INTENDED,
        requested=_requested(staged) if staged else None,
        host=_host_of(newest, order),
        former=former_in_use(installed),
        deployed=installed.services.deployed if installed.services else None,
    )


def _requested(staged: Pending) -> Requested | None:
    request, order = staged.request, staged.order
    if request is None or order is None:
        return None
    return Requested(
        names=frozenset(canonical_names(filter(None, (request.common_name, *request.names)))),
        key=str(request.key_spec) if staged.own_key else None,
        product_code=order.product,
        is_reissue=order.is_reissue,
    )


def _host_of(newest: InstalledVersion | None, order: OrderRecord | None) -> str | None:
    known = newest.metadata.order.host if newest and newest.metadata else None
    return known or (order.host if order else None)


def _damaged(installed: Installed, share: str | None) -> Damaged | None:
    """Return the last version if it is damaged. If its key is still staged, its installation is not finished yet."""
    last, staged = next(iter(installed.versions), None), installed.staged
    if last is None or last.good:
        return None
    known = last.facts or last.metadata
    if staged and known and known.public_key_sha256 == staged.public_key_sha256:
        return None
    is_its_own = last.facts is not None and last.facts.serial_number == last.serial_number
    return Damaged("; ".join(last.problems), _known(last, share) if is_its_own else None)


def _known(version: InstalledVersion, share: str | None) -> KnownVersion | None:
    """Return the facts of a version.

    The order of a certificate that a group shares is not that of a host that does not share it any more: if the host
    reissued it, the CA would revoke the certificate of the others.
    """
    facts, metadata = version.facts, version.metadata
    if facts is None:
        return None
    follows = metadata is not None and (bool(share) or not metadata.order.share)
    return KnownVersion(
        serial_number=version.serial_number,
        names=frozenset(facts.names),
        not_before=facts.not_before,
        not_after=facts.not_after,
        public_key_sha256=facts.public_key_sha256,
        key=str(facts.key_spec) if version.key else None,
        ordered_names=frozenset(metadata.names) if metadata else None,
        product_code=metadata.order.product if metadata else None,
        common_name=facts.common_name,
        order_id=metadata.order.order_id if metadata and follows else None,
        term_end=metadata.order.term_end if metadata and follows else None,
        environment=metadata.order.environment if metadata else None,
    )
