# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The record of the services that a certificate was verified for: deployed.json beside the links.

It is written before `verified` is switched. If the process dies in between, the next run deploys again. A service stays
in the record until it was reloaded without the certificate.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from .._lifecycle.verified_services import VerifiedService, merged
from .atomic_files import PRIVATE
from .json_record import Record, encode
from .layout import DEPLOYED
from .lock import certificate_directory
from .store_errors import AccessError, StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .atomic_files import Directory
    from .layout import Layout


@dataclass(frozen=True)
class ServiceRecord:
    """The services in the record. ``problem`` is set if it cannot be read: then they are not known."""

    deployed: tuple[VerifiedService, ...] = ()
    problem: StoreError | None = None


def read_service_record(directory: Directory) -> ServiceRecord | None:
    """Return the record of a certificate, None if there is none. Raises AccessError."""
    try:
        file = directory.read(DEPLOYED)
        return ServiceRecord(_read(file.data, f"{directory.path}/{DEPLOYED}")) if file else None
    except AccessError:
        raise
    except StoreError as error:
        return ServiceRecord(problem=error)


def _read(data: bytes, path: str) -> tuple[VerifiedService, ...]:
    return tuple(
        VerifiedService(
            service=each.text("service"),
            serial_number=each.text("serial_number"),
            verify=each.optional_texts("verify"),
            site=_site(each),
            reload_command=each.optional_texts("reload_command") or (),
        )
        for each in Record(data, path).records("services")
    )


def _site(record: Record) -> tuple[str, str] | None:
    texts = record.optional_texts("site")
    if texts is None:
        return None
    if len(texts) != 2:
        raise record.broken("site is not a pair of texts")
    return texts[0], texts[1]


def record_services(
    directory: Directory, verified: Sequence[VerifiedService], serial_number: str, *, check_mode: bool
) -> bool:
    """Record that services were verified with a version. Return whether that changes the record.

    A record that cannot be read is written again. Without services, no record is made.
    """
    found = read_service_record(directory)
    before = found.deployed if found and not found.problem else ()
    after = merged(before, verified, serial_number)
    if not verified or (found and not found.problem and set(after) == set(before)):
        return False
    if not check_mode:
        _write(directory, after)
    return True


def forget_service(layout: Layout, name: str, service: str) -> None:
    """Remove a service from the record, after it was reloaded without the certificate. Raises StoreError."""
    with certificate_directory(layout, name) as directory:
        found = read_service_record(directory) if directory else None
        if directory is None or found is None or found.problem:
            return
        gone = VerifiedService(service).canonical
        after = tuple(each for each in found.deployed if each.canonical != gone)
        if after != found.deployed:
            _write(directory, after)


def _write(directory: Directory, services: Sequence[VerifiedService]) -> None:
    directory.write(DEPLOYED, encode({"services": [asdict(each) for each in services]}), PRIVATE)
