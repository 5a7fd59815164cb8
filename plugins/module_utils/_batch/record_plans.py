# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The validation records that the pending orders of a batch need, and the places where they belong.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._dns_records.authoritative_servers import NameServer, ResolverQuestions, servers_of
from .._dns_records.provider_settings import MANUAL, TASKS
from .._dns_records.record_routing import PREFIX, Route, RoutingError, route
from .._handover.foreign_text import quote
from .._lifecycle.certificate_names import with_companions
from .._lifecycle.publication import ValidationRecord, publication
from .._net.deadline import Deadline
from .._preflight.resolver import Resolver
from .._preflight.resolver_address import InvalidPreflightError, ResolverAddress
from .._third_party.dnspython import DNS_PACKAGES_MISSING
from .validation_codes import CODE, code_to_use

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .._handover.batches import BatchOrders, PendingOrder, RecordItem
    from .._handover.terms import ValidationMethod
    from .batch_host import BatchHost

    Key = tuple[str, str]
    """The names of a host and a certificate."""

LOOK_UP_SECONDS = 60.0


@dataclass(frozen=True)
class Plan:
    """The records of one order, all with the same code."""

    host: BatchHost
    order: PendingOrder
    code: str
    routes: tuple[Route, ...]

    @property
    def key(self) -> Key:
        return key_of(self.order)

    @property
    def is_from_ca(self) -> bool:
        """Whether the CA sent the code to the controller in this run. Otherwise only the host reports it."""
        return self.code in self.order["ca_codes"]

    @property
    def to_withdraw(self) -> tuple[Route, ...]:
        """The records that this run may withdraw.

        A host may be compromised. Its word is enough only for records that nothing but the CA uses.
        """
        return tuple(each for each in self.routes if self.is_from_ca or is_only_for_the_ca(each))

    @property
    def seconds_left(self) -> float:
        """The time for which the run may still wait for the name servers."""
        limit = self.host.dns.timeout
        if limit is not None:
            return limit - self.order["records_waited"]
        return self.host.settings.wait_timeout - self.order["waited"]


def is_only_for_the_ca(route: Route) -> bool:
    """Return whether nothing but the CA looks for this record."""
    return route.type == "CNAME" or route.wanted.startswith(PREFIX)


def key_of(order: PendingOrder) -> Key:
    """Return what identifies a pending order in a batch."""
    return order["host"], order["name"]


def has_provider(host: BatchHost, method: ValidationMethod) -> bool:
    """Return whether the role changes the records of this method for the host."""
    by_record = method.is_txt or method.is_cname
    return by_record and any(each.provider != MANUAL for each in host.dns.providers)


def uses_tasks(host: BatchHost) -> bool:
    """Return whether tasks of the operator publish records of the host."""
    return any(each.provider == TASKS for each in host.dns.providers)


class Places:
    """The questions about zones and name servers. Hosts with the same resolvers share the answers."""

    def __init__(self) -> None:
        self._resolvers: dict[tuple[str, ...], Resolver] = {}

    def plan(self, host: BatchHost, order: PendingOrder, orders: BatchOrders) -> Plan | None:
        """Return the records of an order; None if it has no code. Raises RoutingError."""
        code = code_to_use(host, order)
        if code is None:
            return None
        if not CODE.match(code):
            remedy = "Report this message as a defect of certops.certum."
            raise RoutingError(f"the validation code '{quote(code)}' cannot be a DNS record. {remedy}", remedy=remedy)
        return Plan(host, order, code, self.routes(host, _records(host, order, code, orders)))

    def routes(self, host: BatchHost, records: Iterable[ValidationRecord]) -> tuple[Route, ...]:
        """Return the place of each record. Raises RoutingError."""
        ask = ResolverQuestions(self._resolver(host))
        return tuple(dict.fromkeys(route(each, host.dns.providers, ask) for each in records))

    def servers(self, host: BatchHost, route: Route) -> list[NameServer]:
        """Return the authoritative servers of a record. Raises RoutingError."""
        return servers_of(route, self._resolver(host))

    def _resolver(self, host: BatchHost) -> Resolver:
        if DNS_PACKAGES_MISSING:
            remedy = "Install it with 'pip install dnspython' for the Python of Ansible, then run again."
            raise RoutingError(f"the Python package dnspython is missing on the controller. {remedy}", remedy=remedy)
        addresses = host.dns.resolvers
        if addresses not in self._resolvers:
            try:
                found = [ResolverAddress.parse_ip(text, port=53, option="certum_dns_resolvers") for text in addresses]
            except InvalidPreflightError as error:
                raise RoutingError(str(error), remedy=error.remedy) from None
            self._resolvers[addresses] = Resolver(found, Deadline.after(LOOK_UP_SECONDS))
        return self._resolvers[addresses]


def _records(host: BatchHost, order: PendingOrder, code: str, orders: BatchOrders) -> Iterable[ValidationRecord]:
    """Return the records for the names of the declaration, and for those that the CA has added to the order."""
    declaration = host.declarations[order["name"]]
    share = orders["hosts"].get(order["host"])
    reported = [
        each["validation"]["names"]
        for each in (share["certificates"] if share else ())
        if each["name"] == order["name"] and each["validation"] and each["validation"]["code"] == code
    ]
    allowed = with_companions(declaration.names)
    more = [name for names in reported for name in names if name in allowed and code in order["ca_codes"]]
    names = dict.fromkeys([*declaration.names, *more])
    return publication(method=declaration.method, code=code, names=list(names)).records


def items_of(plan: Plan) -> list[RecordItem]:
    """Return the records that have to be withdrawn later, as a part of the pending order."""
    providers = plan.host.dns.providers
    return [
        {
            "wanted": each.wanted,
            "name": each.name,
            "type": each.type,
            "value": each.value,
            "zone": each.zone,
            "provider": providers.index(each.provider),
            "code": plan.code,
        }
        for each in plan.to_withdraw
    ]


def routes_of(hosts: Mapping[str, BatchHost], order: PendingOrder, items: Iterable[RecordItem]) -> Iterator[Route]:
    """Yield the records of ``items_of`` with their providers."""
    providers = hosts[order["host"]].dns.providers
    for each in items:
        yield Route(
            wanted=each["wanted"],
            name=each["name"],
            type=each["type"],
            value=each["value"],
            zone=each["zone"],
            provider=providers[each["provider"]],
        )
