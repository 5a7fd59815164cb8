# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dialect switches: one for each point where the sources about the CA's API disagree or are silent.

Each value of a switch is a plausible form of the real API. Code reads a switch with ``dialect[Switch.NAME]``. To add a
switch, add a member to ``Switch`` and a row with its value as the key to ``data/dialects.csv``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from pathlib import Path


class Switch(StrEnum):
    """The keys of ``--dialect KEY=VALUE``."""

    PREFIX = "prefix"
    ELEMENT_ORDER = "element-order"
    BLANK_ELEMENTS = "blank-elements"
    NIL_ELEMENTS = "nil-elements"
    TYPE_ATTRIBUTES = "type-attributes"
    HTTP_CHARSET = "http-charset"
    COMPRESSED_REQUESTS = "compressed-requests"
    SOAP_ACTION = "soap-action"
    JURISDICTION_CASE = "jurisdiction-case"
    PLAIN_DATES = "plain-dates"
    DATE_FORMS = "date-forms"
    SHORTENED_MAXIMUM = "shortened-maximum"
    EMAIL_METHOD = "email-method"
    ORGANIZATION_NAME = "organization-name"
    REQUESTOR_INFO = "requestor-info"
    REQUESTOR_PHONE = "requestor-phone"
    CSR_ARMOUR = "csr-armour"
    DOT_IN_IDS = "dot-in-ids"
    BAD_CREDENTIALS = "bad-credentials"
    EMPTY_ERRORS = "empty-errors"
    REPORTED_ERRORS = "reported-errors"
    ALREADY_DONE_VALUE = "already-done-value"
    LOCK_OUT = "lock-out"
    EXTRA_ELEMENTS = "extra-elements"
    EXTRA_VALUES = "extra-values"
    OPTIONAL_DATES = "optional-dates"
    SERIAL_FORM = "serial-form"
    PAGE_SIZE = "page-size"
    PAGE_HEADER = "page-header"
    RETURN_COUNT = "return-count"
    EMPTY_RESULT = "empty-result"
    RANGE_END = "range-end"
    PEM = "pem"
    BUNDLE_ORDER = "bundle-order"
    BUNDLE_ROOT = "bundle-root"
    DNS_NAMES = "dns-names"
    CERTIFICATE_OF_ORDER = "certificate-of-order"
    UNISSUED_CERTIFICATE = "unissued-certificate"
    APPROVER_EMAIL = "approver-email"
    SYSTEM_VERIFICATION = "system-verification"
    SYSTEM_BLOCKS = "system-blocks"
    WILDCARD_FQDN = "wildcard-fqdn"
    SAME_DATA = "same-data"
    NO_APPROVER = "no-approver"
    CODE_LIFE = "code-life"
    POLLING = "polling"
    DNS_CLIMB = "dns-climb"
    DNS_ALIAS = "dns-alias"
    FILE_NEWLINE = "file-newline"
    REDIRECTS = "redirects"
    MAILBOX_LINK_LIFE = "mailbox-link-life"
    REJECTED_KEY = "rejected-key"
    WILDCARD_BASE = "wildcard-base"
    MULTIDOMAIN_WILDCARD = "multidomain-wildcard"
    VALIDITY_UNIT = "validity-unit"
    PROOF_REUSE = "proof-reuse"
    REISSUE_CODE = "reissue-code"
    REISSUE_END = "reissue-end"
    REISSUE_KNOWN_NAMES = "reissue-known-names"
    REISSUE_WITHOUT_CSR = "reissue-without-csr"
    RENEWAL_ANSWER = "renewal-answer"
    RENEWAL_CARRY_OVER = "renewal-carry-over"
    RENEWAL_AFTER_EXPIRY = "renewal-after-expiry"
    REVOCATION_REASONS = "revocation-reasons"
    DOCUMENTS_LIST = "documents-list"
    DOCUMENT_DETAILS = "document-details"
    SNI_OPERATIONS = "sni-operations"
    SNI_REFERENCE = "sni-reference"


@dataclass(frozen=True)
class Meaning:
    """The description of a switch: its values, the default first, its effect and the source of the open question.

    ``strict`` is its value under ``--strict``, which is the default if that option does not change the switch.
    """

    switch: Switch
    values: tuple[str, ...]
    strict: str
    what: str
    source: str

    @property
    def default(self) -> str:
        return self.values[0]


def _read(switch: Switch, row: Mapping[str, str]) -> Meaning:
    values = tuple(row["values"].split())
    return Meaning(switch, values, row["strict"] or values[0], row["what"], row["source"])


def _load() -> Mapping[Switch, Meaning]:
    text = (files("certum_sandbox") / "data" / "dialects.csv").read_text("utf-8")
    rows = {row["switch"]: row for row in csv.DictReader(text.splitlines())}
    found = {switch: _read(switch, rows.pop(switch)) for switch in Switch}
    if rows:
        msg = f"dialects.csv describes unknown switches: {', '.join(rows)}"
        raise ValueError(msg)
    return found


MEANINGS: Mapping[Switch, Meaning] = _load()


class Dialect:
    """The value of every switch."""

    def __init__(self, chosen: Mapping[str, str] | None = None) -> None:
        """Set the defaults, then ``chosen``. Raise ValueError for an unknown key or value."""
        self._values = {switch: meaning.default for switch, meaning in MEANINGS.items()}
        for key, value in (chosen or {}).items():
            if key not in self._values:
                msg = f"no dialect switch {key!r}; the switches are: {', '.join(MEANINGS)}"
                raise ValueError(msg)
            switch = Switch(key)
            if value not in MEANINGS[switch].values:
                msg = (
                    f"dialect switch {key} has no value {value!r}; its values are: {', '.join(MEANINGS[switch].values)}"
                )
                raise ValueError(msg)
            self._values[switch] = value

    def __getitem__(self, switch: Switch) -> str:
        return self._values[switch]

    @classmethod
    def parse(cls, arguments: Iterable[str], *, strict: bool = False) -> Dialect:
        """Parse ``KEY=VALUE`` and ``@FILE`` texts, which override ``strict`` and earlier texts. Raise ValueError."""
        pairs = {switch.value: meaning.strict for switch, meaning in MEANINGS.items()} if strict else {}
        for argument in arguments:
            if argument.startswith("@"):
                pairs |= _read_file(Path(argument[1:]))
                continue
            key, equals, value = argument.partition("=")
            if not equals:
                msg = f"{argument!r} is neither KEY=VALUE nor @FILE"
                raise ValueError(msg)
            pairs[key] = value
        return cls(pairs)


def _read_file(path: Path) -> dict[str, str]:
    """Return the switches of a file with a line ``KEY=VALUE`` for each. Raise ValueError, which names the line."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except OSError as error:
        msg = f"the dialect file {path} cannot be read: {error.strerror}"
        raise ValueError(msg) from error
    except UnicodeDecodeError as error:
        msg = f"the dialect file {path} is not a text in UTF-8; write it again with certum_rehearse"
        raise ValueError(msg) from error
    pairs: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        try:
            _read_line(line.strip(), pairs)
        except ValueError as error:
            msg = f"line {number} of the dialect file {path}: {error}"
            raise ValueError(msg) from None
    return pairs


def _read_line(text: str, pairs: dict[str, str]) -> None:
    """Add the switch of a line to ``pairs``. Raise ValueError if the line is neither a switch nor a comment."""
    if not text or text.startswith("#"):
        return
    key, equals, value = (part.strip() for part in text.partition("="))
    if not equals:
        msg = f"{text!r} is not KEY=VALUE; a comment starts with #"
        raise ValueError(msg)
    if key in pairs:
        msg = f"dialect switch {key} is set twice; remove one of the two lines"
        raise ValueError(msg)
    Dialect({key: value})
    pairs[key] = value
