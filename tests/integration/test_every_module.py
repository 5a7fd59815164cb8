# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every module keeps its promises: check mode changes nothing, twice is once, and a reason is always given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible_collections.certops.certum.plugins.module_utils._x509.key_sealing import generate_transfer_key
from ansible_collections.certops.certum.tests.integration.existing import existing
from ansible_collections.certops.certum.tests.integration.project import REPOSITORY, tree
from ansible_collections.certops.certum.tests.integration.requests_made import write_request
from ansible_collections.certops.certum.tests.integration.test_account_modules import FILE, READS, issue, place
from ansible_collections.certops.certum.tests.integration.test_examples import MODULES
from ansible_collections.certops.certum.tests.integration.world import CONTACT

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.integration.world import World

pytestmark = pytest.mark.command

SPEAKING = set(yaml.safe_load((REPOSITORY / "meta/runtime.yml").read_text())["action_groups"]["certum"])
"""Modules that speak to the CA: its action group."""

READ_ONLY = {
    "certum_certificate_info", "certum_info", "certum_order_info", "certum_plan", "certum_preflight", "certum_verify",
    "certum_product_info", "certum_rehearse", "certum_transfer",
}  # fmt: skip
"""Modules that never change anything. All others have something to change here."""


def on_the_controller(world: World) -> dict[str, dict[str, Any]]:
    """Return options of each module that calls the CA, each with its own order."""
    for order_id in ("validation", "cancel", "document", "order-info"):
        place(world, order_id)
    for order_id in ("revoke", "renew", "reissue", "certificate-info"):
        issue(world, order_id)
    for name in ("order", "certificate", "certificates"):
        write_request(world.project.path / f"{name}.csr", f"{name}.example.com")
    for name in ("renew", "reissue"):
        write_request(world.project.path / f"next-{name}.csr", f"{name}.example.com")
    (world.project.path / "register.pdf").write_bytes(b"register")
    documents = [{"type": "organization", "description": "register", "files": ["register.pdf"]}]
    several = {
        "csr_path": "certificates.csr",
        "contact": CONTACT,
        "cert_dest": "certs.pem",
    }  # its code is stored in a file beside it
    once = {"trigger_validation": False, "wait": False}
    return {
        "certum_order": {"csr_path": "order.csr", "order_id": "order", "contact": CONTACT},
        "certum_certificate": {"csr_path": "certificate.csr", "contact": CONTACT, "cert_dest": "cert.pem", **once},
        "certum_certificates": {"certificates": [several], **once},
        "certum_validation": {"order_id": "validation", "method": "dns_txt_prefix", "wait": False},
        "certum_cancel": {"order_id": "cancel"},
        "certum_document": {"order_id": "document", "note": "the register", "documents": documents},
        "certum_revoke": {"order_id": "revoke", "wait": False},
        "certum_renew": {"order_id": "renew", "csr_path": "next-renew.csr", "validation": FILE},
        "certum_reissue": {"order_id": "reissue", "csr_path": "next-reissue.csr", "validation": FILE},
        "certum_order_info": {"order_id": "order-info"},
        "certum_certificate_info": {"order_id": "certificate-info"},
        "certum_product_info": {},
        "certum_rehearse": {
            "api_environment": "test",
            "domain": "example.com",
            "contact": {**CONTACT, "phone": "+48 91 000 00 00"},
        },
        "certum_declarations": {"dest": "declared.yml"},
    }


def on_the_host(world: World) -> dict[str, dict[str, Any]]:
    """Return options of each module that works on the disk.

    One certificate is deployed and not verified, one is on disk and not installed, and one is missing.
    """
    others = (world.declaration(name, f"{name}.example.com") for name in ("news", "mail"))
    shop, news, mail = (item | {"contact": CONTACT} for item in (world.deployed(), *others))
    world.project.run(world.role(shop, news)).succeeded()
    (world.store / "shop/verified").unlink()
    (world.store / "news/current").unlink()
    proof = {"name": "mail", "order_id": "mail", "state": "pending", "validation": {"files": [{"content": "proof"}]}}
    path = {"path": str(world.store)}
    next_request = write_request(world.project.path / "next.csr", "next.example.com")
    nobody = {"names": ["shop.example.com"], "method": "dns_txt_prefix"}
    sent = {"name": "shop", "serial_number": world.serves(), "sender": "web1", "receiver": "web2"}
    return {
        "certum_transfer": {
            **path,
            "state": "sealed",
            "host": "web1",
            "certificates": [],
            "transfers": [{**sent, "receiver_key": generate_transfer_key().public}],
        },
        "certum_plan": {**path, "certificates": [shop, mail]},
        "certum_info": {**path, "certificates": [shop, mail]},
        "certum_stage": {**path, "certificates": [mail], "host": "web1"},
        "certum_publish": {**path, "certificates": [mail], "orders": [proof]},
        "certum_deploy": {**path, "certificates": [shop]},
        "certum_install": {**path, "certificates": [news]},
        "certum_verify": {**path, "certificates": [shop]},
        "certum_adopt": {**path, "certificates": [existing(world, "old", "old.example.com").item("old")]},
        "certum_stage_request": {**path, "name": "next", "csr_path": str(next_request)},
        "certum_preflight": {"certificates": [nobody], "resolvers": ["127.0.0.1:9"]},
    }


OF_THE_ROLE = {"certum_batch", "certum_freeze", "certum_report", "certum_summary"}
"""Modules that need what the tasks of the role have registered; every test of the role is one of them."""

SIDES = {"controller": (on_the_controller, SPEAKING), "host": (on_the_host, set(MODULES) - SPEAKING - OF_THE_ROLE)}


@pytest.mark.parametrize("side", SIDES)
def test_every_module_keeps_the_promises(world: World, subtests: pytest.Subtests, side: str) -> None:
    options_on, modules = SIDES[side]
    rows = options_on(world)
    assert set(rows) == modules, "every module has its row"
    places = (world.project.path, world.web.webroot)
    play = world.tasks(*({"name": name, f"certops.certum.{name}": options} for name, options in rows.items()))
    orders, files = world.ca.orders(), [own(tree(path)) for path in places]
    world.ca.clear_calls()

    predicted = world.project.run(play, "--check", "--diff").succeeded()

    assert set(world.operations()) <= READS
    assert world.ca.orders() == orders
    assert [own(tree(path)) for path in places] == files
    runs = (predicted, world.project.run(play).succeeded(), world.project.run(play).succeeded())
    for name in rows:
        with subtests.test(name):
            changes = name not in READ_ONLY
            assert [run.result(name)["changed"] for run in runs] == [changes, changes, False]
            assert all(run.result(name)["reason"]["text"] for run in runs)


def own(files: dict[str, str]) -> dict[str, str]:
    """Return the files without those of the run itself: playbook, output, results and temporary files."""
    ours = ("play.yml", "output-", "results-", "home")
    return {path: content for path, content in files.items() if not path.startswith(ours)}
