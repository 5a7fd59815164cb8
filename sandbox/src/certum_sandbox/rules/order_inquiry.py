# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests for a certificate, with product, names and subject."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from certum_sandbox.csr import SUBJECT_OIDS, Csr
from certum_sandbox.products import Kind, Product, Validation
from certum_sandbox.rules.inquiry import Inquiry

_OF_ORGANIZATIONS = frozenset({Validation.ORGANIZATION, Validation.SPONSOR, Validation.EXTENDED})


class ProductInquiry(Inquiry):
    """A request for a certificate of a product."""

    product_path = "productCode"

    @cached_property
    def product(self) -> Product | None:
        """The ordered product, or None if the catalogue does not offer it."""
        return self.backend.catalogue.find(self.message.value(self.product_path))

    @property
    def is_tls(self) -> bool:
        return self.product is not None and self.product.kind is Kind.TLS

    @property
    def needs_approver(self) -> bool:
        return self.is_tls


class NamedInquiry(ProductInquiry):
    """A request that lists names in ``SANEntries``."""

    @cached_property
    def names(self) -> list[str]:
        """The names in the request as written, without blank ones."""
        return [text.strip() for text in self.message.texts("SANEntries/SANEntry/DNSName") if text.strip()]

    @property
    def all_names(self) -> list[str]:
        """The names of the new certificate."""
        return self.names

    @property
    def common_name(self) -> str | None:
        """The CN of the new certificate."""
        return None

    @property
    def names_to_validate(self) -> list[str]:
        return self.names


class OrderInquiry(NamedInquiry):
    """A ``validateOrderParameters`` or ``quickOrder`` request."""

    csr_path = "orderParameters/CSR"
    product_path = "orderParameters/productCode"

    @property
    def names_organization(self) -> bool:
        """Whether the CA validates an organization."""
        return self.product is not None and self.product.validation in _OF_ORGANIZATIONS

    @property
    def is_extended(self) -> bool:
        return self.product is not None and self.product.validation is Validation.EXTENDED

    @cached_property
    def overridden(self) -> Mapping[str, str]:
        """The subject attributes in the request itself, which override the CSR."""
        given = {name: self.message.value(f"orderParameters/{name}") for name in SUBJECT_OIDS}
        return {name: value for name, value in given.items() if value is not None}

    @cached_property
    def subject(self) -> Mapping[str, str]:
        """The subject of the new certificate: that of the CSR with overrides."""
        in_csr = self.csr.subject if isinstance(self.csr, Csr) else {}
        return {**in_csr, **self.overridden}

    @property
    def common_name(self) -> str | None:
        return self.subject.get("commonName")
