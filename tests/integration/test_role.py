# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role on its main path: declared certificates are issued, installed and deployed, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.certops.certum.tests.integration.world import World


def leaf(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def names_of(certificate: x509.Certificate) -> set[str]:
    extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    return set(extension.value.get_values_for_type(x509.DNSName))


def test_declared_certificate_is_issued_deployed_and_then_kept(world: World) -> None:
    play = world.role(world.deployed(www=True, remaining_days=400))

    first = world.project.run(play).succeeded()

    assert first.changed > 0
    (order,) = world.ca.orders()
    assert order["state"] == "ENROLLED"
    assert order["customer"] == "web1/shop"
    assert world.serves() == order["entries"][0]["serialNumber"].upper().lstrip("0")
    assert names_of(leaf(world.store / "shop/current/cert.pem")) == {"shop.example.com", "www.shop.example.com"}
    assert not list(world.web.webroot.rglob("certum.txt")), "the validation file stays published"
    world.is_quiet(play)


def test_certificates_with_one_web_root_are_validated_in_turn(world: World) -> None:
    play = world.role(
        world.declaration(),
        world.declaration("shop-rsa", key={"type": "rsa"}),
        world.declaration("turtle", "żółw.example.com"),
    )

    world.project.run(play).succeeded()

    assert [order["state"] for order in world.ca.orders()] == ["ENROLLED"] * 3
    certificates = {name: leaf(world.store / name / "current/cert.pem") for name in ("shop", "shop-rsa", "turtle")}
    assert isinstance(certificates["shop"].public_key(), ec.EllipticCurvePublicKey)
    assert isinstance(certificates["shop-rsa"].public_key(), rsa.RSAPublicKey)
    assert names_of(certificates["turtle"]) == {"xn--w-uga1v8h.example.com"}
    world.is_quiet(play)


def test_hosts_that_share_a_web_root_get_own_certificates(world: World) -> None:
    store = f"{world.store}/{{{{ inventory_hostname }}}}"
    item = world.declaration(allow_duplicate=True)
    (play,) = world.role(item, hosts="web1,web2", certum_path=store)

    run = world.project.run([{**play, "serial": 1}], warnings=True).succeeded()

    assert "costs the price of product 601 (Commercial SSL), and the account has certificate" in " ".join(
        run.output.split()
    )
    assert sorted(order["customer"] for order in world.ca.orders()) == ["web1/shop", "web2/shop"]
    world.is_quiet([play])


def test_same_names_in_two_role_calls_are_refused(world: World) -> None:
    (play,) = world.role()
    del play["roles"]
    calls = [
        {
            "ansible.builtin.include_role": {"name": "certops.certum.certum"},
            "vars": {"certum_certificates": [world.declaration(name)]},
        }
        for name in ("shop", "store")
    ]

    run = world.project.run([{**play, "tasks": calls}], warnings=True).failed()

    assert "the same names are declared for shop of web1, in an earlier call of the role" in run.failures[-1]
    assert [order["customer"] for order in world.ca.orders()] == ["web1/shop"]


def test_changed_declaration_replaces_the_certificate(world: World) -> None:
    """By a new order if necessary, else by a reissue, which is free."""
    world.project.run(world.role(world.deployed())).succeeded()
    changes: list[tuple[dict[str, Any], str, list[int]]] = [
        (
            {"www": True},
            "adds www.shop.example.com (order: Commercial SSL accepts no more names in a reissue)",
            [1, 1],
        ),
        (
            {"www": True, "key": {"type": "rsa"}},
            "key rsa 2048 is declared, the certificate has ec 256 "
            "(reissue: a reissue within the paid term is free of charge)",
            [1, 2],
        ),
    ]
    for change, reason, certificates in changes:
        before = world.serves()

        run = world.project.run(world.role(world.deployed(**change))).succeeded()

        assert reason in run.output
        assert sorted(len(order["entries"]) for order in world.ca.orders()) == certificates
        assert world.serves() != before
        assert (world.store / "shop/versions" / before).is_dir(), "the former version is kept"
    world.is_quiet(world.role(world.deployed(**change)))
