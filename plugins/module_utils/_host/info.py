# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Implements certum_info: reports every certificate of a host, declared or not. Private to the collection."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._handover.plan_results import numbered
from .._handover.reasons import Reason, ReasonCode
from .._handover.terms import CertificateState
from .._lifecycle.declaration import completed, is_absent, read_declarations
from .._lifecycle.moment_option import moment_of
from .._store.certificate_on_disk import read_installed
from .._store.directory_access import drifted_directories
from .._store.directory_rename import is_link
from .._store.key_repair import drifted_keys
from .._store.layout import Layout, is_safe_name
from .._store.store_errors import StoreError, from_os_error
from .certificate_report import DeclaredOnDisk, info_of_absent, info_of_declared, info_of_other, info_of_unreadable
from .declared_formats import declared_ownership
from .observation import observed
from .renames import find_renames, followed_layout

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime

    from .._handover.declared_items import DeclaredDefaults, DeclaredItem
    from .._handover.estate import CertificateInfo, InfoResult
    from .._lifecycle.declaration import Declaration
    from .._store.certificate_on_disk import Installed


def read_info(params: Mapping[str, Any], check_mode: bool) -> InfoResult:
    """Return the result of the module. Changes nothing, so check mode makes no difference."""
    del check_mode
    now = moment_of(params["now"])
    given: list[DeclaredItem] | None = params["certificates"]
    defaults: DeclaredDefaults | None = params["defaults"]
    items = [completed(item, defaults) for item in given or ()]
    declarations = {each.name: each for each in read_declarations(items)}
    elsewhere: list[str] = params["declared_elsewhere"]
    known = {*elsewhere, *(item["name"] for item in items)}
    disk = Disk(Layout(Path(params["path"])))
    renamed = find_renames(disk.layout, list(declarations.values()), declared=known, read=disk.read)
    disk.layout = followed_layout(disk.layout, renamed)
    report = HostReport(disk, declarations, params["api_environment"], now)
    certificates = [info for item in items if (info := report.of_item(item))]
    own = {*(item["name"] for item in items), *renamed.values()}
    for name in certificate_directories(disk.layout.base, without=own):
        declared = True if name in elsewhere else None if given is None else False
        if info := report.of_other(name, declared=declared):
            certificates.append(info)
    return {"changed": False, "certificates": certificates, "reason": _summary(certificates).shown()}


class Disk:
    """The certificates on disk. Each is read once, also if a search for a renamed one has read it before."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._found: dict[Path, Installed] = {}

    def read(self, layout: Layout, name: str) -> Installed:
        """Return what is on disk of a certificate. Raises StoreError."""
        path = layout.certificate(name)
        if path not in self._found:
            self._found[path] = read_installed(layout, name)
        return replace(self._found[path], name=name)


class HostReport:
    """Reports certificates one by one."""

    def __init__(
        self, disk: Disk, declarations: Mapping[str, Declaration], environment: str | None, now: datetime
    ) -> None:
        self.disk = disk
        self.declarations = declarations
        self.environment = environment
        self.now = now

    def of_item(self, item: DeclaredItem) -> CertificateInfo | None:
        """Return the report about a declaration, None if it is declared absent and not on disk."""
        name = item["name"]
        try:
            if is_absent(item):
                return self._of_absent(item)
            installed = self.disk.read(self.disk.layout, name)
            on_disk = observed(installed, share=item.get("share"))
            if on_disk.newest:
                directories = drifted_directories(self.disk.layout, name)
                on_disk = replace(on_disk, directories=directories, drifted=_drifted(installed, item))
        except StoreError as error:
            return info_of_unreadable(name, error, declared=True)
        declared = DeclaredOnDisk(item, self.declarations[name], installed, on_disk, self.environment)
        return info_of_declared(declared, self.now)

    def _of_absent(self, item: DeclaredItem) -> CertificateInfo | None:
        """Return None also for the link that a rename left: it has no files of its own."""
        if is_link(self.disk.layout, item["name"]):
            return None
        installed = self.disk.read(self.disk.layout, item["name"])
        if not _has_files(installed):
            return None
        return info_of_absent(item, installed, observed(installed, share=item.get("share")), self.now)

    def of_other(self, name: str, *, declared: bool | None) -> CertificateInfo | None:
        """Return the report about a directory, None if it has no files of a certificate."""
        try:
            installed = self.disk.read(self.disk.layout, name)
        except StoreError as error:
            return info_of_unreadable(name, error, declared=bool(declared))
        if not _has_files(installed):
            return None
        groups = (version.metadata.order.share for version in installed.versions if version.metadata)
        on_disk = observed(installed, share=next(groups, None))
        return info_of_other(installed, on_disk, declared=declared, now=self.now)


def certificate_directories(base: Path, *, without: Collection[str]) -> list[str]:
    """Return the names of directories that may be certificates. Raises StoreError if the base cannot be read."""
    try:
        return sorted(_directories(base, without))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise from_os_error("The certificates cannot be listed", base, error) from error


def _directories(base: Path, without: Collection[str]) -> Iterator[str]:
    """Yield the directories. A link is the former name of a renamed certificate."""
    with os.scandir(base) as entries:
        for each in entries:
            if each.name not in without and is_safe_name(each.name) and each.is_dir(follow_symlinks=False):
                yield each.name


def _drifted(installed: Installed, item: DeclaredItem) -> tuple[str, ...]:
    try:
        return drifted_keys(installed, declared_ownership(item))
    except StoreError as error:  # an unknown user or group says nothing about the certificate
        return (error.why,)


def _has_files(installed: Installed) -> bool:
    return bool(installed.versions or installed.staged or installed.problems)


def _summary(certificates: list[CertificateInfo]) -> Reason:
    """Return how many certificates there are in each state."""
    counts = Counter(each["state"] for each in certificates)
    parts = [f"{counts[state]} {state}" for state in CertificateState.values() if counts[state]]
    are = "is" if len(certificates) == 1 else "are"
    words = f"{numbered(len(certificates))} {are} reported" + (f": {', '.join(parts)}" if parts else "")
    return Reason(ReasonCode.REPORTED, words)
