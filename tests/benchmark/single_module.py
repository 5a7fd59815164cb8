# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A single certificate by a module: a task with nothing to do, compared with a ping and with the peer's module."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from . import community_crypto, ours
from .measure import CPU, Ratio, medians
from .pebble import pebble
from .play import BUILD, play

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .play import Cost

TASKS = 11
"""The loop of the long play. A play with one task is subtracted, so that only tasks count."""
NAME = "module.example.com"
DIRECTORY = BUILD / "module"


def figures() -> Iterator[Ratio]:
    """Yield the ratios of one task."""
    community_crypto.prepare()
    with ours.ca() as sandbox, pebble(BUILD / "pebble") as acme_directory:
        community_crypto.issue([NAME], acme_directory)
        ours.issue([NAME], sandbox)
        shutil.rmtree(DIRECTORY, ignore_errors=True)
        DIRECTORY.mkdir(parents=True)
        version = ours.STORE / NAME / "current"
        theirs = community_crypto.ISSUED / "keys"
        variables = {
            "name": NAME,
            "key": str(version / "privkey.pem"),
            "csr": str(DIRECTORY / "module.csr"),
            "certificate": str(version / "cert.pem"),
            "fullchain": str(version / "fullchain.pem"),
            "acme_directory": acme_directory,
            "directory": str(theirs.parent),
        }
        play("community_crypto/request_one", variables, _THEIRS)
        access = ours.access(sandbox)

        def task(playbook: str, environment: Mapping[str, str]) -> Cost:
            return _each(playbook, variables, environment)

        one, ping = medians(
            ours=lambda: task("module_certum", access), baseline=lambda: task("module_ping", {}), pairs=3
        )
        yield Ratio("module-noop", one, "ansible.builtin.ping, per task", ping, CPU, goal=1.4, limit=1.4)
        one, peer = medians(
            ours=lambda: task("module_certum", access),
            baseline=lambda: task("community_crypto/renew_one", _THEIRS),
            pairs=3,
        )
        yield Ratio("module-noop-acme", one, "acme_certificate, per task", peer, CPU, goal=0.9, limit=0.9)


_THEIRS = {"ANSIBLE_COLLECTIONS_PATH": str(community_crypto.COLLECTIONS)}


def _each(playbook: str, variables: Mapping[str, object], environment: Mapping[str, str]) -> Cost:
    costs = [play(playbook, {**variables, "times": times}, environment).cost for times in (TASKS, 1)]
    return (costs[0] - costs[1]) / (TASKS - 1)
