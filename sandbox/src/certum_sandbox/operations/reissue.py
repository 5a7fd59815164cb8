# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""reissueCertificate (partner-api.md 2.4, lifecycle.md 8)."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from certum_sandbox.csr import Csr, CsrProblem
from certum_sandbox.dialect import Switch
from certum_sandbox.model import CertificateStatus, Entry, NameProof, Order
from certum_sandbox.operations.approval import read_approver
from certum_sandbox.operations.opening import announce, placed, with_proofs_to_give
from certum_sandbox.operations.operation import Answer, Operation
from certum_sandbox.products import Product
from certum_sandbox.progress import reopen, reusable_proofs
from certum_sandbox.rules.approver import APPROVER_BLOCK_RULES
from certum_sandbox.rules.csr import csr_rules
from certum_sandbox.rules.names import ADDED_NAME_RULES
from certum_sandbox.rules.order import hash_rules, unexpected_elements
from certum_sandbox.rules.order_inquiry import NamedInquiry
from certum_sandbox.rules.predecessor import PREDECESSOR_RULES, PredecessorInquiry, known_predecessor
from certum_sandbox.rules.rule import Breach, Rule, rule
from certum_sandbox.rules.text import not_boolean, too_long


class ReissueInquiry(PredecessorInquiry, NamedInquiry):
    """``reissueCertificate``. Its product is that of the order; its names are added to those of the certificate."""

    @cached_property
    def product(self) -> Product | None:
        return self.former_product

    @cached_property
    def proofs(self) -> tuple[NameProof, ...]:
        """The names of the certificate, those proved whose proof may be used again."""
        if self.order is None or self.predecessor is None:
            return ()
        if self.backend.dialect[Switch.PROOF_REUSE] == "no":
            return tuple(NameProof(name) for name in self.predecessor.names)
        known = {proof.name: proof for proof in reusable_proofs(self.order, self.now)}
        return tuple(known.get(name, NameProof(name)) for name in self.predecessor.names)

    @property
    def added(self) -> list[str]:
        """Names that the certificate does not have."""
        has = {proof.name for proof in self.proofs}
        return [name for name in dict.fromkeys(name.lower() for name in self.names) if name not in has]

    @property
    def all_names(self) -> list[str]:
        return [*(proof.name for proof in self.proofs), *self.added]

    @property
    def common_name(self) -> str | None:
        return self.predecessor.subject.get("commonName") if self.predecessor is not None else None

    @property
    def proved_names(self) -> list[str]:
        return self.all_names

    @cached_property
    def siblings(self) -> list[Entry]:
        """All certificates of the order, asked for or issued, that were not refused."""
        entries = self.backend.orders.entries(self.order.order_id) if self.order is not None else []
        return [entry for entry in entries if not entry.refused]


@rule(2162, "SANApprover")
def _nobody_proves_added_names(inquiry: ReissueInquiry) -> Breach:
    return inquiry.is_tls and bool(inquiry.added) and not inquiry.message.has("SANApprover")


@rule(2188, "SANApprover")
def _nobody_proves_old_names(inquiry: ReissueInquiry) -> Breach:
    if not inquiry.is_tls or inquiry.message.has("SANApprover") or inquiry.added:
        return False
    return any(proof.expires is None for proof in inquiry.proofs)


@rule(2130, "SANEntries/SANEntry/DNSName")
def _known_names(inquiry: ReissueInquiry) -> Breach:
    """One client always sends the full list; its unchanged form alone fits the other sources (partner-api.md 2.4)."""
    has, form = {proof.name for proof in inquiry.proofs}, inquiry.backend.dialect[Switch.REISSUE_KNOWN_NAMES]
    is_unchanged = {name.lower() for name in inquiry.names} == has
    if form == "ignored" or (form == "full-list" and is_unchanged):
        return False
    return [name for name in inquiry.names if name.lower() in has]


@rule(2097, "CSR")
def _no_csr(inquiry: ReissueInquiry) -> Breach:
    """Optional in the schema; what the CA makes of it is unknown."""
    return inquiry.csr is CsrProblem.BLANK and inquiry.backend.dialect[Switch.REISSUE_WITHOUT_CSR] == "2097"


@rule(2122)
def _key_is_in_the_cloud(inquiry: ReissueInquiry) -> Breach:
    return inquiry.product.code if inquiry.product is not None and inquiry.product.is_cloud else False


@rule(2163)
def _is_bundle(inquiry: ReissueInquiry) -> Breach:
    """Bundles are changed by modifySNICertificate."""
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
    """Revoked, or the next copy is under way already."""
    certificate, order = inquiry.certificate, inquiry.order
    if certificate is None or order is None or _older_copy.errors(inquiry):
        return False
    under_way = inquiry.siblings[-1].certificate is None
    revoked = certificate.status(inquiry.now) is not CertificateStatus.VALID
    return certificate.serial_number if under_way or revoked else False


_RULES: tuple[Rule[ReissueInquiry], ...] = (
    *PREDECESSOR_RULES,
    *csr_rules("CSR", blank=None, unparsable=2097),
    _no_csr,
    *hash_rules("hashAlgorithm"),
    *APPROVER_BLOCK_RULES,
    not_boolean(2059, "SANApprover/verificationNotificationEnabled"),
    _nobody_proves_added_names,
    _nobody_proves_old_names,
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
        names=tuple(proof.name for proof in order.names),
        reissue=True,
        latest_end=certificate.not_after if keeps_end else None,
    )


def _reissue(inquiry: ReissueInquiry) -> Answer:
    order, predecessor, _certificate = known_predecessor(inquiry)
    backend = inquiry.backend
    names = [*inquiry.proofs, *map(NameProof, inquiry.added)] if inquiry.is_tls else []
    approver = read_approver(inquiry.message) if inquiry.is_tls else None
    order = replace(reopen(order, names, inquiry.now), approver=approver or order.approver, check_due=0)
    order = with_proofs_to_give(backend, order, predecessor.subject.get("email"))
    if backend.dialect[Switch.REISSUE_CODE] == "absent":
        order = replace(order, code=None, code_created=None)
    backend.orders.save(order)
    backend.orders.add_entry(_next_entry(inquiry, order))
    announce(backend, order)
    return placed(backend, order)


REISSUE_CERTIFICATE = Operation("reissueCertificate", ReissueInquiry, _RULES, _reissue)
