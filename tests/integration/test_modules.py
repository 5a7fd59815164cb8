# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The other modules of the controller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.certops.certum.tests.integration.requests_made import make_request, write_request
from ansible_collections.certops.certum.tests.integration.test_role import names_of
from ansible_collections.certops.certum.tests.integration.world import CONTACT
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.integration.project import Run
    from ansible_collections.certops.certum.tests.integration.world import World

TASK = "Ask"


def module(world: World, module_name: str, *words: str, **options: Any) -> Run:
    return world.project.run(world.tasks({"name": TASK, f"certops.certum.{module_name}": options}), *words)


def test_repeated_order_is_placed_once(world: World) -> None:
    write_request(world.project.path / "shop.csr", "shop.example.com")
    order = {"csr_path": "shop.csr", "order_id": "shop-2026", "contact": CONTACT}

    first = module(world, "certum_order", **order).succeeded().result(TASK)
    second = module(world, "certum_order", **order).succeeded().result(TASK)

    assert (first["changed"], second["changed"]) == (True, False)
    assert first["validation"]["files"][0]["content"].endswith("-certum.pl")
    assert [order["orderID"] for order in world.ca.orders()] == ["shop-2026"]


def test_validated_order_is_reported_and_not_placed(world: World) -> None:
    write_request(world.project.path / "shop.csr", "shop.example.com")
    order = {"csr_path": "shop.csr", "contact": CONTACT}

    only = module(world, "certum_order", validate_only=True, **order).succeeded().result(TASK)
    checked = module(world, "certum_order", "--check", "--diff", **order).succeeded().result(TASK)

    assert (only["changed"], checked["changed"]) == (False, True)
    assert only["parsed_csr"]["common_name"] == "shop.example.com"
    assert world.operations() == ["validateOrderParameters"] * 2
    assert world.ca.orders() == []


def test_csr_of_a_device_is_shown_and_the_order_overrides_it(world: World) -> None:
    """Uses an RSA key too: the CA refuses a hash algorithm that does not fit the key (error 2124)."""
    key = rsa.generate_private_key(65537, 2048)
    request = make_request("localhost", "device.local", organization="Device Ltd", key=key)
    (world.project.path / "device.csr").write_bytes(request)
    order = {
        "csr_path": "device.csr",
        "order_id": "device-2026",
        "product": "trusted_ssl",
        "common_name": "Device.Example.com",
        "subject_alt_name": [],
        "organization": {
            "name": "Example S.A.",
            "country": "PL",
            "locality": "Szczecin",
            "tax_identification_number": "5250000000",
        },
        "contact": CONTACT,
    }

    seen = module(world, "certum_order", validate_only=True, **order).succeeded().result(TASK)["parsed_csr"]
    placed = module(world, "certum_order", **order).succeeded().result(TASK)
    world.ca.decide("device-2026", "DOMAIN")
    world.ca.wait_for_state("device-2026", "ENROLLED")
    info = module(world, "certum_certificate_info", order_id="device-2026").succeeded().result(TASK)

    assert (seen["common_name"], seen["organization"]) == ("localhost", "Device Ltd")
    assert placed["validation"]["names"] == ["device.example.com"]
    certificate = x509.load_pem_x509_certificate(info["certificates"][0]["certificate"].encode())
    assert names_of(certificate) == {"device.example.com"}
    assert certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "device.example.com"
    assert certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value == "Example S.A."


def test_pending_order_is_read_and_unknown_one_named(world: World) -> None:
    write_request(world.project.path / "shop.csr", "shop.example.com")
    module(world, "certum_order", csr_path="shop.csr", order_id="shop-2026", contact=CONTACT).succeeded()

    order = module(world, "certum_order_info", order_id="shop-2026").succeeded().result(TASK)["order"]
    unknown = module(world, "certum_order_info", order_id="shop-2025").failed()

    assert order["state"] in {"AWAITING", "VERIFICATION"}
    assert [name["fqdn"] for name in order["names"]] == ["shop.example.com"]
    assert "shop-2025" in unknown.failures[0]
    assert "error 1033" in unknown.failures[0]


def test_account_products_are_listed_with_catalogue_facts(world: World) -> None:
    products = module(world, "certum_product_info").succeeded().result(TASK)["products"]

    commercial = {product["code"]: product for product in products}["601"]
    assert commercial["product"] == "commercial_ssl"
    assert commercial["renewal_code"] == "606"


def test_bad_certificate_is_named_and_the_others_continue(world: World) -> None:
    for name in ("shop", "mail", "wiki"):
        write_request(world.project.path / f"{name}.csr", f"{name}.example.com")
    items = [{"csr_path": f"{name}.csr", "name": name, "contact": CONTACT} for name in ("shop", "mail", "wiki")]
    items[1]["product"] = "999"

    run = module(world, "certum_certificates", certificates=items).failed()

    states = {item["name"]: item["state"] for item in run.result(TASK)["certificates"]}
    assert states == {"shop": "pending", "mail": "not_ordered", "wiki": "pending"}
    assert run.failures[0].startswith("mail: ")
    assert "'999'" in run.failures[0]
    assert len(world.ca.orders()) == 2


def test_certificates_are_checked_before_the_first_order(world: World) -> None:
    write_request(world.project.path / "shop.csr", "shop.example.com")
    write_request(world.project.path / "bad.csr", "*.example.com")
    items = [{"csr_path": f"{name}.csr", "contact": CONTACT} for name in ("shop", "bad")]

    run = module(world, "certum_certificates", certificates=items).failed()

    assert "*.example.com: Commercial SSL covers no wildcard" in run.failures[0]
    assert world.operations() == []
