# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writes the files of further formats into the directory of their version, so that they change with it.

Each file is made from the PEM files beside it. A keystore is salted, so a comparison of bytes does not show whether it
is as declared. Therefore a seal is written with it: an HMAC of its bytes, its sources, and its passphrase. The seal is
keyed by the private key, so only a user who has the key could guess a passphrase from it.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from .._handover.terms import Format
from .._x509.keystore import to_pkcs12
from .._x509.pem import to_der
from .._x509.x509_errors import X509Error
from .atomic_files import PRIVATE, PUBLIC
from .certificate_on_disk import read_inside
from .json_record import Record, encode
from .key_repair import differences
from .keytool import to_jks
from .layout import CERTIFICATE, CHAIN, PRIVATE_KEY, SEALS, VERSIONS
from .lock import certificate_directory
from .possible_formats import impossible, require_possible
from .store_errors import AccessError, StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .atomic_files import Directory, File
    from .certificate_on_disk import Installed
    from .layout import Layout
    from .possible_formats import Formats


@dataclass(frozen=True)
class _Sources:
    """The PEM files of a version; *key* is None where it is kept elsewhere."""

    key: bytes | None = field(repr=False)
    certificate: bytes
    chain: bytes

    def seal(self, data: bytes, passphrase: str) -> str:
        parts = (passphrase.encode(), self.certificate, self.chain, data)
        return hmac.new(self.key or b"", b"".join(sha256(part).digest() for part in parts), sha256).hexdigest()


def outdated_formats(layout: Layout, name: str, formats: Formats) -> tuple[str, ...]:
    """Return the files of every good version that are missing or not as declared, as SERIAL/FILE (WHY).

    Raises AccessError if the operating system refuses access.
    """
    with certificate_directory(layout, name, check_mode=True) as directory:
        installed = read_inside(directory, name) if directory else None
        if directory is None or installed is None or installed.newest_good is None:
            return ()
        newest = installed.newest_good.serial_number
        return complete_formats(directory, installed, formats, newest=newest, check_mode=True)


def complete_formats(
    directory: Directory, installed: Installed, formats: Formats, *, newest: str, check_mode: bool
) -> tuple[str, ...]:
    """Make the formats of every good version as declared. Return the files that were not, as SERIAL/FILE (WHY).

    This includes older versions: after a rollback the services of today use them. A version whose key is kept elsewhere
    gets the formats without a key. Raises StoreError if a format of the *newest* version cannot be made.
    """
    versions = directory.enter(VERSIONS) if formats.wanted else None
    if versions is None:
        return ()
    found: list[str] = []
    with versions:
        for version in installed.versions:
            inside = versions.enter(version.serial_number) if version.good else None
            if inside is not None:
                with inside:
                    whole = version.key or version.serial_number == newest
                    possible = formats if whole else formats.without_key()
                    names = complete_version(inside, possible, check_mode=check_mode)
                    found.extend(f"{version.serial_number}/{name}" for name in names)
    return tuple(found)


def complete_version(version: Directory, formats: Formats, *, check_mode: bool) -> tuple[str, ...]:
    """Do the same for one version. All missing files are made before the first is written.

    If only the mode or the owner of a file with the key differs, only these are repaired.
    """
    if not formats.wanted:
        return ()
    sources = _Sources(_read(version, PRIVATE_KEY), _read(version, CERTIFICATE) or b"", _read(version, CHAIN) or b"")
    seals = _read_seals(version)
    files = {each: _read_file(version, each.file_name) for each in formats.wanted}
    outdated = [
        each
        for each, found in files.items()
        if found is None or not _is_as_declared(version, found.data, each, formats, sources, seals)
    ]
    if outdated and not check_mode:
        version.sweep()
        require_possible(outdated, own_key=sources.key is not None, path=version.path)
        contents = {each: _content(version, each, formats, sources) for each in outdated}
        for each, data in contents.items():
            version.write(each.file_name, data, formats.ownership if each.has_key else PUBLIC)
        keystores = {each: data for each, data in contents.items() if each.is_keystore}
        if keystores:
            new = {each.file_name: sources.seal(data, formats.passphrase) for each, data in keystores.items()}
            version.write(SEALS, encode({**seals, **new}), PRIVATE)
    drifted = {each: _drift(files[each], each, formats) for each in formats.wanted if each not in outdated}
    drifted = {each: words for each, words in drifted.items() if words}
    if not check_mode:
        for each in drifted:
            version.repair(each.file_name, formats.ownership)
    return (*(each.file_name for each in outdated), *(f"{each.file_name} ({words})" for each, words in drifted.items()))


def _drift(found: File | None, each: Format, formats: Formats) -> str:
    return "; ".join(differences(found, formats.ownership)) if found and each.has_key else ""


def _is_as_declared(
    version: Directory, found: bytes, each: Format, formats: Formats, sources: _Sources, seals: Mapping[str, str]
) -> bool:
    if each.is_keystore:
        return seals.get(each.file_name) == sources.seal(found, formats.passphrase)
    return found == _content(version, each, formats, sources)


def _content(version: Directory, each: Format, formats: Formats, sources: _Sources) -> bytes:
    key = sources.key or b""
    try:
        if each is Format.DER:
            return to_der(sources.certificate)
        if each is Format.HAPROXY:
            return _joined(key, sources.certificate, sources.chain)
        pkcs12 = to_pkcs12(
            key=key,
            certificate=sources.certificate,
            chain=sources.chain,
            alias=formats.alias,
            passphrase=formats.passphrase,
        )
    except X509Error as error:
        raise impossible(version.path, str(error), "Nothing was changed. Install the certificate again.") from None
    return to_jks(pkcs12, passphrase=formats.passphrase, directory=version.path) if each is Format.JKS else pkcs12


def _joined(*pems: bytes) -> bytes:
    """Join PEM texts, each with a newline at its end. A key that was stored by hand may lack it."""
    return b"".join(pem.strip() + b"\n" for pem in pems if pem.strip())


def _read(version: Directory, name: str) -> bytes | None:
    found = _read_file(version, name)
    return found.data if found else None


def _read_file(version: Directory, name: str) -> File | None:
    try:
        return version.read(name)
    except AccessError:
        raise
    except StoreError:
        return None


def _read_seals(version: Directory) -> dict[str, str]:
    """Return the recorded seals, none if the record cannot be read."""
    data = _read(version, SEALS)
    try:
        record = Record(data, version.path) if data else None
        seals = {each.file_name: record.optional_text(each.file_name) for each in Format} if record else {}
    except AccessError:
        raise
    except StoreError:
        return {}
    return {name: seal for name, seal in seals.items() if seal}
