# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stages the next key and CSR of a certificate.

A CSR stays as it is while an order may have been sent with it, no matter who made it. A key is never deleted before its
certificate is installed: a key that is no longer wanted is set aside.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._x509 import keys
from .._x509.alternative_names import canonical_name, canonical_names
from .._x509.csr import build_request
from .._x509.x509_errors import X509Error
from .atomic_files import PRIVATE, PUBLIC, Directory
from .directory_access import CLOSED
from .layout import PRIVATE_KEY, REQUEST, SET_ASIDE, STAGED
from .lock import certificate_directory
from .staged_files import Pending, read_pending
from .store_errors import StoreError
from .version_health import read_versions

if TYPE_CHECKING:
    from .._x509.compatibility import PrivateKey
    from .._x509.keys import KeySpec
    from .layout import Layout
    from .metadata import OrderRecord

_RETIRED = ".staged.tmp"  # removed by the next sweep


@dataclass(frozen=True)
class WantedRequest:
    """The next certificate as declared. *names* holds every name, including the common name.

    *key_spec* is None if the host must not make the key.
    """

    common_name: str
    names: tuple[str, ...]
    key_spec: KeySpec | None


@dataclass(frozen=True)
class Staged:
    """A key and a CSR that wait for their certificate.

    *own_key* is False if the CSR was stored by hand and its key is kept elsewhere. *created* is true if this call made
    the key, in check mode in memory only.
    """

    csr_pem: str
    public_key_sha256: str
    own_key: bool
    order: OrderRecord | None
    created: bool


def stage(layout: Layout, name: str, wanted: WantedRequest, *, check_mode: bool = False) -> Staged:
    """Return the staged key and CSR of a certificate. Make them if none matches *wanted*.

    A recorded order keeps its key and CSR, and so does a match. A CSR that was stored by hand is also kept. Others are
    set aside and replaced. In check mode a new key and CSR exist in memory only. Raises StoreError, also for a missing
    CSR whose key the host must not make.
    """
    with certificate_directory(layout, name, check_mode=check_mode) as directory:
        pending = _kept(directory, wanted, check_mode=check_mode) if directory else None
        if directory is None or pending is None:
            if wanted.key_spec is None:
                raise request_missing(layout, name)
            key = keys.generate(wanted.key_spec)
            return _make(layout, name, wanted, key, None if check_mode else directory)
        return _keep(directory, pending, wanted, check_mode=check_mode)


def request_missing(layout: Layout, name: str) -> StoreError:
    """Return the error for a certificate whose key the host must not make, and for which no CSR is stored."""
    return StoreError(
        "No private key is made on this host",
        path=layout.staged(name) / REQUEST,
        why="key.location is elsewhere, and no request from elsewhere is stored for the next certificate",
        remedy="Make a new key and a request (CSR) with it, store the request with certum_stage_request, then run "
        "again.",
    )


def _kept(directory: Directory, wanted: WantedRequest, *, check_mode: bool) -> Pending | None:
    """Return the staged key to keep, if any. Set aside a key that is not kept."""
    pending = read_pending(directory)
    if pending is None:
        return None
    if installed_with(directory, pending) is not None:
        if not check_mode:
            retire(directory)
        return None
    if pending.order is not None or not pending.own_key or _matches(directory, pending, wanted):
        return pending
    if not check_mode:
        set_aside(directory, pending.public_key_sha256)
    return None


def _matches(directory: Directory, pending: Pending, wanted: WantedRequest) -> bool:
    if keys.spec_of(_staged_key(directory)) != wanted.key_spec:
        return False
    request = pending.request
    return request is None or (
        canonical_name(request.common_name or "") == canonical_name(wanted.common_name)
        and request.names == canonical_names(wanted.names)
    )


def _keep(directory: Directory, pending: Pending, wanted: WantedRequest, *, check_mode: bool) -> Staged:
    if pending.request is not None:
        csr_pem = pending.request.pem
    else:
        csr_pem = _request(directory.path, _staged_key(directory), wanted)
        staged = None if check_mode else directory.enter(STAGED)
        if staged is not None:
            with staged:
                staged.write(REQUEST, csr_pem.encode(), PUBLIC)
    return Staged(
        csr_pem=csr_pem,
        public_key_sha256=pending.public_key_sha256,
        own_key=pending.own_key,
        order=pending.order,
        created=False,
    )


def _make(layout: Layout, name: str, wanted: WantedRequest, key: PrivateKey, directory: Directory | None) -> Staged:
    csr_pem = _request(str(layout.certificate(name)), key, wanted)
    if directory is not None:
        with directory.enter_or_make(STAGED, CLOSED) as staged:
            staged.write(PRIVATE_KEY, keys.to_pem(key), PRIVATE)
            staged.write(REQUEST, csr_pem.encode(), PUBLIC)
    return Staged(
        csr_pem=csr_pem,
        public_key_sha256=keys.public_key_sha256(key.public_key()),
        own_key=True,
        order=None,
        created=True,
    )


def _request(path: str, key: PrivateKey, wanted: WantedRequest) -> str:
    try:
        return build_request(key, common_name=wanted.common_name, names=wanted.names)
    except X509Error as error:
        raise StoreError(
            "The CSR cannot be made", path=path, why=str(error), remedy="Correct the declaration, then run again."
        ) from None


def _staged_key(directory: Directory) -> PrivateKey:
    staged = directory.enter(STAGED)
    path = f"{directory.path}/{STAGED}/{PRIVATE_KEY}"
    try:
        if staged is not None:
            with staged:
                found = staged.read(PRIVATE_KEY)
                if found is not None:
                    return keys.load(found.data)
        why = "it is missing"
    except X509Error as error:
        why = str(error)
    raise StoreError(
        "The staged key cannot be used", path=path, why=why, remedy="Restore it, or move it away. Then run again."
    )


def installed_with(directory: Directory, pending: Pending) -> str | None:
    """Return the serial number of the good version with the staged key: then only the clean-up was interrupted."""
    for version in read_versions(directory):
        if version.good and version.facts and version.facts.public_key_sha256 == pending.public_key_sha256:
            return version.serial_number
    return None


def retire(directory: Directory) -> None:
    """Remove all staged files in one step for every reader: without its order, a used key would look unused."""
    directory.remove(_RETIRED)
    directory.rename(STAGED, _RETIRED)
    directory.remove(_RETIRED)


def set_aside(directory: Directory, fingerprint: str) -> str:
    """Move the staged files to a directory of their own, and return its path."""
    with directory.enter_or_make(SET_ASIDE, CLOSED) as kept:
        taken = set(kept.names())
        short = fingerprint[:16]
        candidates = [short, *(f"{short}-{number}" for number in range(2, len(taken) + 3))]
        name = next(candidate for candidate in candidates if candidate not in taken)
        directory.rename(STAGED, name, into=kept)
        return f"{kept.path}/{name}"
