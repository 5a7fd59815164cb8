# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The findings of a preflight about a domain.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Check(str, Enum):
    """The checks of a domain."""

    CAA = "caa"
    DNSSEC = "dnssec"
    DNS = "dns"
    HTTP = "http"


class Severity(str, Enum):
    """How certain a refusal is: the CA would refuse, its answer is unknown, or the check was not possible."""

    MISTAKE = "mistake"
    DOUBT = "doubt"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class DomainFinding:
    """One finding about ``name``; ``what`` is a sentence without its full stop, ``remedy`` a complete sentence."""

    name: str
    check: Check
    severity: Severity
    what: str
    remedy: str

    @property
    def sentence(self) -> str:
        return f"{self.what}. {self.remedy}"

    def shown(self) -> dict[str, str]:
        """Return the finding in the form of the modules' results."""
        return {
            "name": self.name,
            "check": self.check.value,
            "severity": self.severity.value,
            "what": self.what,
            "remedy": self.remedy,
        }
