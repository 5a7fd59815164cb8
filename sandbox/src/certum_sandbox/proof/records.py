# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The four DNS methods of domain control (lifecycle.md 4.1)."""

from __future__ import annotations

from dns.rdtypes.ANY.CNAME import CNAME
from dns.rdtypes.txtbase import TXTBase

from certum_sandbox.model import Method
from certum_sandbox.proof.instructions import cname_target, record_name
from certum_sandbox.proof.resolver import LookupFailed, Resolver

_TXT = frozenset({Method.DNS_TXT, Method.DNS_TXT_PREFIX})


async def _read_txt(resolver: Resolver, owner: str) -> list[str]:
    records = await resolver.query(owner, "TXT")
    return [b"".join(record.strings).decode("latin-1") for record in records if isinstance(record, TXTBase)]


async def _read_cname(resolver: Resolver, owner: str) -> list[str]:
    records = await resolver.query(owner, "CNAME")
    return [record.target.to_text(omit_final_dot=True).lower() for record in records if isinstance(record, CNAME)]


async def check_record(resolver: Resolver, *, method: Method, name: str, code: str) -> str | None:
    """None if the record proves ``name``, else what was found instead."""
    owner = record_name(method, name)
    try:
        if method in _TXT:
            kind, wanted, found = "TXT", code, await _read_txt(resolver, owner)
        else:
            kind, wanted, found = "CNAME", cname_target(code).lower(), await _read_cname(resolver, owner)
    except LookupFailed as failure:
        return str(failure)
    if wanted in found:
        return None
    return f"{owner} {kind}: expected {wanted}, found {', '.join(found) or 'no such record'}"


def climb(name: str) -> list[str]:
    """The name and its parents, down to two labels."""
    labels = name.removeprefix("*.").split(".")
    return [".".join(labels[start:]) for start in range(max(1, len(labels) - 1))]
