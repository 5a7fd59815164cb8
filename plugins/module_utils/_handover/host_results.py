# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The results of certum_publish, certum_install and certum_deploy, and the differences that diff mode shows.

Private to the collection. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from .problems import EndedWithProblems

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .declared_items import DeclaredItem
    from .reasons import ShownReason


class FileDifference(TypedDict):
    """An element of ``diff``: JSON values, never key material."""

    before: Mapping[str, object]
    after: Mapping[str, object]


class Difference(FileDifference):
    """A difference with headers that name its object."""

    before_header: str
    after_header: str


class ValidationCode(TypedDict):
    """The validation code that a host has recorded for a pending order."""

    name: str
    code: str


class PublishResult(EndedWithProblems):
    """The result of certum_publish."""

    changed: bool
    codes: list[ValidationCode]
    written: list[str]
    reason: ShownReason
    diff: list[FileDifference]


class CertificateDates(TypedDict):
    """The expiry date and the due date of a certificate, and the time of its pending order: ISO 8601 in UTC."""

    not_after: str | None
    next_due: str | None
    ordered: str | None


class InstalledCertificate(CertificateDates):
    """The result for one certificate on disk. ``serial_number`` is that of the version in use, if there is one."""

    name: str
    changed: bool
    reason: ShownReason
    serial_number: str | None
    privatekey_path: str
    fullchain_path: str


class InstallResult(EndedWithProblems):
    """The result of certum_install. ``deploy`` are the declarations whose service must load the certificate."""

    changed: bool
    certificates: list[InstalledCertificate]
    deploy: list[DeclaredItem]
    reason: ShownReason
    diff: list[Difference]


class DeployedService(TypedDict):
    """The result for one service, and the certificates that it uses now, or does not use any more.

    ``verified`` are the addresses at which handshakes verified each certificate.
    """

    name: str
    changed: bool
    certificates: list[str]
    verified: dict[str, list[str]]
    reason: ShownReason


class DeployResult(EndedWithProblems):
    """The result of certum_deploy. ``notes`` are about services that do not run or were not verified.

    ``rolled_back`` are the certificates that failed.
    """

    changed: bool
    services: list[DeployedService]
    notes: list[str]
    rolled_back: list[str]
    reason: ShownReason
    diff: list[Difference]
