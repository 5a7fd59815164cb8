# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Installs an issued certificate, whole or not at all.

Every step either becomes visible by one rename(2), or can be repeated. If the process dies at any point, `current`
points to a matching key and chain, and the staged key stays until both are installed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from .._handover.reasons import Reason, ReasonCode
from .._x509.alternative_names import canonical_names
from .._x509.keys import load, public_key_sha256, to_pem
from .._x509.x509_errors import X509Error
from .atomic_files import PUBLIC, TEMPORARY, Ownership
from .certificate_check import ReceivedCertificate, Verified, refused, verify
from .certificate_on_disk import Installed, read_inside
from .change import Change
from .directory_access import OPEN
from .format_files import complete_formats, complete_version
from .layout import CERTIFICATE, CHAIN, CURRENT, FULL_CHAIN, METADATA, PRIVATE_KEY, ROOT, STAGED, VERSIONS
from .lock import certificate_directory
from .metadata import Metadata
from .staging import retire
from .store_errors import StoreError
from .version_choice import describe, facts_for_diff, point

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from .._x509.compatibility import PrivateKey
    from .atomic_files import Directory
    from .layout import Layout
    from .possible_formats import Formats
    from .version_health import InstalledVersion

    Files = Mapping[str, tuple[bytes, Ownership]]

KEEP = 3
TICK = timedelta(seconds=1)
"""The smallest difference of times that metadata can hold."""
KEY_IS_LOST = (
    "Restore the private key of this order from a backup. If it is lost, move the directory staged away and run again: "
    "the run looks for the order in the account, and reissues the certificate with a new key."
)


@dataclass(frozen=True)
class _Key:
    """A private key that was found. *pem* is None if the key is kept elsewhere."""

    pem: bytes | None = field(repr=False)


def install(
    layout: Layout,
    name: str,
    issued: ReceivedCertificate,
    *,
    names: Iterable[str],
    now: datetime,
    formats: Formats,
    keep: int = KEEP,
    check_mode: bool = False,
) -> Change:
    """Write a certificate to versions/<serial number>, point `current` at it, clear staging, remove old versions.

    *names* are the declared names, and *formats* the further files. *keep* (at least 1) is the number of good versions
    that stay for a rollback; versions in use always stay. Nothing is changed unless the certificate passes `verify` and
    belongs to the staged key, to the key that comes with it, or to an installed key. Raises StoreError.
    """
    declared = canonical_names(names)
    path = str(layout.certificate(name))
    verified = verify(issued, names=declared, now=now, path=path, declaration=name)
    serial_number = verified.facts.serial_number
    with certificate_directory(layout, name, check_mode=check_mode) as directory:
        before = read_inside(directory, name) if directory else Installed(name)
        same = next((version for version in before.versions if version.serial_number == serial_number), None)
        key = _key_from_elsewhere(issued.private_key, verified, path)
        if key is None and directory is not None:
            key = _key_for(directory, before, same, verified)
        if key is None:
            why = f"certificate {serial_number} belongs to no key that is staged or installed here"
            raise refused(path, why, remedy=KEY_IS_LOST)
        metadata = Metadata(
            serial_number=serial_number,
            public_key_sha256=verified.facts.public_key_sha256,
            names=declared,
            installed_at=_installed_at(before, same, now),
            own_key=key.pem is not None,
            order=issued.order,
        )
        files = _files(verified, key.pem, metadata, formats.ownership)
        changed = directory is None or _switch(directory, before, files, formats, verified, check_mode=check_mode)
        if directory is not None and not check_mode:
            _prune(directory, name, keep)
    state = "was installed" if changed else "is installed"
    reason = Reason(ReasonCode.INSTALLED if changed else ReasonCode.CURRENT, f"certificate {serial_number} {state}")
    return Change(changed, reason, describe(before.current), facts_for_diff(verified.facts))


def _installed_at(before: Installed, same: InstalledVersion | None, now: datetime) -> datetime:
    """Return a time after all installed versions, even if the clock was set back: the last installed is the newest."""
    if same and same.metadata:
        return same.metadata.installed_at
    return max([now, *(version.metadata.installed_at + TICK for version in before.versions if version.metadata)])


def _switch(
    directory: Directory, before: Installed, files: Files, formats: Formats, verified: Verified, *, check_mode: bool
) -> bool:
    """Complete the version, point `current` at it, and clear staging. Return whether that changes anything."""
    serial_number = verified.facts.serial_number
    changed = _put(directory, serial_number, files, formats, check_mode=check_mode)
    older = complete_formats(directory, before, formats, newest=serial_number, check_mode=check_mode)
    changed = bool(older) or changed
    changed = point(directory, CURRENT, serial_number, check_mode=check_mode) or changed
    if not _staged_with(before, verified):
        return changed
    if not check_mode:
        retire(directory)
    return True


def _staged_with(before: Installed, verified: Verified) -> bool:
    return before.staged is not None and before.staged.public_key_sha256 == verified.facts.public_key_sha256


def _key_for(directory: Directory, before: Installed, same: InstalledVersion | None, verified: Verified) -> _Key | None:
    """Return the private key of a certificate, None if it is neither staged nor installed."""
    fingerprint = verified.facts.public_key_sha256
    metadata = same.metadata if same else None
    if before.staged is not None and before.staged.public_key_sha256 == fingerprint:
        file = directory.read_below(STAGED, PRIVATE_KEY) if before.staged.own_key else None
    elif metadata is not None and not metadata.own_key:
        return _Key(None) if metadata.public_key_sha256 == fingerprint else None
    else:
        file = directory.read_below(VERSIONS, verified.facts.serial_number, PRIVATE_KEY)
        if file is None:
            return None
    pem = file.data if file else None
    if pem is not None and public_key_sha256(_checked(pem, directory.path).public_key()) != fingerprint:
        return None
    return _Key(pem)


def _key_from_elsewhere(pem: bytes | None, verified: Verified, path: str) -> _Key | None:
    """Return a key that was made elsewhere, if it belongs to the certificate, as the only content of its file."""
    if pem is None:
        return None
    key = _checked(pem, path)
    return _Key(to_pem(key)) if public_key_sha256(key.public_key()) == verified.facts.public_key_sha256 else None


def _checked(pem: bytes, path: str) -> PrivateKey:
    try:
        return load(pem)
    except X509Error as error:
        raise refused(path, str(error), remedy="Restore or correct the private key, then run again.") from None


def _files(verified: Verified, key: bytes | None, metadata: Metadata, ownership: Ownership) -> Files:
    """Return the files of a version, the key first."""
    certificate, chain = verified.certificate_pem.encode(), verified.chain_pem.encode()
    files = {PRIVATE_KEY: (key, ownership)} if key is not None else {}
    root = {ROOT: (verified.root_pem.encode(), PUBLIC)} if verified.root_pem else {}
    return {
        **files,
        CERTIFICATE: (certificate, PUBLIC),
        CHAIN: (chain, PUBLIC),
        FULL_CHAIN: (certificate + chain, PUBLIC),
        **root,
        METADATA: (metadata.encode(), PUBLIC),
    }


def _put(directory: Directory, serial_number: str, files: Files, formats: Formats, *, check_mode: bool) -> bool:
    """Make the version, or complete an existing one. Return whether that changes anything."""
    versions = directory.enter(VERSIONS) if check_mode else directory.enter_or_make(VERSIONS, OPEN)
    if versions is None:
        return True
    with versions:
        version = versions.enter(serial_number)
        if version is not None:
            with version:
                changed = _complete(version, files, check_mode=check_mode)
                if changed and check_mode:
                    return True
                return bool(complete_version(version, formats, check_mode=check_mode)) or changed
        if not check_mode:
            temporary = f".{serial_number}{TEMPORARY}"
            with versions.enter_or_make(temporary, OPEN) as version:
                _complete(version, files, check_mode=False)
                complete_version(version, formats, check_mode=False)
            versions.rename(temporary, serial_number)
    return True


def _complete(version: Directory, files: Files, *, check_mode: bool) -> bool:
    """Write the files that are missing or differ. All belong to one key, so every step leaves a matching pair."""
    changed = False
    if not check_mode:
        version.sweep()
    for name, (data, ownership) in files.items():
        try:
            found = version.read(name)
        except StoreError:
            found = None
        if found is not None and found.data == data:
            continue
        changed = True
        if not check_mode:
            version.write(name, data, ownership)
    return changed


def _prune(directory: Directory, name: str, keep: int) -> None:
    """Remove versions older than the last *keep* good ones, except those that a link points at."""
    installed = read_inside(directory, name)
    in_use = {version.serial_number for version in (installed.current, installed.verified) if version}
    good = 0
    versions = directory.enter(VERSIONS)
    if versions is None:
        return
    with versions:
        for version in installed.versions:
            if good >= max(keep, 1) and version.serial_number not in in_use:
                versions.rename(version.serial_number, f".{version.serial_number}{TEMPORARY}")
            good += version.good
        versions.sweep()
