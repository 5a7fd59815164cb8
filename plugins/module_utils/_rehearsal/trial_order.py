# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The test order of a rehearsal: names, products, and a request for each form to compare.

Private to the collection. Pure, except that keys are random.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement

from .._handover.terms import KeyType
from .._lifecycle.products import CATALOGUE, ValidationLevel
from .._partner_api.enums import ApproverMethod
from .._partner_api.messages.domain_control import SanApprover, SanEntry
from .._partner_api.messages.quick_order import OrderParameters, OrderRequest
from .._third_party.host_packages import hashes, serialization, x509
from .._x509.csr import build_request
from .._x509.keys import KeySpec, generate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._lifecycle.products import Product
    from .._partner_api.messages.parties import RequestorInfo
    from .._x509.compatibility import PrivateKey
    from .observed_answer import ObservedAnswer

CUSTOMER = "certum-rehearsal"
"""The customer of all test orders. A rehearsal also cancels the pending orders of this customer from earlier runs."""
APPROVER = SanApprover(approver_method=ApproverMethod.DNS_TXT_PREFIX, notification_enabled=False)


@dataclass(frozen=True)
class Products:
    """The codes of domain-validated products that the account may order, None for those that it may not."""

    single: str | None
    wildcard: str | None
    several: str | None

    @classmethod
    def of(cls, answer: ObservedAnswer) -> Products:
        offered = {(each.findtext("code") or "").strip() for each in answer.all("products/product")}
        usable = [each for each in CATALOGUE if each.code in offered and each.level is ValidationLevel.DV]

        def first(candidates: list[Product]) -> str | None:
            return next((each.code for each in candidates), None)

        return cls(
            single=first([each for each in usable if not each.wildcard and not each.multi_domain]),
            wildcard=first([each for each in usable if each.wildcard]),
            several=first([each for each in usable if each.multi_domain]),
        )


@dataclass(frozen=True)
class OrderDraft:
    """What all requests of a rehearsal have in common. ``host`` is the full name, which nobody uses otherwise."""

    host: str
    token: str
    requestor: RequestorInfo
    now: datetime

    def order_id(self, purpose: str) -> str:
        return f"rehearsal-{self.token}-{purpose}"

    def element(self, product: str, names: Sequence[str], *, order_id: str, csr: str) -> Element:
        """Return the request of validateOrderParameters and of quickOrder."""
        parameters = OrderParameters(csr=csr, customer=CUSTOMER, language="en", order_id=order_id, product_code=product)
        entries = tuple(SanEntry(dns_name=name) for name in names)
        return OrderRequest(
            san_approver=APPROVER, order_parameters=parameters, requestor_info=self.requestor, san_entries=entries
        ).to_element()


def new_key() -> PrivateKey:
    """Return a new key for a test order. Nobody keeps it, because the certificate is never issued."""
    return generate(KeySpec(KeyType.RSA, 2048))


def new_csr(names: Sequence[str], key: PrivateKey | None = None) -> str:
    """Return a CSR for these names. Only a placed order uses a key up, so checks can share one."""
    return build_request(key or new_key(), common_name=names[0], names=names)


def own_certificate(name: str, now: datetime) -> str:
    """Return a self-signed certificate, which is certainly no certificate of the CA."""
    key = generate(KeySpec(KeyType.EC, 256))
    subject = x509.Name([x509.NameAttribute(x509.ObjectIdentifier("2.5.4.3"), name)])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    moment = now.astimezone(timezone.utc)
    builder = builder.not_valid_before(moment).not_valid_after(moment + timedelta(days=1))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode("ascii")


def child(body: Element, path: str) -> Element:
    """Return an element of a request of ours, which has it."""
    found = body.find(path)
    if found is None:
        raise KeyError(path)
    return found


def with_text(body: Element, path: str, text: str) -> Element:
    child(body, path).text = text
    return body


def with_parameter(body: Element, name: str, text: str, *, before: str | None = None) -> Element:
    """Return the request with one more element in orderParameters, at its end or before another one."""
    parameters = child(body, "orderParameters")
    element = Element(name)
    element.text = text
    position = len(parameters) if before is None else list(parameters).index(child(parameters, before))
    parameters.insert(position, element)
    return body


def without(body: Element, parent: str, name: str) -> Element:
    holder = body if parent == "." else child(body, parent)
    holder.remove(child(holder, name))
    return body


def with_organization_name(body: Element, number: str) -> Element:
    """Return the request with organizationInfo, which has the retired element organizationName."""
    block = Element("organizationInfo")
    SubElement(block, "organizationName").text = "Rehearsal"
    SubElement(block, "taxIdentificationNumber").text = number
    body.insert(list(body).index(child(body, "requestorInfo")), block)
    return body


def with_prefix(body: Element, prefix: str) -> Element:
    """Return the request with an approver's mail prefix, at its place in the schema."""
    element = Element("approverEmailPrefix")
    element.text = prefix
    child(body, "SANApprover").insert(1, element)
    return body


def bare(csr: str) -> str:
    """Return a PEM text without its armour."""
    return "\n".join(line for line in csr.splitlines() if not line.startswith("-----"))
