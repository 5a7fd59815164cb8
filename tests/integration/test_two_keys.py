# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An EC and an RSA certificate for one site, for old clients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.tests.integration.test_deploy import SERVE
from ansible_collections.certops.certum.tests.integration.test_role import leaf
from ansible_collections.certops.certum.tests.integration.web_server import verified

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.integration.world import World

KINDS = {
    "shop": {"key": {"type": "ec"}},
    "shop-rsa": {"key": {"type": "rsa"}},
}
CIPHERS = {"shop": "ECDHE-ECDSA-AES128-GCM-SHA256", "shop-rsa": "ECDHE-RSA-AES128-GCM-SHA256"}
"""What a client offers that knows this kind of certificate only."""


def play(world: World, deploy: dict[str, Any], **changes: Any) -> list[dict[str, Any]]:
    certificates = (world.declaration(name, deploy=deploy, **key, **changes) for name, key in KINDS.items())
    return world.role(*certificates, certum_deploy_verify_timeout=2)


def serves(world: World) -> dict[str, str]:
    port, root = world.web.https_port, world.ca.root
    return {
        name: verified(port, server_name="shop.example.com", root=root, ciphers=ciphers)
        for name, ciphers in CIPHERS.items()
    }


def in_place(world: World) -> dict[str, str]:
    return {name: f"{leaf(world.store / name / 'current/cert.pem').serial_number:X}" for name in KINDS}


def test_rsa_and_ec_certificates_of_a_site_are_both_verified(world: World) -> None:
    deploy = world.web.add_site(*(world.store / name for name in KINDS), server_name="shop.example.com")
    world.converged(play(world, deploy), orders=2)
    first = serves(world)
    assert first == in_place(world)
    world.is_quiet(play(world, deploy))

    changed = world.project.run(play(world, deploy, www=True)).succeeded()

    (service,) = changed.result(SERVE)["services"]
    assert service["certificates"] == list(KINDS), "one reload deploys both"
    assert serves(world) == in_place(world)
    assert not set(serves(world).values()) & set(first.values())


def test_certificate_missing_from_the_site_is_noticed(world: World) -> None:
    deploy = world.web.add_site(world.store / "shop", server_name="shop.example.com")

    run = world.project.run(play(world, deploy)).failed()

    assert "it has none with an RSA key over TLS 1.2" in "\n".join(run.failures)
    with pytest.raises(OSError, match="refused"):
        world.serves()
