# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules for one step on the account: each is done once, predicted correctly, and refused with a remedy."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._controller.order import order_or_validate
from ansible_collections.certops.certum.plugins.module_utils._partner_api.client import PartnerApi
from ansible_collections.certops.certum.tests.integration.project import REPOSITORY
from ansible_collections.certops.certum.tests.integration.requests_made import write_request
from ansible_collections.certops.certum.tests.integration.test_modules import TASK, module
from ansible_collections.certops.certum.tests.integration.world import CONTACT

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.integration.project import Run
    from ansible_collections.certops.certum.tests.integration.world import World

READS = {
    "validateOrderParameters", "getOrderState", "getOrderByOrderID", "getOrdersByDateRange", "getModifiedOrders",
    "getCertificate", "getExpiringCertificates", "getProductList", "getSanVerificationState", "getEmailVerification",
    "getDocumentsList",
}  # fmt: skip
FILE = {"method": "file"}


def place(world: World, order_id: str = "shop", **options: Any) -> None:
    """Place an order by our own client: the tests of order modules are elsewhere."""
    csr = world.project.path / f"{order_id}.csr"
    write_request(csr, f"{order_id}.example.com")
    given = {"csr_path": csr, "order_id": order_id, "contact": CONTACT, "validate_only": False, **options}
    names = ("url", "username", "password", "ca_path")
    with PartnerApi.from_options(**{n: world.project.environment[f"CERTUM_API_{n.upper()}"] for n in names}) as api:
        assert order_or_validate(api, given, check_mode=False)["order_placed"]


def issue(world: World, order_id: str = "shop", **options: Any) -> str:
    """Return the newest serial number of a new issued order."""
    place(world, order_id, **options)
    return enrol(world, order_id)


def enrol(world: World, order_id: str) -> str:
    world.ca.decide(order_id, "DOMAIN")
    serial: str = world.ca.wait_for_state(order_id, "ENROLLED")["entries"][-1]["serialNumber"]
    return serial


def three_times(world: World, name: str, **options: Any) -> dict[str, Any]:
    """Run in check mode, really, and again: the prediction is right and sends nothing, and twice is once."""
    world.ca.clear_calls()
    predicted = module(world, name, "--check", "--diff", **options).succeeded().result(TASK)
    assert set(world.operations()) <= READS
    twice = [{"name": word, f"certops.certum.{name}": options} for word in ("Do", "Do again")]
    run = world.project.run(world.tasks(*twice), "--diff").succeeded()
    done, again = run.result("Do"), run.result("Do again")
    assert (predicted["changed"], done["changed"], again["changed"]) == (True, True, False)
    assert all(result["reason"]["text"] for result in (predicted, done, again))
    return done


def refusals(world: World, name: str, *cases: dict[str, Any]) -> list[str]:
    """Return the message for each of these options, all tried in one play. Only reads may be sent."""
    world.ca.clear_calls()
    tasks = [
        {"name": str(number), f"certops.certum.{name}": options, "ignore_errors": True}
        for number, options in enumerate(cases)
    ]
    run = world.project.run(world.tasks(*tasks)).succeeded()
    told = [run.result(str(number)) for number, dummy in enumerate(cases)]
    assert set(world.operations()) <= READS
    return [result["msg"] for result in told]


def test_order_is_cancelled_once(world: World) -> None:
    place(world)
    assert three_times(world, "certum_cancel", order_id="shop")["state"] == "REJECTED"
    assert world.ca.order("shop")["state"] == "REJECTED"


def test_order_is_cancelled_by_an_ad_hoc_command(world: World) -> None:
    """The command is the one in the README."""
    (line,) = re.findall(r"^ansible localhost .*$", (REPOSITORY / "README.md").read_text(), re.MULTILINE)
    order_id = line.rpartition("order_id=")[2]
    place(world, order_id)
    words = [str(Path(sys.executable).with_name("ansible")), *shlex.split(line)[1:]]
    said = subprocess.run(
        words, cwd=world.project.path, env=world.project.environment, capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stdout + said.stderr
    assert f'"text": "order {order_id} is cancelled"' in said.stdout
    assert world.ca.order(order_id)["state"] == "REJECTED"


def test_issued_order_is_not_cancelled_and_remedy_is_reported(world: World) -> None:
    issue(world)
    refused = module(world, "certum_cancel", order_id="shop").failed()
    assert "order shop: it is issued" in refused.failures[0]
    assert "certum_revoke" in refused.failures[0]
    assert "cancelOrder" not in world.operations()


@pytest.mark.parametrize("effect", ["drop", "http-500"])
def test_lost_answer_to_a_cancellation_is_looked_up(world: World, effect: str) -> None:
    place(world)
    world.ca.add_fault(effect, operation="cancelOrder", when="after")
    assert module(world, "certum_cancel", order_id="shop").succeeded().result(TASK)["changed"]


def test_certificate_is_revoked_once(world: World) -> None:
    serial = issue(world)
    options = {"order_id": "shop", "revoke_reason": "superseded", "wait_timeout": 20, "wait_sleep": 1}
    done = three_times(world, "certum_revoke", **options)
    assert (done["certificate_status"], done["serial_number"]) == ("REVOKED", serial)
    assert world.ca.order("shop")["entries"][0]["status"] == "REVOKED"


def test_certificate_is_named_in_four_ways(world: World) -> None:
    serial = issue(world)
    info = module(world, "certum_certificate_info", order_id="shop").succeeded().result(TASK)["certificates"][0]
    path = world.project.write(info["certificate"], name="shop.pem")
    colons = ":".join(serial.lower()[start : start + 2] for start in range(0, len(serial), 2))
    ways = {
        "order_id": "shop",
        "serial_number": colons,
        "certificate_path": str(path),
        "certificate_content": info["certificate"],
    }
    tasks = [{"name": way, "certops.certum.certum_revoke": {way: value}} for way, value in ways.items()]
    run = world.project.run(world.tasks(*tasks), "--check").succeeded()
    assert {run.result(way)["serial_number"] for way in ways} == {serial}


def test_revocation_without_wait_is_reported_as_pending(world: World) -> None:
    issue(world)
    done = module(world, "certum_revoke", order_id="shop", wait=False).succeeded().result(TASK)
    assert done["certificate_status"] == "REVOKING"
    assert "the CA publishes the revocation within 24 hours" in done["reason"]["text"]


def test_impossible_revocation_is_refused_first(world: World) -> None:
    issue(world)
    compromised = {"order_id": "shop", "revoke_reason": "key_compromise"}
    cases = {
        "error 2104": {"order_id": "shop", "key_compromise_date": "2026-01-01"},
        "error 1140": {**compromised, "key_compromise_date": "yesterday"},
        "error 1141": {**compromised, "key_compromise_date": "2020-01-01"},
        "between the start of the certificate": {**compromised, "key_compromise_date": "2099-01-01"},
        "error 1142": {"order_id": "shop", "note": "n" * 251},
        "error 1159": {"serial_number": "AB"},
        "error 2096). Nothing was sent": {"serial_number": "shop"},
        "missing.pem cannot be read": {"certificate_path": "missing.pem"},
    }
    for says, told in zip(cases, refusals(world, "certum_revoke", *cases.values())):
        assert says in told


def test_expired_certificate_needs_no_revocation(world: World) -> None:
    issue(world)
    world.ca.advance("P200D")
    refused = module(world, "certum_revoke", order_id="shop").failed()
    assert "1144" in refused.failures[0]


def successor(world: World, name: str, **options: Any) -> dict[str, Any]:
    csr = f"{name}.csr"
    write_request(world.project.path / csr, "shop.example.com")
    return {"order_id": "shop", "csr_path": csr, "validation": FILE, **options}


def test_certificate_is_renewed_once(world: World) -> None:
    issue(world)
    done = three_times(world, "certum_renew", **successor(world, "next"))
    assert done["validation"]["files"][0]["name"] == "shop.example.com"
    orders = {order["orderID"]: order for order in world.ca.orders()}
    assert len(orders) == 2
    assert orders[done["order_id"]]["productCode"] == "606"
    assert orders[done["order_id"]]["customer"] == orders["shop"]["customer"]
    enrol(world, done["order_id"])
    again = module(world, "certum_renew", order_id="shop", csr_path="next.csr", validation=FILE)
    assert again.succeeded().result(TASK)["order_id"] == done["order_id"]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("name", ["certum_renew", "certum_reissue"])
def test_lost_answer_to_a_purchase_leads_to_one_purchase(world: World, name: str, when: str) -> None:
    operation = {"certum_renew": "renewCertificate", "certum_reissue": "reissueCertificate"}[name]
    issue(world)
    options = successor(world, "next")
    world.ca.add_fault("drop", operation=operation, when=when)
    first = module(world, name, **options)
    if when == "before" or name == "certum_renew":  # a pending order of a customer may be for another key
        assert "is unknown" in first.failed().failures[0]
    else:
        assert first.succeeded().result(TASK)["changed"]
    module(world, name, **options).succeeded()
    entries = [entry for order in world.ca.orders() for entry in order["entries"]]
    assert len(entries) == 2


def test_reissue_with_a_new_name_is_made_once(world: World) -> None:
    first = issue(world, product="commercial_multidomain_ssl")
    options = successor(world, "next", add_names=["shop.example.com", "more.example.com"])
    done = three_times(world, "certum_reissue", **options)
    assert done["validation"]["names"] == ["more.example.com"]
    assert "14 days after it issues the new one" in done["reason"]["text"]
    second = enrol(world, "shop")
    again = module(world, "certum_reissue", **options).succeeded().result(TASK)
    assert (again["changed"], again["order_id"]) == (False, "shop")
    info = module(world, "certum_certificate_info", order_id="shop").succeeded().result(TASK)["certificates"]
    assert [certificate["serial_number"].zfill(32) for certificate in info] == [first, second]
    assert info[1]["dns_names"] == ["more.example.com", "shop.example.com"]


def test_refusal_has_a_remedy(world: World) -> None:
    issue(world)
    options = successor(world, "next")
    renewals = {
        "renewal code of the product that the old certificate": {"product": "741"},  # error 1167
        "certum_product_info": {"product": "999"},  # error 1075
        "customer identifier of the old order": {"customer": "somebody else"},  # error 1169
    }
    reissues = {"multi-domain product": {"add_names": ["more.example.com"]}}  # error 1107
    for name, cases in (("certum_renew", renewals), ("certum_reissue", reissues)):
        told = [refused_by_ca(world, name, {**options, **case}) for case in cases.values()]
        assert all(remedy in words for remedy, words in zip(cases, told)), told
    assert len(world.ca.orders()) == 1


def refused_by_ca(world: World, name: str, options: dict[str, Any]) -> str:
    return module(world, name, **options).failed().failures[0]


def test_invalid_request_is_refused_before_the_ca_is_asked(world: World) -> None:
    issue(world)
    write_request(world.project.path / "other.csr", "other.example.com")
    (told,) = refusals(world, "certum_renew", {**successor(world, "next"), "csr_path": "other.csr"})
    assert "error 1168" in told
    (told,) = refusals(world, "certum_renew", {**successor(world, "next"), "csr_path": "shop.csr"})
    assert "error 1032" in told
    unverified = {"order_id": "shop", "csr_path": "next.csr", "add_names": ["a.example.com"]}
    assert "error 2162" in refusals(world, "certum_reissue", unverified)[0]
    module(world, "certum_revoke", order_id="shop", wait_sleep=1).succeeded()
    assert "error 2094" in refusals(world, "certum_reissue", successor(world, "last"))[0]


def test_changed_method_validates_the_names(world: World) -> None:
    place(world)
    options = {"order_id": "shop", "method": "file"}
    changed = module(world, "certum_validation", order_id="shop", method="dns_txt_prefix")
    record = changed.succeeded().result(TASK)["validation"]["records"][0]
    assert record["name"] == "_certum.shop.example.com"
    back = module(world, "certum_validation", **options).succeeded().result(TASK)
    again = module(world, "certum_validation", **options, wait=False).succeeded().result(TASK)
    assert not again["changed"]
    file = world.web.webroot / ".well-known/pki-validation/certum.txt"
    file.parent.mkdir(parents=True)
    file.write_text(back["validation"]["files"][0]["content"])
    code = back["validation"]["code"]
    validated = module(world, "certum_validation", order_id="shop", validation_code=code, wait_sleep=1)
    result = validated.succeeded().result(TASK)
    assert [name["state"] for name in result["names"]] == ["VERIFIED"]
    assert not result["changed"]


def test_failing_check_is_reported_with_its_remedy(world: World) -> None:
    place(world, "phishtank")
    result = module(world, "certum_validation", order_id="phishtank", wait=False).succeeded().result(TASK)
    (failing,) = result["names"][0]["failing_checks"]
    assert failing == {"check": "PHISHTANK", "remedy": "ask PhishTank to remove the name"}


def test_documents_are_attached_once(world: World) -> None:
    place(world, "bank")
    for name in ("register.pdf", "letter.pdf"):
        (world.project.path / name).write_bytes(name.encode())
    documents = [{"type": "organization", "description": "register", "files": ["register.pdf", "letter.pdf"]}]
    options = {"order_id": "bank", "note": "the register", "documents": documents}
    done = three_times(world, "certum_document", **options)
    assert [file["file_name"] for file in done["documents"]] == ["letter.pdf", "register.pdf"]


def test_invalid_documents_are_all_reported_first(world: World) -> None:
    place(world, "bank")
    (world.project.path / "a").write_bytes(b"x")
    documents = [{"type": "organization", "description": "d" * 1001, "files": ["a", "missing.pdf"]}]
    options = {"order_id": "bank", "note": "n" * 228, "documents": documents}
    (told,) = refusals(world, "certum_document", options)
    for problem in ("error 2050", "error 2170", "error 2082", "missing.pdf: it cannot be read"):
        assert problem in told


def test_finished_order_accepts_no_documents(world: World) -> None:
    issue(world)
    refused = module(world, "certum_document", order_id="shop", note="late").failed()
    assert "error 2056" in refused.failures[0]


def test_orders_are_listed_by_time_of_order_or_change(world: World) -> None:
    place(world, "old")
    start = world.ca.advance("P2D")
    place(world, "new")
    world.ca.reject("old")
    period = {"from_date": start, "to_date": (datetime.fromisoformat(start) + timedelta(days=1)).isoformat()}

    def orders(**options: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (
            module(world, "certum_order_info", **period, **options).succeeded().result(TASK)["orders"]
        )
        return found

    def listed(**options: Any) -> set[str]:
        return {order["order_status"]["order_id"] for order in orders(**options)}

    assert listed() == {"new"}
    assert listed(modified=True) == {"new", "old"}
    assert listed(modified=True, state=["REJECTED"]) == {"old"}
    assert listed(domain="new.example.com") == {"new"}
    assert listed(domain="other.example.com") == set()

    enrol(world, "new")
    (without,), (with_pem,) = orders(domain="new.example.com"), orders(domain="new.example.com", include_pem=True)
    assert with_pem["certificate_details"].pop("x509_cert").startswith("-----BEGIN CERTIFICATE")
    assert with_pem == without


def test_certificates_that_expire_soon_are_listed(world: World) -> None:
    serial = issue(world)

    def expiring() -> list[dict[str, Any]]:
        found: Run = module(world, "certum_certificate_info", validity_days_left=20).succeeded()
        certificates: list[dict[str, Any]] = found.result(TASK)["certificates"]
        return certificates

    assert expiring() == []
    world.ca.advance("P185D")
    assert [each["serial_number"] for each in expiring()] == [serial]
