# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Removal of certificates that are declared absent, after their revocation if it is declared.

Private to the collection. A host names serial numbers and orders. Only the frozen declaration decides whether a
certificate is revoked, and for which reason. The CA decides whether the certificate has the declared common name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .._controller.requested_certificate import InvalidRequestError
from .._controller.revoke import revoke_certificate
from .._handover.foreign_text import quote
from .._handover.problems import Problem, problem_of
from .._handover.terms import ORDER_NOT_FOUND
from .._issuance.placing import ORDER_UNKNOWN
from .._partner_api.api_errors import ApiError, AuthenticationError, CertumError

if TYPE_CHECKING:
    from .._handover.batches import HostRemovals, OrderStanding, RevokedItem
    from .._handover.declared_items import DeclaredItem
    from .._partner_api.client import PartnerApi
    from .batch_host import BatchHost

PLANNED, WITHDRAWN = "certum__planned", "certum_deploy__withdrawn"
SHOWN = 5


@dataclass(frozen=True)
class Removal:
    """The removals that one host requests and its declaration allows.

    ``names`` are declarations that no service uses any more. ``revocations`` are names with serial numbers. ``orders``
    are the ids of the staged keys' orders. ``kept`` are problems with certificates that other hosts use.
    """

    names: tuple[str, ...]
    revocations: tuple[tuple[str, str], ...]
    orders: tuple[str, ...]
    kept: tuple[Problem, ...] = ()

    @property
    def needs_ca(self) -> bool:
        """Whether the removal needs a request to the CA."""
        return bool(self.revocations or self.orders)


def removal_of(host: BatchHost) -> Removal:
    """Return the removals that the host's declaration allows. Pure."""
    in_service = _names(host, PLANNED, "withdraw")
    services = host.reported(WITHDRAWN, "services")
    withdrawn = {str(name) for service in services for name in service.get("certificates") or ()}
    names = tuple(
        name
        for name in _names(host, PLANNED, "absent")
        if name in host.planned_removal and (name not in in_service or name in withdrawn)
    )
    revocations = [
        (str(each.get("name")), str(each.get("serial_number")))
        for each in host.reported(PLANNED, "revoke")
        if each.get("name") in names and host.planned_removal[str(each["name"])].get("revoke_reason")
    ]
    return Removal(
        names=names,
        revocations=tuple(each for each in revocations if each[0] not in {*host.still_shared, *host.revoked_later}),
        kept=tuple(_still_shared(host, *each) for each in revocations if each[0] in host.still_shared),
        orders=tuple(
            str(each.get("order_id"))
            for each in host.reported(PLANNED, "pending_orders")
            if each.get("name") in host.planned_removal
        ),
    )


def _still_shared(host: BatchHost, name: str, serial_number: str) -> Problem:
    """Return the problem with a certificate that is not revoked, because other hosts of its group use it."""
    others = ", ".join(quote(each, 80) for each in host.still_shared[name][:SHOWN])
    remedy = (
        "To revoke it, declare it absent on all hosts of the group in one play, or use certum_revoke with this serial "
        "number."
    )
    return Problem(
        f"certificate {quote(serial_number, 60)} was not revoked: a group shares it, and these hosts do not declare it "
        f"absent in this play: {others}. The files of this host are removed. {remedy}",
        remedy,
    ).about(name)


def _names(host: BatchHost, report: str, key: str) -> list[str]:
    return [str(item.get("name")) for item in host.reported(report, key)]


def without_ca(removal: Removal, problem: Problem | None = None) -> HostRemovals:
    """Return the removals that need no request to the CA. ``problem`` is the reason why there was no request."""
    kept = {name for name, _serial in removal.revocations} if problem else set()
    return {
        "remove": [name for name in removal.names if name not in kept],
        "revoked": [],
        "orders": [],
        "problems": [each.shown() for each in (*removal.kept, *filter(None, [problem]))],
    }


def settle(api: PartnerApi, host: BatchHost, removal: Removal, *, check_mode: bool) -> tuple[HostRemovals, bool]:
    """Read the states of the pending orders, and revoke the certificates, the newest first.

    Return the removals that are allowed, and whether a certificate was revoked now. If a revocation fails, the
    certificate stays on the host's disk, and the next run tries again. Raises AuthenticationError.
    """
    problems: list[Problem] = list(removal.kept)
    orders = _states(api, removal, problems)
    failed: set[str] = set()
    revoked: list[RevokedItem] = []
    changed = False
    for name, serial_number in removal.revocations:
        if name in failed:
            continue
        try:
            result = revoke_certificate(api, _options(host.planned_removal[name], serial_number), check_mode=check_mode)
        except AuthenticationError:
            raise
        except (CertumError, InvalidRequestError) as error:
            failed.add(name)
            problems.append(problem_of(error).about(name))
        else:
            revoked.append({"name": name, "serial_number": serial_number, "reason": result["reason"]})
            changed = changed or result["changed"]
    remove = [name for name in removal.names if name not in failed]
    shown = [problem.shown() for problem in dict.fromkeys(problems)]
    return {"remove": remove, "revoked": revoked, "orders": orders, "problems": shown}, changed


def _states(api: PartnerApi, removal: Removal, problems: list[Problem]) -> list[OrderStanding]:
    """Return the states of the staged keys' orders. A host gets no more facts about an order than it needs."""
    orders: list[OrderStanding] = []
    for order_id in removal.orders:
        try:
            progress = api.get_order_state(order_id=order_id)
        except AuthenticationError:
            raise
        except CertumError as error:
            if not (isinstance(error, ApiError) and error.has(ORDER_UNKNOWN)):
                problems.append(problem_of(error))
                continue
            state = ORDER_NOT_FOUND  # the host knows whether it may have sent the order
        else:
            state = str(progress.order_state)
        orders.append({"order_id": order_id, "state": state, "environment": api.environment})
    return orders


def _options(declared: DeclaredItem, serial_number: str) -> dict[str, Any]:
    return {
        "serial_number": serial_number,
        "order_id": None,
        "certificate_path": None,
        "certificate_content": None,
        "common_name": declared.get("common_name"),
        "revoke_reason": declared["revoke_reason"],
        "key_compromise_date": None,
        "note": None,
        "wait": False,
        "wait_timeout": 0,
        "wait_sleep": 1,
    }
