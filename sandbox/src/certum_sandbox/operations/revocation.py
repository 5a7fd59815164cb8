# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""revokeCertificate (partner-api.md 2.6, lifecycle.md 8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property

from certum_sandbox.dialect import Switch
from certum_sandbox.model import Certificate, CertificateStatus, Entry, Order, Revocation, RevocationReason
from certum_sandbox.operations.operation import Answer, Operation
from certum_sandbox.products import Validation
from certum_sandbox.rules.inquiry import Inquiry
from certum_sandbox.rules.rule import Breach, Rule, rule
from certum_sandbox.rules.serial_number_rules import serial_rules, serials
from certum_sandbox.rules.text_rules import missing, too_long
from certum_sandbox.transitions import REVOKING_TIME, revoke

_BLOCK = "revokeCertificateParameters"
_SERIAL = f"{_BLOCK}/serialNumber"
_DATE = f"{_BLOCK}/keyCompromitationDate"
_REASON = f"{_BLOCK}/revocationReason"
_REFUSED_REASONS = {"all": None, "2021": RevocationReason.SUPERSEDED, "2026": RevocationReason.PRIVILEGEWITHDRAWN}


class RevocationInquiry(Inquiry):
    """A ``revokeCertificate`` request."""

    @cached_property
    def entry(self) -> Entry | None:
        """The entry of the certificate, or None."""
        named = serials(self, _SERIAL)
        return self.backend.orders.entry_by_serial(named[0]) if named else None

    @cached_property
    def order(self) -> Order | None:
        """The order of the certificate, or None."""
        return self.backend.orders.find(self.entry.order_id) if self.entry is not None else None

    @property
    def certificate(self) -> Certificate | None:
        return self.entry.certificate if self.entry is not None else None

    def is_in_state(self, status: CertificateStatus) -> bool:
        """Return whether the certificate exists and has this status now."""
        return self.certificate is not None and self.certificate.status(self.now) is status

    @cached_property
    def key_compromised(self) -> date | None:
        """The date in the request, or None if it is absent or malformed."""
        try:
            return date.fromisoformat(self.message.value(_DATE) or "")
        except ValueError:
            return None


@rule(1133, _SERIAL)
def _unknown(inquiry: RevocationInquiry) -> Breach:
    return next(iter(serials(inquiry, _SERIAL)), False) if inquiry.entry is None else False


@rule(1135, _REASON)
def _unknown_reason(inquiry: RevocationInquiry) -> Breach:
    if not inquiry.message.has(_REASON):
        return False
    taken = set(RevocationReason) - {_REFUSED_REASONS[inquiry.backend.dialect[Switch.REVOCATION_REASONS]]}
    reason = inquiry.message.value(_REASON)
    return (reason or True) if reason not in taken else False


@rule(2190, _REASON)
def _affiliation_of_domain(inquiry: RevocationInquiry) -> Breach:
    """A domain-validated certificate names no organization, so no affiliation can change."""
    reason, order = inquiry.message.value(_REASON), inquiry.order
    if reason != RevocationReason.AFFILIATIONCHANGED or order is None:
        return False
    product = inquiry.backend.catalogue.get(order.product_code)
    return reason if product.validation is Validation.DOMAIN else False


@rule(1140, _DATE)
def _invalid_date(inquiry: RevocationInquiry) -> Breach:
    return inquiry.message.has(_DATE) and inquiry.key_compromised is None


@rule(1141, _DATE)
def _date_out_of_range(inquiry: RevocationInquiry) -> Breach:
    day, certificate = inquiry.key_compromised, inquiry.certificate
    if day is None or certificate is None or certificate.not_before.date() <= day <= inquiry.now.date():
        return False
    return day.isoformat()


@rule(2104, _DATE)
def _date_without_compromise(inquiry: RevocationInquiry) -> Breach:
    return inquiry.message.has(_DATE) and inquiry.message.value(_REASON) != RevocationReason.KEYCOMPROMISE


@rule(1143, _SERIAL)
def _is_being_revoked(inquiry: RevocationInquiry) -> Breach:
    return inquiry.is_in_state(CertificateStatus.REVOKING)


@rule(1145, _SERIAL)
def _is_already_revoked(inquiry: RevocationInquiry) -> Breach:
    return inquiry.is_in_state(CertificateStatus.REVOKED)


@rule(1144, _SERIAL)
def _expired(inquiry: RevocationInquiry) -> Breach:
    valid = inquiry.is_in_state(CertificateStatus.VALID)
    return valid and inquiry.certificate is not None and inquiry.certificate.not_after <= inquiry.now


_RULES: tuple[Rule[RevocationInquiry], ...] = (
    missing(1131, _BLOCK),
    Rule(1132, _SERIAL, lambda inquiry: inquiry.message.has(_BLOCK) and not inquiry.message.has(_SERIAL)),
    *serial_rules(_SERIAL, blank=1132, long=1134, not_hexadecimal=1146),
    _unknown,
    _unknown_reason,
    _affiliation_of_domain,
    _invalid_date,
    _date_out_of_range,
    _date_without_compromise,
    too_long(1142, f"{_BLOCK}/note", 250),
    _is_being_revoked,
    _expired,
    _is_already_revoked,
)


def _revoke(inquiry: RevocationInquiry) -> Answer:
    entry, certificate = inquiry.entry, inquiry.certificate
    if entry is None or certificate is None:
        msg = "a revocation of an unknown certificate passed the rules"
        raise ValueError(msg)
    takes = max(REVOKING_TIME, timedelta(seconds=inquiry.backend.settings.pace))
    reason = RevocationReason(inquiry.message.value(_REASON) or RevocationReason.UNSPECIFIED)
    revocation = Revocation(inquiry.now, inquiry.now + takes, reason, inquiry.key_compromised)
    inquiry.backend.orders.save_entry(replace(entry, certificate=revoke(certificate, revocation)))
    return Answer(order_id=entry.order_id)


REVOKE_CERTIFICATE = Operation("revokeCertificate", RevocationInquiry, _RULES, _revoke)
