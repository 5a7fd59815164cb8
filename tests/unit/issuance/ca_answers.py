# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Orders to ask for, the CA's answers to them, and the short form in which tables expect an outcome."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from functools import cache
from typing import TYPE_CHECKING, Any

from ansible_collections.certops.certum.plugins.module_utils._handover.terms import Operation as Task
from ansible_collections.certops.certum.plugins.module_utils._issuance.concurrency import obtain_all
from ansible_collections.certops.certum.plugins.module_utils._issuance.obtaining import Obtain
from ansible_collections.certops.certum.plugins.module_utils._issuance.order_conversion import read_order
from ansible_collections.certops.certum.plugins.module_utils._issuance.waiting import Patience
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.base import Answer
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.certificate import (
    CertificateDetails,
    IssuedCertificate,
    RenewalAnswer,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.domain_control import (
    AddSanVerificationAnswer,
    GetSanVerificationStateAnswer,
    ManualVerification,
    NameVerification,
    SanVerification,
    SystemVerification,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.order_lookup import (
    GetOrdersAnswer,
    OrderProgress,
    OrderStatus,
    OrderVerification,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.order_lookup import (
    ListedOrder as Entry,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.quick_order import PlacedOrder
from ansible_collections.certops.certum.plugins.module_utils._x509 import keys
from ansible_collections.certops.certum.plugins.module_utils._x509.csr import build_request
from ansible_collections.certops.certum.tests.unit.issuance.csrs import CONTACT
from ansible_collections.certops.certum.tests.unit.store.world import ISSUING, ROOT
from ansible_collections.certops.certum.tests.unit.x509.authority import EC256, RSA2048

if TYPE_CHECKING:
    from ansible_collections.certops.certum.plugins.module_utils._handover.order_items import OrderItem
    from ansible_collections.certops.certum.plugins.module_utils._handover.reasons import ReasonCode
    from ansible_collections.certops.certum.plugins.module_utils._handover.terms import State
    from ansible_collections.certops.certum.plugins.module_utils._issuance.ordered_certificate import Order
    from ansible_collections.certops.certum.plugins.module_utils._issuance.outcome import Outcome
    from ansible_collections.certops.certum.plugins.module_utils._partner_api.client import PartnerApi

NOW = datetime(2026, 11, 23, tzinfo=timezone.utc)
NAMES = ("shop.example.com", "www.shop.example.com")
CUSTOMER, PRODUCT, RENEWAL = "web1/shop", "601", "606"
OLD_ID, NEW_ID, OTHER_ID = "shop-old", "CA-77", "CA-88"
CODE, NEW_CODE = "c0de", "n3wc0de"

OUR_KEY, OLD_KEY, STRANGE_KEY = (keys.generate(EC256) for _key in range(3))
RSA_KEY = keys.generate(RSA2048)


@cache
def csr(names: tuple[str, ...]) -> str:
    """One CSR for each list of names: a signature is another one each time that it is made."""
    return build_request(OUR_KEY, common_name=names[0], names=names)


@cache
def _order(names: tuple[str, ...]) -> Order:
    item: OrderItem = {
        "name": "shop",
        "csr_content": csr(names),
        "contact": CONTACT,  # type: ignore[typeddict-item]
        "customer": CUSTOMER,
    }
    return read_order(item)


def order(*names: str, **changes: Any) -> Order:
    """A new order for these names, with our key."""
    return replace(_order(names or NAMES), **changes)


ORDER = order()
ID = ORDER.order_id


def entry(
    order_id: str = ID,
    *,
    customer: str = CUSTOMER,
    product: str = PRODUCT,
    state: str = "VERIFICATION",
    certificate: CertificateDetails | None = None,
) -> Entry:
    """One entry of an order; without a certificate it is pending."""
    status = OrderStatus(
        customer=customer,
        order_date=NOW - timedelta(days=30),
        order_id=order_id,
        order_state="ENROLLED" if certificate else state,
        product_code=product,
    )
    return Entry(order_status=status, certificate_details=certificate)


def certificate(
    key: Any = OUR_KEY,
    *,
    names: tuple[str, ...] = NAMES,
    age: int = 22,
    lifetime: int = 199,
    status: str = "VALID",
) -> CertificateDetails:
    """A certificate for a key, issued ``age`` days ago for ``lifetime`` days."""
    start = NOW - timedelta(days=age)
    number = 0xC0FFEE + age * 1000 + lifetime
    pem = ISSUING.sign(
        key.public_key(),
        names[0],
        names=names,
        beginning=start.replace(tzinfo=None),
        lifetime=timedelta(days=lifetime),
        serial_number=number,
    )
    return CertificateDetails(
        certificate_status=status,
        common_name=names[0],
        dns_names_text=" ".join(names),
        start_date=start,
        end_date=start + timedelta(days=lifetime),
        serial_number=f"{number:X}",
        x509_cert=pem,
    )


OURS = certificate(age=1)
OLD = certificate(OLD_KEY)
OLD_SERIAL = OLD.serial_number
EXPIRED = certificate(OLD_KEY, age=200)
REVOKED = certificate(OLD_KEY, status="REVOKED")
NEWER = certificate(STRANGE_KEY, age=5)
STRANGE = certificate(STRANGE_KEY, age=2)


def entries(*found: Entry) -> GetOrdersAnswer:
    return GetOrdersAnswer(orders=found)


def certificate_answer(found: CertificateDetails | None = OURS) -> IssuedCertificate:
    """The answer to getCertificate, with the chain."""
    return IssuedCertificate(certificate_details=found, ca_bundle=(ROOT.pem, ISSUING.pem))


def _code(code: str | None) -> SanVerification | None:
    return SanVerification(code=code, fqdns=NAMES) if code is not None else None


def placed(code: str | None = CODE, *, order_id: str = ID) -> PlacedOrder:
    """The answer to quickOrder and reissueCertificate."""
    return PlacedOrder(order_id=order_id, san_verification=_code(code))


def renewed(code: str | None = CODE, *, order_id: str = NEW_ID) -> RenewalAnswer:
    return RenewalAnswer(order_id=order_id, san_verification=_code(code))


def new_code(code: str | None = NEW_CODE) -> AddSanVerificationAnswer:
    """The answer to addSanVerification."""
    return AddSanVerificationAnswer(san_verification=_code(code))


def progress(state: str = "VERIFICATION", *, updated: int = 30, **checks: str) -> OrderProgress:
    """The answer to getOrderState; it last changed ``updated`` days ago."""
    return OrderProgress(
        verifications=tuple(OrderVerification(type=kind, state=found) for kind, found in checks.items()),
        last_update_date=NOW - timedelta(days=updated),
        order_state=state,
    )


ENROLLED, REJECTED, ACCEPTED = progress("ENROLLED"), progress("REJECTED"), progress("ACCEPTED")
UNPROVED = progress(DOMAIN="REQUIRED")


DONE = Answer()
"""The answer to performSanVerification, which contains nothing."""


def names_are(
    state: str, *failing: str, info: str = "", fqdns: tuple[str, ...] = NAMES
) -> GetSanVerificationStateAnswer:
    """The answer to getSanVerificationState: every name in one state, with the automatic checks that fail."""
    manual = ManualVerification(state=state, info=info)
    blocks = (SystemVerification(methods=failing),) if failing else ()
    return GetSanVerificationStateAnswer(
        names=tuple(
            NameVerification(fqdn=fqdn, manual_verification=manual, system_verifications=blocks) for fqdn in fqdns
        )
    )


def reissue(**changes: Any) -> Order:
    """The order, as a reissue of the certificate of another order."""
    return order(**{"operation": Task.REISSUE, "order_id": OLD_ID, "predecessor": OLD_SERIAL, **changes})


def renewal(**changes: Any) -> Order:
    """The order, as a renewal of a certificate."""
    return order(**{"operation": Task.RENEW, "order_id": "", "predecessor": OLD_SERIAL, **changes})


@dataclass(frozen=True)
class Found:
    """What a table expects of an outcome. ``problem`` are its error codes, None where there is no problem."""

    state: State
    reason: ReasonCode
    order_id: str = ID
    placed: bool = False
    changed: bool = False
    code: str | None = None
    problem: tuple[int, ...] | None = None
    unknown: bool = False
    issued: bool = False


def found_in(outcome: Outcome) -> Found:
    problem = outcome.problem
    return Found(
        state=outcome.state,
        reason=outcome.reason.code,
        order_id=outcome.order_id,
        placed=outcome.placed,
        changed=outcome.changed,
        code=outcome.validation.code if outcome.validation else None,
        problem=problem.error_codes if problem else None,
        unknown=bool(problem and problem.outcome_unknown),
        issued=outcome.issued is not None,
    )


def words_of(outcome: Outcome) -> str:
    """Return the reason and the problem of an outcome, as one text."""
    return f"{outcome.reason.text} {outcome.problem.text if outcome.problem else ''}"


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def obtain(api: PartnerApi, wanted: Order, *, seconds: float = 0.0, **options: Any) -> Outcome:
    """The outcome of a whole run for one order that may take ``seconds``; looks come after 0.1, 0.4, 1.3, 4 s ..."""
    clock = Clock()
    patience = Patience(timeout=seconds, longest_pause=60.0, clock=lambda: clock.now, sleep=clock.sleep)
    run = Obtain(api=api, **{"trigger": True, **options})
    (outcome,) = obtain_all(run, [wanted], patience=patience, workers=1)
    return outcome
