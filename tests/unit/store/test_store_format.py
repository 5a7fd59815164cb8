# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A certificate that a newer version of the collection wrote is refused, and nothing of it changes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import Format
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.verified_services import VerifiedService
from ansible_collections.certops.certum.plugins.module_utils._store.directory_rename import move
from ansible_collections.certops.certum.plugins.module_utils._store.format_files import outdated_formats
from ansible_collections.certops.certum.plugins.module_utils._store.json_record import FORMAT
from ansible_collections.certops.certum.plugins.module_utils._store.possible_formats import Formats
from ansible_collections.certops.certum.plugins.module_utils._store.removal import out_of_use, remove
from ansible_collections.certops.certum.plugins.module_utils._store.service_record import forget_service
from ansible_collections.certops.certum.plugins.module_utils._store.staged_order import (
    discard,
    forget_order,
    record_order,
)
from ansible_collections.certops.certum.plugins.module_utils._store.store_errors import NewerFormatError
from ansible_collections.certops.certum.plugins.module_utils._store.stored_request import put_request
from ansible_collections.certops.certum.plugins.module_utils._store.transfer_keys import (
    remove_transfer_key,
    stage_transfer_key,
)
from ansible_collections.certops.certum.plugins.module_utils._store.version_choice import (
    activate,
    confirm,
    return_to_former,
    roll_back,
)
from ansible_collections.certops.certum.plugins.module_utils._x509 import keys
from ansible_collections.certops.certum.plugins.module_utils._x509.csr import build_request, read_request
from ansible_collections.certops.certum.tests.unit.store.world import KEY_MODE, NAME, World, issue, order, tree
from ansible_collections.certops.certum.tests.unit.x509.authority import EC256

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NGINX = VerifiedService("nginx", verify=("a:443",))
FORMATS = Formats(KEY_MODE, (Format.PKCS12,), passphrase="correct horse battery")
OTHER = read_request(build_request(keys.generate(EC256), common_name="x.example.com", names=[]))
RECORDS = ("deployed.json", "staged/order.json", "versions/*/metadata.json", "versions/*/keystores.json")


@pytest.fixture
def full(world: World) -> World:
    """Return a store with two versions, every record, and a pending order."""
    world.renew()
    world.renew()
    activate(world.layout, NAME, formats=FORMATS)
    confirm(world.layout, NAME, deployed=(NGINX,))
    world.stage()
    record_order(world.layout, NAME, order())
    return world


def make_newer(world: World, pattern: str, number: int = FORMAT + 1) -> Path:
    path = min(world.layout.certificate(NAME).glob(pattern))
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": number}))
    return path


def _take_out_of_use(world: World) -> None:
    with out_of_use(world.layout, NAME):
        pass


WRITES: dict[str, Callable[[World], object]] = {
    "stage": lambda world: world.stage(),
    "put_request": lambda world: put_request(world.layout, NAME, OTHER),
    "record_order": lambda world: record_order(world.layout, NAME, order("shop-2")),
    "forget_order": lambda world: forget_order(world.layout, NAME),
    "discard": lambda world: discard(world.layout, NAME),
    "install": lambda world: world.install(issue(OTHER.pem)),
    "activate": lambda world: activate(world.layout, NAME, formats=FORMATS),
    "confirm": lambda world: confirm(world.layout, NAME, deployed=(NGINX,)),
    "roll_back": lambda world: roll_back(world.layout, NAME, now=world.now),
    "return_to_former": lambda world: return_to_former(world.layout, NAME, now=world.now),
    "forget_service": lambda world: forget_service(world.layout, NAME, "nginx"),
    "out_of_use": _take_out_of_use,
    "remove": lambda world: remove(world.layout, NAME),
    "stage_transfer_key": lambda world: stage_transfer_key(world.layout, NAME, now=world.now),
    "remove_transfer_key": lambda world: remove_transfer_key(world.layout, NAME),
    "move": lambda world: move(world.layout, "store", former=NAME),
}


@pytest.mark.parametrize("record", RECORDS)
def test_newer_record_stops_every_step_before_it_writes(full: World, record: str) -> None:
    path = make_newer(full, record)
    before = tree(full.base)

    for step in WRITES.values():
        with pytest.raises(NewerFormatError, match="by a newer version of certops") as caught:
            step(full)
        assert caught.value.path == str(path)
        assert caught.value.remedy.endswith("--upgrade certops.certum. Then run again.")

    assert tree(full.base) == before


@pytest.mark.parametrize("record", RECORDS[:3])
def test_newer_record_stops_reading(full: World, record: str) -> None:
    make_newer(full, record)
    with pytest.raises(NewerFormatError, match=f"format is {FORMAT + 1}, and this version reads format {FORMAT}"):
        full.read()


def test_newer_seals_are_not_taken_for_missing_ones(full: World) -> None:
    make_newer(full, "versions/*/keystores.json")
    with pytest.raises(NewerFormatError):
        outdated_formats(full.layout, NAME, FORMATS)


def test_every_step_works_with_the_known_format(full: World) -> None:
    """Show that the steps above fail for no other reason than the format."""
    make_newer(full, "deployed.json", FORMAT)
    for name in ("stage", "activate", "confirm", "forget_service", "stage_transfer_key", "move"):
        WRITES[name](full)
