# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reports each real refusal of a real sandbox with a remedy.

Foreseeable errors are refused before the CA is asked, with messages that are as complete.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._controller.cancel import cancel_order
from ansible_collections.certops.certum.plugins.module_utils._controller.order import order_or_validate
from ansible_collections.certops.certum.plugins.module_utils._controller.reissue import reissue_certificate
from ansible_collections.certops.certum.plugins.module_utils._controller.renew import renew_certificate
from ansible_collections.certops.certum.plugins.module_utils._controller.requested_certificate import (
    InvalidRequestError,
)
from ansible_collections.certops.certum.plugins.module_utils._controller.revoke import revoke_certificate
from ansible_collections.certops.certum.plugins.module_utils._module.option_specs import successor_options
from ansible_collections.certops.certum.plugins.module_utils._partner_api.api_errors import ApiError, CertumError
from ansible_collections.certops.certum.plugins.module_utils._partner_api.client import PartnerApi
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.certificate import (
    ReissueRequest,
    RenewalRequest,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.domain_control import (
    SanApprover,
    SanEntry,
)
from certum_sandbox.ca.hierarchy import KeyType, open_hierarchy, to_pem
from certum_sandbox.ca.profile import CertificateRequest, Locations, issue_certificate
from certum_sandbox.products import Sale, load_catalogue
from cryptography import x509
from support.sandbox import Sandbox
from support.soap import make_csr

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONTACT = {"first_name": "Ada", "last_name": "Nowak", "email": "ops@example.com"}
FILE = SanApprover(approver_method="FILE")
OPTIONS = {
    **dict.fromkeys([*successor_options(), "customer", "product", "key_compromise_date", "note"]),
    "validation": {"method": "file"},
    "add_names": [],
    "revoke_reason": "unspecified",
    "wait": False,
    "wait_timeout": 0,
    "wait_sleep": 1,
}


@dataclass
class Account:
    """A client, and the newest serial number of each of its orders, which are for ``<order id>.example.org``."""

    sandbox: Sandbox
    api: PartnerApi
    serials: dict[str, str] = field(default_factory=dict)

    def place(self, order_id: str, **options: Any) -> None:
        given = {"csr_content": csr(order_id), "order_id": order_id, "customer": "web1/x", "contact": CONTACT}
        order_or_validate(self.api, {**given, "validate_only": False, **options}, check_mode=False)

    def enrol(self, order_id: str) -> str:
        self.sandbox.decide(order_id, "DOMAIN")
        entries = self.sandbox.wait_for_state(order_id, "ENROLLED")["entries"]
        self.serials[order_id] = entries[-1]["serialNumber"]
        return self.serials[order_id]

    def do(self, act: Callable[..., dict[str, Any]], order_id: str, **options: Any) -> None:
        """Return the result of a module with these options."""
        reference = {} if "serial_number" in options else {"order_id": order_id}
        given = {**OPTIONS, "csr_content": csr(order_id), **reference, **options}
        act(self.api, given, check_mode=False)

    def send_renewal(self, **changes: Any) -> None:
        given = {"csr": csr("shop"), "customer": "web1/x", "product_code": "606", "san_approver": FILE}
        self.api.renew_certificate(RenewalRequest(**{**given, "serial_number": self.serials["shop"], **changes}))

    def send_reissue(self, order_id: str, **changes: Any) -> None:
        given = {"csr": csr(order_id), "san_approver": FILE, "serial_number": self.serials[order_id]}
        self.api.reissue_certificate(ReissueRequest(**{**given, **changes}))

    def foreign(self) -> str:
        """Return a certificate that this CA issued to another account."""
        key = x509.load_pem_x509_csr(csr("shop").encode()).public_key()
        subject, names = {"commonName": "shop.example.org"}, ["shop.example.org"]
        now = datetime.now(timezone.utc)
        product = load_catalogue(Sale.LIKELY).get("601")
        request = CertificateRequest(key, subject, names, product, now, now + timedelta(days=199))
        authority = open_hierarchy(self.sandbox.root.parent)[KeyType.EC]
        return to_pem(issue_certificate(authority, request, Locations("http://o", "http://i", "http://c")))


def names(*labels: str) -> tuple[SanEntry, ...]:
    """Return names as a request lists them."""
    return tuple(SanEntry(dns_name=f"{label}.example.org") for label in labels)


def csr(order_id: str) -> str:
    """Return a CSR with a new key."""
    return make_csr(f"{order_id}.example.org")


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory, ca_keys: Path) -> Iterator[Account]:
    """Return an account of a CA that reuses no validation, and is slow to issue once everything is set up."""
    data = tmp_path_factory.mktemp("account") / "ca"
    with Sandbox.start(data, ca_from=ca_keys, options=["--no-tls"], dialect={"proof-reuse": "no"}) as sandbox:
        account = Account(sandbox, client(sandbox))
        for order_id in ("shop", "multi", "revoked", "twice", "busy"):
            account.place(order_id, **({"product": "commercial_multidomain_ssl"} if order_id == "multi" else {}))
        for order_id in ("shop", "multi", "revoked", "twice"):
            account.enrol(order_id)
        older = account.serials["twice"]
        account.send_reissue("twice")
        account.enrol("twice")
        account.do(revoke_certificate, "revoked")
    with Sandbox.start(data, options=["--no-tls", "--pace=600"], dialect={"proof-reuse": "no"}) as sandbox:
        sandbox.decide("busy", "DOMAIN")
        yield Account(sandbox, client(sandbox), {**account.serials, "older": older})


def client(sandbox: Sandbox) -> PartnerApi:
    return PartnerApi.from_options(url=sandbox.url, username=sandbox.user, password=sandbox.password)


Ask = Callable[[Account], object]
LEAKED = {"revoke_reason": "key_compromise", "key_compromise_date": "2020-01-01"}
BY_THE_CA: list[tuple[int, str, Ask]] = [
    (1166, "With order_id, certum_renew finds it", lambda a: a.send_renewal(product_code="601")),
    (1167, "certum_order_info shows it", lambda a: a.do(renew_certificate, "shop", product="commercial_wildcard_ssl")),
    (1168, "Make the CSR with the common name of the old", lambda a: a.send_renewal(csr=csr("other"))),
    (1169, "Give the customer identifier of the old order", lambda a: a.do(renew_certificate, "shop", customer="me")),
    (1170, "(api_username)", lambda a: a.send_renewal(serial_number=None, x509_cert=a.foreign())),
    (2094, "see certum_order_info", lambda a: a.send_reissue("revoked")),
    (2126, "order_id", lambda a: a.do(reissue_certificate, "twice", serial_number=a.serials["older"])),
    (2130, "add_names", lambda a: a.send_reissue("multi", san_entries=names("multi", "new"))),
    (2188, "validation.method", lambda a: a.do(reissue_certificate, "shop", validation=None)),
    (1136, "revoke it with certum_revoke if nobody uses it", lambda a: a.api.cancel_order(order_id="shop")),
    (1139, "run certum_cancel again in a few minutes", lambda a: a.do(cancel_order, "busy")),
    (1141, "key_compromise_date between the start", lambda a: revoke(a, "KEYCOMPROMISE", days=9)),
    (2104, "Leave key_compromise_date out", lambda a: revoke(a, "SUPERSEDED", days=0)),
]
BY_THE_MODULE: list[tuple[int | None, str, Ask]] = [
    (1168, "Make a CSR with that common name", lambda a: a.do(renew_certificate, "shop", csr_content=csr("other"))),
    (2094, "Place a new order", lambda a: a.do(reissue_certificate, "revoked")),
    (None, "Revoke its certificate with certum_revoke", lambda a: a.do(cancel_order, "shop")),
    (1141, "between the start of the certificate", lambda a: a.do(revoke_certificate, "shop", **LEAKED)),
    (2104, "Leave the date out", lambda a: a.do(revoke_certificate, "shop", key_compromise_date="2020-01-01")),
]


def revoke(account: Account, reason: str, *, days: int) -> None:
    day = (datetime.now(timezone.utc) + timedelta(days=days)).date()
    account.api.revoke_certificate(
        serial_number=account.serials["shop"], revocation_reason=reason, key_compromise_date=day
    )


@pytest.mark.parametrize(("code", "remedy", "ask"), BY_THE_CA, ids=[str(code) for code, *_more in BY_THE_CA])
def test_every_refusal_has_its_own_remedy(account: Account, code: int, remedy: str, ask: Ask) -> None:
    with pytest.raises(ApiError) as told:
        ask(account)
    assert told.value.error_codes == (code,)
    assert remedy in told.value.remedy
    assert str(told.value).endswith(told.value.remedy)


@pytest.mark.parametrize(("code", "remedy", "ask"), BY_THE_MODULE, ids=[str(code) for code, *_more in BY_THE_MODULE])
def test_foreseeable_error_is_refused_with_the_remedy(
    account: Account, code: int | None, remedy: str, ask: Ask
) -> None:
    with pytest.raises((CertumError, InvalidRequestError)) as told:
        ask(account)
    assert not isinstance(told.value, ApiError)
    assert remedy in str(told.value)
    assert code is None or f"error {code}" in str(told.value)
