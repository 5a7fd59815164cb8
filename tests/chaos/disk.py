# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Counts every call of a run that changes the files of a certificate on a host, so that each call can be broken.

It runs inside the modules' processes, which import nothing else for it. A *control* directory has their orders and
keeps their results, because a run consists of many processes: ROOT is the process that started it, BREAKS what breaks,
NAME.calls has a line for each call that was made for a certificate, and MISMATCHES one for each pair of key and chain
that did not belong together after a call.
"""

from __future__ import annotations

import json
import os
import re
import signal
from functools import partial
from pathlib import Path
from typing import Any, Callable

CONTROL = "CERTUM_CHAOS_CONTROL"
ROOT = "root"
BREAKS = "breaks.json"
MISMATCHES = "mismatches"
CALLS = ".calls"

CHANGING = ("open", "write", "fsync", "rename", "symlink", "mkdir", "unlink", "rmdir", "fchmod", "fchown", "ftruncate")
_OF_A_CERTIFICATE = re.compile(
    r"(?P<directory>.*/)\.?(?P<name>c\d{4})(?:\.example\.com|\.conf(?:\.[0-9a-f]+\.tmp)?)?(?:/|$)"
)
"""Its directory, its web root, and its site or what becomes its site."""
_REAL = {name: getattr(os, name) for name in CHANGING}


def install(control: Path) -> None:
    """Put the calls of the os module under control, for the rest of this process."""
    faults = Faults(control)
    for name, real in _REAL.items():
        setattr(os, name, partial(faults.call, name, real))


class Faults:
    """Breaks the calls of one process."""

    def __init__(self, control: Path) -> None:
        self.control = control
        self.breaks: dict[str, dict[str, Any]] = json.loads((control / BREAKS).read_text())

    def call(self, function: str, real: Callable[..., Any], *given: Any, **options: Any) -> Any:
        """Run the call of the module, unless this call has to break."""
        found = _OF_A_CERTIFICATE.match(_path(function, given, options))
        if found is None or (function == "open" and not given[1] & os.O_CREAT):
            return real(*given, **options)
        name, number = found["name"], self._count(found["name"], f"{function} {found.string}")
        wanted = self.breaks.get(name, {})
        here = wanted.get("at") == number
        if here and "errno" in wanted:
            raise OSError(wanted["errno"], os.strerror(wanted["errno"]))
        if here and wanted["kill"] == "before":
            self._kill()
        current = Path(found["directory"], name, "current")
        in_use = current.is_symlink()
        result = real(*given, **options)
        if here:
            self._kill()
        if in_use or current.is_symlink():
            self._compare(current, f"after {function} {found.string}")
        return result

    def _count(self, name: str, words: str) -> int:
        journal = self.control / f"{name}{CALLS}"
        number = len(journal.read_bytes().splitlines()) if journal.exists() else 0
        _append(journal, words)
        return number

    def _kill(self) -> None:
        """Kill the whole run like a power failure, its first process first, so that no process notices this death."""
        root = int((self.control / ROOT).read_text())
        processes = [os.getpid()]
        while (parent := _parent(processes[-1])) not in (root, 0, 1):
            processes.append(parent)
        for process in reversed(processes):
            os.kill(process, signal.SIGKILL)

    def _compare(self, current: Path, when: str) -> None:
        if not pair_matches(current):
            _append(self.control / MISMATCHES, f"{when}: {current}")


def pair_matches(current: Path) -> bool:
    """Return whether key and chain can be read and belong together."""
    from cryptography import x509  # noqa: PLC0415 - only where there is something to compare
    from cryptography.hazmat.primitives.serialization import load_pem_private_key  # noqa: PLC0415

    version = current.resolve()
    try:
        chain = x509.load_pem_x509_certificates((version / "fullchain.pem").read_bytes())
        key = load_pem_private_key((version / "privkey.pem").read_bytes(), None)
    except (OSError, ValueError):  # unless the version was pruned meanwhile, and another is in use
        return current.resolve() != version and pair_matches(current)
    return chain[0].public_key() == key.public_key()


def _append(path: Path, line: str) -> None:
    descriptor = _REAL["open"](path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        _REAL["write"](descriptor, f"{line}\n".encode())
    finally:
        os.close(descriptor)


def _path(function: str, given: tuple[Any, ...], options: dict[str, Any]) -> str:
    """Return the path of a call, as far as it is known: a path, relative to a directory, or a descriptor."""
    first = given[1] if function == "symlink" else given[0]
    if isinstance(first, int):
        return _opened(first)
    name = os.fsdecode(first)
    directory = options.get("src_dir_fd" if function == "rename" else "dir_fd")
    return name if directory is None or name.startswith("/") else f"{_opened(directory)}/{name}"


def _opened(descriptor: int) -> str:
    try:
        return str(Path(f"/proc/self/fd/{descriptor}").readlink())
    except OSError:
        return ""


def _parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
