# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sessions that antsibull-nox.toml configures; `make nox` runs all that need nothing but PyPI."""

from __future__ import annotations

import antsibull_nox

antsibull_nox.load_antsibull_nox_toml()
