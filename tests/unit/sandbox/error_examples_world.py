# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An account with every state that an error code can be about."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from support.soap import error_codes, make_csr, make_order, make_request

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .conftest import Laboratory

P = "orderParameters/"
ORGANIZATION = {P + "organization": "Example S.A.", P + "country": "PL", P + "locality": "Szczecin"}
WITHOUT_NAMES = {"SANApprover": None, "SANEntries": None}
TAX = {"organizationInfo/taxIdentificationNumber": "5250000000"}

PERSON = {P + "givenName": "Ada", P + "surname": "Nowak"}
EXTENDED = {
    **ORGANIZATION,
    **TAX,
    P + "joisocn": "PL",
    P + "serialNumber": "0000421310",
    P + "businessCategory": "Private Organization",
}


def place(lab: Laboratory, order_id: str, changes: Mapping[str, str | None] | None = None) -> None:
    answer = lab.send(make_order({P + "orderID": order_id, **(changes or {})}))
    assert error_codes(answer) == [], order_id


def reissue(lab: Laboratory, serial: str) -> None:
    texts = {"serialNumber": serial, "CSR": make_csr(), "SANApprover/approverMethod": "FILE"}
    assert error_codes(lab.send(make_request("reissueCertificate", texts))) == []


def revoke(lab: Laboratory, serial: str) -> None:
    block = "revokeCertificateParameters/"
    assert error_codes(lab.send(make_request("revokeCertificate", {block + "serialNumber": serial}))) == []


def order_bundle(lab: Laboratory, *serials: str) -> str:
    """Order a bundle of these certificates; return its order's identifier."""
    person = {"email": "ops@example.net", "firstName": "Ada", "lastName": "Nowak", "phone": "1"}
    texts = {f"requestorInfo/{name}": value for name, value in person.items()}
    texts |= {"orderSNIParameters/CSR": make_csr(), "serialNumbers/serialNumber": list(serials)}
    answer = lab.send(make_request("orderSNICertificate", texts))
    assert error_codes(answer) == []
    return answer.findtext("orderID") or ""


def pem(lab: Laboratory, serial: str) -> str:
    entry = lab.backend.orders.entry_by_serial(serial)
    assert entry is not None
    assert entry.certificate is not None
    return entry.certificate.pem


def forgotten_certificate(lab: Laboratory) -> str:
    """Return a certificate that the CA issued, but not to this account."""
    order, (entry, *_more) = lab.order("dv"), lab.backend.orders.entries("dv")
    product = lab.backend.catalogue.get("601")
    issued = lab.backend.authority.issue(order, replace(entry, certificate=None), product, lab.backend.clock.now())
    assert issued.certificate is not None
    return issued.certificate.pem


def make_world(lab: Laboratory) -> dict[str, str]:
    """Return the values that examples refer to as ``$name``: serial numbers, PEM texts, codes."""
    cloud = next(product.code for product in lab.backend.catalogue.on_sale() if product.is_cloud)
    world = {"used_csr": make_csr(), "bundle_code": lab.backend.catalogue.bundle.code}
    place(lab, "expired")
    world["expired"] = lab.enrol("expired")
    lab.backend.clock.advance(timedelta(days=200))

    place(lab, "dv", {P + "CSR": world["used_csr"]})
    world["serial"] = lab.enrol("dv")
    world["pem"] = pem(lab, world["serial"])
    place(lab, "multi", {P + "productCode": "931"})
    world["multi"] = lab.enrol("multi")
    place(
        lab, "smime", {P + "productCode": "721", P + "email": "ada@example.org", **WITHOUT_NAMES, **ORGANIZATION, **TAX}
    )
    world["smime"] = lab.enrol("smime")
    place(lab, "cloud", {P + "productCode": cloud, **PERSON, **WITHOUT_NAMES})
    world["cloud"] = lab.enrol("cloud")
    not_allowed = "no-longer-allowed.example.org"
    names = {P + "CSR": make_csr(not_allowed), "SANEntries/SANEntry/DNSName": not_allowed}
    place(lab, "not-allowed", names)
    world["not_allowed"] = lab.enrol("not-allowed")
    place(lab, "extended", {P + "productCode": "861", **EXTENDED})
    world["extended"] = lab.enrol("extended")
    place(lab, "reissued")
    world["older"] = lab.enrol("reissued")
    reissue(lab, world["older"])
    world["newest"] = lab.enrol("reissued")
    place(lab, "under-way")
    world["under_way"] = lab.enrol("under-way")
    place(lab, "revoked")
    world["revoked"] = lab.enrol("revoked")
    revoke(lab, world["revoked"])
    lab.backend.clock.advance(timedelta(seconds=10))
    place(lab, "revoking")
    world["revoking"] = lab.enrol("revoking")
    revoke(lab, world["revoking"])
    bundle = order_bundle(lab, world["serial"])
    world["bundle"] = lab.enrol(bundle)
    world["bundle_pem"] = pem(lab, world["bundle"])
    world["foreign_pem"] = forgotten_certificate(lab)

    place(lab, "accepted")
    lab.work()
    lab.validate("accepted")
    lab.settle("accepted")
    place(lab, "cancelled")
    lab.send(make_request("cancelOrder", {"cancelParameters/orderID": "cancelled"}))
    place(lab, "waiting")
    place(
        lab,
        "waiting-smime",
        {P + "productCode": "721", P + "email": "b@example.org", **WITHOUT_NAMES, **ORGANIZATION, **TAX},
    )
    reissue(lab, world["under_way"])
    start = x509.load_pem_x509_certificate(world["pem"].encode()).not_valid_before_utc
    world["day_before"] = (start - timedelta(days=1)).date().isoformat()
    return world
