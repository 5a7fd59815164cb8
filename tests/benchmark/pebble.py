# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pebble, the ACME test CA, without its deliberate delays and refusals."""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUICK = {"PEBBLE_VA_ALWAYS_VALID": "1", "PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0"}


@contextmanager
def pebble(directory: Path) -> Iterator[str]:
    """Run Pebble on loopback while the context lasts, and yield the URL of the ACME directory."""
    directory.mkdir(parents=True, exist_ok=True)
    _self_signed(directory)
    port, management_port = _free_port(), _free_port()
    config = {
        "listenAddress": f"127.0.0.1:{port}",
        "managementListenAddress": f"127.0.0.1:{management_port}",
        "certificate": str(directory / "cert.pem"),
        "privateKey": str(directory / "key.pem"),
        "httpPort": 5002,
        "tlsPort": 5001,
    }
    (directory / "pebble.json").write_text(json.dumps({"pebble": config}))
    with (directory / "pebble.log").open("wb") as log:
        process = subprocess.Popen(
            ["pebble", "-config", directory / "pebble.json"], env={**os.environ, **QUICK}, stdout=log, stderr=log
        )
    try:
        url = f"https://127.0.0.1:{port}/dir"
        _wait_for(url, seconds=20)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=10)


def _self_signed(directory: Path) -> None:
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "30",
    ]
    command += ["-subj", "/CN=localhost", "-keyout", str(directory / "key.pem"), "-out", str(directory / "cert.pem")]
    subprocess.run(command, check=True, capture_output=True)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _wait_for(url: str, *, seconds: float) -> None:
    trust_anybody = ssl._create_unverified_context()
    deadline = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(url, context=trust_anybody, timeout=5).close()
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
