# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A request with the state that the rules need."""

from __future__ import annotations

from functools import cached_property

from certum_sandbox.backend import Backend
from certum_sandbox.csr import Csr, CsrProblem, read_csr
from certum_sandbox.dialect import Switch
from certum_sandbox.model import Order
from certum_sandbox.soap.message import Message


class Inquiry:
    """A request and the backend. ``now`` is read once, so that all rules use the same moment."""

    order_path = "orderID"
    csr_path = "CSR"
    approver_path = "SANApprover"

    def __init__(self, message: Message, backend: Backend) -> None:
        self.message = message
        self.backend = backend
        self.now = backend.clock.now()

    @property
    def login(self) -> str:
        """The partner's user name."""
        return self.backend.settings.user

    @cached_property
    def order(self) -> Order | None:
        """The existing order that the request names, or None."""
        order_id = self.message.value(self.order_path)
        return None if order_id is None else self.backend.orders.find(order_id)

    @cached_property
    def csr(self) -> Csr | CsrProblem:
        """The CSR of the request, or its problem."""
        armoured = self.backend.dialect[Switch.CSR_ARMOUR] == "required"
        return read_csr(self.message.text(self.csr_path), armoured=armoured)

    @property
    def needs_approver(self) -> bool:
        """Whether the request needs ``SANApprover``, because names need validation."""
        return False

    @property
    def names_to_validate(self) -> list[str]:
        """The names that need validation."""
        return []
