# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads a certificate that one host has from the account, for the other hosts that share it.

Private to the collection. The certificate comes from the CA and not from a host, so a host cannot supply another one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._handover.serial_number import same_serial_number
from .._lifecycle.products import issue_code
from .._lifecycle.term_end import Validity, end_did_not_move, estimated_term_end
from .._partner_api.api_errors import CertumError
from .._partner_api.enums import CertificateStatus
from .._store.json_record import moment_text
from .._store.reissues import shown_reissues
from .._x509.chain import build_chain
from .._x509.pem import one_certificate
from .._x509.x509_errors import X509Error
from .account_entries import issued_entries, names_of, reissues_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from .._handover.shared_items import SuppliedCertificate
    from .._partner_api.client import PartnerApi
    from .._partner_api.messages.certificate import CertificateDetails


def supplied_certificate(
    api: PartnerApi,
    *,
    name: str,
    serial_number: str,
    order_id: str,
    names: Collection[str],
    customer: str,
    product: str,
) -> SuppliedCertificate:
    """Return the certificate with its chain and its order. ``names`` are the declared ones.

    ``customer`` and ``product`` count if the CA does not return those of the order. Raises CertumError.
    """
    where = f"certificate {quote(serial_number, 60)}"
    if not order_id:
        raise _refused(where, "the host that has it does not know its order")
    entries = api.get_order_by_order_id(order_id=order_id)
    issued = issued_entries(entries)
    details = next((each for each in issued if same_serial_number(each.serial_number, serial_number)), None)
    if details is None:
        raise _refused(where, f"order {quote(order_id, 50)} does not have it")
    _refuse_unfit(where, details, names, expired=details.end_date <= api.now())
    answer = api.get_certificate(serial_number=details.serial_number)
    try:
        certificate = one_certificate(details.x509_cert or _own(answer.certificate_details))
        chain = build_chain(certificate, answer.ca_bundle, now=api.now())
    except X509Error as error:
        raise _refused(where, f"the CA's answer cannot be read: {error}") from error
    status = next((each.order_status for each in entries if each.order_status), None)
    return {
        "name": name,
        "serial_number": details.serial_number,
        "certificate": certificate,
        "chain": list(chain.certificates),
        "root": chain.root,
        "order_id": order_id,
        "customer": (status.customer if status else "") or customer,
        "product": issue_code(status.product_code if status else "") or product,
        "term_end": moment_text(_term_end(issued)),
        "environment": api.environment,
        "reissues": shown_reissues(reissues_of(issued)),
    }


def _term_end(issued: Sequence[CertificateDetails]) -> datetime:
    """Return the estimated term end. If the last reissue did not move the expiry date, the term ends then."""
    estimated = estimated_term_end(issued[0].start_date)
    if len(issued) > 1:
        former, last = (Validity(each.start_date, each.end_date) for each in issued[-2:])
        if end_did_not_move(former, last, estimated):
            return issued[-1].end_date
    return estimated


def _own(details: CertificateDetails | None) -> str:
    return details.x509_cert if details else ""


def _refuse_unfit(where: str, details: CertificateDetails, names: Collection[str], *, expired: bool) -> None:
    if missing := sorted(set(names) - names_of(details)):
        raise _refused(where, f"it does not name {', '.join(missing)}, which is declared")
    if expired or details.certificate_status != CertificateStatus.VALID:
        raise _refused(
            where, "it has expired" if expired else f"the CA reports that it is {details.certificate_status}"
        )


def _refused(where: str, why: str) -> CertumError:
    return CertumError(
        where=where,
        why=why,
        remedy="No key was sent to other hosts. Check the host that reports this certificate, then run again.",
    )
