# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of services. Pure. Private to the collection."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

OTHER_NAMES: Mapping[str, str] = {"apache2": "apache", "httpd": "apache"}


def canonical_service(name: str) -> str:
    """Return the first name of a service that has several."""
    return OTHER_NAMES.get(name, name)
