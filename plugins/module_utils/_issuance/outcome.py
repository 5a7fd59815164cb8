# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The outcome for one certificate: its state, the reason, and the problem if there is one.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .._handover.problems import KnownError, Problem, problem_of
from .._partner_api.api_errors import AuthenticationError, NotReceivedError, SettingsError

if TYPE_CHECKING:
    from .._handover.reasons import Reason
    from .._handover.terms import State, ValidationMethod
    from .._lifecycle.former_certificate import EarlierReissue
    from .._x509.certificate_facts import CertificateFacts
    from .ordered_certificate import Order


@dataclass(frozen=True)
class Validation:
    """The domain validation of ``names``; ``code`` is the bare code of the CA."""

    method: ValidationMethod
    code: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Issued:
    """A certificate as canonical PEM, with its chain, the leaf's issuer first; ``root`` is None if the CA sent none.

    ``reissues`` are those of its order, if the CA listed the order.
    """

    certificate: str
    chain: tuple[str, ...]
    facts: CertificateFacts
    root: str | None = None
    reissues: tuple[EarlierReissue, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """The result for one certificate.

    ``placed`` means that the CA has the order. ``changed`` means that something changed at the CA, or would in check
    mode. ``problem`` needs a person; without one the next run continues by itself.
    """

    name: str
    order_id: str
    state: State
    reason: Reason
    placed: bool = False
    changed: bool = False
    problem: Problem | None = None
    validation: Validation | None = None
    issued: Issued | None = field(default=None, repr=False)


def problem_with(order: Order, error: KnownError) -> Problem:
    """Return the error as a problem of its certificate; a connection or account error belongs to no certificate."""
    problem = problem_of(error)
    general = isinstance(error, (AuthenticationError, NotReceivedError, SettingsError))
    return problem if general else problem.about(order.name)
