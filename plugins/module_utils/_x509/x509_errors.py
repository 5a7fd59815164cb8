# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every function of this package raises for text or bytes that it cannot use."""

from __future__ import annotations

from .._handover.problems import KnownError


class X509Error(KnownError):
    """A sentence for people that names what cannot be used and why, never the content itself."""

    remedy = "Give a file or a text that can be read, then run again."
