# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Test hosts: real Debian hosts, booted by systemd-nspawn on this machine, and the scenarios that use them."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from ..share import Share
from . import farm
from .ground import HostsError
from .scenarios import chosen, play_all


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.hosts", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="start the hosts and the CA of a scenario, which stdin declares as JSON")
    up.add_argument("into", type=Path, help="directory for the files that say how to reach them")
    play = commands.add_parser("run", help="play scenarios one after the other, and show a table")
    play.add_argument("scenario", nargs="?", help="the one to play; without it, all")
    play.add_argument("--share", default=str(Share()), help="such as 2/4, which plays every fourth scenario")
    down = commands.add_parser("down", help="stop and remove the test hosts and the CA")
    down.add_argument("--force", action="store_true", help="also those that another checkout uses")
    arguments = parser.parse_args()
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, lambda *_arguments: sys.exit("hosts: stopped."))
    try:
        if arguments.command == "up":
            farm.start(farm.Scenario.read(sys.stdin.read()), arguments.into)
        elif arguments.command == "run":
            return 0 if play_all(chosen(arguments.scenario, Share.parse(arguments.share))) else 1
        else:
            if not arguments.force:
                farm.check_that_free()
            farm.stop()
    except (HostsError, ValueError) as error:
        print(f"hosts: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
