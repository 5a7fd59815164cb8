# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The partner account, and how it is kept out of every text.

Private to the collection.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.sax.saxutils import escape


@dataclass(frozen=True)
class Credentials:
    """User name and password. Neither is part of its ``repr``."""

    username: str = field(repr=False)
    password: str = field(repr=False)

    def redact(self, text: str) -> str:
        """The text without them, for what the CA sends back: it may quote the request.

        A password goes wherever it occurs. A user name can be a common word, so it goes where it stands alone.
        """
        for password in {self.password, escape(self.password)} - {""}:
            text = text.replace(password, "<api_password>")
        if self.username:
            text = re.sub(rf"(?<![\w.-]){re.escape(self.username)}(?![\w.-])", "<api_username>", text)
        return text
