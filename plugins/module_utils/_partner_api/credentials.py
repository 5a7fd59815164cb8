# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The credentials of the partner account, and their removal from texts.

Private to the collection.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.sax.saxutils import escape


@dataclass(frozen=True)
class Credentials:
    """User name and password. Neither is part of the ``repr``."""

    username: str = field(repr=False)
    password: str = field(repr=False)

    def redact(self, text: str) -> str:
        """Return the text without the credentials: an answer of the CA may quote the request.

        The password is replaced everywhere. The user name can be a common word, so it is replaced only where it stands
        alone.
        """
        for password in {self.password, escape(self.password)} - {""}:
            text = text.replace(password, "<api_password>")
        if self.username:
            text = re.sub(rf"(?<![\w.-]){re.escape(self.username)}(?![\w.-])", "<api_username>", text)
        return text
