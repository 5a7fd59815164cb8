# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stores a CSR from elsewhere for the next order. Its key may be in an HSM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._handover.reasons import Reason, ReasonCode
from .atomic_files import PUBLIC, Directory
from .change import Change
from .directory_access import CLOSED
from .layout import REQUEST, STAGED
from .lock import certificate_directory
from .staged_files import Pending, read_pending
from .staging import set_aside
from .store_errors import StoreError
from .version_health import read_versions

if TYPE_CHECKING:
    from .._x509.csr import RequestFacts
    from .layout import Layout


def put_request(layout: Layout, name: str, request: RequestFacts, *, check_mode: bool = False) -> Change:
    """Write a CSR to staged/request.csr, whole or not at all.

    A staged key or CSR without an order is set aside, unless it has the same key. Raises StoreError while an order with
    another request is pending, and for a key that has a certificate already (error 1032).
    """
    with certificate_directory(layout, name, check_mode=check_mode) as directory:
        pending = read_pending(directory) if directory else None
        if pending and pending.request and pending.request.pem == request.pem:
            return Change(changed=False, reason=Reason(ReasonCode.STAGED_BEFORE, "this request is staged"))
        path = layout.staged(name) / REQUEST
        why = _objection(directory, pending, request) if directory else None
        if why is not None:
            raise StoreError("The request was not stored", path=path, why=why[0], remedy=why[1])
        if directory is not None and not check_mode:
            _write(directory, pending, request)
    waits = "waits for the next order" if pending is None else "replaces a staged key or CSR that was not ordered"
    return Change(
        changed=True,
        reason=Reason(ReasonCode.REQUEST_STAGED, f"the request {waits}"),
        before={"public_key_sha256": pending.public_key_sha256 if pending else None},
        after={"public_key_sha256": request.public_key_sha256, "names": list(request.names)},
    )


def _objection(directory: Directory, pending: Pending | None, request: RequestFacts) -> tuple[str, str] | None:
    """Return the reason why the request must not be stored, and the remedy, or None."""
    if pending is not None and pending.order is not None:
        return (
            f"order {pending.order.words} is pending with the staged key",
            "Wait until its certificate is installed, or cancel the order. Then store the request.",
        )
    for version in read_versions(directory):
        if version.facts and version.facts.public_key_sha256 == request.public_key_sha256:
            return (
                f"its key is that of certificate {version.serial_number}, and the CA refuses a used key (error 1032)",
                "Make a new key and a request with it, then run again.",
            )
    return None


def _write(directory: Directory, pending: Pending | None, request: RequestFacts) -> None:
    if pending is not None and pending.public_key_sha256 != request.public_key_sha256:
        set_aside(directory, pending.public_key_sha256)
    with directory.enter_or_make(STAGED, CLOSED) as staged:
        staged.write(REQUEST, request.pem.encode(), PUBLIC)
