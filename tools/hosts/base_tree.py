# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file tree of Debian with all packages of all scenarios. It is made once and shared by all hosts, read-only."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import sys
import time
from typing import TYPE_CHECKING

from .ground import CACHE, run

if TYPE_CHECKING:
    from pathlib import Path

MIRROR = os.environ.get("CERTUM_HOSTS_MIRROR")
"""Another mirror than the one that debootstrap chooses."""
PACKAGES = (
    *("openssh-server", "sudo", "iproute2", "ca-certificates", "openssl", "python3"),
    *("python3-cryptography", "python3-apt"),
    *("nginx-light", "apache2", "haproxy", "postfix", "dovecot-imapd", "dovecot-pop3d", "postgresql"),
    *("bind9", "bind9-dnsutils", "pdns-server", "pdns-backend-sqlite3"),
)
USER = "ops"

# A container has no power to lose, so nothing needs to be synced. Nobody reads the manuals.
_DPKG = """\
force-unsafe-io
path-exclude=/usr/share/doc/*
path-exclude=/usr/share/man/*
path-exclude=/usr/share/locale/*
"""
_FILES_BEFORE = {
    "etc/dpkg/dpkg.cfg.d/test-hosts": (_DPKG, 0o644),
    # Nothing starts while the tree is made.
    "usr/sbin/policy-rc.d": ("#!/bin/sh\nexit 101\n", 0o755),
}
# A scenario enables the services that it tests, so a host boots in seconds.
_PRESET = "enable ssh.service\nenable systemd-networkd.service\ndisable *\n"
_SSHD = "PermitRootLogin no\nPasswordAuthentication no\nUseDNS no\n"
_FILES_AFTER = {
    "etc/systemd/system-preset/00-test-hosts.preset": (_PRESET, 0o644),
    "etc/ssh/sshd_config.d/test-hosts.conf": (_SSHD, 0o644),
    f"etc/sudoers.d/{USER}": (f"{USER} ALL=(ALL) NOPASSWD: ALL\n", 0o440),
    "etc/machine-id": ("", 0o444),  # each host makes its own
    "etc/resolv.conf": ("", 0o644),  # no DNS server can be reached
}
_COMMANDS_BEFORE: tuple[tuple[str, ...], ...] = (
    ("apt-get", "-q", "-y", "update"),
    ("apt-get", "-q", "-y", "--no-install-recommends", "install", *PACKAGES),
    ("apt-get", "-q", "-y", "clean"),
    # A host has no network. With the lists of apt, it can install this package again after a scenario has removed it.
    ("apt-get", "-q", "-y", "--download-only", "--reinstall", "install", "python3-cryptography"),
)
_COMMANDS_AFTER: tuple[tuple[str, ...], ...] = (
    ("useradd", "--create-home", "--shell", "/bin/bash", USER),
    ("install", "-d", "-m", "0700", "-o", USER, "-g", USER, f"/home/{USER}/.ssh"),
    ("systemctl", "preset-all"),
    ("rm", "/usr/sbin/policy-rc.d"),
)
_RECIPE = (_FILES_BEFORE, _COMMANDS_BEFORE, _FILES_AFTER, _COMMANDS_AFTER)


def base_tree(suite: str) -> Path:
    """Return the tree of a suite of Debian. Make it if there is none with this recipe."""
    trees = CACHE / "bases"
    trees.mkdir(parents=True, exist_ok=True)
    tree = trees / f"{suite}-{_hash_of_recipe()}"
    with (trees / f"{suite}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not tree.exists():
            _make(tree, suite)
    return tree


def _hash_of_recipe() -> str:
    return hashlib.sha256(json.dumps(_RECIPE).encode()).hexdigest()[:12]


def _make(tree: Path, suite: str) -> None:
    """Make the tree beside its place and rename it, so that a tree is whole or is not there."""
    half = tree.with_suffix(".half")
    shutil.rmtree(half, ignore_errors=True)
    started = time.monotonic()
    print(f"Make the base tree of {suite}, once: {tree}", file=sys.stderr, flush=True)
    run(["debootstrap", "--variant=minbase", "--include=systemd-sysv", suite, half, *([MIRROR] if MIRROR else [])])
    _write(half, _FILES_BEFORE)
    for command in _COMMANDS_BEFORE:
        _run_inside(half, *command)
    _write(half, _FILES_AFTER)
    for command in _COMMANDS_AFTER:
        _run_inside(half, *command)
    half.rename(tree)
    print(f"Made it in {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)


def _write(root: Path, files: dict[str, tuple[str, int]]) -> None:
    for name, (content, mode) in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_text(content)
        path.chmod(mode)


def _run_inside(root: Path, *command: str) -> None:
    """Run a command in the tree. What it starts ends with it, because it has its own process ids."""
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    own = ("unshare", "--mount", "--pid", "--fork", "--kill-child", f"--mount-proc={root}/proc")
    run([*own, "chroot", root, *command], environment={**environment, "HOME": "/root"})
