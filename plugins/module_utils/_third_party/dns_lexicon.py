# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Imports dns-lexicon, with which the controller changes records at DNS providers.

Private to the collection. No other file imports it. If it is missing, every file of the collection still imports, and
LEXICON_MISSING names the package to install. Its classes for providers are used directly: its client asks the internet
for a list of public suffixes to find the zone, and the zone is known here.
"""

from __future__ import annotations

LEXICON_MISSING: tuple[str, ...] = ()

try:
    from lexicon._private.discovery import find_providers, load_provider_module
    from lexicon.config import ConfigResolver
except ImportError:
    LEXICON_MISSING = ("dns-lexicon",)
    find_providers = load_provider_module = ConfigResolver = None  # type: ignore[assignment,misc]

__all__ = ["LEXICON_MISSING", "ConfigResolver", "find_providers", "load_provider_module"]
