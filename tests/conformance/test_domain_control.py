# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks the domain validation of the sandbox: a wrong file, record or CAA record is found and reported."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from support.soap import make_csr, make_order, make_request

from .conftest import RawPartner

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.dns_server import DnsServer
    from support.file_server import FileServer
    from support.sandbox import Sandbox


class Case:
    """One order for one name in one sandbox."""

    def __init__(self, sandbox: Sandbox, method: str, name: str = "", product: str = "601") -> None:
        self.sandbox = sandbox
        self.partner = RawPartner(sandbox)
        self.name = name or f"h{uuid.uuid4().hex[:12]}.example.org"
        changes = {
            "orderParameters/CSR": make_csr(self.name),
            "orderParameters/orderID": self.name.replace("*", "wild"),
            "orderParameters/productCode": product,
            "SANApprover/approverMethod": method,
            "SANEntries/SANEntry/DNSName": self.name,
        }
        answer = self.partner.send(make_order(changes))
        self.order_id = answer.findtext("orderID") or ""
        self.code = answer.findtext("SANVerification/code") or ""
        sandbox.wait_for_state(self.order_id, "VERIFICATION")

    def check(self, state: str = "ENROLLED") -> None:
        self.partner.send(make_request("performSanVerification", {"code": self.code}))
        self.sandbox.wait_for_state(self.order_id, state)

    def failure(self) -> str:
        """Trigger a check, wait until it failed, and return the message of the CA."""
        self.partner.send(make_request("performSanVerification", {"code": self.code}))
        self.sandbox.wait_until(self.order_id, lambda order: order["verifications"]["DOMAIN"] == "FAILED")
        return self.state().findtext("manualVerification/info") or ""

    def state(self):
        answer = self.partner.send(make_request("getSanVerificationState", {"orderID": self.order_id}))
        return answer.find("sanVerifications/sanVerification")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (None, "answered HTTP 404"),
        ("{code}", "holds '"),
        ("{code}-certum.pl\n", "holds '"),
        (" {code}-certum.pl", "holds '"),
        ("<html>" + "x" * 100_000, "holds '<html>"),
    ],
)
def test_wrong_file_validates_nothing(sandbox: Sandbox, file_server: FileServer, body, says):
    case = Case(sandbox, "FILE")
    if body is not None:
        file_server.put(case.name, body.format(code=case.code))
    found = case.failure()
    assert says in found
    assert f"{case.code}-certum.pl" in found
    file_server.put(case.name, f"{case.code}-certum.pl")
    case.check()


def test_unreachable_web_server_is_reported_with_its_address(start_sandbox: Callable[..., Sandbox]):
    sandbox = start_sandbox("--resolve=down.example.org=127.0.0.1:1")
    case = Case(sandbox, "FILE", "down.example.org")
    assert "http://down.example.org/.well-known/pki-validation/certum.txt cannot be fetched" in case.failure()


@pytest.mark.parametrize(("value", "state"), [("refused", "VERIFICATION"), ("tolerated", "ENROLLED")])
def test_final_newline_depends_on_the_dialect(start_sandbox, file_server: FileServer, value, state):
    case = Case(start_sandbox(file_newline=value), "FILE")
    file_server.put(case.name, f"{case.code}-certum.pl\n")
    if state == "ENROLLED":
        case.check()
    else:
        assert case.failure()


@pytest.mark.parametrize(("value", "state"), [("refused", "VERIFICATION"), ("followed", "ENROLLED")])
def test_redirects_depend_on_the_dialect(start_sandbox, file_server: FileServer, value, state):
    case = Case(start_sandbox(redirects=value), "FILE")
    other = f"target-{case.name}"
    file_server.redirect(case.name, f"http://{other}/.well-known/pki-validation/certum.txt")
    file_server.put(other, f"{case.code}-certum.pl")
    if state == "ENROLLED":
        case.check()
    else:
        assert "answered HTTP 302" in case.failure()


@pytest.mark.parametrize(
    ("method", "owner", "kind", "value"),
    [
        ("DNS_TXT", "{name}", "TXT", '"{code}x"'),
        ("DNS_TXT", "_certum.{name}", "TXT", '"{code}"'),
        ("DNS_TXT_PREFIX", "{name}", "TXT", '"{code}"'),
        ("DNS_CNAME", "{name}", "CNAME", "{code}.example.org."),
        ("DNS_CNAME_PREFIX", "_certum.{name}", "TXT", '"{code}.certum.pl"'),
    ],
)
def test_wrong_record_validates_nothing(sandbox: Sandbox, dns_server: DnsServer, method, owner, kind, value):
    case = Case(sandbox, method)
    dns_server.add(owner.format(name=case.name), kind, value.format(code=case.code))
    prefix = "_certum." if method.endswith("PREFIX") else ""
    assert case.failure().startswith(
        f"{prefix}{case.name} {'TXT' if 'TXT' in method else 'CNAME'}: expected {case.code}"
    )


def test_failing_resolver_is_reported(sandbox: Sandbox, dns_server: DnsServer):
    case = Case(sandbox, "DNS_TXT")
    dns_server.broken.add(case.name)
    assert f"TXT lookup of {case.name} failed" in case.failure()


@pytest.mark.parametrize("method", ["DNS_TXT", "DNS_TXT_PREFIX", "DNS_CNAME", "DNS_CNAME_PREFIX"])
@pytest.mark.parametrize(
    ("name", "owner", "counts"),
    [
        ("very.deep.{}.example", "deep.{}.example", True),
        ("very.deep.{}.example", "{}.example", True),
        ("shop.{}.com.pl", "{}.com.pl", True),
        ("shop.{}.com.pl", "com.pl", False),
        ("{}.example", "example", False),
    ],
)
def test_record_counts_up_to_the_registered_domain(sandbox, dns_server: DnsServer, method, name, owner, counts):
    label = f"h{uuid.uuid4().hex[:8]}"
    case = Case(sandbox, method, name.format(label))
    publish(dns_server, method, owner.format(label), case.code)
    if counts:
        case.check()
    else:
        assert case.failure()


def test_record_of_the_parent_is_ignored_in_one_dialect(start_sandbox, dns_server: DnsServer):
    case = Case(start_sandbox(dns_climb="no"), "DNS_TXT_PREFIX", f"deep.h{uuid.uuid4().hex[:8]}.example.org")
    publish(dns_server, "DNS_TXT_PREFIX", case.name.partition(".")[2], case.code)
    assert case.failure()


def publish(dns: DnsServer, method: str, owner: str, code: str) -> None:
    owner = f"_certum.{owner}" if method.endswith("PREFIX") else owner
    kind, value = ("TXT", f'"{code}"') if "TXT" in method else ("CNAME", f"{code}.certum.pl.")
    dns.add(owner, kind, value)


def delegate(case: Case, dns_server: DnsServer, method: str) -> None:
    """Publish the record in another zone, two aliases away."""
    first, second = (f"{step}.{case.name}.validation.example" for step in ("first", "second"))
    for owner, target in ((f"_certum.{case.name}", first), (first, second)):
        dns_server.add(owner, "CNAME", f"{target}.")
    publish(dns_server, method.removesuffix("_PREFIX"), second, case.code)


@pytest.mark.parametrize("method", ["DNS_TXT_PREFIX", "DNS_CNAME_PREFIX"])
def test_record_may_be_delegated_to_another_zone(sandbox: Sandbox, dns_server: DnsServer, method):
    case = Case(sandbox, method)
    delegate(case, dns_server, method)
    case.check()


def test_delegated_cname_is_ignored_in_one_dialect(start_sandbox, dns_server: DnsServer):
    case = Case(start_sandbox(dns_alias="refused"), "DNS_CNAME_PREFIX")
    delegate(case, dns_server, "DNS_CNAME_PREFIX")
    assert case.failure()


def test_circular_aliases_terminate(sandbox: Sandbox, dns_server: DnsServer):
    case = Case(sandbox, "DNS_CNAME")
    dns_server.add(case.name, "CNAME", f"circle.{case.name}.")
    dns_server.add(f"circle.{case.name}", "CNAME", f"{case.name}.")
    assert "expected" in case.failure()


@pytest.mark.parametrize(
    ("name", "records", "admitted"),
    [
        ("{}", ['0 issue "certum.pl"'], True),
        ("{}", ['0 issue "ca.example"', '0 issue "certum.eu"'], True),
        ("{}", ['0 issue "certum.pl; validationmethods=ca-tbr-7,ca-tbr-18"'], True),
        ("{}", ['0 iodef "mailto:ops@example.org"'], True),
        ("*.{}", ['0 issue "ca.example"', '0 issuewild "certum.pl"'], True),
        ("{}", ['0 issue "ca.example"'], False),
        ("{}", ['0 issue ";"'], False),
        ("{}", ['0 issue "certum.pl; validationmethods=dns-01"'], False),
        ("{}", ['0 issue "certum.pl; accounturi=https://other.example/1"'], False),
        ("*.{}", ['0 issue "certum.pl"', '0 issuewild "ca.example"'], False),
        ("{}", ['128 future "x"'], False),
        ("sub.{}", ['0 issue "ca.example"'], False),
    ],
)
def test_caa_is_obeyed(sandbox: Sandbox, dns_server: DnsServer, name, records, admitted):
    base = f"h{uuid.uuid4().hex[:12]}.example.org"
    dns_server.add(base, "CAA", *records)
    wildcard = name.startswith("*")
    case = Case(sandbox, "DNS_TXT", name.format(base), "741" if wildcard else "601")
    owner = case.name.removeprefix("*.")
    dns_server.add(owner, "TXT", f'"{case.code}"')
    if admitted:
        case.check()
        return
    sandbox.wait_until(case.order_id, lambda order: order["verifications"]["INTERNAL"] == "FAILED")
    found = case.state().find("systemVerification")
    assert found.findtext("method") == "CAA"
    assert base in (found.findtext("info") or "")
    case.partner.send(make_request("performSanVerification", {"code": case.code}))
    case.sandbox.wait_until(case.order_id, lambda order: order["names"][case.name] == "VERIFIED")
    assert case.sandbox.order(case.order_id)["state"] == "VERIFICATION"
    case.sandbox.decide(case.order_id, "INTERNAL")
    case.sandbox.wait_for_state(case.order_id, "ENROLLED")


def test_ca_checks_by_itself_in_one_dialect(start_sandbox, file_server: FileServer):
    case = Case(start_sandbox(polling="yes"), "FILE")
    file_server.put(case.name, f"{case.code}-certum.pl")
    case.sandbox.wait_for_state(case.order_id, "ENROLLED")


def test_staff_decide_if_the_ca_does_not(start_sandbox, file_server: FileServer):
    sandbox = start_sandbox("--approve", "manual")
    partner = RawPartner(sandbox)
    extra = {"organization": "Example S.A.", "country": "PL", "locality": "Szczecin", "productCode": "631"}
    changes = {f"orderParameters/{name}": value for name, value in extra.items()}
    code = partner.send(make_order(changes | {"organizationInfo/taxIdentificationNumber": "525"})).findtext(
        "SANVerification/code"
    )
    file_server.put("www.example.org", f"{code}-certum.pl")
    partner.send(make_request("performSanVerification", {"code": code}))
    for kind in ("ORGANIZATION", "APPLICANT"):
        assert sandbox.decide("shop-1", kind)["state"] in {"AWAITING", "VERIFICATION"}
    sandbox.wait_until("shop-1", lambda order: order["verifications"]["DOMAIN"] == "VERIFIED")
    assert sandbox.decide("shop-1", "AUTHORIZATION")["state"] == "ACCEPTED"
    sandbox.wait_for_state("shop-1", "ENROLLED")


def test_mailbox_can_be_marked_as_validated(start_sandbox):
    sandbox = start_sandbox()
    partner = RawPartner(sandbox)
    subject = {"organization": "Example S.A.", "country": "PL", "locality": "Szczecin", "email": "ada@example.org"}
    changes = {f"orderParameters/{name}": value for name, value in {**subject, "productCode": "721"}.items()}
    changes |= {"organizationInfo/taxIdentificationNumber": "525", "SANApprover": None, "SANEntries": None}
    partner.send(make_order(changes))
    sandbox.decide("shop-1", "EMAIL")
    sandbox.wait_for_state("shop-1", "ENROLLED")
    mailbox = partner.send(make_request("getEmailVerification", {"orderID": "shop-1"}))
    assert mailbox.findtext("emailVerification/verified") == "true"


def test_ca_can_refuse_an_order(start_sandbox):
    sandbox = start_sandbox()
    RawPartner(sandbox).send(make_order())
    assert sandbox.reject("shop-1")["state"] == "REJECTED"
