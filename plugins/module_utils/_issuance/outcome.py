# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How far a certificate has come, and why.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .._handover.problems import KnownError, Problem, problem_of
from .._partner_api.api_errors import AuthenticationError, NotReceivedError

if TYPE_CHECKING:
    from .._handover.reasons import Reason
    from .._handover.terms import State, ValidationMethod
    from .._x509.certificate_facts import CertificateFacts
    from .ordered_certificate import Order


@dataclass(frozen=True)
class Validation:
    """What proves control of ``names``; ``code`` is the CA's, bare."""

    method: ValidationMethod
    code: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Issued:
    """A certificate as canonical PEM, with its chain, the leaf's issuer first; ``root`` is None where none was sent."""

    certificate: str
    chain: tuple[str, ...]
    facts: CertificateFacts
    root: str | None = None


@dataclass(frozen=True)
class Outcome:
    """The result for one certificate.

    ``placed`` says that the CA has the order; ``changed``, that something changed at the CA or would (in check mode).
    ``problem`` is what a person has to act on; without it the next run goes on by itself.
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
    """The error with the certificate it is about. One on the way to the CA is about none, and told once for all."""
    problem = problem_of(error)
    return problem if isinstance(error, (AuthenticationError, NotReceivedError)) else problem.about(order.name)
