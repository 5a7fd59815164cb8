# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A request together with what is needed to judge it."""

from __future__ import annotations

from functools import cached_property

from certum_sandbox.backend import Backend
from certum_sandbox.csr import Csr, CsrProblem, read_csr
from certum_sandbox.dialect import Switch
from certum_sandbox.model import Order
from certum_sandbox.soap.message import Message


class Inquiry:
    """One request. The clock is read once, so that all rules judge the same moment."""

    order_path = "orderID"
    csr_path = "CSR"
    approver_path = "SANApprover"

    def __init__(self, message: Message, backend: Backend) -> None:
        self.message = message
        self.backend = backend
        self.now = backend.clock.now()

    @property
    def login(self) -> str:
        """The partner's own user name."""
        return self.backend.settings.user

    @cached_property
    def order(self) -> Order | None:
        """The existing order that the request names."""
        order_id = self.message.value(self.order_path)
        return None if order_id is None else self.backend.orders.find(order_id)

    @cached_property
    def csr(self) -> Csr | CsrProblem:
        """Its CSR, or what is wrong with it."""
        armoured = self.backend.dialect[Switch.CSR_ARMOUR] == "required"
        return read_csr(self.message.text(self.csr_path), armoured=armoured)

    @property
    def needs_approver(self) -> bool:
        """Whether names have to be proved, so that ``SANApprover`` must be there."""
        return False

    @property
    def proved_names(self) -> list[str]:
        """The names that would have to be proved."""
        return []
