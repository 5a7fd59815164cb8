# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tools of the tests: ports that stay reserved until a test is over, and processes that end with it."""

from __future__ import annotations

import gc
import os
import socket
import tempfile
import time
from typing import TYPE_CHECKING

import httpx
import pytest
from ansible_collections.certops.certum.tests.integration.project import Project, descendants, runs
from ansible_collections.certops.certum.tests.integration.web_server import NGINX, WebServer
from ansible_collections.certops.certum.tests.support.ports import ReservedPort

if TYPE_CHECKING:
    from pathlib import Path


def test_reserved_port_is_opened_only_by_its_holder() -> None:
    port = ReservedPort()
    here = ("127.0.0.1", port.number)
    for dummy in range(2):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(here)
        with socket.socket() as stranger, pytest.raises(OSError, match="in use"):
            stranger.bind(here)
        with socket.create_server(here), socket.create_connection(here):
            pass


def test_reserved_port_is_never_assigned_by_the_system() -> None:
    ports = [ReservedPort() for dummy in range(300)]
    numbers = {port.number for port in ports}
    assert len(numbers) == len(ports)
    for dummy in range(500):
        with (
            socket.create_server(("127.0.0.1", 0)) as stranger,
            socket.create_connection(stranger.getsockname()) as one,
        ):
            assert not numbers & {stranger.getsockname()[1], one.getsockname()[1]}


def test_web_server_has_its_ports_before_it_opens_them(tmp_path: Path) -> None:
    server = WebServer.make(tmp_path)
    for number in (server.http_port, server.https_port):
        with socket.socket() as stranger, pytest.raises(OSError, match="in use"):
            stranger.bind(("127.0.0.1", number))


@pytest.mark.skipif(os.geteuid() != 0, reason="nginx runs as the user of the tests")
@pytest.mark.parametrize(
    ("directory", "file", "status"), [(0o755, 0o644, 200), (0o755, 0o600, 403), (0o700, 0o644, 403)]
)
def test_web_server_reads_only_public_files(tmp_path: Path, directory: int, file: int, status: int) -> None:
    if NGINX is None:
        pytest.fail("nginx is missing: tools/need-debian nginx-light")
    server = WebServer.make(tmp_path / "nginx")
    published = server.webroot / "directory/file"
    published.parent.mkdir()
    published.write_text("published")
    published.chmod(file)
    published.parent.chmod(directory)
    server.start()
    try:
        url = f"http://127.0.0.1:{server.http_port}/directory/file"
        assert httpx.get(url, trust_env=False).status_code == status
    finally:
        server.stop()


def test_web_root_is_removed_with_its_server(tmp_path: Path) -> None:
    server = WebServer.make(tmp_path / "nginx")
    webroot = server.webroot
    (webroot / "file").touch()
    del server
    gc.collect()
    assert not webroot.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="nginx runs as the user of the tests")
def test_closed_temporary_directory_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "closed").mkdir(mode=0o700)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "closed"))
    with pytest.raises(AssertionError, match="closed is closed to the user of nginx: set TMPDIR"):
        WebServer.make(tmp_path / "nginx")


def test_no_run_survives_its_test(tmp_path: Path) -> None:
    project = Project.make(tmp_path, {}, temporary=tmp_path)
    project.launcher = ("/bin/sh", "-c", "sleep 600 & sleep 600; exit")
    begun = [project.start([]).process.pid for dummy in range(2)]
    deadline = time.monotonic() + 30
    while len(below := [pid for each in begun for pid in descendants(each)]) < 4:
        assert time.monotonic() < deadline
        time.sleep(0.01)

    project.end()

    assert not [pid for pid in begun + below if runs(pid)]
