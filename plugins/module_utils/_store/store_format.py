# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Refuses the files of a certificate that a newer version of the collection wrote (docs/deprecation.md).

Every record carries the number of the format. A newer format may mean anything, also other directories, so nothing of
such a certificate is read, changed or ordered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .json_record import Record
from .layout import DEPLOYED, METADATA, ORDER, SEALS, STAGED, VERSIONS
from .store_errors import AccessError, StoreError
from .version_health import SERIAL_NUMBER

if TYPE_CHECKING:
    from .atomic_files import Directory


def refuse_newer_format(directory: Directory) -> None:
    """Raise NewerFormatError if any record of the open directory of a certificate has a newer format.

    A record that is damaged is no reason, and neither is a link in the place of a directory: its reader reports it.
    """
    _refuse(directory, DEPLOYED)
    _refuse_below(directory, STAGED, ORDER)
    versions = _entered(directory, VERSIONS)
    if versions is not None:
        with versions:
            for name in filter(SERIAL_NUMBER.fullmatch, versions.names()):
                _refuse_below(versions, name, METADATA, SEALS)


def _refuse_below(directory: Directory, name: str, *records: str) -> None:
    below = _entered(directory, name)
    if below is not None:
        with below:
            for each in records:
                _refuse(below, each)


def _entered(directory: Directory, name: str) -> Directory | None:
    try:
        return directory.enter(name)
    except AccessError:
        return None


def _refuse(directory: Directory, name: str) -> None:
    try:
        file = directory.read(name)
        if file is not None:
            Record(file.data, f"{directory.path}/{name}")
    except AccessError:
        raise
    except StoreError:
        return
