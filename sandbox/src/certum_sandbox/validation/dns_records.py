# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The four DNS methods of domain validation (lifecycle.md 4.1)."""

from __future__ import annotations

from dns.rdtypes.ANY.CNAME import CNAME
from dns.rdtypes.txtbase import TXTBase

from certum_sandbox.hostnames import is_public_suffix
from certum_sandbox.model import Method
from certum_sandbox.validation.instructions import cname_target, record_name
from certum_sandbox.validation.resolver import LookupFailed, Resolver

_MOST_ALIASES = 8
_TXT = frozenset({Method.DNS_TXT, Method.DNS_TXT_PREFIX})


async def _read_txt(resolver: Resolver, owner: str) -> list[str]:
    records = await resolver.query(owner, "TXT")
    return [b"".join(record.strings).decode("latin-1") for record in records if isinstance(record, TXTBase)]


async def _read_cname(resolver: Resolver, owner: str, *, aliases: int) -> list[str]:
    """Return the target of a CNAME record, and those of up to ``aliases`` further records of the chain."""
    records = await resolver.query(owner, "CNAME")
    found = [record.target.to_text(omit_final_dot=True).lower() for record in records if isinstance(record, CNAME)]
    return [*found, *await _read_cname(resolver, found[0], aliases=aliases - 1)] if found and aliases else found


async def check_record(
    resolver: Resolver, *, method: Method, name: str, code: str, follow_aliases: bool = False
) -> str | None:
    """Return None if the record validates ``name``, else the problem. The resolver itself follows aliases for TXT."""
    owner, aliases = record_name(method, name), _MOST_ALIASES if follow_aliases else 0
    try:
        if method in _TXT:
            kind, wanted, found = "TXT", code, await _read_txt(resolver, owner)
        else:
            kind, wanted = "CNAME", cname_target(code).lower()
            found = await _read_cname(resolver, owner, aliases=aliases)
    except LookupFailed as failure:
        return str(failure)
    if wanted in found:
        return None
    return f"{owner} {kind}: expected {wanted}, found {', '.join(found) or 'no such record'}"


def name_and_parents(name: str) -> list[str]:
    """Return the name and its parents, up to the registered domain."""
    labels = name.removeprefix("*.").split(".")
    parents = (".".join(labels[start:]) for start in range(1, len(labels)))
    return [name, *(parent for parent in parents if not is_public_suffix(parent))]
