# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Further formats of a certificate: which of them need a passphrase, and what a passphrase may be.

Private to the collection. Pure. No text of a problem holds a passphrase.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._handover.odd_edges import odd_edge
from .._handover.terms import Format

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

PASSPHRASE_LIMITS = (8, 128)


def passphrase_problems(items: Sequence[Mapping[str, Any]], passphrases: Mapping[str, Any]) -> Iterator[str]:
    """What keeps the declared keystores from being protected by these passphrases, which go by certificate name.

    Every message is searched for passphrases and these are hidden, so that one that is a part of a declaration would
    leave messages that name nothing.
    """
    for item in items:
        keystores = [name for name in item.get("formats") or () if Format(name).is_keystore]
        if keystores and item["name"] not in passphrases:
            wanted = "needs a passphrase; give passphrases (certum_passphrases) one of this name"
            yield f"{item['name']}: {' and '.join(keystores)} {wanted}"
    declared = "\n".join(_texts(items)) if passphrases else ""
    for name, passphrase in passphrases.items():
        if isinstance(passphrase, str) and (edge := odd_edge(passphrase)):
            yield f"{name}: its passphrase {edge}, as texts from files often do; remove this character"
        elif not _is_usable(passphrase):
            shortest, longest = PASSPHRASE_LIMITS
            yield (
                f"{name}: its passphrase is not a text of {shortest} to {longest} printable ASCII characters; "
                "in YAML put a number between quotation marks"
            )
        elif passphrase in declared:
            yield f"{name}: its passphrase is a part of what is declared, so it is no secret; choose another"


def _is_usable(passphrase: object) -> bool:
    """Java and OpenSSL encode other characters differently, and keytool wants six at least."""
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
