# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real nginx with its own prefix on loopback, and the certificates that it serves."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
import time
import weakref
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ansible_collections.certops.certum.tests.integration.project import descendants, runs
from ansible_collections.certops.certum.tests.support.ports import ReservedPort
from cryptography import x509

if TYPE_CHECKING:
    from collections.abc import Iterator

NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
SECONDS = 10
OPEN = 0o755
UNPRIVILEGED = ("www-data", "nginx", "nobody")

CONFIGURATION = """\
{user}
pid logs/nginx.pid;
worker_processes 1;
events {{}}
http {{
  access_log logs/access.log;
  client_body_temp_path temp; proxy_temp_path temp; fastcgi_temp_path temp; uwsgi_temp_path temp; scgi_temp_path temp;
  server {{
    listen 127.0.0.1:{http_port};
    root {webroot};
  }}
  include sites-enabled/*.conf;
}}
"""

SITE = """\
server {{
  listen 127.0.0.1:{port} ssl;
  server_name {server_name};
  {certificates}
  location / {{ return 204; }}
}}
"""

PAIR = "ssl_certificate {0}/current/fullchain.pem; ssl_certificate_key {0}/current/privkey.pem;"


def user_directive() -> str:
    """Return the line about the user in nginx's configuration: none if nginx cannot choose one."""
    if os.geteuid() != 0:
        return ""
    known = {user.pw_name: user for user in pwd.getpwall()}
    user = next(known[name] for name in UNPRIVILEGED if name in known)
    return f"user {user.pw_name} {grp.getgrgid(user.pw_gid).gr_name};"


def _open_directory() -> Path:
    """Return a new temporary directory that everybody may enter and read."""
    directory = Path(tempfile.mkdtemp(prefix="webroot-"))
    directory.chmod(OPEN)
    if os.geteuid() == 0:
        closed = [str(parent) for parent in directory.parents if not parent.stat().st_mode & 0o001]
        assert not closed, f"{closed[0]} is closed to the user of nginx: set TMPDIR to a directory such as /tmp"
    return directory


@dataclass(frozen=True)
class WebServer:
    """``webroot`` is served over HTTP for every name; a site in sites-enabled is served over TLS.

    With ``by_host`` every name has a directory of its own in ``webroot``. It owns its ports, also before the
    first site opens the one for TLS, seconds after the start, and while it is stopped.

    If root starts it, its workers run as an unprivileged user, as everywhere: a published file or a directory that only
    root can read is not served. ``webroot`` is not below ``prefix``, because pytest's directories are closed to other
    users; it is removed together with this object.
    """

    prefix: Path
    webroot: Path
    http: ReservedPort = field(default_factory=ReservedPort)
    https: ReservedPort = field(default_factory=ReservedPort)

    @classmethod
    def make(cls, prefix: Path, *, by_host: bool = False) -> WebServer:
        for name in ("logs", "sites-available", "sites-enabled"):
            (prefix / name).mkdir(parents=True)
        server = cls(prefix, _open_directory())
        weakref.finalize(server, shutil.rmtree, server.webroot, ignore_errors=True)
        webroot = f"{server.webroot}/$host" if by_host else server.webroot
        text = CONFIGURATION.format(user=user_directive(), http_port=server.http_port, webroot=webroot)
        (prefix / "nginx.conf").write_text(text)
        return server

    def add_host(self, name: str) -> Path:
        """Make the directory of a name, open to everybody under any umask; for a server with ``by_host``."""
        (directory := self.webroot / name).mkdir()
        directory.chmod(OPEN)
        return directory

    @property
    def http_port(self) -> int:
        return self.http.number

    @property
    def https_port(self) -> int:
        return self.https.number

    @property
    def command(self) -> list[str]:
        assert NGINX is not None
        return [NGINX, "-p", f"{self.prefix}/", "-e", "logs/error.log", "-c", "nginx.conf"]

    def start(self) -> None:
        subprocess.run(self.command, check=True, timeout=SECONDS)
        deadline = time.monotonic() + SECONDS
        while not self._master():  # the command ends before the server has written its process id
            assert time.monotonic() < deadline, (self.prefix / "logs/error.log").read_text()
            time.sleep(0.01)

    def stop(self) -> None:
        """Stop it if it runs, and wait until its port is closed. It misses a signal that comes while it starts."""
        master = self._master()
        give_up = time.monotonic() + SECONDS
        while runs(master):
            late = time.monotonic() > give_up
            for pid in [*(descendants(master) if late else []), master]:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL if late else signal.SIGTERM)
            time.sleep(0.02)

    def _master(self) -> int:
        """Return its process id; 0 if it does not run."""
        try:
            pid = int((self.prefix / "logs/nginx.pid").read_text())
            return pid if str(self.prefix) in Path(f"/proc/{pid}/cmdline").read_text() else 0
        except (OSError, ValueError):
            return 0

    def add_site(self, *directories: Path, server_name: str) -> dict[str, object]:
        """Write a TLS site that is not yet enabled; return the ``deploy`` option for it."""
        pairs = " ".join(PAIR.format(directory) for directory in directories)
        name = f"{directories[0].name}.conf"
        text = SITE.format(port=self.https_port, server_name=server_name, certificates=pairs)
        (self.prefix / "sites-available" / name).write_text(text)
        return {
            "service": "nginx",
            "enable_site": {
                "src": str(self.prefix / "sites-available" / name),
                "dest": str(self.prefix / "sites-enabled" / name),
            },
            "check_command": [*self.command, "-t"],
            "reload_command": [*self.command, "-s", "reload"],
            "verify": [f"127.0.0.1:{self.https_port}"],
        }


def verified(port: int, *, server_name: str, root: Path, ciphers: str | None = None) -> str:
    """Return the serial number of the served certificate, verified by chain and name like any client does.

    ``ciphers`` are those of an old client, which supports at most TLS 1.2.
    """
    context = ssl.create_default_context(cafile=str(root))
    if ciphers:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(ciphers)
    with (
        socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection,
        context.wrap_socket(connection, server_hostname=server_name) as tls,
    ):
        der = tls.getpeercert(binary_form=True)
    assert der is not None
    return f"{x509.load_der_x509_certificate(der).serial_number:X}"


@dataclass
class Watch:
    """The results of handshakes while something else happened."""

    serial_numbers: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    handshakes: int = 0


@contextmanager
def watching(port: int, *, server_name: str, root: Path) -> Iterator[Watch]:
    """Do handshakes continuously; each failure is an error."""
    watch, over = Watch(), threading.Event()

    def look() -> None:
        while not over.is_set():
            try:
                watch.serial_numbers.add(verified(port, server_name=server_name, root=root))
                watch.handshakes += 1
            except OSError as error:
                watch.errors.append(str(error))
            over.wait(0.02)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        over.set()
        thread.join(SECONDS)
