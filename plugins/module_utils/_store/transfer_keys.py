# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stages the key with which a host receives the private key of a shared certificate, and reads a key to send."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from .._handover.serial_number import same_serial_number
from .._x509.key_sealing import TransferKey, generate_transfer_key, read_transfer_key
from .._x509.keys import load, public_key_sha256
from .._x509.x509_errors import X509Error
from .atomic_files import PRIVATE, open_directory
from .certificate_on_disk import read_inside
from .directory_access import CLOSED
from .layout import PRIVATE_KEY, STAGED, VERSIONS
from .lock import certificate_directory
from .store_errors import StoreError

if TYPE_CHECKING:
    from .atomic_files import File
    from .layout import Layout

TRANSFER_KEY = "transfer.key"
OLD = timedelta(days=1)
"""A transfer takes minutes. A key that is older was left by a run that died."""


def stage_transfer_key(layout: Layout, name: str, *, now: datetime) -> TransferKey:
    """Return the staged transfer key of a certificate. Make one if there is none, or only an old one.

    Two runs at the same time use the same key. Raises StoreError.
    """
    with certificate_directory(layout, name) as directory:
        if directory is None:  # pragma: no cover - only check mode yields None
            raise _missing(layout, name)
        with directory.enter_or_make(STAGED, CLOSED) as staged:
            found = _usable(staged.read(TRANSFER_KEY), now)
            if found is not None:
                return found
            try:
                made = generate_transfer_key()
            except X509Error as error:
                raise StoreError(
                    "The shared certificate cannot be received",
                    path=staged.path,
                    why=str(error),
                    remedy="Declare the certificate of this host without share.",
                ) from None
            staged.write(TRANSFER_KEY, made.private, PRIVATE)
            return made


def staged_transfer_key(layout: Layout, name: str) -> TransferKey:
    """Return the staged transfer key. Raises StoreError if there is none."""
    found = None
    directory = open_directory(layout.certificate(name))
    if directory is not None:
        with directory:
            staged = directory.enter(STAGED)
            if staged is not None:
                with staged:
                    found = staged.read(TRANSFER_KEY)
    if found is None:
        raise _missing(layout, name)
    try:
        return read_transfer_key(found.data)
    except X509Error as error:
        raise StoreError(
            "The transfer key cannot be used",
            path=layout.staged(name) / TRANSFER_KEY,
            why=str(error),
            remedy="Remove the file, then run again.",
        ) from None


def remove_transfer_key(layout: Layout, name: str) -> None:
    """Remove the staged transfer key, and the directory for staged files if nothing else is in it."""
    with certificate_directory(layout, name) as directory:
        staged = directory.enter(STAGED) if directory else None
        if directory is None or staged is None:
            return
        with staged:
            staged.remove(TRANSFER_KEY)
            left = staged.names()
        if not left:
            directory.remove(STAGED)


def private_key_of(layout: Layout, name: str, serial_number: str) -> bytes:
    """Return the private key (PEM) of an installed version, which fits its certificate. Raises StoreError."""
    path = layout.version(name, serial_number)
    directory = open_directory(layout.certificate(name))
    if directory is None:
        raise _no_key(path, "this host does not have the certificate")
    with directory:
        versions = read_inside(directory, name).versions
        version = next((each for each in versions if same_serial_number(each.serial_number, serial_number)), None)
        if version is None or version.facts is None or not version.good:
            raise _no_key(path, "; ".join(version.problems) if version else "this host does not have the certificate")
        file = directory.read_below(VERSIONS, version.serial_number, PRIVATE_KEY)
    if file is None:
        raise _no_key(path, "its private key is kept elsewhere")
    try:
        fits = public_key_sha256(load(file.data).public_key()) == version.facts.public_key_sha256
    except X509Error as error:
        raise _no_key(path, str(error)) from None
    if not fits:
        raise _no_key(path, "its private key does not belong to the certificate")
    return file.data


def _usable(file: File | None, now: datetime) -> TransferKey | None:
    if file is None or now - datetime.fromtimestamp(file.modified, timezone.utc) > OLD:
        return None
    try:
        return read_transfer_key(file.data)
    except X509Error:
        return None


def _missing(layout: Layout, name: str) -> StoreError:
    return StoreError(
        "The shared certificate cannot be received",
        path=layout.staged(name) / TRANSFER_KEY,
        why="the transfer key of this host is missing: another run may have used it",
        remedy="Run again.",
    )


def _no_key(path: object, why: str) -> StoreError:
    return StoreError(
        "The private key was not sent to the other hosts",
        path=str(path),
        why=why,
        remedy="Repair the certificate on this host, or include another host of the group that has it. Then run again.",
    )
