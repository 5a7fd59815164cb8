# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An order, as certum_stage returns it and certum_certificates and certum_batch take it.

Private to the collection. Pure. What is not known is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from .problems import EndedWithProblems

if TYPE_CHECKING:
    from .declared_items import DeclaredContact, DeclaredOrganization
    from .host_results import Difference
    from .reasons import ShownReason


class _OrderedMethod(TypedDict):
    method: str


class OrderedValidation(_OrderedMethod, total=False):
    """The validation method of an order. The host alone knows the web root."""

    admin_prefix: str


class _StagedOrder(TypedDict):
    name: str
    operation: str
    sent: str
    csr_content: str
    product: str
    validation: OrderedValidation
    customer: str
    contact: DeclaredContact


class StagedOrder(_StagedOrder, total=False):
    """An order that a host requests. ``sent`` shows whether it was sent to the CA before, see ``terms.Sent``."""

    order_id: str
    predecessor: str
    reissue_live_order: bool
    validation_code: str
    organization: DeclaredOrganization
    revocation_contact_email: str
    language: str
    remaining_days: int
    remaining_percentage: float


class OrderItem(TypedDict, total=False):
    """An element of the option ``certificates`` of certum_certificates. A StagedOrder has some of these keys."""

    name: str
    operation: str
    sent: str
    order_id: str
    predecessor: str
    reissue_live_order: bool
    csr_path: str
    csr_content: str
    common_name: str
    subject_alt_name: list[str]
    product: str
    product_kind: str
    validation: OrderedValidation
    validation_code: str
    customer: str
    contact: DeclaredContact
    organization: DeclaredOrganization
    email: str
    given_name: str
    surname: str
    revocation_contact_email: str
    language: str
    remaining_days: int
    remaining_percentage: float
    cert_dest: str
    chain_dest: str
    fullchain_dest: str
    der_dest: str
    root_dest: str
    backup: bool
    force: bool


class StageResult(EndedWithProblems):
    """The result of certum_stage.

    ``places`` identifies the web root directory of each certificate, by its name. ``trials`` are the certificates with
    a test file in their web root. ``transfer_keys`` are the public keys with which the host receives private keys of
    shared certificates, by name. ``clock`` is the current time of the host.
    """

    changed: bool
    orders: list[StagedOrder]
    places: dict[str, str]
    trials: list[str]
    transfer_keys: dict[str, str]
    clock: str
    reason: ShownReason
    diff: list[Difference]
