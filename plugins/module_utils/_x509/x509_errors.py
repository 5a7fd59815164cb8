# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The error of every function of this package for unusable text or bytes."""

from __future__ import annotations

from .._handover.problems import KnownError


class X509Error(KnownError):
    """Text or bytes cannot be used. The message names the object and the reason, never the content."""

    remedy = "Give a file or a text that can be read, then run again."
