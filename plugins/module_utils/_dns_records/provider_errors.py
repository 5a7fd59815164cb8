# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The error of a DNS provider.

Private to the collection.
"""

from __future__ import annotations

from .._handover.problems import KnownError

CHECK_CREDENTIALS = "Check certum_dns: the server, the zone and the credentials. Then run again."


class ProviderError(KnownError):
    """A provider did not do its work. The text is foreign and may have secrets, which ``provider_access`` masks."""

    remedy = CHECK_CREDENTIALS
