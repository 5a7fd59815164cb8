# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Passphrases of the additional formats of a certificate.

Private to the collection. Pure. No text of a problem contains a passphrase.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._handover.foreign_text import LONGEST_SHOWN, quote
from .._handover.invisible_edges import invisible_edge
from .._handover.near_names import near_name
from .._handover.terms import Format

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

PASSPHRASE_LIMITS = (8, 128)


def passphrase_problems(
    items: Sequence[Mapping[str, Any]], passphrases: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """Yield the problems of the declared keystores with these passphrases, each with the name of its certificate.

    Passphrases are masked in every message. A passphrase that is part of a declaration would make messages unreadable.
    A passphrase without a certificate is not checked: another host or play may declare it.
    """
    names = {item["name"] for item in items}
    for item in items:
        keystores = [name for name in item.get("formats") or () if Format(name).is_keystore]
        if keystores and item["name"] not in passphrases:
            wanted = "needs a passphrase; add one with this name to passphrases (certum_passphrases)"
            near = near_name(item["name"], passphrases.keys() - names)
            hint = f"; {quote(near, LONGEST_SHOWN)} there names no certificate" if near else ""
            yield item["name"], f"{' and '.join(keystores)} {wanted}{hint}"
    declared = "\n".join(_texts(items)) if passphrases else ""
    for name, passphrase in passphrases.items():
        if name not in names:
            continue
        if isinstance(passphrase, str) and (edge := invisible_edge(passphrase)):
            yield name, f"its passphrase {edge}, as text from a file often does; remove this character"
        elif not _is_usable(passphrase):
            shortest, longest = PASSPHRASE_LIMITS
            yield (
                name,
                f"its passphrase is not a text of {shortest} to {longest} printable ASCII characters; "
                "choose another, and in YAML put quotation marks around a number",
            )
        elif passphrase in declared:
            yield name, "its passphrase is part of a declaration, so it is not secret; choose another"


def _is_usable(passphrase: object) -> bool:
    """Return whether Java and OpenSSL read the passphrase alike.

    They encode other characters differently, and keytool requires at least six characters.
    """
    shortest, longest = PASSPHRASE_LIMITS
    return (
        isinstance(passphrase, str)
        and passphrase.isascii()
        and passphrase.isprintable()
        and shortest <= len(passphrase) <= longest
    )


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _texts(part)
