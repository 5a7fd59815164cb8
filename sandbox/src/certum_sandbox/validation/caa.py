# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The CAA check: does the domain allow this CA to issue? (RFC 8659, lifecycle.md 5)"""

from __future__ import annotations

from collections.abc import Sequence

from dns.rdtypes.ANY.CAA import CAA

from certum_sandbox.hostnames import as_address, is_wildcard, without_wildcard
from certum_sandbox.model import Method
from certum_sandbox.validation.resolver import LookupFailed, Resolver

ISSUERS = frozenset({"certum.pl", "certum.eu"})
_LABELS = {Method.FILE: "ca-tbr-18", Method.ADMIN: "ca-tbr-4"}
_DNS_LABEL = "ca-tbr-7"


def _allows(value: str, method: Method) -> bool:
    issuer, *parameters = (part.strip() for part in value.split(";"))
    if issuer.lower() not in ISSUERS:
        return False
    pairs = dict(part.partition("=")[::2] for part in parameters if part)
    if "accounturi" in pairs:
        return False
    allowed = pairs.get("validationmethods")
    return allowed is None or _LABELS.get(method, _DNS_LABEL) in allowed.split(",")


def _evaluate(records: Sequence[CAA], *, wildcard: bool, method: Method) -> str | None:
    by_tag: dict[str, list[str]] = {}
    for record in records:
        by_tag.setdefault(record.tag.decode("ascii").lower(), []).append(record.value.decode("latin-1"))
        if record.flags & 128 and record.tag.lower() not in {b"issue", b"issuewild", b"iodef", b"issuemail"}:
            return f"unknown critical CAA property {record.tag.decode('ascii')}"
    values = by_tag.get("issuewild") if wildcard and "issuewild" in by_tag else by_tag.get("issue")
    if values is None or any(_allows(value, method) for value in values):
        return None
    return f"CAA allows only {', '.join(sorted(values))}"


async def check_caa(resolver: Resolver, *, name: str, method: Method) -> str | None:
    """Return None if CAA allows the certificate, else the reason.

    The records of the closest name decide: the name itself or the first parent with CAA records.
    """
    if as_address(name):
        return None
    labels = without_wildcard(name).split(".")
    for start in range(len(labels)):
        owner = ".".join(labels[start:])
        try:
            records = [r for r in await resolver.query(owner, "CAA") if isinstance(r, CAA)]
        except LookupFailed as failure:
            return str(failure)
        if records:
            trouble = _evaluate(records, wildcard=is_wildcard(name), method=method)
            return None if trouble is None else f"{trouble} (at {owner})"
    return None
