# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The step ``supply`` of a batch: which hosts get which shared certificate from which host, after the installation.

Private to the collection. The certificates come from the CA. A host is only asked for the private key that belongs to
them, encrypted for the host that gets it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from .._handover.problems import problem_of
from .._handover.reasons import Reason, ReasonCode, summary
from .._handover.terms import Operation, State
from .._issuance.supplied_certificate import supplied_certificate
from .._lifecycle.former_certificate import FORMER_DAYS
from .._lifecycle.order_identity import customer_for
from .._partner_api.api_errors import CertumError, SettingsError
from .share_step import INSTALLED, KNOWN, Play, former_certificates, late_hosts, members_of, shared_certificates
from .shared_assignment import by_age, newest_certificate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from .._handover.batches import BatchOrders
    from .._handover.problems import ShownProblem
    from .._handover.shared_items import (
        Assignment,
        HostSupply,
        Sender,
        SuppliedCertificate,
        SupplyBatch,
        TransferItem,
    )
    from .._partner_api.client import PartnerApi
    from .batch_host import Account, BatchHost
    from .share_step import FormerCertificate, SharedCertificate

    OpenApi = Callable[[Account], PartnerApi]

STAGED = "certum__staged"
SENDERS = 2
"""A host that fails, or that only pretends to have the key, does not keep the others from receiving it."""
NOTHING = "every host has the newest certificate that it shares"


@dataclass(frozen=True)
class Supply:
    """One certificate that hosts may get: its serial number, its order, and the hosts that have its key."""

    serial_number: str
    order_id: str
    senders: Sequence[str]


@dataclass(frozen=True)
class Supplied:
    """The result for one shared certificate: the certificate, or the problem why there is none."""

    certificate: SuppliedCertificate | None = None
    transfers: Sequence[TransferItem] = ()
    receivers: Sequence[str] = ()
    problem: ShownProblem | None = None


def supply(
    open_api: OpenApi,
    hosts: Sequence[BatchHost],
    assignments: Sequence[Assignment],
    orders: BatchOrders,
    *,
    now: datetime,
    play: Play,
) -> SupplyBatch:
    """Return the transfers of all shared certificates. A problem with one of them does not block the others.

    ``late`` has a sentence about the hosts that this run does not reach, for each certificate that it reissued.
    """
    assigned = {(each["group"], each["name"]): each for each in assignments}
    by_name = {host.name: host for host in hosts}
    found: dict[str, HostSupply] = {
        host.name: {"certificates": [], "transfers": [], "problems": []} for host in hosts if host.in_batch
    }
    senders: dict[str, Sender] = {}
    reasons: list[tuple[str, Reason]] = []
    late: list[tuple[str, bool]] = []
    for certificate in shared_certificates(hosts):
        assignment = assigned.get((certificate.group, certificate.name))
        if assignment is None:
            continue
        if not former_certificates(certificate):  # the step share has reported the first one, which ends earlier
            late += late_hosts(certificate, play, _reissued_now(certificate, assignment, orders, now), now)
        supplied = _supplied(open_api, certificate, list(_possible(certificate, assignment, orders)))
        for receiver in supplied.receivers:
            _add(found[receiver], supplied, receiver)
        for item in supplied.transfers:
            new: Sender = {"host": item["sender"], "path": by_name[item["sender"]].path, "transfers": []}
            senders.setdefault(item["sender"], new)["transfers"].append(item)
        if supplied.certificate:
            words = f"certificate {supplied.certificate['serial_number']} goes to {', '.join(supplied.receivers)}"
            reasons.append((f"{certificate.name} of group {certificate.group}", _reason(words)))
    return {
        "changed": False,
        "reason": summary(reasons, otherwise=NOTHING).shown(),
        "senders": list(senders.values()),
        "hosts": found,
        "late": [words for words, _is_warning in late],
    }


def _reissued_now(
    certificate: SharedCertificate, assignment: Assignment, orders: BatchOrders, now: datetime
) -> FormerCertificate | None:
    """Return the former certificate if it was reissued in this run."""
    result = _result(orders, assignment["holder"], certificate.name) if assignment["issue"] else None
    newest = newest_certificate(members_of(certificate))
    if newest is None or result is None or (result["operation"], result["state"]) != (Operation.REISSUE, State.ISSUED):
        return None
    return newest.serial_number, now, min(now + timedelta(days=FORMER_DAYS), newest.not_after)


def _reason(words: str) -> Reason:
    return Reason(ReasonCode.SHARED_SUPPLIED, words)


def _add(share: HostSupply, supplied: Supplied, receiver: str) -> None:
    if supplied.certificate:
        share["certificates"].append(supplied.certificate)
        share["transfers"] += [each for each in supplied.transfers if each["receiver"] == receiver]
    if supplied.problem:
        share["problems"].append(supplied.problem)


def _possible(certificate: SharedCertificate, assignment: Assignment, orders: BatchOrders) -> Iterator[Supply]:
    """Yield the certificates that hosts may get, the newest first: that of this run, then those that hosts report."""
    issued = _issued_now(certificate, assignment, orders)
    if issued:
        yield issued
    members = members_of(certificate)
    for each, having in by_age(members):
        if issued is None or each.serial_number != issued.serial_number:
            order_id = each.order_id or _order_of(each.serial_number, certificate)
            yield Supply(each.serial_number, order_id, having)


def _issued_now(certificate: SharedCertificate, assignment: Assignment, orders: BatchOrders) -> Supply | None:
    """Return the certificate that the CA issued in this run, if the holder has installed it."""
    result = _result(orders, assignment["holder"], certificate.name) if assignment["issue"] else None
    holder = next((host for host in certificate.hosts if host.name == assignment["holder"]), None)
    serial_number = str((result or {}).get("serial_number") or "").upper()
    if result is None or holder is None or not serial_number:
        return None
    installed = [each for each in holder.reported(INSTALLED, "certificates") if each.get("name") == certificate.name]
    if not any(str(each.get("serial_number") or "").upper() == serial_number for each in installed):
        return None
    return Supply(serial_number, str(result["order_id"] or ""), [holder.name])


def _result(orders: BatchOrders, host: str, name: str) -> Mapping[str, object] | None:
    share = orders.get("hosts", {}).get(host)
    return next((each for each in share["certificates"] if each["name"] == name), None) if share else None


def _order_of(serial_number: str, certificate: SharedCertificate) -> str:
    """Return the order of a certificate that a host of an earlier batch got: its own report was made before."""
    for host in certificate.hosts:
        for each in host.reported(KNOWN, "certificates"):
            if str(each.get("serial_number") or "").upper() == serial_number and each.get("name") == certificate.name:
                return str(each.get("order_id") or "")
    return ""


def _supplied(open_api: OpenApi, certificate: SharedCertificate, possible: Sequence[Supply]) -> Supplied:
    """Return the newest certificate that the CA confirms, for the hosts that do not have it."""
    receivers: list[str] = []
    refused: CertumError | None = None
    for wanted in possible:
        receivers = [
            host.name for host in certificate.in_batch if host.name not in wanted.senders and _key_of(host, certificate)
        ]
        if not receivers:
            return Supplied()
        try:
            found = _fetched(open_api, certificate, wanted)
        except SettingsError as error:
            return Supplied(receivers=receivers, problem=problem_of(error).shown())
        except CertumError as error:
            refused = refused or error
            continue
        return Supplied(found, list(_transfers(certificate, wanted, receivers)), receivers)
    problem = problem_of(refused).about(certificate.name).shown() if refused else None
    return Supplied(receivers=receivers, problem=problem)


def _fetched(open_api: OpenApi, certificate: SharedCertificate, wanted: Supply) -> SuppliedCertificate:
    host = certificate.in_batch[0]
    declaration = host.declarations[certificate.name]
    with open_api(host.account) as api:
        return supplied_certificate(
            api,
            name=certificate.name,
            serial_number=wanted.serial_number,
            order_id=wanted.order_id,
            names=declaration.names,
            customer=customer_for(host=host.owner_of(certificate.name), name=certificate.name),
            product=declaration.product.code,
        )


def _transfers(certificate: SharedCertificate, wanted: Supply, receivers: Sequence[str]) -> Iterator[TransferItem]:
    hosts = {host.name: host for host in certificate.hosts}
    for sender in wanted.senders[:SENDERS]:
        for receiver in receivers:
            yield {
                "name": certificate.name,
                "serial_number": wanted.serial_number,
                "sender": sender,
                "receiver": receiver,
                "receiver_key": _key_of(hosts[receiver], certificate),
            }


def _key_of(host: BatchHost, certificate: SharedCertificate) -> str:
    """Return the public transfer key that a host staged, empty if there is none."""
    staged = host.reports.get(STAGED)
    keys = staged.get("transfer_keys") if isinstance(staged, dict) else None
    return str(keys.get(certificate.name) or "") if isinstance(keys, dict) else ""
