# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.verified_services import VerifiedService
from ansible_collections.certops.certum.plugins.module_utils._store.version_choice import confirm
from ansible_collections.certops.certum.tests.unit.store.world import NAME, World

if TYPE_CHECKING:
    from pathlib import Path

NGINX = VerifiedService("nginx", verify=("a:443",), site=("/src", "/dest"), reload_command=("/bin/reload", "ü"))
HTTPD, APACHE = VerifiedService("httpd", verify=()), VerifiedService("apache")


@pytest.fixture
def record(world: World) -> Path:
    world.renew()
    confirm(world.layout, NAME, deployed=(NGINX, HTTPD))
    return world.layout.certificate(NAME) / "deployed.json"


def serial_number(world: World) -> str:
    current = world.read().current
    assert current is not None
    return current.serial_number


def services(world: World) -> list[VerifiedService]:
    found = world.read().services
    assert found is not None
    assert found.problem is None
    return list(found.deployed)


def test_record_is_read_as_written(world: World, record: Path) -> None:
    assert services(world) == [each.with_version(serial_number(world)) for each in (NGINX, HTTPD)]
    assert record.stat().st_mode & 0o777 == 0o600, "a command may hold a password"


def test_service_is_recorded_once_and_others_stay(world: World, record: Path) -> None:
    first = serial_number(world)
    world.renew()
    before = record.read_text()
    assert confirm(world.layout, NAME, deployed=(APACHE,), check_mode=True).changed
    assert record.read_text() == before
    assert confirm(world.layout, NAME, deployed=(APACHE,)).changed
    assert not confirm(world.layout, NAME, deployed=(APACHE,)).changed
    assert services(world) == [NGINX.with_version(first), APACHE.with_version(serial_number(world))]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"format": 0}, "its format is 0"),
        ({"services": None}, "services is not a list of objects"),
        ({"services": ["nginx"]}, "services is not a list of objects"),
        ({"services": [{"serial_number": "0A"}]}, "service is missing"),
        (
            {"services": [{"service": "nginx", "serial_number": "0A", "verify": "a:443"}]},
            "verify is not a list of texts",
        ),
    ],
)
def test_broken_record_names_file_and_field(world: World, record: Path, fields: dict[str, object], words: str) -> None:
    record.write_text(json.dumps({**json.loads(record.read_text()), **fields}))
    found = world.read().services
    assert found is not None
    assert found.deployed == ()
    assert str(record) in str(found.problem)
    assert words in str(found.problem)
