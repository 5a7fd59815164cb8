# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The formats of a certificate besides PEM, and whether a host can make them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from .._handover.terms import Format
from .._x509.keystore import modern_pkcs12_is_possible
from .keytool import find_keytool, no_keytool
from .store_errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .atomic_files import Ownership


@dataclass(frozen=True)
class Formats:
    """How a version is written: the ownership of files with its key, and the formats besides the PEM files.

    *alias* is the name of the key in a keystore. *passphrase* opens the keystore.
    """

    ownership: Ownership
    wanted: tuple[Format, ...] = ()
    alias: str = ""
    passphrase: str = field(default="", repr=False)

    def without_key(self) -> Formats:
        return replace(self, wanted=tuple(each for each in self.wanted if not each.has_key))


def require_possible(wanted: Sequence[Format], *, own_key: bool, path: str) -> None:
    """Raise StoreError for formats that cannot be made on this host. Call it before anything is ordered."""
    with_key = ", ".join(each.value for each in wanted if each.has_key)
    keystores = ", ".join(each.value for each in wanted if each.is_keystore)
    if with_key and not own_key:
        raise impossible(
            path,
            f"its private key is kept elsewhere, and {with_key} would contain it",
            "Remove them from the formats of this certificate, then run again.",
        )
    if keystores and not modern_pkcs12_is_possible():
        raise impossible(
            path,
            f"the cryptography package of this host is older than 38 and cannot encrypt {keystores} with AES",
            "Install cryptography 38 or newer for the Python that Ansible uses there, or remove these formats.",
        )
    if Format.JKS in wanted and find_keytool() is None:
        raise no_keytool(path)


def impossible(path: str, why: str, remedy: str) -> StoreError:
    """Return the error for declared formats that cannot be made."""
    return StoreError("The declared formats cannot be made", path=path, why=why, remedy=remedy)
