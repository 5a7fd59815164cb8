# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Takes over a certificate with its chain and key from elsewhere on this host. The original files stay."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from .._handover.reasons import Reason, ReasonCode
from .._x509.keys import load, public_key_sha256
from .._x509.pem import certificates_in
from .._x509.x509_errors import X509Error
from .atomic_files import open_directory
from .certificate_check import ReceivedCertificate, verify
from .certificate_on_disk import read_installed
from .change import Change
from .installation import install
from .possible_formats import Formats
from .store_errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from .._x509.certificate_facts import CertificateFacts
    from .atomic_files import Ownership
    from .certificate_on_disk import Installed
    from .layout import Layout
    from .metadata import IssuedOrder, Metadata


@dataclass(frozen=True)
class Source:
    """The files of a certificate. *certificate* may hold the chain too, after the leaf."""

    certificate: Path
    private_key: Path
    chain: Path | None = None


@dataclass(frozen=True)
class Existing:
    """A certificate with its matching chain and key. Its order is not known yet."""

    certificate_path: Path
    issued: ReceivedCertificate
    facts: CertificateFacts


def read_existing(source: Source, *, names: Iterable[str], now: datetime) -> Existing:
    """Read a certificate for *names* with its chain, and compare it with its key. Raises StoreError."""
    leaf, *chain = _certificates(source.certificate)
    if source.chain is not None:
        chain += _certificates(source.chain)
    key = _read(source.private_key)
    issued = ReceivedCertificate(leaf, tuple(chain), private_key=key)
    try:
        facts = verify(issued, names=names, now=now, path=str(source.certificate)).facts
    except StoreError as error:
        raise not_taken_over(source.certificate, error.why) from None
    try:
        fingerprint = public_key_sha256(load(key).public_key())
    except X509Error as error:
        raise not_taken_over(source.private_key, str(error)) from None
    if fingerprint != facts.public_key_sha256:
        raise not_taken_over(source.private_key, f"it is not the key of the certificate in {source.certificate}")
    return Existing(source.certificate, issued, facts)


def adopt(
    layout: Layout,
    name: str,
    existing: Existing,
    *,
    names: Iterable[str],
    order: IssuedOrder,
    now: datetime,
    ownership: Ownership,
    check_mode: bool = False,
) -> Change:
    """Install *existing* for the declared *names*. Raises StoreError.

    An installed certificate that is not older stays installed. Known facts about its order are kept.
    """
    installed, serial_number = read_installed(layout, name), existing.facts.serial_number
    newer = _no_older(installed, existing)
    if newer is not None:
        return Change(
            False, Reason(ReasonCode.CURRENT, f"certificate {newer} is installed, and {serial_number} is not newer")
        )
    known = _known(installed, serial_number)
    order = known.order if known else order
    change = install(
        layout,
        name,
        replace(existing.issued, order=order),
        names=known.names if known else names,
        now=now,
        formats=Formats(ownership),
        check_mode=check_mode,
    )
    if not change.changed:
        return change
    unknown = "" if order.order_id else "; its order is not known"
    words = f"certificate {serial_number} was taken over from {existing.certificate_path}{unknown}"
    return replace(change, reason=Reason(ReasonCode.ADOPTED, words))


def not_taken_over(path: Path, why: str) -> StoreError:
    """Return the error for a certificate that must not be taken over."""
    return StoreError(
        "The certificate was not taken over",
        path=path,
        why=why,
        remedy="Nothing was changed. Correct the paths, or leave this certificate out, then run again.",
    )


def _known(installed: Installed, serial_number: str) -> Metadata | None:
    """Return the metadata of an installed certificate, if it names an order."""
    same = next((each.metadata for each in installed.versions if each.serial_number == serial_number), None)
    return same if same and same.order.order_id else None


def _no_older(installed: Installed, existing: Existing) -> str | None:
    """Return the serial number of another good installed certificate that is not older, None if there is none."""
    newest = installed.newest_good
    if newest is None or newest.facts is None or newest.serial_number == existing.facts.serial_number:
        return None
    return newest.serial_number if newest.facts.not_before >= existing.facts.not_before else None


def _certificates(path: Path) -> list[str]:
    try:
        return list(certificates_in(_read(path)))
    except X509Error as error:
        raise not_taken_over(path, str(error)) from None


def _read(path: Path) -> bytes:
    """Read a file. Follows symbolic links, which are common in /etc/ssl."""
    real = Path(os.path.realpath(path))
    directory = open_directory(real.parent)
    file = None
    if directory is not None:
        with directory:
            file = directory.read(real.name)
    if file is None:
        raise not_taken_over(path, "it does not exist")
    return file.data
