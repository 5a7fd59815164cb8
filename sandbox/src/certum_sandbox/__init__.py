# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""certum-sandbox: a local server that stands in for Certum's Partner API, for tests and rehearsals."""

from __future__ import annotations

__version__ = "1.0.0"
