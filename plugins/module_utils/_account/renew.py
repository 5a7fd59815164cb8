# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What certum_renew does: buy the next term of a certificate.

Private to the collection. Source: partner-api.md 2.3, lifecycle.md 8, errors 1032, 1166 to 1170, 2093.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from .._issuance.order import hash_algorithm_of
from .._lifecycle.products import CATALOGUE, UnknownProductError, find
from .._partner_api.errors import CertumError
from .._partner_api.messages.certificate import RenewalRequest
from .reference import InvalidRequestError, find_certificate, read_csr, utc_now
from .successor import approver, buy_once, has_key, is_under_way, order_ids, prediction, result

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._partner_api.client import PartnerApi
    from .._x509.csr import RequestFacts
    from .reference import Reference

CLOCKS_DIFFER_BY = timedelta(days=1)
_RENEWALS = {product.renewal_code: product for product in CATALOGUE if product.renewal_code}


@dataclass(frozen=True)
class Terms:
    """Under which customer and product code the next term is bought."""

    customer: str
    product_code: str


def renew_certificate(api: PartnerApi, params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """The result of the module. Raises CertumError and InvalidRequestError."""
    request, proof = read_csr(params), approver(params)
    reference = find_certificate(api, params)
    terms = _terms(params, reference)
    _refuse_unfit(reference, request)
    after = {"product_code": terms.product_code, "customer": terms.customer, "renews": reference.serial_number}
    if check_mode:
        found = _look(api, reference, terms, request)
        if found:
            return {
                **prediction(f"order {found} renews {reference.words} already", {}),
                "changed": False,
                "order_id": found,
            }
        return prediction(f"{reference.words} would be renewed with product {terms.product_code}", after)
    message = RenewalRequest(
        san_approver=proof,
        csr=request.pem,
        customer=terms.customer,
        product_code=terms.product_code,
        serial_number=reference.serial_number,
        hash_algorithm=hash_algorithm_of(request),
        user_agent="certops.certum",
    )
    purchase = buy_once(
        lambda: api.renew_certificate(message),
        lambda: _look(api, reference, terms, request),
        where=f"renewal of {reference.words}",
    )
    words = f"was renewed by order {purchase.order_id}" + ("" if purchase.is_new else " in an earlier run")
    return result(purchase, params, reason=f"{reference.words} {words}", after=after)


def _terms(params: Mapping[str, Any], reference: Reference) -> Terms:
    """What the options say, and what they leave open from the old order, if it was named."""
    status = next((entry.order_status for entry in reference.entries if entry.order_status), None)
    customer = params["customer"] or (status.customer if status else None)
    product = params["product"] or (status.product_code if status else None)
    if not customer or not product:
        raise InvalidRequestError(
            "A renewal needs the customer and the product of the old order (errors 1166 to 1169): give order_id, "
            "or both customer and product. Nothing was sent."
        )
    return Terms(customer, _renewal_code(product))


def _renewal_code(word: str) -> str:
    """The code that buys the next term of a product, named by its issue code, its renewal code or its name."""
    if word in _RENEWALS:
        return word
    try:
        product = find(word)
    except UnknownProductError as error:
        raise InvalidRequestError(f"{error} Nothing was sent.") from None
    return product.renewal_code or product.code


def _refuse_unfit(reference: Reference, request: RequestFacts) -> None:
    """What the CA would refuse with 1168 or 1032, said before anything is sent."""
    if has_key(reference.details, request):
        raise InvalidRequestError(
            "The CSR has the key of the certificate that is renewed, and the CA takes a key only once (error 1032). "
            "Make a new key and CSR. Nothing was sent."
        )
    asked, had = (request.common_name or "").lower(), reference.details.common_name.lower()
    if had and asked != had:
        raise InvalidRequestError(
            f"The CSR is for {asked or 'no common name'}, and {had} is renewed (error 1168). Make it with that common "
            "name, or place a new order. Nothing was sent."
        )


def _look(api: PartnerApi, reference: Reference, terms: Terms, request: RequestFacts) -> str | None:
    """The renewal that this key went to: by its certificate, or as the only one of this customer that is under way."""
    entries = api.get_orders_by_date_range(
        from_date=reference.details.start_date - CLOCKS_DIFFER_BY, to_date=utc_now() + CLOCKS_DIFFER_BY
    )
    ours = [
        entry
        for entry in entries
        if entry.order_status
        and (entry.order_status.customer, entry.order_status.product_code) == (terms.customer, terms.product_code)
    ]
    with_key = order_ids(entry for entry in ours if has_key(entry.certificate_details, request))
    under_way = order_ids(filter(is_under_way, ours))
    if with_key or len(under_way) == 1:
        return (with_key or under_way)[0]
    if under_way:
        raise CertumError(
            where=f"renewal of {reference.words}",
            why=f"orders {', '.join(under_way)} of customer {terms.customer} are under way, for keys that are not told",
            remedy="Look at them with certum_order_info, and cancel what is not wanted with certum_cancel.",
        )
    return None
