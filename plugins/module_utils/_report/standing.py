# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the state of a certificate means to an operator: a word, how urgent it is, and whether it is in use.

Private to the collection. Pure. The page shows a level by a shape and a word, never by a colour alone.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from .._handover.serial_number import same_serial_number
from .._handover.terms import CertificateState, Operation, Term, Waiting
from .moments import is_past

if TYPE_CHECKING:
    from datetime import datetime

    from .._handover.estate import EstateCertificate


class Level(Term):
    """How urgent a certificate is. The report lists the levels in this order."""

    URGENT = "urgent"
    """A service fails, or will fail soon, or an order needs a person."""

    DUE = "due"
    """The next run of the role has work to do."""

    WAITING = "waiting"
    """An order is pending."""

    FINE = "fine"
    ASIDE = "aside"
    """Nobody declares the certificate, and no service uses it."""


RANKS = {level: rank for rank, level in enumerate(Level)}


class Usage(Term):
    """What the last handshake showed, compared with the installed certificate."""

    VERIFIED = "verified"
    NOT_VERIFIED = "not_verified"
    FORMER_IN_USE = "former_in_use"
    ANOTHER_IN_USE = "another_in_use"
    NOT_INSTALLED = "not_installed"

    @property
    def differs(self) -> bool:
        """Return whether a service uses another certificate than the newest one."""
        return self in (Usage.FORMER_IN_USE, Usage.ANOTHER_IN_USE)


USAGE_SENTENCES = {
    Usage.VERIFIED: "A handshake showed the installed certificate.",
    Usage.NOT_VERIFIED: "No handshake has shown this certificate.",
    Usage.FORMER_IN_USE: "The host uses the former certificate of a reissue.",
    Usage.ANOTHER_IN_USE: "The last handshake showed another certificate.",
    Usage.NOT_INSTALLED: "No certificate is installed.",
}


class ShownState(NamedTuple):
    """A state for the report."""

    level: Level
    word: str


EXPIRED = ShownState(Level.URGENT, "expired")
INCOMPLETE = ShownState(Level.DUE, "incomplete")
NOT_DECLARED = ShownState(Level.ASIDE, "not declared")
STANDINGS = {
    CertificateState.EXPIRED.value: EXPIRED,
    CertificateState.BROKEN.value: ShownState(Level.URGENT, "broken"),
    CertificateState.MISSING.value: ShownState(Level.DUE, "missing"),
    CertificateState.DUE.value: ShownState(Level.DUE, "due"),
    CertificateState.INCOMPLETE.value: INCOMPLETE,
    CertificateState.ABSENT.value: ShownState(Level.DUE, "to be removed"),
    CertificateState.PENDING.value: ShownState(Level.WAITING, "order pending"),
    CertificateState.CURRENT.value: ShownState(Level.FINE, "current"),
}
"""The standing of each state. The report shows an unknown state as due, so that nobody overlooks it."""

LAST_DAYS_OF_FORMER = timedelta(days=4)
"""The use of a former certificate is urgent then: a deployment must end 10 days after a reissue (lifecycle.md 10.2)."""

OPERATION_WORDS = {
    Operation.ORDER.value: "new order, costs money",
    Operation.RENEW.value: "renewal, costs money",
    Operation.REISSUE.value: "reissue, free of charge",
}

WAITING_WORDS = {
    Waiting.OPERATOR.value: "operator",
    Waiting.DOMAIN_HOLDER.value: "domain holder",
    Waiting.MAILBOX_HOLDER.value: "mailbox holder",
    Waiting.NEXT_RUN.value: "next run",
    Waiting.CA_STAFF.value: "CA staff",
    Waiting.CA.value: "CA",
}
"""Who must act, in the order in which the report lists orders: the people who read it first."""


def standing_of(certificate: EstateCertificate, now: datetime) -> ShownState:
    """Return how urgent a certificate is, at the time of the report."""
    standing = _by_state(certificate, now)
    if not certificate["declared"] and not any(service["addresses"] for service in certificate["services"]):
        is_sound = standing.level is Level.FINE
        return NOT_DECLARED if is_sound else ShownState(Level.ASIDE, f"{standing.word}, {NOT_DECLARED.word}")
    return standing


def _by_state(certificate: EstateCertificate, now: datetime) -> ShownState:
    if is_past(certificate["not_after"], now):
        return EXPIRED
    order, former, state = certificate["order"], certificate["former"], certificate["state"]
    if order is not None and order["waits_for"] == Waiting.OPERATOR.value:
        return ShownState(Level.URGENT, "order stopped")
    if former is not None and is_past(former["valid_until"], now + LAST_DAYS_OF_FORMER):
        return ShownState(Level.URGENT, "former in use")
    known = STANDINGS.get(state, ShownState(Level.DUE, state.replace("_", " ")))
    return INCOMPLETE if known.level is Level.FINE and usage_of(certificate).differs else known


def usage_of(certificate: EstateCertificate) -> Usage:
    """Return what the last handshake showed."""
    installed, shown = certificate["serial_number"], certificate["verified_serial_number"]
    if certificate["former"] is not None:
        return Usage.FORMER_IN_USE
    if installed is None:
        return Usage.NOT_INSTALLED
    if shown is None:
        return Usage.NOT_VERIFIED
    return Usage.VERIFIED if same_serial_number(installed, shown) else Usage.ANOTHER_IN_USE


def operation_words(operation: str | None) -> str:
    """Return an operation with its price, or an empty text."""
    return "" if operation is None else OPERATION_WORDS.get(operation, operation.replace("_", " "))


def waiting_words(waits_for: str) -> str:
    """Return who must act before an order is issued."""
    return WAITING_WORDS.get(waits_for, waits_for.replace("_", " "))
