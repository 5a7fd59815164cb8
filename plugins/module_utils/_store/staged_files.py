# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads the staged key, CSR and order of a certificate that is not installed yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._x509.csr import RequestFacts, read_request
from .._x509.keys import public_key_sha256_of_private
from .._x509.x509_errors import X509Error
from .layout import ORDER, PRIVATE_KEY, REQUEST, STAGED
from .metadata import OrderRecord, read_order
from .store_errors import StoreError

if TYPE_CHECKING:
    from .atomic_files import Directory, File


@dataclass(frozen=True)
class Pending:
    """A staged key pair. *own_key* is False if the CSR was stored by hand and its key is kept elsewhere.

    *request* is None if the CSR has yet to be made.
    """

    public_key_sha256: str
    own_key: bool
    order: OrderRecord | None
    request: RequestFacts | None


def read_pending(directory: Directory) -> Pending | None:
    """Read the staged files of one certificate, None if there are none. Raises StoreError for unusable files."""
    staged = directory.enter(STAGED)
    if staged is None:
        return None
    with staged:
        record = staged.read(ORDER)
        order = read_order(record.data, f"{staged.path}/{ORDER}") if record else None
        key, csr = staged.read(PRIVATE_KEY), staged.read(REQUEST)
        if key is not None:
            return _own(staged.path, key, csr, order)
        if csr is not None:
            return _by_hand(staged.path, csr, order)
        if order is not None:
            raise _stuck(staged.path, PRIVATE_KEY, f"it is missing, and order {order.words} was placed with it", order)
        return None


def _own(path: str, key: File, csr: File | None, order: OrderRecord | None) -> Pending:
    try:
        fingerprint = public_key_sha256_of_private(key.data)
    except X509Error as error:
        raise _stuck(path, PRIVATE_KEY, str(error), order) from None
    request = _half_written(csr) if csr else None
    if request and request.public_key_sha256 != fingerprint:
        raise _stuck(path, REQUEST, f"it was not made with the {PRIVATE_KEY} beside it", order)
    return Pending(fingerprint, own_key=True, order=order, request=request)


def _half_written(csr: File) -> RequestFacts | None:
    """Return the facts of our own CSR, None if it cannot be read: it can be made again from its key."""
    try:
        return read_request(csr.data)
    except X509Error:
        return None


def _by_hand(path: str, csr: File, order: OrderRecord | None) -> Pending:
    try:
        request = read_request(csr.data)
    except X509Error as error:
        raise _stuck(path, REQUEST, str(error), order) from None
    if request.signature_valid is False:
        raise _stuck(path, REQUEST, "its signature was not made with its key (error 2125)", order)
    return Pending(request.public_key_sha256, own_key=False, order=order, request=request)


def _stuck(path: str, name: str, why: str, order: OrderRecord | None) -> StoreError:
    if order is None:
        remedy = "No order is recorded for it. Correct or remove the file, then run again."
    elif order.is_reissue:
        remedy = (
            f"The reissue in order {order.words} cannot be cancelled (error 1136). Restore the file from a backup. "
            f"Without a backup, move {path} away. Then run again: the run reports the next step."
        )
    else:
        remedy = (
            f"Restore the file from a backup. Without a backup, cancel order {order.words} and move {path} away. "
            "Then run again."
        )
    return StoreError("The staged files cannot be used", path=f"{path}/{name}", why=why, remedy=remedy)
