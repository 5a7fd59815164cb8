# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Orders that need people: the CA's staff, the reader of a mailbox, the author of a group policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.tests.integration.requests_made import write_request
from ansible_collections.certops.certum.tests.integration.test_modules import TASK, module
from ansible_collections.certops.certum.tests.integration.world import CONTACT
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.certops.certum.tests.integration.world import World

COMPANY = {
    "name": "Example S.A.",
    "tax_identification_number": "5250000000",
    "country": "PL",
    "locality": "Szczecin",
    "jurisdiction_country": "PL",
    "registration_number": "0000421310",
    "business_category": "private_organization",
}
STAFF = ("ORGANIZATION", "APPLICANT", "AUTHORIZATION", "EXTENDED_VALIDATION")


@pytest.fixture
def sandbox_options() -> tuple[str, ...]:
    return ("--approve", "manual", "--products", "all")


def issued(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_ev_certificate_is_ordered_once_over_several_runs(world: World) -> None:
    """Uses the role. No run waits: it succeeds and reports for whom the order waits."""
    item = world.declaration(product="premium_ev_ssl")
    play = world.role(item, certum_organization=COMPANY, certum_wait_timeout=3)
    first = world.project.run(play).succeeded()
    ordered = first.result("Validate domains, wait and fetch certificates")
    for kind in STAFF:
        assert f"{kind} (required; the CA's staff)" in ordered["reason"]["text"]
    assert world.project.run(play).succeeded().changed == 0
    (order,) = world.ca.orders()
    for kind in STAFF:
        world.ca.decide(order["orderID"], kind)
    world.converged(play)
    subject = issued(world.store / "shop/current/cert.pem").subject
    assert subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value == "Example S.A."
    assert subject.get_attributes_for_oid(NameOID.SERIAL_NUMBER)[0].value == "0000421310"
    world.is_quiet(play)


def test_missing_organization_is_reported_before_the_order(world: World) -> None:
    run = world.project.run(world.role(world.declaration(product="trusted_ssl"))).failed()
    for code in (1016, 1020, 1048, 2058):
        assert f"error {code}" in run.failures[0]
    assert world.operations() == []


def test_order_against_the_policy_of_a_group_is_refused(world: World) -> None:
    """The inventory's policy is stronger than the play's declarations."""
    play = world.role(world.declaration(product="trusted_ssl"), certum_organization=COMPANY)
    (world.project.path / "group_vars").mkdir(exist_ok=True)
    world.project.write({"certum_policy": {"products": ["commercial_ssl"]}}, name="group_vars/web.yml")
    run = world.project.run(play).failed()
    assert "shop: the policy of this host does not allow product trusted_ssl, only: commercial_ssl" in run.failures[0]
    assert world.operations() == []


def mail(world: World, **changes: Any) -> dict[str, Any]:
    if not (world.project.path / "ada.csr").exists():
        write_request(world.project.path / "ada.csr", "Ada Nowak")
    return {
        "csr_path": "ada.csr",
        "name": "ada",
        "product": "enterprise_id",
        "email": "ada@example.com",
        "organization": COMPANY,
        "contact": CONTACT,
        "cert_dest": "ada.pem",
        "wait_timeout": 2,
        "wait_sleep": 1,
        **changes,
    }


def test_mail_certificate_is_issued_after_its_link_was_opened(world: World) -> None:
    first = module(world, "certum_certificate", **mail(world)).succeeded().result(TASK)
    assert first["state"] == "pending"
    assert "EMAIL (required; the mailbox holder, by the link in the CA's mail)" in first["reason"]["text"]
    order_id = first["order_id"]
    links = world.ca.mails()[-1]["links"]
    assert links
    assert not [link for link in links if link in str(first)]
    world.project.secrets = (*world.project.secrets, *links)
    shown = module(world, "certum_validation", order_id=order_id, wait=False).succeeded().result(TASK)
    assert shown["mailbox"]["email"] == "ada@example.com"
    assert not shown["mailbox"]["verified"]
    again = module(world, "certum_validation", order_id=order_id, new_code=True, wait=False).succeeded().result(TASK)
    assert not again["changed"], "the link is still valid"
    world.ca.confirm(world.ca.mails()[-1]["links"][0])
    for kind in STAFF[:3]:
        world.ca.decide(order_id, kind)
    done = module(world, "certum_certificate", **mail(world)).succeeded().result(TASK)
    assert done["state"] == "issued"
    certificate = issued(world.project.path / "ada.pem")
    purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(purposes) == [ExtendedKeyUsageOID.EMAIL_PROTECTION]
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.RFC822Name) == ["ada@example.com"]
    world.ca.clear_calls()
    current = module(world, "certum_certificate", **mail(world)).succeeded().result(TASK)
    assert (current["changed"], world.operations()) == (False, [])
    assert len(world.ca.orders()) == 1


def test_mailbox_is_refused_for_other_products(world: World) -> None:
    missing = module(world, "certum_certificate", **{**mail(world), "email": ""}).failed()
    assert "error 1021" in missing.failures[0]
    odd = module(world, "certum_certificate", **mail(world, product="commercial_ssl")).failed()
    assert "email is not allowed" in odd.failures[0]
    assert world.operations() == []


PERSON = {"given_name": "Ada", "surname": "Nowak"}


@pytest.mark.parametrize(
    ("signer", "subject", "staff"),
    [("Example S.A.", {"organization": COMPANY}, STAFF[:3]), ("Ada Nowak", PERSON, ("APPLICANT",))],
)
def test_code_signing_certificate_is_issued_without_a_domain(
    world: World, signer: str, subject: dict[str, Any], staff: tuple[str, ...]
) -> None:
    write_request(world.project.path / "release.csr", signer)
    asked = {
        "csr_path": "release.csr",
        "product": "841",
        "product_kind": "code_signing",
        "contact": CONTACT,
        "cert_dest": "release.pem",
        "wait_timeout": 2,
        "wait_sleep": 1,
        **subject,
    }
    checked = module(world, "certum_certificate", "--check", **asked).succeeded().result(TASK)
    assert "the CA accepts the order" in checked["reason"]["text"]

    first = module(world, "certum_certificate", **asked).succeeded().result(TASK)
    assert (first["state"], first["validation"]) == ("pending", None)
    waits_for = [kind for kind in STAFF if f"{kind} (required; the CA's staff)" in first["reason"]["text"]]
    assert sorted(waits_for) == sorted(staff)
    for kind in staff:
        world.ca.decide(first["order_id"], kind)
    done = module(world, "certum_certificate", **asked).succeeded().result(TASK)

    assert done["state"] == "issued"
    assert not {"performSanVerification", "addSanVerification"} & set(world.operations())
    certificate = issued(world.project.path / "release.pem")
    purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(purposes) == [ExtendedKeyUsageOID.CODE_SIGNING]
    assert certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == signer
    world.ca.clear_calls()
    current = module(world, "certum_certificate", **asked).succeeded().result(TASK)
    assert (current["changed"], world.operations(), len(world.ca.orders())) == (False, [], 1)


def test_unknown_product_code_counts_as_a_server_product(world: World) -> None:
    """A typing error in the name of a server must never lead to an order without names."""
    write_request(world.project.path / "release.csr", "Example S.A.")
    task = {"csr_path": "release.csr", "product": "841", "contact": CONTACT}
    unsaid = module(world, "certum_certificate", **task).failed()
    wrong = module(world, "certum_certificate", **{**task, "product": "601", "product_kind": "code_signing"}).failed()
    assert "Example S.A." in unsaid.failures[0]
    assert "product_kind is code_signing, but Commercial SSL is known to be for tls" in wrong.failures[0]
    assert world.operations() == []
