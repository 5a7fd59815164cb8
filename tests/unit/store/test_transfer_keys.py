# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import stat
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.plugins.module_utils._store.certificate_on_disk import read_installed
from ansible_collections.certops.certum.plugins.module_utils._store.store_errors import StoreError
from ansible_collections.certops.certum.plugins.module_utils._store.transfer_keys import (
    TRANSFER_KEY,
    private_key_of,
    remove_transfer_key,
    stage_transfer_key,
    staged_transfer_key,
)

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.unit.store.world import World

NOW = datetime.now(timezone.utc)


def test_transfer_key_is_private_and_stays_until_it_is_used(world: World) -> None:
    made = stage_transfer_key(world.layout, "shop", now=NOW)

    path = world.layout.staged("shop") / TRANSFER_KEY
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stage_transfer_key(world.layout, "shop", now=NOW) == made == staged_transfer_key(world.layout, "shop")
    assert read_installed(world.layout, "shop").staged is None

    remove_transfer_key(world.layout, "shop")
    assert not path.parent.exists()
    with pytest.raises(StoreError, match="another run may have used it"):
        staged_transfer_key(world.layout, "shop")


@pytest.mark.parametrize("spoil", [lambda path: os.utime(path, (0, 0)), lambda path: path.write_bytes(b"half")])
def test_old_or_damaged_transfer_key_is_replaced(world: World, spoil: object) -> None:
    made = stage_transfer_key(world.layout, "shop", now=NOW)
    spoil(world.layout.staged("shop") / TRANSFER_KEY)  # type: ignore[operator]
    assert stage_transfer_key(world.layout, "shop", now=NOW + timedelta(hours=1)) != made


def test_staged_order_survives_the_removal_of_a_transfer_key(world: World) -> None:
    world.stage()
    stage_transfer_key(world.layout, "shop", now=NOW)
    remove_transfer_key(world.layout, "shop")
    assert read_installed(world.layout, "shop").staged is not None


def test_only_a_good_key_is_sent(world: World) -> None:
    serial_number = world.renew()
    path = world.layout.version("shop", serial_number) / "privkey.pem"
    pem = path.read_bytes()

    assert private_key_of(world.layout, "shop", serial_number) == pem
    for serial, why in (("00", "does not have the certificate"), (serial_number, "privkey.pem")):
        path.write_bytes(b"damaged") if serial == serial_number else None
        with pytest.raises(StoreError, match=why):
            private_key_of(world.layout, "shop", serial)
