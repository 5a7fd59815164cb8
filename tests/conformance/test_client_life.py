# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs our client through the lifecycle of certificates, in every form that the real CA may have.

One sandbox for each form: a TLS certificate is ordered, extended by a name, renewed and revoked; an EV order is
documented and cancelled; a mailbox is validated; a bundle is made. Times are the sandbox's own.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._partner_api.api_errors import (
    ApiError,
    AuthenticationError,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.client import PartnerApi
from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import (
    ApiOperation,
    CertificateStatus,
    DocumentType,
    OrderState,
    OrderVerificationState,
    OrderVerificationType,
    RevocationReason,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.certificate import (
    ReissueRequest,
    RenewalRequest,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.domain_control import (
    SanApprover,
    SanEntry,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.parties import (
    OrganizationInfo,
    RequestorInfo,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.quick_order import (
    OrderParameters,
    OrderRequest,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.sni import (
    SniChangeRequest,
    SniOrderRequest,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.verify_order import (
    Document,
    UploadedFile,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.retry import Retry
from ansible_collections.certops.certum.plugins.module_utils._x509 import pem
from ansible_collections.certops.certum.tests.conformance.forms import COMBINATIONS, SEED, client_options, forms
from cryptography import x509
from support.soap import make_csr

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.order_lookup import ListedOrder
    from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.quick_order import PlacedOrder
    from support.dns_server import DnsServer
    from support.file_server import FileServer
    from support.sandbox import Sandbox

REQUESTOR = RequestorInfo(email="ops@example.net", first_name="Ada", last_name="Nowak", phone="+48 91 000 00 00")
COMPANY = {"organization": "Example S.A.", "country": "PL", "locality": "Szczecin"}
REGISTRATION = {
    "jurisdiction_country": "PL",
    "serial_number": "0000421310",
    "business_category": "Private Organization",
}


@dataclass
class Life:
    """A client of one sandbox, and the servers that the sandbox asks."""

    sandbox: Sandbox
    api: PartnerApi
    files: FileServer
    dns: DnsServer
    dialect: Mapping[str, str]
    site: str = field(default_factory=lambda: f"h{uuid.uuid4().hex[:12]}.example.org")

    @property
    def added(self) -> str:
        """The name that is added later."""
        return f"more.{self.site}"

    def form(self, switch: str) -> str | None:
        """Return the value of a switch, None for the default."""
        return self.dialect.get(switch)

    def order(self, order_id: str, *, product: str, names: Sequence[str] = (), **subject: Any) -> OrderRequest:
        parameters = OrderParameters(
            csr=make_csr(names[0] if names else "Ada Nowak"),
            customer="web1/life",
            order_id=order_id,
            product_code=product,
            **subject,
        )
        has_company = "organization" in subject
        return OrderRequest(
            san_approver=SanApprover(approver_method="FILE") if names else None,
            order_parameters=parameters,
            organization_info=OrganizationInfo(tax_identification_number="5250000000") if has_company else None,
            requestor_info=REQUESTOR,
            san_entries=tuple(SanEntry(dns_name=name) for name in names) or None,
        )

    def entries(self, order_id: str) -> tuple[ListedOrder, ...]:
        return self.api.get_order_by_order_id(order_id=order_id)

    def newest_serial(self, order_id: str) -> str:
        issued = [entry.certificate_details for entry in self.entries(order_id) if entry.certificate_details]
        return max(issued, key=lambda details: details.start_date).serial_number

    def status(self, serial_number: str) -> object:
        details = self.api.get_certificate(serial_number=serial_number).certificate_details
        return details and details.certificate_status

    def certificate(self, serial_number: str) -> x509.Certificate:
        """Return the certificate as our reader takes it from any form of the CA."""
        details = self.api.get_certificate(serial_number=serial_number).certificate_details
        assert details is not None
        return x509.load_pem_x509_certificate(pem.one_certificate(details.x509_cert).encode())

    def validate(self, placed: PlacedOrder, method: str) -> None:
        """Publish the validation files and trigger the check until the certificate is issued.

        An answer may have no code. Then one is requested, by a method that was not requested before.
        """
        order_id, verification = placed.order_id, placed.san_verification
        if verification is None:
            if self.sandbox.wait_until(order_id, lambda order: order["state"] != "AWAITING")["state"] != "VERIFICATION":
                self.sandbox.wait_for_state(order_id, "ENROLLED")
                return
            method = "DNS_TXT_PREFIX"
            for wanted in ("DNS_TXT", method):
                verification = self.api.add_san_verification(
                    order_id=order_id, approver=SanApprover(approver_method=wanted)
                )
        assert verification is not None
        for name in verification.fqdns:
            if method == "FILE":
                self.files.put(name, f"{verification.code}-certum.pl")
            else:
                self.dns.add(f"_certum.{name}", "TXT", f'"{verification.code}"')
        self.api.perform_san_verification(code=verification.code)
        self.sandbox.wait_for_state(order_id, "ENROLLED")


def refused(call: Callable[[], object]) -> tuple[int, ...]:
    """Return the error codes of a refused call."""
    with pytest.raises(ApiError) as caught:
        call()
    return caught.value.error_codes


@pytest.fixture
def start_life(
    start_sandbox: Callable[..., Sandbox], file_server: FileServer, dns_server: DnsServer
) -> Callable[[Mapping[str, str]], Life]:
    def start(dialect: Mapping[str, str]) -> Life:
        sandbox = start_sandbox(**dialect)
        options = {"username": sandbox.user, "retry": Retry(sleep=lambda _seconds: None), **client_options(dialect)}
        api = PartnerApi.from_options(url=sandbox.url, password=sandbox.password, **options)
        return Life(sandbox, api, file_server, dns_server, dialect)

    return start


def a_stranger_is_turned_away(life: Life) -> None:
    options = {"username": life.sandbox.user, **client_options(life.dialect)}
    with PartnerApi.from_options(url=life.sandbox.url, password="wrong", **options) as stranger:  # noqa: SIM117
        with pytest.raises(AuthenticationError):
            stranger.get_product_list()
    assert len(life.api.get_product_list(hash_algorithms=True)) > 10


def a_certificate_is_ordered(life: Life) -> str:
    order = life.order("life", product="931", names=[life.site])
    parsed = life.api.validate_order_parameters(order)
    assert parsed is not None
    assert parsed.common_name == life.site
    placed = life.api.quick_order(order)
    life.validate(placed, "FILE")
    progress = life.api.get_order_state(order_id="life")
    assert progress.order_state == OrderState.ENROLLED
    names = life.api.get_san_verification_state(order_id="life")
    assert [name.manual_verification.state for name in names] == [OrderVerificationState.VERIFIED]
    by_order = life.api.get_certificate(order_id="life").certificate_details
    assert by_order is not None
    assert by_order.serial_number == life.newest_serial("life")
    return by_order.serial_number


def an_order_is_documented_and_cancelled(life: Life) -> None:
    order = life.order("ev", product="641", names=[f"ev.{life.site}"], **COMPANY, **REGISTRATION)
    life.api.quick_order(order)
    deed = Document(
        description="register",
        type=DocumentType.ORGANIZATION,
        files=(UploadedFile(file_name="deed.pdf", content=b"%PDF"),),
    )
    life.api.verify_order(order_id="ev", note="the deed", documents=[deed])
    assert [document.file_names for document in life.api.get_documents_list(order_id="ev")] == [("deed.pdf",)]
    life.api.cancel_order(order_id="ev", note="changed our mind")
    assert refused(lambda: life.api.cancel_order(order_id="ev")) == (1151,)
    assert life.api.get_order_state(order_id="ev").order_state == OrderState.REJECTED


def a_mailbox_is_validated(life: Life) -> None:
    life.api.quick_order(life.order("mail", product="721", email="ada@example.org", **COMPANY))
    before = life.api.get_email_verification(order_id="mail")
    assert before is not None
    assert (before.email, before.verified) == ("ada@example.org", False)
    assert refused(lambda: life.api.add_email_verification(order_id="mail")) == (1114,)
    life.sandbox.advance("P31D")
    life.api.add_email_verification(order_id="mail")
    (link,) = life.sandbox.mails()[-1]["links"]
    life.sandbox.confirm(link)
    life.sandbox.wait_for_state("mail", "ENROLLED")
    after = life.api.get_email_verification(order_id="mail")
    assert after is not None
    assert after.verified
    waiting = life.api.get_order_state(order_id="mail").verifications
    assert OrderVerificationType.EMAIL in {each.type for each in waiting}


def a_name_is_added(life: Life, first: str) -> str:
    life.sandbox.advance("P100D")
    reissue = ReissueRequest(
        serial_number=first,
        csr=make_csr(life.site),
        san_approver=SanApprover(approver_method="FILE"),
        san_entries=(SanEntry(dns_name=life.added),),
    )
    life.validate(life.api.reissue_certificate(reissue), "FILE")
    entries = life.entries("life")
    assert [entry.reissue for entry in entries] == [False, True]
    second = life.newest_serial("life")
    assert second != first
    san = life.certificate(second).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert san.get_values_for_type(x509.DNSName) == [life.site, life.added]
    ends = [life.certificate(serial).not_valid_after_utc for serial in (first, second)]
    assert (ends[1] > ends[0]) is (life.form("reissue-end") != "kept"), "read back, never computed"
    older = reissue.model_copy(update={"csr": make_csr(life.site)})
    assert refused(lambda: life.api.reissue_certificate(older)) == (2126,)
    assert life.status(first) == CertificateStatus.VALID
    life.sandbox.advance("P15D")
    assert life.status(first) == CertificateStatus.REVOKED
    assert life.status(second) == CertificateStatus.VALID
    return second


def it_is_renewed(life: Life, serial: str) -> str:
    renewal = RenewalRequest(
        san_approver=SanApprover(approver_method="FILE"),
        csr=make_csr(life.site),
        customer="web1/life",
        product_code="936",
        serial_number=serial,
    )
    placed = life.api.renew_certificate(renewal)
    assert placed.order_id != "life"
    assert refused(lambda: life.api.renew_certificate(renewal)) == (1032,), "the same key is refused"
    life.validate(placed, "FILE")
    return life.newest_serial(placed.order_id)


def it_is_revoked(life: Life, serial: str) -> None:
    today = datetime.fromisoformat(life.sandbox.request("GET", "/sandbox/clock")["now"]).date()
    life.api.revoke_certificate(
        serial_number=serial,
        revocation_reason=RevocationReason.KEYCOMPROMISE,
        key_compromise_date=today,
        note="the disk was lost",
    )
    again = refused(lambda: life.api.revoke_certificate(serial_number=serial))
    assert again in {(1143,), (1145,)}
    life.sandbox.advance("PT5S")
    details = life.api.get_certificate(serial_number=serial).certificate_details
    assert details is not None
    assert details.certificate_status == CertificateStatus.REVOKED
    assert details.revoked_date is not None
    assert refused(lambda: life.api.revoke_certificate(serial_number=serial)) == (1145,)


def lists_hold_everything_once(life: Life) -> None:
    now = datetime.now(timezone.utc)
    period = {"from_date": now - timedelta(days=1), "to_date": now + timedelta(days=1000)}
    for read in (life.api.get_orders_by_date_range, life.api.get_modified_orders):
        listed = [entry.order_status.order_id for entry in read(**period) if entry.order_status]
        there = [order["orderID"] for order in life.sandbox.orders() for _entry in order["entries"]]
        assert sorted(listed) == sorted(there)
        assert list(read(from_date=now - timedelta(days=9), to_date=now - timedelta(days=8))) == []
    assert list(life.api.get_expiring_certificates(validity_days_left=1)) == []


def it_is_seen_to_expire(life: Life, serial: str) -> None:
    end = life.certificate(serial).not_valid_after_utc
    now = datetime.fromisoformat(life.sandbox.request("GET", "/sandbox/clock")["now"])
    life.sandbox.advance(f"P{(end - now).days - 10}D")
    expiring = {each.serial_number: each for each in life.api.get_expiring_certificates(validity_days_left=30)}
    assert serial in expiring
    assert expiring[serial].validity_days_left == 10


def a_bundle_is_made(life: Life, serial: str) -> None:
    if life.form("sni-operations") == "absent":
        return
    order = SniOrderRequest(
        csr=make_csr(life.site), serial_numbers=(serial, "AB"), requestor_info=REQUESTOR, language="en"
    )
    placed = life.api.order_sni_certificate(order)
    assert [number.lstrip("0") for number in placed.invalid_serial_numbers] == ["AB"]
    life.sandbox.wait_for_state(placed.order_id, "ENROLLED")
    bundle = life.newest_serial(placed.order_id)
    change = SniChangeRequest(serial_number=bundle, remove_serial_numbers=(serial,))
    assert refused(lambda: life.api.modify_sni_certificate(change)) == (2048,)


@pytest.mark.parametrize("dialect", forms())
def test_client_goes_through_a_whole_lifecycle(
    dialect: Mapping[str, str],
    start_life: Callable[[Mapping[str, str]], Life],
    record_property: Callable[[str, object], None],
) -> None:
    print(f"DIALECT_SEED={SEED} dialect={dict(dialect)}")
    if not dialect:
        record_property("random dialects", f"{COMBINATIONS} combinations of DIALECT_SEED={SEED}")
    life = start_life(dialect)
    with life.api:
        a_stranger_is_turned_away(life)
        first = a_certificate_is_ordered(life)
        an_order_is_documented_and_cancelled(life)
        a_mailbox_is_validated(life)
        second = a_name_is_added(life, first)
        a_bundle_is_made(life, second)
        lists_hold_everything_once(life)
        it_is_revoked(life, it_is_renewed(life, second))
        it_is_seen_to_expire(life, second)
    called = {call["operation"] for call in life.sandbox.calls() if call["successCode"] == 0}
    skipped = {"modifySNICertificate", *(("orderSNICertificate",) if life.form("sni-operations") else ())}
    unasked = {"addSanVerification"}
    missing = {operation.value for operation in ApiOperation} - called - skipped - unasked
    assert missing == set(), "Add a call of each of these operations to a step of the life"
