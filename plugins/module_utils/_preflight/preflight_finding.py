# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a look at a domain has found.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Check(str, Enum):
    """What was looked at."""

    CAA = "caa"
    DNSSEC = "dnssec"
    DNS = "dns"
    HTTP = "http"


class Severity(str, Enum):
    """How sure it is that the CA would refuse: it would, nobody knows, or it could not be checked from here."""

    MISTAKE = "mistake"
    DOUBT = "doubt"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class DomainFinding:
    """One thing about ``name``; ``what`` is a sentence without its full stop, ``remedy`` a whole one."""

    name: str
    check: Check
    severity: Severity
    what: str
    remedy: str

    @property
    def sentence(self) -> str:
        return f"{self.what}. {self.remedy}"

    def shown(self) -> dict[str, str]:
        """As results tell it."""
        return {
            "name": self.name,
            "check": self.check.value,
            "severity": self.severity.value,
            "what": self.what,
            "remedy": self.remedy,
        }
