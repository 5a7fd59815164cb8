# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Installs issued certificates on a real disk."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.certops.certum.plugins.module_utils._x509 import keys
from ansible_collections.certops.certum.plugins.module_utils._x509.csr import build_request
from ansible_collections.certops.certum.tests.unit.host.declared import Host, answer, declarations
from ansible_collections.certops.certum.tests.unit.store.world import EC256, tree

DEPLOY = {"service": "nginx", "verify": ["shop.example.com:443"]}


def test_certificate_of_another_key_is_refused_others_continue(host: Host) -> None:
    items = [host.declare("a"), host.declare("b"), host.declare("c")]
    a, b, c = host.stage(*items)["orders"]
    other = {
        **b,
        "csr_content": build_request(keys.generate(EC256), common_name="b.example.com", names=["b.example.com"]),
    }
    result = host.install(*items, orders=[answer(a), answer(other), answer(c)])
    assert result["failed"]
    assert len(result["problems"]) == 1
    assert result["problems"][0]["text"].startswith("b: The certificate was not installed")
    assert [done["name"] for done in result["certificates"]] == ["a", "c"]
    assert host.read("b").current is None
    assert host.read("b").staged is not None, "its key is kept"
    for done in result["certificates"]:
        assert Path(done["privatekey_path"]).stat().st_mode & 0o777 == 0o600
        assert Path(done["fullchain_path"]).read_text().count("BEGIN CERTIFICATE") == 2


def test_metadata_keeps_the_facts_of_the_order(host: Host) -> None:
    company = {"name": "Example S.A.", "tax_identification_number": "525", "country": "PL", "locality": "Szczecin"}
    item = host.declare(product="631", customer="kept", organization=company)
    (order,) = host.stage(item)["orders"]
    answered = answer(order)
    host.install(item, orders=[answered])
    current = host.read().current
    assert current is not None
    assert current.metadata is not None
    known = current.metadata.order
    assert (known.order_id, known.customer, known.product) == (order["order_id"], "kept", "631")
    assert known.term_end is not None
    before = tree(host.base / "shop" / "versions")
    for staged_next in (False, True):
        if staged_next:
            host.stage(host.declare(www=True))
        assert host.install(item, orders=[answered])["changed"] is False
        assert tree(host.base / "shop" / "versions") == before, "nor when it is installed again"


def test_deploy_list_has_installed_and_unverified_certificates(host: Host) -> None:
    deployed, plain, absent = host.declare("a", deploy=DEPLOY), host.declare("b"), host.declare("c", deploy=DEPLOY)
    items = [deployed, plain, absent]
    orders = [answer(order) for order in host.stage(host.declare("a"), plain)["orders"]]
    result = host.install(*items, orders=orders)
    assert result["deploy"] == declarations([deployed])
    assert result["certificates"][2]["reason"]["text"] == "its certificate is not issued yet"
    assert host.install(*items, orders=orders)["changed"] is False
    host.confirm("a")
    assert host.install(*items, orders=orders)["deploy"] == []


def test_newest_certificate_on_disk_is_installed(host: Host) -> None:
    item = host.declare()
    host.have(item)
    (host.base / "shop" / "current").unlink()
    would = host.install(item, check_mode=True)
    assert host.read().current is None
    did = host.install(item)
    assert would["changed"] is did["changed"] is True
    assert host.read().current is not None


def test_check_mode_reports_the_installation_and_does_nothing(host: Host) -> None:
    item = host.declare()
    (order,) = host.stage(item)["orders"]
    before, given = tree(host.base), [answer(order)]
    would = host.install(item, orders=given, check_mode=True)
    assert tree(host.base) == before
    assert would["changed"]
    assert would["diff"][0]["after"]["names"] == ["shop.example.com"]
    did = host.install(item, orders=given)
    assert did["diff"] == would["diff"]
    assert "PRIVATE" not in str(did)
