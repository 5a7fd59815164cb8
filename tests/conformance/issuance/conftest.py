# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.tests.conformance.issuance.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.dns_server import DnsServer
    from support.file_server import FileServer
    from support.sandbox import Sandbox


@pytest.fixture
def world(sandbox: Sandbox, file_server: FileServer, dns_server: DnsServer) -> World:
    """Return the shared sandbox, over HTTPS and in the default dialect, without faults."""
    sandbox.clear_faults()
    return World(sandbox, file_server, dns_server)


@pytest.fixture
def start_world(
    start_sandbox: Callable[..., Sandbox], file_server: FileServer, dns_server: DnsServer
) -> Callable[..., World]:
    """Return a function that starts a sandbox by options and dialect, like ``start_sandbox``."""

    def start(*options: str, **dialect: str) -> World:
        return World(start_sandbox(*options, **dialect), file_server, dns_server, dialect)

    return start
