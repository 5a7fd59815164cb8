# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The entries of the CA's orders as the survey of an account needs them.

Private to the collection. Source: partner-api.md 3.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._lifecycle.account_survey import AccountCertificate, AccountOrder
from .._x509.certificate_facts import read_certificate, read_subject
from .._x509.pem import one_certificate
from .._x509.x509_errors import X509Error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .._lifecycle.account_survey import Entry
    from .._partner_api.messages.certificate import CertificateDetails
    from .._partner_api.messages.order_lookup import ListedOrder


def surveyed(orders: Iterable[ListedOrder]) -> Iterator[Entry]:
    """Yield the entries that have an order id. Nothing can be done with an order without one."""
    for order in orders:
        status, details = order.order_status, order.certificate_details
        if status is None:
            continue
        information = order.order_details.organization_info if order.order_details else None
        known = AccountOrder(
            order_id=status.order_id,
            customer=status.customer,
            product_code=status.product_code,
            ordered_at=status.order_date,
            state=str(status.order_state),
            tax_identification_number=information.tax_identification_number if information else None,
        )
        yield known, _certificate(details) if details else None


def _certificate(details: CertificateDetails) -> AccountCertificate:
    """Return names, key and subject of the certificate itself: the CA's own fields for them have no certain form."""
    known: dict[str, Any] = {
        "status": str(details.certificate_status),
        "not_before": details.start_date,
        "not_after": details.end_date,
    }
    try:
        text = one_certificate(details.x509_cert)
        facts, subject = read_certificate(text), read_subject(text)
    except X509Error as error:
        return AccountCertificate(
            serial_number=details.serial_number, common_name=details.common_name, unreadable=str(error), **known
        )
    return AccountCertificate(
        serial_number=facts.serial_number,
        common_name=facts.common_name or "",
        names=facts.names,
        key=(facts.key_spec.type.value, facts.key_spec.size) if facts.key_spec else None,
        subject=subject,
        **known,
    )
