# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The store of every released version is used as it is; that of a newer version is refused (docs/deprecation.md).

store-0.1.0.tar.xz was written by the code of 0.1.0 and its own certum-sandbox.
"""

from __future__ import annotations

import json
import os
import shutil
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.tests.integration.conftest import USER
from ansible_collections.certops.certum.tests.integration.old_store import (
    OLD_STORES,
    PASSPHRASE,
    OldStore,
    declarations,
    records,
    seconds_until,
    set_clock,
    write_store,
    written_at,
)
from ansible_collections.certops.certum.tests.integration.project import tree
from ansible_collections.certops.certum.tests.support.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.certops.certum.tests.integration.web_server import WebServer
    from ansible_collections.certops.certum.tests.integration.world import World

KEEP = "CERTUM_KEEP_STORE"
BY_HAND = {"certum_dns": {"provider": "manual"}}
DAY = timedelta(days=1)
PAID = {"quickOrder", "reissueCertificate", "renewCertificate"}


def play_of(world: World, *names: str, **variables: Any) -> list[dict[str, Any]]:
    """Return the play that declares these certificates of a store."""
    items = declarations(world)
    given = {"certum_passphrases": {"shop": PASSPHRASE}, **BY_HAND, **variables}
    return world.role(*(items[name] for name in names), **given)


def entries(world: World) -> dict[str, int]:
    """Return the number of certificates of each customer's order; a second order of one is a failure."""
    found = [(order["customer"], len(order["entries"])) for order in world.ca.orders()]
    assert len(dict(found)) == len(found), found
    return dict(found)


@pytest.mark.command
@pytest.mark.parametrize("old_store", OLD_STORES, ids=str)
class TestStoreOfAnOlderVersion:
    @pytest.fixture
    def ca(self, tmp_path: Path, web: WebServer, password: str, old_store: OldStore) -> Iterator[Sandbox]:
        """Yield the CA of the store, one day after the store was written."""
        old_store.unpack(tmp_path / "old")
        shutil.copytree(tmp_path / "old/ca", tmp_path / "ca")
        offset = seconds_until(written_at(tmp_path / "old/certum") + DAY)
        clock = f"--clock={'-' if offset < 0 else ''}PT{abs(offset)}S"
        here = f"127.0.0.1:{web.http_port}"
        options = ("--user", USER, "--password", password, clock)
        with Sandbox.start(tmp_path / "ca", resolve={"*.example.com": here}, options=options) as sandbox:
            yield sandbox

    @pytest.fixture
    def world(self, world: World, tmp_path: Path) -> World:
        set_clock(world, written_at(tmp_path / "old/certum") + DAY)
        return world

    def test_nothing_is_due_until_the_certificate_is_replaced(self, world: World, tmp_path: Path) -> None:
        shutil.copytree(tmp_path / "old/certum/shop", world.store / "shop", symlinks=True)
        play = play_of(world, "shop")
        before = tree(world.store / "shop")

        world.is_quiet(play)

        assert tree(world.store / "shop") == before
        set_clock(world, written_at(world.store) + 175 * DAY)
        world.ca.advance("P174D")
        world.project.run(play).succeeded()
        assert entries(world) == {"web1/shop": 2, "web1/wiki": 1, "web1/chat": 1}
        shop = world.store / "shop"
        assert (shop / "current").readlink() == (shop / "verified").readlink()
        assert len(list((shop / "versions").iterdir())) == 2
        world.is_quiet(play)

    def test_orders_of_an_older_version_are_continued(self, world: World, tmp_path: Path) -> None:
        shutil.copytree(tmp_path / "old/certum", world.store, symlinks=True)
        play = play_of(world, "shop", "wiki", "chat")
        (waiting,) = (order["orderID"] for order in world.ca.orders() if order["customer"] == "web1/wiki")
        world.ca.decide(waiting, "DOMAIN")
        world.ca.wait_for_state(waiting, "ENROLLED")
        world.ca.clear_calls()

        world.project.run(play).succeeded()

        paid = [call for call in world.ca.calls() if call["operation"] in PAID]
        assert ["1012" in map(str, call["errorCodes"]) for call in paid] == [True], (
            "chat is sent again with the same id"
        )
        assert entries(world) == {"web1/shop": 1, "web1/wiki": 1, "web1/chat": 1}
        world.is_quiet(play)


def test_store_of_a_newer_version_is_refused_before_anything_is_written(world: World) -> None:
    world.project.run(play_of(world, "shop")).succeeded()
    for path, record in records(world.store).items():
        path.write_text(json.dumps({**record, "format": record["format"] + 1}))
    before = tree(world.store / "shop")
    world.ca.clear_calls()

    for words in ((), ("--check",), ("-e", '{"certum_replace": ["shop"]}')):
        failed = world.project.run(play_of(world, "shop"), *words).failed()
        (problem,) = failed.failures
        assert "The file was written by a newer version of certops.certum: " in problem
        assert problem.endswith("run ansible-galaxy collection install --upgrade certops.certum. Then run again.")

    assert world.operations() == []
    assert tree(world.store / "shop") == before


def test_store_of_this_version_can_be_kept(world: World, tmp_path: Path) -> None:
    """Also makes the archive of a release: `make kept-store`."""
    archive = Path(os.environ.get(KEEP, tmp_path / "store.tar.xz"))

    write_store(world, tmp_path / "ca", archive, **BY_HAND)

    OldStore(archive).unpack(tmp_path / "kept")
    kept = {path.name for path in records(tmp_path / "kept/certum")}
    assert kept == {"metadata.json", "keystores.json", "deployed.json", "order.json"}
