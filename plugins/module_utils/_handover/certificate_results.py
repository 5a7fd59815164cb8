# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The result for one certificate, as the controller passes it to the modules of a host.

Private to the collection. Pure. It is an element of the result ``certificates`` of certum_certificates, which
documents it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from .problems import ShownProblem
    from .reasons import ShownReason


class ValidationFileItem(TypedDict):
    """A file that the CA looks for. ``content`` is the complete body, without a newline."""

    name: str
    url: str
    content: str


class ValidationRecordItem(TypedDict):
    """A DNS record that the CA looks for."""

    name: str
    type: str
    value: str


class ValidationShown(TypedDict):
    """The files or records to publish, so that the CA can validate ``names``."""

    method: str
    code: str
    names: list[str]
    files: list[ValidationFileItem]
    records: list[ValidationRecordItem]


class ReissueShown(TypedDict):
    """A certificate of an order, and the start of the next one in the same order."""

    serial_number: str
    reissued: str


class CertificateResult(TypedDict):
    """The result for one certificate. Times are ISO 8601 in UTC, serial numbers hexadecimal, certificates PEM.

    ``operation``, ``predecessor``, ``public_key_sha256`` and ``term_end`` are None if the order cannot be read.
    ``environment`` is None if the system of the CA is not known. ``serial_number`` and all keys after it are None until
    the certificate is issued.
    """

    name: str
    operation: str | None
    order_id: str | None
    order_placed: bool
    state: str
    changed: bool
    reason: ShownReason
    problem: ShownProblem | None
    validation: ValidationShown | None
    predecessor: str | None
    public_key_sha256: str | None
    term_end: str | None
    environment: str | None
    serial_number: str | None
    not_before: str | None
    not_after: str | None
    certificate: str | None
    chain: list[str] | None
    root: str | None
    reissues: list[ReissueShown] | None
