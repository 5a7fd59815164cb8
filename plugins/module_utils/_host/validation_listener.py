# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Serves validation files on a host without a web server. Private to the collection.

A declaration without ``validation.webroot`` has a web root below the directory of all certificates. A program of its
own listens on port 80 while a file is there (``validation_server``), and ends by itself.
"""

from __future__ import annotations

import errno
import fcntl
import os
import socket
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._lifecycle.publication import FILE_PATH
from .._store.atomic_files import PUBLIC, open_directory
from .._store.directory_access import OPEN
from .._store.store_errors import AccessError, StoreError, from_os_error
from .._store.validation_files import remove
from . import validation_server

if TYPE_CHECKING:
    from .._handover.declared_items import DeclaredItem
    from .._store.atomic_files import Directory
    from .._store.layout import Layout

PLACE = ".validation"
HTTP_PORT = 80
LIFETIME = 3600
"""Seconds after the last run that published a file."""
GRACE = 10
"""Seconds in which a run publishes its file after it has found a listener."""
PATIENCE = 3.0
PAUSE = 0.1
LOCK = ".lock"
WAYS_OUT = (
    "If a web server uses the port, set validation.webroot to the document root of http://NAME/. Otherwise validate by"
    " DNS (validation.method), or free the port. Then run again."
)


def web_root(layout: Layout, item: DeclaredItem) -> Path:
    """Return the declared web root, or that of our own listener."""
    declared = _declared(item)
    return Path(declared) if declared else layout.base / PLACE / str(_port(item))


def open_for_publishing(layout: Layout, item: DeclaredItem) -> Path:
    """Return the web root, served by our own listener unless it is declared. Raises StoreError."""
    root = web_root(layout, item)
    if not _declared(item):
        _ensure_served(layout.base, _port(item))
    return root


def remove_left_behind(layout: Layout, content: str, *, check_mode: bool) -> None:
    """Remove a validation file from our own web roots, also after the declaration has got another one."""
    for root in sorted((layout.base / PLACE).glob("*")):
        remove(root, FILE_PATH, content, check_mode=check_mode)


def require_listenable(layout: Layout, item: DeclaredItem) -> None:
    """Raise StoreError if our own listener is needed and could not listen. Nothing listens for this."""
    if _declared(item):
        return
    if not _is_served(layout.base, _port(item)):
        _bound(_port(item)).close()


def _declared(item: DeclaredItem) -> str | None:
    return (item.get("validation") or {}).get("webroot")


def _port(item: DeclaredItem) -> int:
    return (item.get("validation") or {}).get("http_port") or HTTP_PORT


def _ensure_served(base: Path, port: int) -> None:
    """Start the listener unless it runs. One that is about to end has seen the touched file, or gives up the port."""
    with _own_web_root(base, port) as root:
        root.write(validation_server.TOUCHED, b"", PUBLIC)
        deadline = time.monotonic() + PATIENCE
        while not _started(root, port, is_last=time.monotonic() > deadline):
            time.sleep(PAUSE)


def _own_web_root(base: Path, port: int) -> Directory:
    """Open our own web root, and make it if needed. Raises StoreError."""
    directory = open_directory(base)
    if directory is None:
        raise StoreError(
            "The validation file cannot be published",
            path=base,
            why="the directory does not exist",
            remedy="Stage the certificate (certum_stage), then run again.",
        )
    for name in (PLACE, str(port)):
        with directory:
            directory = directory.enter_or_make(name, OPEN)
    return directory


def _started(root: Directory, port: int, *, is_last: bool) -> bool:
    """Return whether a listener runs now. The port may be in use for another moment, except in the last try."""
    try:
        locked = _locked(root)
    except BlockingIOError:
        return True
    with os.fdopen(locked):
        try:
            listening = _bound(port)
        except StoreError:
            if is_last:
                raise
            return False
        with listening:
            listening.listen()
            _start(root.descriptor, listening.fileno(), locked)
    return True


def _is_served(base: Path, port: int) -> bool:
    directory = open_directory(base / PLACE / str(port))
    if directory is None:
        return False
    with directory:
        try:
            os.close(_locked(directory))
        except BlockingIOError:
            return True
        except AccessError:
            return False  # a listener has opened its lock, so none runs
    return False


def _locked(root: Directory) -> int:
    """Return the open lock in a web root. Raises BlockingIOError if a listener has it, and AccessError."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(LOCK, flags, 0o600, dir_fd=root.descriptor)
    except OSError as error:
        raise from_os_error("The validation file cannot be served", f"{root.path}/{LOCK}", error) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _bound(port: int) -> socket.socket:
    """Return a socket that has the port, for IPv6 and IPv4 where the host has both. Raises StoreError."""
    both = socket.has_dualstack_ipv6()
    made = socket.socket(socket.AF_INET6 if both else socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if both:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        made.bind(("", port))
    except OSError as error:
        made.close()
        raise _not_listening(port, error) from error
    return made


def _not_listening(port: int, error: OSError) -> StoreError:
    what = "The validation file cannot be served, because no validation.webroot is declared and the role cannot listen"
    if error.errno == errno.EACCES:
        return StoreError(
            what,
            path=f"port {port}",
            why="only root may listen there",
            remedy="Set become: true, or set validation.webroot, then run again.",
        )
    return StoreError(what, path=f"port {port}", why=quote(error.strerror or error), remedy=WAYS_OUT)


def _start(root: int, listening: int, locked: int) -> None:
    """Run the program with these descriptors, in a session of its own."""
    arguments = map(str, (root, listening, locked, LIFETIME, GRACE))
    subprocess.Popen(  # noqa: S603 - our own program, without a shell
        [sys.executable, "-I", "-c", _program(), *arguments],
        pass_fds=(root, listening, locked),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        env={},
        start_new_session=True,
    )


def _program() -> str:
    """Return the source of the program. Ansible brings modules in an archive that it removes after the module."""
    spec = find_spec(validation_server.__name__)
    source = spec.loader.get_source(validation_server.__name__) if spec and spec.loader else None  # type: ignore[attr-defined]
    if not isinstance(source, str):
        raise StoreError(
            "The validation file cannot be served",
            path=validation_server.__name__,
            why="its source is not there",
            remedy="Set validation.webroot, then run again.",
        )
    return source
