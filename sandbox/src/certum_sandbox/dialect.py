# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Dialect switches: every plausible form of the service where its sources disagree or say nothing.

A switch is read where it matters by ``dialect[Switch.NAME]``. Adding one is a line in ``_TABLE`` and its use.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Switch(StrEnum):
    """The keys of ``--dialect KEY=VALUE``."""

    PREFIX = "prefix"
    BAD_CREDENTIALS = "bad-credentials"
    EMPTY_ERRORS = "empty-errors"
    APPROVER_EMAIL = "approver-email"
    SYSTEM_VERIFICATION = "system-verification"
    PEM = "pem"
    BUNDLE_ORDER = "bundle-order"
    BUNDLE_ROOT = "bundle-root"
    DNS_NAMES = "dns-names"
    ELEMENT_ORDER = "element-order"
    SOAP_ACTION = "soap-action"
    EXTRA_ELEMENTS = "extra-elements"
    EXTRA_VALUES = "extra-values"
    POLLING = "polling"
    CERTIFICATE_OF_ORDER = "certificate-of-order"
    UNISSUED_CERTIFICATE = "unissued-certificate"
    SAME_DATA = "same-data"
    NO_APPROVER = "no-approver"
    REJECTED_KEY = "rejected-key"
    WILDCARD_FQDN = "wildcard-fqdn"
    DNS_CLIMB = "dns-climb"
    FILE_NEWLINE = "file-newline"
    REDIRECTS = "redirects"
    WILDCARD_BASE = "wildcard-base"
    MULTIDOMAIN_WILDCARD = "multidomain-wildcard"


@dataclass(frozen=True)
class Meaning:
    """One switch: its values, the default first, what it changes and which source leaves it open."""

    switch: Switch
    values: tuple[str, ...]
    what: str
    source: str

    @property
    def default(self) -> str:
        return self.values[0]


_TABLE = (
    Meaning(
        Switch.PREFIX,
        ("ns2", "ns2-all", "default", "none"),
        "namespace of answers: prefix on the root only, on every element, a default namespace, or no namespace",
        "partner-api.md 1",
    ),
    Meaning(Switch.BAD_CREDENTIALS, ("3", "2"), "successCode for a wrong user or password", "partner-api.md 1.2, 6"),
    Meaning(
        Switch.EMPTY_ERRORS,
        ("no", "yes"),
        "a bad-credentials answer carries an empty errors block",
        "partner-api.md 1.2",
    ),
    Meaning(
        Switch.APPROVER_EMAIL,
        ("absent", "present"),
        "approverEmail in SANVerification for methods other than ADMIN",
        "partner-api.md 6",
    ),
    Meaning(
        Switch.SYSTEM_VERIFICATION,
        ("INTERNAL", "SYSTEM"),
        "name of the automatic checks in getOrderState",
        "partner-api.md 6",
    ),
    Meaning(
        Switch.PEM,
        ("lf", "crlf", "bare", "unwrapped"),
        "certificates in answers: line ends, or base64 without armour, wrapped or in one line",
        "partner-api.md 1.4",
    ),
    Meaning(Switch.BUNDLE_ORDER, ("issuing-first", "root-first"), "order of caBundle", "partner-api.md 2.11"),
    Meaning(Switch.BUNDLE_ROOT, ("yes", "no"), "whether caBundle holds the root", "partner-api.md 2.11"),
    Meaning(
        Switch.DNS_NAMES,
        ("comma", "comma-space", "semicolon", "space", "newline"),
        "separator in DNSNames",
        "partner-api.md 3.2",
    ),
    Meaning(
        Switch.ELEMENT_ORDER,
        ("strict", "any"),
        "whether requests must keep the schema's element order",
        "partner-api.md 1",
    ),
    Meaning(
        Switch.SOAP_ACTION,
        ("ignored", "required"),
        "whether the SOAPAction header must name the operation",
        "partner-api.md 1",
    ),
    Meaning(
        Switch.EXTRA_ELEMENTS,
        ("no", "yes"),
        "unknown elements at the end of every block of an answer",
        "partner-api.md 4",
    ),
    Meaning(
        Switch.EXTRA_VALUES, ("no", "yes"), "enumeration values that no schema knows in answers", "partner-api.md 4"
    ),
    Meaning(Switch.POLLING, ("no", "yes"), "whether the CA checks domains again by itself", "lifecycle.md 4.1"),
    Meaning(
        Switch.CERTIFICATE_OF_ORDER,
        ("newest", "oldest"),
        "which certificate getCertificate gives for an order with reissues",
        "partner-api.md 2.11",
    ),
    Meaning(
        Switch.UNISSUED_CERTIFICATE,
        ("1159", "empty"),
        "getCertificate of an order without a certificate: an error, or success with nothing in it",
        "partner-api.md 2.11",
    ),
    Meaning(
        Switch.SAME_DATA, ("1173", "new-code"), "addSanVerification with the data already in use", "partner-api.md 2.14"
    ),
    Meaning(
        Switch.NO_APPROVER,
        ("new-code", "2162"),
        "addSanVerification without SANApprover: a new code for the current method, or refused",
        "partner-api.md 2.14",
    ),
    Meaning(
        Switch.REJECTED_KEY, ("used", "free"), "whether the key of a rejected order stays used (1032)", "lifecycle.md 8"
    ),
    Meaning(
        Switch.WILDCARD_FQDN,
        ("as-ordered", "base"),
        "how a wildcard is listed in FQDNs and per-name states",
        "partner-api.md 3.2",
    ),
    Meaning(Switch.DNS_CLIMB, ("no", "yes"), "whether DNS records of parent names prove a name", "lifecycle.md 4.1"),
    Meaning(
        Switch.FILE_NEWLINE,
        ("refused", "tolerated"),
        "a line end after the body of the validation file",
        "lifecycle.md 4.1",
    ),
    Meaning(
        Switch.REDIRECTS,
        ("refused", "followed"),
        "HTTP redirects when the validation file is fetched",
        "lifecycle.md 4.1",
    ),
    Meaning(
        Switch.WILDCARD_BASE,
        ("free", "counts"),
        "whether a wildcard product's base name counts as a second name",
        "lifecycle.md 8",
    ),
    Meaning(
        Switch.MULTIDOMAIN_WILDCARD, ("no", "yes"), "whether multi-domain products take one wildcard", "lifecycle.md 8"
    ),
)
MEANINGS: Mapping[Switch, Meaning] = {meaning.switch: meaning for meaning in _TABLE}


class Dialect:
    """The value of every switch, checked."""

    def __init__(self, chosen: Mapping[str, str] | None = None) -> None:
        """``chosen`` overrides defaults. ValueError names an unknown key or value and what is possible."""
        self._values = {switch: meaning.default for switch, meaning in MEANINGS.items()}
        for key, value in (chosen or {}).items():
            if key not in self._values:
                msg = f"no dialect switch {key!r}; there are: {', '.join(MEANINGS)}"
                raise ValueError(msg)
            switch = Switch(key)
            if value not in MEANINGS[switch].values:
                msg = f"dialect switch {key} cannot be {value!r}; it can be: {', '.join(MEANINGS[switch].values)}"
                raise ValueError(msg)
            self._values[switch] = value

    def __getitem__(self, switch: Switch) -> str:
        return self._values[switch]

    @classmethod
    def parse(cls, arguments: Iterable[str]) -> Dialect:
        """From ``KEY=VALUE`` texts. ValueError as above."""
        pairs = {}
        for argument in arguments:
            key, equals, value = argument.partition("=")
            if not equals:
                msg = f"{argument!r} is not KEY=VALUE"
                raise ValueError(msg)
            pairs[key] = value
        return cls(pairs)
