# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Make TLS handshakes with a server, one after the other, until a file appears. Runs on a test host, with Python 3.9.

Every handshake verifies the chain and the name. With --http, the server also has to answer a request, because in TLS
1.3 the client ends the handshake before the server does.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import socket
import ssl
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

SECONDS = 10  # for one handshake
SHOWN = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", required=True)
    parser.add_argument("--port", type=int, default=443)
    parser.add_argument("--name", required=True)
    parser.add_argument("--ca", required=True, help="file with the root certificate")
    parser.add_argument("--http", action="store_true")
    parser.add_argument("--starttls", choices=["smtp", "postgresql"], help="how to ask for TLS")
    parser.add_argument("--started", type=Path, required=True, help="file to write after the first handshake")
    parser.add_argument("--stop", type=Path, required=True, help="file that ends the loop")
    parser.add_argument("--seconds", type=float, default=900, help="end after this time in any case")
    options = parser.parse_args()
    context = ssl.create_default_context(cafile=options.ca)
    certificates: dict[str, int] = {}
    failures: list[str] = []
    slowest = 0.0
    begin = time.monotonic()
    while not options.stop.exists() and time.monotonic() < begin + options.seconds:
        before = time.monotonic()
        try:
            seen = handshake(context, options)
            certificates[seen] = certificates.get(seen, 0) + 1
        except OSError as error:
            failures.append(f"after {before - begin:.1f} s: {type(error).__name__}: {error}")
        slowest = max(slowest, time.monotonic() - before)
        if not options.started.exists():
            options.started.touch()
    report = {
        "handshakes": sum(certificates.values()),
        "failures": len(failures),
        "first_failures": failures[:SHOWN],
        "certificates": certificates,
        "seconds": round(time.monotonic() - begin, 1),
        "slowest_ms": round(slowest * 1000),
    }
    json.dump(report, sys.stdout)


def handshake(context: ssl.SSLContext, options: argparse.Namespace) -> str:
    """Return the SHA-256 of the certificate that the server sends. Raise OSError if anything fails."""
    with (
        socket.create_connection((options.address, options.port), SECONDS) as connection,
        begun(connection, options.starttls),
        context.wrap_socket(connection, server_hostname=options.name) as secured,
    ):
        certificate = secured.getpeercert(binary_form=True) or b""
        if options.http:
            secured.sendall(f"HEAD / HTTP/1.0\r\nHost: {options.name}\r\n\r\n".encode())
            if not secured.recv(5).startswith(b"HTTP/"):
                raise ConnectionError("the server closed the connection without an answer")
        return hashlib.sha256(certificate).hexdigest()


@contextmanager
def begun(connection: socket.socket, starttls: str | None) -> Iterator[None]:
    """Ask for TLS in the protocol of the service, and take leave of it at the end."""
    if starttls == "smtp":
        for request in (b"", b"EHLO client.example.com\r\n", b"STARTTLS\r\n"):
            connection.sendall(request)
            answer = connection.recv(4096)
            if not answer.startswith(b"2"):
                raise ConnectionError(f"the server answers {answer!r}")
    elif starttls == "postgresql":
        connection.sendall(bytes.fromhex("0000000804d2162f"))
        if (answer := connection.recv(1)) != b"S":
            raise ConnectionError(f"the server answers {answer!r}")
    yield


if __name__ == "__main__":
    main()
