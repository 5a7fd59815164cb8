# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""reissueCertificate (partner-api.md 2.4, lifecycle.md 8)."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from certum_sandbox.csr import Csr, CsrProblem
from certum_sandbox.dialect import Switch
from certum_sandbox.model import CertificateStatus, Entry, NameValidation, Order
from certum_sandbox.operations.operation import Answer, Operation
from certum_sandbox.operations.order_opening import placement_answer, start_processing, with_validation_request
from certum_sandbox.operations.verification_code import read_approver
from certum_sandbox.products import Product
from certum_sandbox.rules.approver_rules import APPROVER_BLOCK_RULES
from certum_sandbox.rules.csr_rules import csr_rules
from certum_sandbox.rules.name_rules import ADDED_NAME_RULES
from certum_sandbox.rules.order_inquiry import NamedInquiry
from certum_sandbox.rules.order_rules import hash_rules, unexpected_elements
from certum_sandbox.rules.predecessor_rules import PREDECESSOR_RULES, PredecessorInquiry, known_predecessor
from certum_sandbox.rules.rule import Breach, Rule, rule
from certum_sandbox.rules.text_rules import not_boolean, too_long
from certum_sandbox.transitions import reopen, reusable_validations


class ReissueInquiry(PredecessorInquiry, NamedInquiry):
    """A ``reissueCertificate`` request. It has the product of the order, and adds names to those of the certificate."""

    @cached_property
    def product(self) -> Product | None:
        return self.former_product

    @cached_property
    def validations(self) -> tuple[NameValidation, ...]:
        """The names of the certificate. A name is validated if its validation can be reused."""
        if self.order is None or self.predecessor is None:
            return ()
        if self.backend.dialect[Switch.PROOF_REUSE] == "no":
            return tuple(NameValidation(name) for name in self.predecessor.names)
        known = {validation.name: validation for validation in reusable_validations(self.order, self.now)}
        return tuple(known.get(name, NameValidation(name)) for name in self.predecessor.names)

    @property
    def added(self) -> list[str]:
        """The names in the request that the certificate does not have."""
        has = {validation.name for validation in self.validations}
        return [name for name in dict.fromkeys(name.lower() for name in self.names) if name not in has]

    @property
    def all_names(self) -> list[str]:
        return [*(validation.name for validation in self.validations), *self.added]

    @property
    def common_name(self) -> str | None:
        return self.predecessor.subject.get("commonName") if self.predecessor is not None else None

    @property
    def names_to_validate(self) -> list[str]:
        return self.all_names

    @cached_property
    def siblings(self) -> list[Entry]:
        """The entries of the order, requested or issued, that were not refused."""
        entries = self.backend.orders.entries(self.order.order_id) if self.order is not None else []
        return [entry for entry in entries if not entry.refused]


@rule(2162, "SANApprover")
def _no_approver_for_added_names(inquiry: ReissueInquiry) -> Breach:
    return inquiry.is_tls and bool(inquiry.added) and not inquiry.message.has("SANApprover")


@rule(2188, "SANApprover")
def _no_approver_for_old_names(inquiry: ReissueInquiry) -> Breach:
    if not inquiry.is_tls or inquiry.message.has("SANApprover") or inquiry.added:
        return False
    return any(validation.expires is None for validation in inquiry.validations)


@rule(2130, "SANEntries/SANEntry/DNSName")
def _known_names(inquiry: ReissueInquiry) -> Breach:
    """The request lists names of the certificate.

    One real client always sends the full list. Only the unchanged full list fits the other sources. Source:
    partner-api.md 2.4.
    """
    has, form = (
        {validation.name for validation in inquiry.validations},
        inquiry.backend.dialect[Switch.REISSUE_KNOWN_NAMES],
    )
    is_unchanged = {name.lower() for name in inquiry.names} == has
    if form == "ignored" or (form == "full-list" and is_unchanged):
        return False
    return [name for name in inquiry.names if name.lower() in has]


@rule(2097, "CSR")
def _no_csr(inquiry: ReissueInquiry) -> Breach:
    """The CSR is optional in the schema. No source shows the CA's response without it."""
    return inquiry.csr is CsrProblem.BLANK and inquiry.backend.dialect[Switch.REISSUE_WITHOUT_CSR] == "2097"


@rule(2122)
def _key_is_in_the_cloud(inquiry: ReissueInquiry) -> Breach:
    return inquiry.product.code if inquiry.product is not None and inquiry.product.is_cloud else False


@rule(2163)
def _is_bundle(inquiry: ReissueInquiry) -> Breach:
    """Only modifySNICertificate changes a bundle."""
    return inquiry.product.code if inquiry.product is not None and inquiry.product.is_bundle else False


@rule(2093)
def _expired(inquiry: ReissueInquiry) -> Breach:
    certificate = inquiry.certificate
    return certificate.serial_number if certificate is not None and certificate.not_after <= inquiry.now else False


@rule(2126)
def _older_copy(inquiry: ReissueInquiry) -> Breach:
    certificate = inquiry.certificate
    newest = [entry for entry in inquiry.siblings if entry.certificate is not None][-1:]
    is_older = certificate is not None and newest != [inquiry.predecessor]
    return certificate.serial_number if is_older and certificate is not None else False


@rule(2094)
def _not_eligible(inquiry: ReissueInquiry) -> Breach:
    """The certificate is revoked, or its reissue is already pending."""
    certificate, order = inquiry.certificate, inquiry.order
    if certificate is None or order is None or _older_copy.errors(inquiry):
        return False
    reissue_pending = inquiry.siblings[-1].certificate is None
    revoked = certificate.status(inquiry.now) is not CertificateStatus.VALID
    return certificate.serial_number if reissue_pending or revoked else False


_RULES: tuple[Rule[ReissueInquiry], ...] = (
    *PREDECESSOR_RULES,
    *csr_rules("CSR", blank=None, unparsable=2097),
    _no_csr,
    *hash_rules("hashAlgorithm"),
    *APPROVER_BLOCK_RULES,
    not_boolean(2059, "SANApprover/verificationNotificationEnabled"),
    _no_approver_for_added_names,
    _no_approver_for_old_names,
    *ADDED_NAME_RULES,
    _known_names,
    _key_is_in_the_cloud,
    _is_bundle,
    _expired,
    _older_copy,
    _not_eligible,
    too_long(1089, "userAgent", 255),
    unexpected_elements,
)


def _next_entry(inquiry: ReissueInquiry, order: Order) -> Entry:
    _order, predecessor, certificate = known_predecessor(inquiry)
    keeps_end = inquiry.backend.dialect[Switch.REISSUE_END] == "kept"
    csr = inquiry.csr
    return Entry(
        order_id=order.order_id,
        public_key_sha256=csr.public_key_sha256 if isinstance(csr, Csr) else predecessor.public_key_sha256,
        csr=inquiry.message.value("CSR") or predecessor.csr,
        subject=predecessor.subject,
        names=tuple(validation.name for validation in order.names),
        reissue=True,
        latest_end=certificate.not_after if keeps_end else None,
    )


def _reissue(inquiry: ReissueInquiry) -> Answer:
    order, predecessor, _certificate = known_predecessor(inquiry)
    backend = inquiry.backend
    names = [*inquiry.validations, *map(NameValidation, inquiry.added)] if inquiry.is_tls else []
    approver = read_approver(inquiry.message) if inquiry.is_tls else None
    order = replace(reopen(order, names, inquiry.now), approver=approver or order.approver, check_due=0)
    order = with_validation_request(backend, order, predecessor.subject.get("email"))
    if backend.dialect[Switch.REISSUE_CODE] == "absent":
        order = replace(order, code=None, code_created=None)
    backend.orders.save(order)
    backend.orders.add_entry(_next_entry(inquiry, order))
    start_processing(backend, order)
    return placement_answer(backend, order)


REISSUE_CERTIFICATE = Operation("reissueCertificate", ReissueInquiry, _RULES, _reissue)
