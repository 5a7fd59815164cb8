# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A port that a test picks is nobody else's until the test is over: what opens it may do so much later."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.tests.integration.web_server import WebServer
from ansible_collections.certops.certum.tests.support.ports import ReservedPort

if TYPE_CHECKING:
    from pathlib import Path


def test_a_reserved_port_is_closed_and_only_who_was_told_of_it_can_open_it() -> None:
    port = ReservedPort()
    here = ("127.0.0.1", port.number)
    for dummy in range(2):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(here)
        with socket.socket() as stranger, pytest.raises(OSError, match="in use"):
            stranger.bind(here)
        with socket.create_server(here), socket.create_connection(here):
            pass


def test_the_system_gives_no_reserved_port_to_anybody() -> None:
    ports = [ReservedPort() for dummy in range(300)]
    numbers = {port.number for port in ports}
    assert len(numbers) == len(ports)
    for dummy in range(500):
        with (
            socket.create_server(("127.0.0.1", 0)) as stranger,
            socket.create_connection(stranger.getsockname()) as one,
        ):
            assert not numbers & {stranger.getsockname()[1], one.getsockname()[1]}


def test_a_web_server_has_its_ports_before_it_opens_them(tmp_path: Path) -> None:
    server = WebServer.make(tmp_path)
    for number in (server.http_port, server.https_port):
        with socket.socket() as stranger, pytest.raises(OSError, match="in use"):
            stranger.bind(("127.0.0.1", number))
