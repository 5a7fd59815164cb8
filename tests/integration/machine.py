# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A machine for one test: this one, with another /etc, /var and web root, removed without a trace."""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ansible_collections.certops.certum.tests.integration.web_server import user_directive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECONDS = 60

# In a mount namespace: /etc and /var are in memory. The web roots belong to the test.
MOUNT = """
set -e
mount -t tmpfs tmpfs "$1"
for name in etc var; do
  mkdir -p "$1/$name" "$1/work/$name"
  mount -t overlay overlay -o "lowerdir=/$name,upperdir=$1/$name,workdir=$1/work/$name" "/$name"
done
for name in html shop; do
  mkdir -p "/var/www/$name"
  mount --bind "$2" "/var/www/$name"
done
mkdir -p /var/log/nginx
echo ready
exec sleep 600
"""

NGINX_CONF = f"""\
{user_directive()}
pid /var/nginx.pid;
events {{}}
http {{
  access_log off;
  include /etc/nginx/sites-enabled/*;
}}
"""

SITE = """\
server {
  listen 127.0.0.1:443 ssl;
  server_name shop.example.com www.shop.example.com;
%s  location / { return 204; }
}
"""
PAIR = """\
  ssl_certificate /etc/certum/{0}/current/fullchain.pem;
  ssl_certificate_key /etc/certum/{0}/current/privkey.pem;
"""
SITES = {
    "shop-tls": SITE % PAIR.format("shop"),
    "shop-two-keys": SITE % (PAIR.format("shop") + PAIR.format("shop-rsa")),
}

# There is no service manager here; these commands replace those of the examples.
SYSTEMCTL = """\
#!/bin/sh
case "$*" in
  "show --property=Id,LoadState,ActiveState,ControlGroup nginx.service")
    printf "LoadState=loaded\\nActiveState=active\\n"; exit ;;
  "reload nginx.service") exec nginx -s reload ;;
esac
echo "systemctl: not expected: $*" >&2
exit 1
"""


@dataclass(frozen=True)
class Machine:
    """``launcher`` is the command that runs the words after it inside, in the directory ``home``.

    ``mounts`` is its mount namespace.
    """

    home: Path
    launcher: tuple[str, ...]
    mounts: str

    def run(self, *words: str) -> None:
        subprocess.run([*self.launcher, *words], check=True, timeout=SECONDS)

    def serve_with_nginx(self, *, site_is_on: bool) -> None:
        """Start nginx as Debian configures it, on port 443, with its TLS site enabled or not."""
        for name in ("sites-available", "sites-enabled"):
            self.run("mkdir", "-p", f"/etc/nginx/{name}")
        self.run("rm", "-f", "/etc/nginx/sites-enabled/default")
        sites = {f"sites-available/{name}": text for name, text in SITES.items()}
        for path, text in {"nginx.conf": NGINX_CONF, **sites}.items():
            (self.home / "text").write_text(text)
            self.run("cp", str(self.home / "text"), f"/etc/nginx/{path}")
        if site_is_on:
            self.run("ln", "-s", "../sites-available/shop-tls", "/etc/nginx/sites-enabled/shop-tls")
        self.run("nginx")

    def stop_nginx(self) -> None:
        self.run("sh", "-c", "[ ! -s /var/nginx.pid ] || kill $(cat /var/nginx.pid)")


def why_not() -> str | None:
    """Return why such a machine is impossible here, or None."""
    if os.geteuid() != 0:
        return "only root may give a test its own /etc and /var"
    trial = subprocess.run(["unshare", "--mount", "true"], check=False, capture_output=True, text=True, timeout=SECONDS)
    return None if trial.returncode == 0 else f"no mount namespace: {trial.stderr.strip()}"


@contextmanager
def machine(root: Path, *, home: Path, webroot: Path) -> Iterator[Machine]:
    """Make a machine and remove it. Raises RuntimeError with the reason if it is impossible."""
    root.mkdir()
    tools = home / "tools"
    tools.mkdir()
    (tools / "systemctl").write_text(SYSTEMCTL)
    (tools / "systemctl").chmod(0o755)
    words = ["unshare", "--mount", "--propagation", "private", "sh", "-c", MOUNT, "machine", str(root), str(webroot)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout is not None
            if holder.stdout.readline() != "ready\n":
                holder.kill()
                assert holder.stderr is not None
                raise RuntimeError(f"no machine: {holder.stderr.read()}")
            enter = ("nsenter", "--target", str(holder.pid), "--mount", "sh", "-c", 'cd "$0" && exec "$@"', str(home))
            made = Machine(home, enter, f"/proc/{holder.pid}/ns/mnt")
            yield made
            made.stop_nginx()
        finally:
            holder.kill()


@contextmanager
def port_443(lock: Path) -> Iterator[bool]:
    """Reserve the port among the tests; return False if something else listens there."""
    with lock.open("w") as file:
        deadline = time.monotonic() + 2 * SECONDS
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        yield _becomes_free(443)


def _becomes_free(port: int) -> bool:
    """Wait until the nginx of the previous test has stopped; return whether the port is free."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        else:
            return True
