# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which formats a certificate can have besides the PEM files, and whether a host can make them."""

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
    """How a version is written: who may use files with its key, and which files it has besides the PEM files.

    *alias* is what the key is called in a keystore, *passphrase* opens it.
    """

    ownership: Ownership
    wanted: tuple[Format, ...] = ()
    alias: str = ""
    passphrase: str = field(default="", repr=False)

    def without_key(self) -> Formats:
        return replace(self, wanted=tuple(each for each in self.wanted if not each.has_key))


def require_possible(wanted: Sequence[Format], *, own_key: bool, path: str) -> None:
    """Raise StoreError for formats that cannot be made on this host. To be asked before anything is ordered."""
    with_key = ", ".join(each.value for each in wanted if each.has_key)
    keystores = ", ".join(each.value for each in wanted if each.is_keystore)
    if with_key and not own_key:
        raise impossible(
            path,
            f"its private key is kept elsewhere, and {with_key} would hold it",
            "Leave them out of the formats of this certificate.",
        )
    if keystores and not modern_pkcs12_is_possible():
        raise impossible(
            path,
            f"{keystores} cannot be encrypted with AES by the cryptography of this host, it is older than 38",
            "Install cryptography 38 or newer for the Python that Ansible uses there, or leave these formats out.",
        )
    if Format.JKS in wanted and find_keytool() is None:
        raise no_keytool(path)


def impossible(path: str, why: str, remedy: str) -> StoreError:
    """Return the error for formats that are declared and cannot be."""
    return StoreError("The declared formats cannot be made", path=path, why=why, remedy=remedy)
