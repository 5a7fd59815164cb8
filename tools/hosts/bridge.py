# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The bridge that joins the test hosts and the controller."""

from __future__ import annotations

import ipaddress
import json
from pathlib import Path
from typing import TYPE_CHECKING

from .ground import HostsError, run, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

BRIDGE = "br-certum"
NETWORK = ipaddress.ip_network("198.51.100.0/24")  # RFC 5737, for documentation: nothing on the internet has it
CONTROLLER = "198.51.100.1"
_FIRST = 10
_SECONDS = 10


def address_of(index: int) -> str:
    """Return the address of a host by its place in the scenario, from 0 on."""
    return str(NETWORK[_FIRST + index])


def add_bridge() -> None:
    """Add the bridge. Raise HostsError if this machine uses the network of the bridge already."""
    if _exists():
        return
    routes = json.loads(run(["ip", "-json", "route", "show", "table", "all"]))
    if taken := taken_by(routes):
        msg = (
            f"Cannot add the bridge {BRIDGE}: this machine has a route for {taken}, and the test hosts use {NETWORK}."
            " Run the scenarios on a machine without this route."
        )
        raise HostsError(msg)
    run(["ip", "link", "add", BRIDGE, "type", "bridge"])
    run(["ip", "address", "add", f"{CONTROLLER}/{NETWORK.prefixlen}", "dev", BRIDGE])
    run(["ip", "link", "set", BRIDGE, "up"])


def taken_by(routes: list[dict[str, object]]) -> str | None:
    """Return the first route, except the default route, that overlaps the network of the test hosts."""
    for route in routes:
        destination = str(route.get("dst", "default"))
        if destination == "default" or ":" in destination:
            continue
        if ipaddress.ip_network(destination, strict=False).overlaps(NETWORK):
            return f"{destination} on {route.get('dev', 'no device')}"
    return None


def remove_bridge() -> None:
    """Remove the bridge if no host uses it."""
    # The link of a host disappears a moment after the host.
    if _exists() and wait_until(lambda: not any(_links()), _SECONDS):
        run(["ip", "link", "delete", BRIDGE])


def _links() -> Iterator[Path]:
    return Path(f"/sys/class/net/{BRIDGE}/brif").iterdir()


def _exists() -> bool:
    return Path(f"/sys/class/net/{BRIDGE}").exists()
