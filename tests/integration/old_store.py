# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stores that released versions wrote, each with the account of its CA: tests/integration/data/store-VERSION.tar.xz.

An archive has `certum`, the directory /etc/certum of a host, and `ca`, the data of a certum-sandbox. A tar keeps modes,
links and times, which git does not keep.
"""

from __future__ import annotations

import json
import tarfile
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.certops.certum.tests.integration.world import World

DATA = Path(__file__).parent / "data"
PASSPHRASE = "correct horse battery"
SECOND = timedelta(seconds=1)
CLOCK = """\
import time, time_machine
time_machine.travel(time.time() + {seconds}, tick=True).start()
"""


@dataclass(frozen=True)
class OldStore:
    """One archive. ``str`` is its version."""

    path: Path

    def __str__(self) -> str:
        return self.path.name.removeprefix("store-").removesuffix(".tar.xz")

    def unpack(self, into: Path) -> None:
        with tarfile.open(self.path) as archive:
            archive.extraction_filter = getattr(tarfile, "tar_filter", None)  # Python 3.11.2 has no filters
            archive.extractall(into)


OLD_STORES = [OldStore(path) for path in sorted(DATA.glob("store-*.tar.xz"))]


def declarations(world: World) -> dict[str, dict[str, Any]]:
    """Return the declarations of the stores: one is deployed, one waits for DNS, and one may have been ordered."""
    return {
        "shop": world.deployed(formats=["der", "haproxy", "pkcs12"]),
        "wiki": world.declaration("wiki", "wiki.example.com", validation={"method": "dns_txt_prefix"}),
        "chat": world.declaration("chat", "chat.example.com"),
    }


def write_store(world: World, ca: Path, archive: Path, **variables: Any) -> None:
    """Play what the stores are made of, stop the CA, and keep the store and the data of the CA."""
    given = {"certum_passphrases": {"shop": PASSPHRASE}, **variables}
    items = declarations(world)
    world.project.run(world.role(items["shop"], **given)).succeeded()
    world.project.run(world.role(items["shop"], items["wiki"], certum_wait_timeout=0, **given)).succeeded()
    world.ca.add_fault("drop", operation="quickOrder", when="after")
    world.ca.add_fault("http-500", operation="getOrderByOrderID", times=50)
    world.ca.add_fault("http-500", operation="getOrdersByDateRange", skip=1, times=50)
    world.project.run(world.role(*items.values(), certum_wait_timeout=0, **given)).failed()
    world.ca.stop()
    with tarfile.open(archive, "w:xz") as packed:
        packed.add(world.store, "certum")
        for name in ("ca", "sandbox.sqlite3"):
            packed.add(ca / name, f"ca/{name}")


def written_at(store: Path) -> datetime:
    """Return the time of the newest installation in a store."""
    found = [json.loads(path.read_text())["installed_at"] for path in store.glob("*/versions/*/metadata.json")]
    return datetime.strptime(max(found), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)


def seconds_until(moment: datetime) -> int:
    return (moment - datetime.now(timezone.utc)) // SECOND


def set_clock(world: World, moment: datetime) -> None:
    """Move the clock of Ansible and of its modules, which run on this machine."""
    clock = world.project.path / "clock"
    clock.mkdir(exist_ok=True)
    (clock / "sitecustomize.py").write_text(CLOCK.format(seconds=seconds_until(moment)))
    world.project.environment["PYTHONPATH"] = str(clock)


def records(store: Path) -> Mapping[Path, dict[str, Any]]:
    """Return every JSON file of the certificates in a store."""
    return {path: json.loads(path.read_text()) for path in sorted(store.glob("*/**/*.json"))}
