# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What hosts and the controller pass to each other about certificates that a group of hosts shares.

Private to the collection. Pure. Times are ISO 8601 in UTC.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from .problems import EndedWithProblems

if TYPE_CHECKING:
    from .certificate_results import ReissueShown
    from .declared_items import DeclaredItem
    from .problems import ShownProblem
    from .reasons import ShownReason


class PendingOnHost(TypedDict):
    """The order of a staged key. ``placed`` is False if it is unknown whether the CA has the order."""

    order_id: str
    operation: str
    placed: bool
    predecessor: str
    created: str


class FormerOnHost(TypedDict):
    """The certificate that a reissue replaced, and the time until which it is valid."""

    serial_number: str
    reissued: str
    valid_until: str


class SharedReport(TypedDict):
    """What a host has of a shared certificate. Texts are empty if there is no good certificate.

    ``certificate`` names the group and the declaration. ``state`` is the same on all hosts if none of them has work.
    ``due`` is True if the host needs another certificate, whether or not an order is pending.
    """

    name: str
    certificate: str
    state: str
    serial_number: str
    not_before: str
    not_after: str
    order_id: str
    due: bool
    pending: PendingOnHost | None
    former: FormerOnHost | None


class ComparedHost(TypedDict):
    """Whether a host has work because of other hosts that share a certificate with it."""

    has_work: bool


class ComparedBatch(TypedDict):
    """The result of the step ``compare``."""

    changed: bool
    reason: ShownReason
    hosts: dict[str, ComparedHost]


class Assignment(TypedDict):
    """The decision about one shared certificate in one run.

    ``holder`` is the host that orders, resumes or already has the certificate; it is empty if no host can do anything.
    ``issue`` is True if the holder orders or resumes an order. ``may_send`` is False if a recorded order is only looked
    up. ``held`` is the serial number of the newest certificate in the play. ``serial_numbers`` are all of them.
    ``members`` are the hosts of the batch that declare the certificate. ``outside`` are hosts of the group without a
    report. ``replace`` is True if the operator requests a replacement.
    """

    name: str
    group: str
    holder: str
    issue: bool
    may_send: bool
    held: str
    serial_numbers: list[str]
    members: list[str]
    outside: list[str]
    replace: bool


class HostAssignment(TypedDict):
    """The shared certificates that a host orders (``issue``) and gets from another host (``receive``)."""

    issue: list[str]
    receive: list[str]
    problems: list[ShownProblem]


class SharedBatch(TypedDict):
    """The result of the step ``share``. ``late`` are sentences about hosts with a former certificate."""

    changed: bool
    reason: ShownReason
    assignments: list[Assignment]
    hosts: dict[str, HostAssignment]
    late: list[str]
    warnings: list[str]


class TransferItem(TypedDict):
    """The transfer of one private key. ``receiver_key`` is the public key that the receiver staged."""

    name: str
    serial_number: str
    sender: str
    receiver: str
    receiver_key: str


class SealedItem(TypedDict):
    """The encrypted private key of one transfer. ``sender_key`` was made for this transfer."""

    name: str
    sender: str
    receiver: str
    sender_key: str
    ciphertext: str


class Sender(TypedDict):
    """A host that encrypts private keys. ``path`` is the directory of its certificates."""

    host: str
    path: str
    transfers: list[TransferItem]


class SuppliedCertificate(TypedDict):
    """A certificate of the account, as the CA sent it, with its order."""

    name: str
    serial_number: str
    certificate: str
    chain: list[str]
    root: str | None
    order_id: str
    customer: str
    product: str
    term_end: str
    environment: str | None
    reissues: list[ReissueShown]


class HostSupply(TypedDict):
    """What a host receives: the certificates as the CA sent them, and the transfers of their keys."""

    certificates: list[SuppliedCertificate]
    transfers: list[TransferItem]
    problems: list[ShownProblem]


class SupplyBatch(TypedDict):
    """The result of the step ``supply``. ``late`` is as in ``SharedBatch``, for reissues of this run."""

    changed: bool
    reason: ShownReason
    senders: list[Sender]
    hosts: dict[str, HostSupply]
    late: list[str]


class HostRollback(TypedDict):
    """The shared certificates that a host of the batch gives up, with a problem that gives the reason."""

    certificates: list[str]
    problems: list[ShownProblem]


class EarlierRollback(TypedDict):
    """A host of an earlier batch that gives up shared certificates, and its declarations of them."""

    host: str
    certificates: list[DeclaredItem]


class RollbackBatch(TypedDict):
    """The result of the step ``rollback``."""

    changed: bool
    reason: ShownReason
    hosts: dict[str, HostRollback]
    earlier: list[EarlierRollback]


class SealResult(EndedWithProblems):
    """The result of certum_transfer on a host that encrypts keys."""

    changed: bool
    sealed: list[SealedItem]
    reason: ShownReason
