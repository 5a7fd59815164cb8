# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of SNI bundles: one certificate for the names of several (partner-api.md 2.21, 2.22)."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from certum_sandbox.dialect import Switch
from certum_sandbox.model import CertificateStatus, Entry
from certum_sandbox.rules.contact_rules import BUNDLE_REQUESTOR_RULES, ORGANIZATION_BLOCK_RULES
from certum_sandbox.rules.csr_rules import csr_rules
from certum_sandbox.rules.inquiry import Inquiry
from certum_sandbox.rules.order_rules import HASH_ALGORITHMS, hash_rules
from certum_sandbox.rules.predecessor_rules import PredecessorInquiry
from certum_sandbox.rules.rule import Breach, Rule, rule
from certum_sandbox.rules.serial_number_rules import serial_rules, serials
from certum_sandbox.rules.text_rules import missing, not_one_of, too_long

_CSR = "orderSNIParameters/CSR"
MEMBERS = "serialNumbers/serialNumber"
ADDED = "addSerialNumbers/serialNumber"
REMOVED = "removeSerialNumbers/serialNumber"


def _is_bundle(inquiry: Inquiry, entry: Entry) -> bool:
    order = inquiry.backend.orders.find(entry.order_id)
    return order is not None and inquiry.backend.catalogue.get(order.product_code).is_bundle


def _find(inquiry: Inquiry, path: str) -> dict[str, Entry | None]:
    """Return the certificates of a list of serial numbers, with None for those that this account does not have."""
    return {serial: inquiry.backend.orders.entry_by_serial(serial) for serial in serials(inquiry, path)}


def _is_not_valid(inquiry: Inquiry, entry: Entry) -> bool:
    certificate = entry.certificate
    return certificate is None or (
        certificate.not_after <= inquiry.now or certificate.status(inquiry.now) is not CertificateStatus.VALID
    )


def _membership_rules(path: str, *, nested: int) -> tuple[Rule[Inquiry], ...]:
    """Return the rules for new members: 2003 for an invalid certificate, ``nested`` for a bundle in a bundle."""

    def refused(inquiry: Inquiry, reason: Callable[[Inquiry, Entry], bool]) -> list[str]:
        return [s for s, entry in _find(inquiry, path).items() if entry is not None and reason(inquiry, entry)]

    return (
        Rule(2003, path, lambda inquiry: refused(inquiry, _is_not_valid)),
        Rule(nested, path, lambda inquiry: refused(inquiry, _is_bundle)),
    )


class BundleOrderInquiry(Inquiry):
    """``orderSNICertificate``."""

    csr_path = _CSR

    @cached_property
    def listed(self) -> dict[str, Entry | None]:
        return _find(self, MEMBERS)

    @property
    def members(self) -> list[Entry]:
        """The certificates whose names the bundle gets."""
        return [entry for entry in self.listed.values() if entry is not None]

    @property
    def unknown(self) -> list[str]:
        """Serial numbers that this account does not have. The response lists them; the order is not refused."""
        return [serial for serial, entry in self.listed.items() if entry is None]


@rule(1199, MEMBERS)
def _empty_list(inquiry: Inquiry) -> Breach:
    return inquiry.message.has("serialNumbers") and not inquiry.message.has(MEMBERS)


@rule(2005, "serialNumbers")
def _without_names(inquiry: BundleOrderInquiry) -> Breach:
    return bool(inquiry.listed) and not any(entry.names for entry in inquiry.members)


BUNDLE_ORDER_RULES: tuple[Rule[BundleOrderInquiry], ...] = (
    missing(1197, "orderSNIParameters"),
    *csr_rules(_CSR, blank=1194, unparsable=1195),
    too_long(1196, "orderSNIParameters/language", 2),
    *hash_rules("orderSNIParameters/hashAlgorithm"),
    missing(1198, "serialNumbers"),
    _empty_list,
    *serial_rules(MEMBERS, blank=2000, long=2001, not_hexadecimal=2002),
    *_membership_rules(MEMBERS, nested=2004),
    _without_names,
    *BUNDLE_REQUESTOR_RULES,
    *ORGANIZATION_BLOCK_RULES,
)


class BundleChangeInquiry(PredecessorInquiry):
    """``modifySNICertificate``."""

    @cached_property
    def is_about_bundle(self) -> bool:
        """Whether the certificate in the request is a bundle."""
        return self.former_product is not None and self.former_product.is_bundle

    @property
    def before(self) -> tuple[str, ...]:
        """The members before the change."""
        return self.predecessor.members if self.predecessor is not None and self.is_about_bundle else ()

    @cached_property
    def added(self) -> dict[str, Entry | None]:
        return _find(self, ADDED)

    @cached_property
    def removed(self) -> list[str]:
        return serials(self, REMOVED)

    @property
    def after(self) -> list[str]:
        """The members after the change."""
        return [s for s in dict.fromkeys((*self.before, *self.added)) if s not in self.removed]

    @cached_property
    def names(self) -> list[str]:
        """The names of the members after the change."""
        members = map(self.backend.orders.entry_by_serial, self.after)
        return list(dict.fromkeys(name for entry in members if entry is not None for name in entry.names))


@rule(2027, "serialNumber")
def _not_named(inquiry: BundleChangeInquiry) -> Breach:
    """An example of the SDK gives serial number and certificate at once (partner-api.md 6)."""
    if inquiry.backend.dialect[Switch.SNI_REFERENCE] == "one":
        return not inquiry.names_exactly_one
    return not (inquiry.message.has("serialNumber") or inquiry.message.has("X509Cert"))


@rule(2034, "X509Cert")
def _blank_certificate(inquiry: BundleChangeInquiry) -> Breach:
    return inquiry.message.has("X509Cert") and inquiry.message.value("X509Cert") is None


@rule(2033, "X509Cert")
def _garbled_certificate(inquiry: BundleChangeInquiry) -> Breach:
    return inquiry.message.value("X509Cert") is not None and inquiry.given is None


@rule(2031, "serialNumber")
def _unknown_bundle(inquiry: BundleChangeInquiry) -> Breach:
    if _not_named.errors(inquiry) or inquiry.predecessor is not None:
        return False
    return f"{inquiry.given.serial_number:X}" if inquiry.given else next(iter(serials(inquiry, "serialNumber")), False)


@rule(2032, "serialNumber")
def _is_no_bundle(inquiry: BundleChangeInquiry) -> Breach:
    return inquiry.predecessor is not None and not inquiry.is_about_bundle


def _is_empty(code: int, block: str, path: str) -> Rule[BundleChangeInquiry]:
    return Rule(code, path, lambda inquiry: inquiry.message.has(block) and not inquiry.message.has(path))


@rule(2043, "addSerialNumbers")
def _added_and_removed(inquiry: BundleChangeInquiry) -> Breach:
    return [serial for serial in inquiry.added if serial in inquiry.removed]


@rule(2044, ADDED)
def _added_unknown(inquiry: BundleChangeInquiry) -> Breach:
    return [serial for serial, entry in inquiry.added.items() if entry is None]


@rule(2046, ADDED)
def _added_twice(inquiry: BundleChangeInquiry) -> Breach:
    return [serial for serial in inquiry.added if serial in inquiry.before]


@rule(2047, REMOVED)
def _removed_non_member(inquiry: BundleChangeInquiry) -> Breach:
    if not inquiry.is_about_bundle:
        return False
    return [s for s in inquiry.removed if s not in inquiry.before and s not in inquiry.added]


@rule(2048)
def _no_names_left(inquiry: BundleChangeInquiry) -> Breach:
    return inquiry.is_about_bundle and not inquiry.names and "removeSerialNumbers"


BUNDLE_CHANGE_RULES: tuple[Rule[BundleChangeInquiry], ...] = (
    _not_named,
    *serial_rules("serialNumber", blank=2028, long=2029, not_hexadecimal=2030),
    _blank_certificate,
    _garbled_certificate,
    _unknown_bundle,
    _is_no_bundle,
    _is_empty(2035, "addSerialNumbers", ADDED),
    *serial_rules(ADDED, blank=2036, long=2037, not_hexadecimal=2038),
    _is_empty(2039, "removeSerialNumbers", REMOVED),
    *serial_rules(REMOVED, blank=2040, long=2041, not_hexadecimal=2042),
    _added_and_removed,
    _added_unknown,
    *_membership_rules(ADDED, nested=2045),
    _added_twice,
    _removed_non_member,
    _no_names_left,
    not_one_of(2090, "hashAlgorithm", HASH_ALGORITHMS),
)
