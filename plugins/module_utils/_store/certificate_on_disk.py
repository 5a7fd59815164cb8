# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads everything that a host has of one certificate."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .atomic_files import open_directory
from .layout import CURRENT, VERIFIED, VERSIONS
from .service_record import ServiceRecord, read_service_record
from .staged_files import Pending, read_pending
from .store_errors import AccessError, StoreError
from .version_health import InstalledVersion, read_versions

if TYPE_CHECKING:
    from .atomic_files import Directory
    from .layout import Layout


@dataclass(frozen=True)
class Installed:
    """*versions* are those on disk, last installed first. *current* and *verified* are the targets of the links.
    *services* is the record of the services that were verified, None if there is none.

    *problems* are sentences about everything that is wrong, including the problems of every version.
    """

    name: str
    versions: tuple[InstalledVersion, ...] = ()
    current: InstalledVersion | None = None
    verified: InstalledVersion | None = None
    staged: Pending | None = None
    problems: tuple[str, ...] = field(default=())
    services: ServiceRecord | None = None

    @property
    def newest_good(self) -> InstalledVersion | None:
        """The version that should be in use."""
        return next((version for version in self.versions if version.good), None)

    def good_before(self, version: InstalledVersion) -> InstalledVersion | None:
        """Return the newest good version that is older than this one."""
        older = self.versions[self.versions.index(version) + 1 :]
        return next((each for each in older if each.good), None)


def is_there(layout: Layout, name: str) -> bool:
    """Return whether anything of a certificate is on disk. Raises StoreError."""
    directory = open_directory(layout.certificate(name))
    if directory is None:
        return False
    with directory:
        return True


def read_installed(layout: Layout, name: str) -> Installed:
    """Read everything about one certificate. Wrong content is reported in *problems*.

    Raises AccessError if the operating system refuses access, and StoreError for an unusable name.
    """
    directory = open_directory(layout.certificate(name))
    if directory is None:
        return Installed(name)
    with directory:
        return read_inside(directory, name)


def read_inside(directory: Directory, name: str) -> Installed:
    """Read everything about one certificate from its open directory. Raises StoreError if it cannot be listed."""
    versions = read_versions(directory)
    problems = [problem for version in versions for problem in version.problems]
    problems += [version.metadata_problem for version in versions if version.metadata_problem]
    current = _linked(directory, CURRENT, versions, problems)
    verified = _linked(directory, VERIFIED, versions, problems)
    staged = None
    try:
        staged = read_pending(directory)
    except AccessError:
        raise
    except StoreError as error:
        problems.append(str(error))
    services = read_service_record(directory)
    return Installed(name, tuple(versions), current, verified, staged, tuple(problems), services)


def _linked(
    directory: Directory, link: str, versions: list[InstalledVersion], problems: list[str]
) -> InstalledVersion | None:
    target = directory.link_target(link)
    for version in versions:
        if target == f"{VERSIONS}/{version.serial_number}":
            return version
    if target is not None:
        problems.append(f"{directory.path}/{link}: it points to {target}, which is not a version")
    return None
