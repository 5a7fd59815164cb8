# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A checked order of one certificate, with everything that the CA needs.

Private to the collection. It knows nothing of Ansible and of files.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .._handover.terms import AdminPrefix, KeyType, Operation, PurchasePolicy, Sent, ValidationMethod
from .._lifecycle.due_date import RenewalWindow
from .._partner_api.enums import ApproverEmailPrefix, ApproverMethod, HashAlgorithm
from .._partner_api.messages.domain_control import SanApprover, SanEntry
from .._partner_api.messages.parties import OrganizationInfo, RequestorInfo
from .._partner_api.messages.quick_order import OrderParameters, OrderRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from .._lifecycle.products import Product
    from .._x509.csr import RequestFacts


@dataclass(frozen=True)
class Contact:
    """The requestor: the person whom the CA may contact."""

    first_name: str
    last_name: str
    email: str
    phone: str | None = None


@dataclass(frozen=True)
class SharedLimit:
    """The limits of an order for a group of hosts.

    ``held`` is the newest certificate that hosts of this play have, empty if there is none. ``outside`` are hosts of
    the group that this play does not see. ``replace`` is True if the operator requests a replacement.
    """

    group: str
    held: str = ""
    outside: tuple[str, ...] = ()
    replace: bool = False

    @property
    def remedy(self) -> str:
        """What to do if a host that this play does not see has the key."""
        shown = ", ".join(self.outside[:5]) + (" ..." if len(self.outside) > 5 else "")
        others = f" ({shown})" if shown else ""
        return (
            f"Run again with all hosts of group {self.group}{others} in one batch, so without serial: one of them may "
            "have the key, and sends it to the others."
        )


@dataclass(frozen=True)
class Order:
    """One certificate to order, or an existing order at the CA (``sent``) to resume.

    - ``order_id``: ours for an order, that of the ``predecessor`` for a reissue. For a renewal it is empty until the CA
      has sent it.
    - ``predecessor``: the serial number of the certificate that a reissue or renewal follows. If an order has a
      predecessor whose order has a live certificate, that certificate is reissued instead.
    - ``reissue_live_order``: the account may have a live order whose key is lost.
    - ``declared``: the names that are declared for the requesting host. The host may not name a certificate or an order
      of other names as its own. None if the caller is trusted.
    - ``own_customer``: False for a customer that only the host reports. Then the account must show that the customer is
      for these names.
    - ``given_customer``: the customer of the declaration. Others may have it too, so only certificates with exactly
      these names are followed, and none with ``allow_duplicate``.
    - ``purchase``: the paid orders that are allowed. ``duplicate_of`` names other declarations of the same names; with
      it no new order is allowed.
    - ``shared``: the limits of a certificate that a group of hosts shares.
    - ``validation_code``: the code of a pending order, if it is known. ``web_root``: the declared directory of its
      validation file, for messages.
    - ``names``: encoded, the CN first; certificates for mail and for code signing have none.
    - ``subject``: values by message field that replace the CSR's attributes.
    - ``term_end``: an estimate.
    """

    name: str
    order_id: str
    request: RequestFacts
    names: tuple[str, ...]
    product: Product
    method: ValidationMethod
    customer: str
    contact: Contact
    language: str | None = None
    admin_prefix: str | None = None
    operation: Operation = Operation.ORDER
    predecessor: str | None = None
    sent: Sent = Sent.NO
    reissue_live_order: bool = False
    window: RenewalWindow = field(default_factory=RenewalWindow)
    declared: frozenset[str] | None = None
    own_customer: bool = True
    given_customer: str = ""
    allow_duplicate: bool = False
    duplicate_of: str = ""
    purchase: PurchasePolicy = PurchasePolicy.ALLOW
    shared: SharedLimit | None = None
    term_end: datetime | None = None
    validation_code: str | None = None
    web_root: str = ""
    subject: Mapping[str, Any] = field(default_factory=dict)
    tax_identification_number: str | None = None
    revocation_contact_email: str | None = None

    @property
    def declared_customer(self) -> bool:
        """Whether certificates of the customer are followed because the declaration sets the customer."""
        return self.customer == self.given_customer and not (self.allow_duplicate or self.duplicate_of)

    @property
    def group(self) -> str:
        """The group of hosts that shares the certificate, or an empty text."""
        return self.shared.group if self.shared else ""

    @property
    def may_be_live(self) -> bool:
        """Whether the account is searched for a live order before this one is placed."""
        instead = self.operation is Operation.ORDER and self.predecessor is not None
        return (self.reissue_live_order or self.declared_customer or instead) and self.sent.may_be_sent

    def approver(self) -> SanApprover:
        """Return the validation method in the form of the API."""
        return approver_of(self.method, self.admin_prefix)

    def message(self) -> OrderRequest:
        """Return the request for both validateOrderParameters and quickOrder."""
        tax_number = self.tax_identification_number
        return OrderRequest(
            san_approver=self.approver() if self.names else None,
            order_parameters=OrderParameters(
                csr=self.request.pem,
                customer=self.customer,
                language=self.language,
                order_id=self.order_id,
                product_code=self.product.code,
                user_agent="certops.certum",
                hash_algorithm=hash_algorithm_of(self.request),
                revocation_contact_email=self.revocation_contact_email,
                **self.subject,
            ),
            organization_info=OrganizationInfo(tax_identification_number=tax_number) if tax_number else None,
            requestor_info=RequestorInfo(
                email=self.contact.email,
                first_name=self.contact.first_name,
                last_name=self.contact.last_name,
                phone=self.contact.phone,
            ),
            san_entries=tuple(SanEntry(dns_name=name) for name in self.names) or None,
        )


def approver_of(method: ValidationMethod, admin_prefix: str | None) -> SanApprover:
    """Return the validation method in the form of the API, without an e-mail address (partner-api.md 6, error 2160)."""
    return SanApprover(
        approver_method=ApproverMethod(method.api_value),
        approver_email_prefix=ApproverEmailPrefix(AdminPrefix(admin_prefix).api_value) if admin_prefix else None,
        notification_enabled=method is ValidationMethod.ADMIN,
    )


def hash_algorithm_of(request: RequestFacts) -> HashAlgorithm | None:
    """Return the hash algorithm that fits the key; None for a type of key that we never make."""
    if request.key_spec is None:
        return None
    return HashAlgorithm.ECC_SHA256 if request.key_spec.type is KeyType.EC else HashAlgorithm.RSA_SHA256


def known_orders(orders: Iterable[Order]) -> frozenset[str]:
    """Return the ids of orders that are known to be for one of these certificates, and so for no other one."""
    return frozenset(order.order_id for order in orders if not order.sent.may_be_sent)
