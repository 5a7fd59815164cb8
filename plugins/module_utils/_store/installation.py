# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An issued certificate into place, whole.

Every step is either invisible until one rename(2) makes it whole, or can be done again. Whoever dies when, `current`
always leads to a key and a chain that belong together, and the staged key stays until both are in place.
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
from .version_switch import describe, facts_for_diff, point

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from .._x509.compatibility import PrivateKey
    from .atomic_files import Directory
    from .installed_versions import InstalledVersion
    from .layout import Layout
    from .possible_formats import Formats

    Files = Mapping[str, tuple[bytes, Ownership]]

KEEP = 3
TICK = timedelta(seconds=1)
KEY_IS_LOST = (
    "Restore the private key of this order from a backup. If it is lost, move the directory staged away and run again: "
    "the run looks for the order in the account, and reissues the certificate with a new key."
)
"""The shortest time that metadata can tell."""


@dataclass(frozen=True)
class _Key:
    """A private key that was found; *pem* is None where it is kept elsewhere."""

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
    """Put a certificate into versions/<serial number>, switch `current` to it, clear staging, drop old versions.

    *names* are the declared names, *formats* what else is written, *keep* (at least 1) is how many good versions stay
    for going back; those in use always stay. Nothing is changed unless the certificate belongs to the staged key (or
    the one that comes with it, or is installed already) and passes `verify`. Raises StoreError.
    """
    declared = canonical_names(names)
    path = str(layout.certificate(name))
    verified = verify(issued, names=declared, now=now, path=path, declaration=name)
    serial_number = verified.facts.serial_number
    with certificate_directory(layout, name, check_mode=check_mode) as directory:
        before = read_inside(directory, name) if directory else Installed(name)
        same = next((version for version in before.versions if version.serial_number == serial_number), None)
        key = _key_for(directory, before, same, verified) if directory else None
        key = key or _key_from_elsewhere(issued.private_key, verified, path)
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
    state = "was put in place" if changed else "is in place"
    reason = Reason(ReasonCode.INSTALLED if changed else ReasonCode.CURRENT, f"certificate {serial_number} {state}")
    return Change(changed, reason, describe(before.current), facts_for_diff(verified.facts))


def _installed_at(before: Installed, same: InstalledVersion | None, now: datetime) -> datetime:
    """After all that is there, whatever the clock says: the last installed is the newest, and clocks are set back."""
    if same and same.metadata:
        return same.metadata.installed_at
    return max([now, *(version.metadata.installed_at + TICK for version in before.versions if version.metadata)])


def _switch(
    directory: Directory, before: Installed, files: Files, formats: Formats, verified: Verified, *, check_mode: bool
) -> bool:
    """Make the version whole, point `current` at it, clear staging; tell whether that changes anything."""
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
    """Find the private key of a certificate; None when it is neither staged nor installed."""
    fingerprint = verified.facts.public_key_sha256
    metadata = same.metadata if same else None
    if before.staged is not None and before.staged.public_key_sha256 == fingerprint:
        pem = _read(directory, STAGED, PRIVATE_KEY) if before.staged.own_key else None
    elif metadata is not None and not metadata.own_key:
        return _Key(None) if metadata.public_key_sha256 == fingerprint else None
    else:
        pem = _read(directory, VERSIONS, verified.facts.serial_number, PRIVATE_KEY)
        if pem is None:
            return None
    if pem is not None and public_key_sha256(_checked(pem, directory.path).public_key()) != fingerprint:
        return None
    return _Key(pem)


def _key_from_elsewhere(pem: bytes | None, verified: Verified, path: str) -> _Key | None:
    """A key that was not made here, as the only content of its file, if it is that of the certificate."""
    if pem is None:
        return None
    key = _checked(pem, path)
    return _Key(to_pem(key)) if public_key_sha256(key.public_key()) == verified.facts.public_key_sha256 else None


def _checked(pem: bytes, path: str) -> PrivateKey:
    try:
        return load(pem)
    except X509Error as error:
        raise refused(path, str(error), remedy="Restore or correct the private key, then run again.") from None


def _read(directory: Directory, name: str, *below: str) -> bytes | None:
    if not below:
        file = directory.read(name)
        return file.data if file else None
    inside = directory.enter(name)
    if inside is None:
        return None
    with inside:
        return _read(inside, *below)


def _files(verified: Verified, key: bytes | None, metadata: Metadata, ownership: Ownership) -> Files:
    """What a version consists of, the key first."""
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
    """Make the version, or make the one that is there whole; tell whether that changes anything."""
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
    """Write the files that are missing or differ. All are for one key, so no step makes a pair that does not match."""
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
    """Drop what is older than the last *keep* good versions, never one that a link points at."""
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
