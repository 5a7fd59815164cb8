# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The declaration of a certificate, of which histories change one option or another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

CONTACT = {"first_name": "Ada", "last_name": "Nowak", "email": "ops@example.com", "phone": "+48 91 000 00 00"}
COMPANY = {
    "name": "Example S.A.",
    "tax_identification_number": "5250000000",
    "country": "PL",
    "locality": "Szczecin",
}
CODES = {"commercial_ssl": "601", "trusted_ssl": "631", "commercial_multidomain_ssl": "931"}


@dataclass(frozen=True)
class Declared:
    """The declaration of one certificate. ``more`` is a name that only a multi-domain product accepts."""

    name: str
    product: str = "commercial_ssl"
    site: str = "a"
    www: bool = False
    more: bool = False
    key: str = "ec"
    method: str = "dns_txt_prefix"
    mode: str = "0600"
    absent: bool = False
    revoke: bool = False

    def names(self, domain: str) -> list[str]:
        site = f"{self.site}.{self.name}.{domain}"
        more = [f"more.{self.name}.{domain}"] if self.more and self.product == "commercial_multidomain_ssl" else []
        return [site, *([f"www.{site}"] if self.www else []), *more]

    def item(self, domain: str, web_root: Path) -> dict[str, Any]:
        common_name, *others = self.names(domain)
        if self.absent:
            revoked = {"revoke_reason": "cessation_of_operation", "common_name": common_name}
            return {"name": self.name, "state": "absent", **(revoked if self.revoke else {})}
        webroot = {"webroot": str(web_root)} if self.method == "file" else {}
        return {
            "name": self.name,
            "product": self.product,
            "common_name": common_name,
            "subject_alt_name": others,
            "key": {"type": self.key},
            "validation": {"method": self.method, **webroot},
            "contact": CONTACT,
            "organization": COMPANY,
            "mode": self.mode,
        }
