# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Imports Jinja2, which comes with Ansible on the controller.

Private to the collection. No other file imports it. Modules on hosts are imported without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment, StrictUndefined, Template
    from markupsafe import Markup
else:
    try:
        from jinja2 import Environment, StrictUndefined, Template
        from markupsafe import Markup
    except ImportError:
        Environment = StrictUndefined = Template = Markup = object

__all__ = ["Environment", "Markup", "StrictUndefined", "Template"]
