# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The paths of a certificate on disk (docs/internals/store.md shows the tree)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._lifecycle.order_identity import DECLARATION_NAME
from .store_errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

PRIVATE_KEY = "privkey.pem"
CERTIFICATE = "cert.pem"
CHAIN = "chain.pem"
FULL_CHAIN = "fullchain.pem"
ROOT = "root.pem"
METADATA = "metadata.json"
SEALS = "keystores.json"
REQUEST = "request.csr"
ORDER = "order.json"
CURRENT = "current"
VERIFIED = "verified"
DEPLOYED = "deployed.json"
VERSIONS = "versions"
STAGED = "staged"
SET_ASIDE = "set-aside"


def is_safe_name(name: str) -> bool:
    """Return whether a certificate may have this name, which is also the name of a directory."""
    return bool(DECLARATION_NAME.match(name))


@dataclass(frozen=True)
class Layout:
    """The paths below *base*. Every method raises StoreError for a name that is not safe as a directory.

    *former* maps certificates that were renamed and not moved yet to their former directory.
    """

    base: Path
    former: Mapping[str, str] = field(default_factory=dict)

    def certificate(self, name: str) -> Path:
        """Return the directory of one certificate."""
        if not is_safe_name(name):
            raise StoreError(
                "The certificate name cannot be used",
                path=self.base,
                why=f"'{quote(name, 80)}' is not 1 to 64 letters, digits and ._- that start with a letter or digit",
                remedy="Choose such a name, then run again.",
            )
        return self.base / self.former.get(name, name)

    def current(self, name: str) -> Path:
        """Return the link that services use."""
        return self.certificate(name) / CURRENT

    def verified(self, name: str) -> Path:
        """Return the link to the version that was verified last."""
        return self.certificate(name) / VERIFIED

    def deployed(self, name: str) -> Path:
        """Return the record of the services that the certificate was verified for."""
        return self.certificate(name) / DEPLOYED

    def versions(self, name: str) -> Path:
        """Return the directory that holds the versions."""
        return self.certificate(name) / VERSIONS

    def version(self, name: str, serial_number: str) -> Path:
        """Return the directory of one issued certificate."""
        return self.versions(name) / serial_number

    def staged(self, name: str) -> Path:
        """Return the directory of the staged key and the pending order."""
        return self.certificate(name) / STAGED

    def set_aside(self, name: str) -> Path:
        """Return the directory with staged keys that are no longer wanted."""
        return self.certificate(name) / SET_ASIDE
