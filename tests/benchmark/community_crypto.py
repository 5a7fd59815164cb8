# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measures the peer: community.crypto, in the version that the PyPI package `ansible` contains, with Pebble."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from .play import BUILD, Cost, play

if TYPE_CHECKING:
    from collections.abc import Sequence

COLLECTIONS = BUILD / "theirs"
ACCOUNT_KEY = BUILD / "account.pem"
ISSUED = BUILD / "theirs-issued"


def prepare() -> None:
    """Install the collections, once, and make an account's key. The package's ansible-core stays unused."""
    if not COLLECTIONS.exists():
        print("Installing the PyPI package `ansible` for community.crypto, once", flush=True)
        command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(COLLECTIONS), "ansible"]
        subprocess.run(command, check=True)
    subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-out", ACCOUNT_KEY], check=True, capture_output=True)


def issue(names: Sequence[str], acme_directory: str) -> Cost:
    """Make key and CSR, order, validate and fetch a certificate for each name, into an empty directory."""
    directory = ISSUED
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    shutil.copy(ACCOUNT_KEY, directory / "account.pem")
    variables = {"acme_directory": acme_directory, "directory": str(directory), "names": list(names)}
    done = play("community_crypto/issue", variables, {"ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS)})
    issued = len(list(directory.glob("keys/*.fullchain.pem")))
    if issued != len(names):
        sys.exit(f"benchmark: community.crypto issued {issued} certificates\n{done.recap}")
    return done.cost
