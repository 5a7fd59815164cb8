# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Domain control validation: the validation files and records for each method of the CA.

Private to the collection. Pure. Source: lifecycle.md 4.1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._handover.terms import ValidationMethod
from .order_identity import FINGERPRINT_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Sequence

CA_DOMAIN = "certum.pl"
"""The end of the content of a validation file, and the zone to which a CNAME record of a validation leads."""
FILE_PATH = ".well-known/pki-validation/certum.txt"
_CONTENT = re.compile(rf"(?<![\w./-])[A-Za-z0-9._-]+-{re.escape(CA_DOMAIN)}(?![\w./-])")


@dataclass(frozen=True)
class ValidationFile:
    """A file that the CA fetches from ``url``. ``content`` is the complete body, without a newline at the end."""

    name: str
    url: str
    content: str


@dataclass(frozen=True)
class ValidationRecord:
    """A DNS record that the CA looks up. ``type`` is TXT or CNAME."""

    name: str
    type: str
    value: str


@dataclass(frozen=True)
class Trial:
    """A test file beside the validation file. Before an order, it shows whether a web server serves the web root.

    Its name is derived from the staged key. So host and controller know it without communication, hosts with the same
    web root use different files, and the next run finds the file of a killed run.
    """

    public_key_sha256: str

    @property
    def path(self) -> str:
        """Return the path below the web root. The CA's validation file never has this name."""
        short = self.public_key_sha256[:FINGERPRINT_CHARACTERS]
        return f".well-known/pki-validation/certum-trial-{short}.txt"

    @property
    def content(self) -> str:
        return f"certum-trial {self.public_key_sha256}"


@dataclass(frozen=True)
class Publication:
    """All files and records to publish before validation is triggered."""

    files: tuple[ValidationFile, ...] = ()
    records: tuple[ValidationRecord, ...] = ()


def publication(*, method: ValidationMethod, code: str, names: Sequence[str]) -> Publication:
    """Return the files or records with ``code`` for each of ``names`` (encoded, wildcards allowed)."""
    domains = list(dict.fromkeys(name.removeprefix("*.") for name in names))
    if method is ValidationMethod.FILE:
        return Publication(files=tuple(_file(name, code) for name in domains))
    if method is ValidationMethod.ADMIN:
        return Publication()
    return Publication(records=tuple(_record(method, name, code) for name in domains))


def content_of(code: str) -> str:
    """Return the content of the validation file with this code."""
    return f"{code}-{CA_DOMAIN}"


def contents_in(text: str) -> set[str]:
    """Return the contents of validation files that occur in a text, such as an answer of a web server."""
    return set(_CONTENT.findall(text))


def _file(name: str, code: str) -> ValidationFile:
    host = f"[{name}]" if ":" in name else name
    return ValidationFile(name=name, url=f"http://{host}/{FILE_PATH}", content=content_of(code))


def _record(method: ValidationMethod, name: str, code: str) -> ValidationRecord:
    owner = f"_certum.{name}" if method.is_prefixed else name
    if method.is_txt:
        return ValidationRecord(name=owner, type="TXT", value=code)
    return ValidationRecord(name=owner, type="CNAME", value=f"{code}.{CA_DOMAIN}")
