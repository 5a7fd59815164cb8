# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Twenty certificates that nobody has yet: our role with certum-sandbox, community.crypto with Pebble.

Both make EC keys on the same machine with the same ansible-core; ours is checked over HTTP, theirs is believed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from itertools import count
from typing import TYPE_CHECKING

from .play import BUILD, play

if TYPE_CHECKING:
    from collections.abc import Callable

CERTIFICATES = 20
COLLECTIONS = BUILD / "theirs"


def theirs(acme_directory: str) -> Callable[[], str]:
    """A function that issues a fresh set of certificates with community.crypto each time it is called."""
    _install_community_crypto()
    account_key = BUILD / "account.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-out", account_key], check=True, capture_output=True)
    rounds = count(1)

    def issue() -> str:
        directory = BUILD / "issue_theirs"
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        shutil.copy(account_key, directory / "account.pem")
        variables = {"acme_directory": acme_directory, "directory": str(directory), "names": names(next(rounds))}
        recap = play("issue_theirs", variables, {"ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS)})
        _expect(len(list(directory.glob("keys/*.fullchain.pem"))) == CERTIFICATES, recap)
        return recap

    return issue


def names(number: int) -> list[str]:
    return [f"round{number}-site{site}.example.com" for site in range(1, CERTIFICATES + 1)]


def _install_community_crypto() -> None:
    if not COLLECTIONS.exists():
        print("Installing community.crypto from the package `ansible` (once)", flush=True)
        command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(COLLECTIONS), "ansible"]
        subprocess.run(command, check=True)


def _expect(good: bool, recap: str) -> None:
    if not good:
        sys.exit(f"benchmark: not every certificate was issued\n{recap}")
