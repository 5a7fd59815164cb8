# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A program that serves validation files over HTTP while there are any. ``validation_listener`` starts it.

It needs nothing but the standard library, because the module that starts it is soon gone from the disk. Arguments: the
numbers of the open web root, of the listening socket and of the locked file, the most seconds to live, and the
seconds in which a run publishes its file after it has found the server running.
"""

from __future__ import annotations

import fcntl
import http.server
import os
import re
import socket
import sys
import threading
import time

DIRECTORY = ".well-known/pki-validation"
PATH = re.compile(r"/\.well-known/pki-validation/([A-Za-z0-9][A-Za-z0-9._-]{0,127}\.txt)(?:\?.*)?")
TOUCHED = ".touched"
"""Changed by each run that publishes a file."""
LONGEST = 4096
MOST_CONNECTIONS = 32
SECONDS_PER_REQUEST = 5.0
NOBODY = 65534


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers a request for a validation file, and no other."""

    timeout = SECONDS_PER_REQUEST
    server_version = "certum-validation"
    sys_version = ""
    root = -1

    def do_GET(self) -> None:
        match = PATH.fullmatch(self.path)
        content = self._read(match.group(1)) if match else None
        if content is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _read(self, name: str) -> bytes | None:
        try:
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(f"{DIRECTORY}/{name}", flags, dir_fd=self.root)
        except OSError:
            return None
        with os.fdopen(descriptor, "rb") as file:
            return file.read(LONGEST)

    def log_message(self, *_words: object) -> None:
        """Write nothing: nobody reads it."""


class Server(http.server.ThreadingHTTPServer):
    """A server on a socket that listens already, with a limited number of connections."""

    daemon_threads = True

    def __init__(self, listening: socket.socket) -> None:
        super().__init__(("", 0), Handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self._free = threading.BoundedSemaphore(MOST_CONNECTIONS)

    def process_request(self, request: object, client_address: object) -> None:
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)  # type: ignore[arg-type]
        else:
            self.shutdown_request(request)  # type: ignore[arg-type]

    def process_request_thread(self, request: object, client_address: object) -> None:
        try:
            super().process_request_thread(request, client_address)  # type: ignore[arg-type]
        finally:
            self._free.release()

    def handle_error(self, *_details: object) -> None:
        """Write nothing: nobody reads it. The connection is closed."""


class Need:
    """Whether there is a file to serve, or will be soon. The clock of the host may jump, so it is not used."""

    def __init__(self, root: int, *, seconds: float, grace: float) -> None:
        self._root, self._seconds, self._grace = root, seconds, grace
        self._touched: int | None = None
        self._since = time.monotonic()

    def __bool__(self) -> bool:
        try:
            touched: int | None = os.stat(TOUCHED, dir_fd=self._root).st_mtime_ns
        except OSError:
            touched = self._touched
        if touched != self._touched:
            self._touched, self._since = touched, time.monotonic()
        age = time.monotonic() - self._since
        return age < self._grace or (age < self._seconds and self._has_files())

    def _has_files(self) -> bool:
        try:
            directory = os.open(DIRECTORY, os.O_RDONLY | os.O_DIRECTORY, dir_fd=self._root)
        except OSError:
            return False
        try:
            with os.scandir(directory) as entries:
                return any(not entry.name.startswith(".") for entry in entries)
        finally:
            os.close(directory)


def drop_privileges() -> None:
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def serve(server: Server, need: Need, locked: int) -> None:
    """Serve until nothing is needed any more.

    The lock is given back before the last look, so a run that still finds it locked has been seen.
    """
    while True:
        while need:
            server.handle_request()
        fcntl.flock(locked, fcntl.LOCK_UN)
        if not need:
            return
        try:
            fcntl.flock(locked, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return


if __name__ == "__main__":
    Handler.root = int(sys.argv[1])
    made = Server(socket.socket(fileno=int(sys.argv[2])))
    made.timeout = 0.5
    drop_privileges()
    serve(made, Need(Handler.root, seconds=float(sys.argv[4]), grace=float(sys.argv[5])), int(sys.argv[3]))
