# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""validateOrderParameters, quickOrder, cancelOrder (partner-api.md 2.1, 2.2, 2.5, 3.1).

Private to the collection.
"""

from __future__ import annotations

from datetime import date

from ..._third_party.controller_packages import element, wrapped
from ..enums import ApiBusinessCategory, HashAlgorithm
from .base import Answer, Message, OrderId, OrText, Request
from .domain_control import SanApprover, SanEntry, SanVerification
from .parties import OrganizationInfo, RequestorInfo


class OrderParameters(Message):
    """The parameters of an order. ``csr`` is PEM; the caller chooses ``order_id`` and ``customer``.

    The values from ``email`` to ``jurisdiction_country`` replace those of the CSR's subject. ``given_name`` and
    ``surname`` are newer than the schema known here; their position is a guess.
    """

    csr: str = element(tag="CSR")
    customer: str = element(tag="customer")
    language: str | None = element(tag="language", default=None)
    order_id: str | None = element(tag="orderID", default=None)
    product_code: str = element(tag="productCode")
    user_agent: str | None = element(tag="userAgent", default=None)
    hash_algorithm: OrText[HashAlgorithm] | None = element(tag="hashAlgorithm", default=None)
    email: str | None = element(tag="email", default=None)
    common_name: str | None = element(tag="commonName", default=None)
    organization: str | None = element(tag="organization", default=None)
    organizational_unit: str | None = element(tag="organizationalUnit", default=None)
    locality: str | None = element(tag="locality", default=None)
    country: str | None = element(tag="country", default=None)
    state: str | None = element(tag="state", default=None)
    serial_number: str | None = element(tag="serialNumber", default=None)
    business_category: ApiBusinessCategory | None = element(tag="businessCategory", default=None)
    street_address: str | None = element(tag="streetAddress", default=None)
    postal_code: str | None = element(tag="postalCode", default=None)
    jurisdiction_locality: str | None = element(tag="joiln", default=None)
    jurisdiction_state: str | None = element(tag="joisopn", default=None)
    jurisdiction_country: str | None = element(tag="joisocn", default=None)
    revocation_contact_email: str | None = element(tag="revocationContactEmail", default=None)
    shortened_validity_period: date | None = element(tag="shortenedValidityPeriod", default=None)
    given_name: str | None = element(tag="givenName", default=None)
    surname: str | None = element(tag="surname", default=None)


class OrderRequest(Request):
    """The request of both calls: validateOrderParameters checks it, quickOrder orders with the same value."""

    san_approver: SanApprover | None = element(tag="SANApprover", default=None)
    order_parameters: OrderParameters = element(tag="orderParameters")
    organization_info: OrganizationInfo | None = element(tag="organizationInfo", default=None)
    requestor_info: RequestorInfo = element(tag="requestorInfo")
    san_entries: tuple[SanEntry, ...] | None = wrapped("SANEntries", element(tag="SANEntry"), default=None)


class ParsedCsr(Message):
    """The CSR's subject, as the CA read it."""

    common_name: str | None = element(tag="commonName", default=None)
    country: str | None = element(tag="country", default=None)
    email: str | None = element(tag="email", default=None)
    jurisdiction_country: str | None = element(tag="joISoCN", default=None)
    jurisdiction_locality: str | None = element(tag="joILN", default=None)
    jurisdiction_state: str | None = element(tag="joISoPN", default=None)
    business_category: OrText[ApiBusinessCategory] | None = element(tag="businessCategory", default=None)
    locality: str | None = element(tag="locality", default=None)
    organization: str | None = element(tag="organization", default=None)
    organizational_unit: str | None = element(tag="organizationalUnit", default=None)
    postal_code: str | None = element(tag="postalCode", default=None)
    serial_number: str | None = element(tag="serialNumber", default=None)
    street_address: str | None = element(tag="streetAddress", default=None)
    state: str | None = element(tag="state", default=None)


class ValidateOrderParametersAnswer(Answer):
    parsed_csr: ParsedCsr | None = element(tag="ParsedCSR", default=None)


class PlacedOrder(Answer):
    """``san_verification`` is absent if no domain needs validation, and sometimes after a reissue."""

    order_id: OrderId = element(tag="orderID")
    san_verification: SanVerification | None = element(tag="SANVerification", default=None)


class CancelOrderRequest(Request):
    note: str | None = wrapped("cancelParameters", element(tag="note"), default=None)
    order_id: str = wrapped("cancelParameters", element(tag="orderID"))
