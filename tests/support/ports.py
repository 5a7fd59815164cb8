# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Ports of loopback that stay reserved from the moment they are picked, with or without a server on them."""

from __future__ import annotations

import socket
import weakref


class ReservedPort:
    """A port that the system assigns to no other program while this object lives; connections are refused.

    It is bound and does not listen. Servers that set SO_REUSEADDR, as nginx, asyncio and Go do, open it all the same,
    as often as they like. OSError if this machine has no such address.
    """

    def __init__(self, host: str = "127.0.0.1") -> None:
        held = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
        release = weakref.finalize(self, held.close)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            held.bind((host, 0))
        except OSError:
            release()
            raise
        self.number: int = held.getsockname()[1]
        self.address = f"[{host}]:{self.number}" if ":" in host else f"{host}:{self.number}"
