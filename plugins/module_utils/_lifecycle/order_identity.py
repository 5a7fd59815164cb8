# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names that connect a declaration to its order at the CA. They are never random, so that the next run finds the order.

Private to the collection. Pure. Source: lifecycle.md 10.8, errors 1012, 1043, 1077, 1079, 1156.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

ORDER_ID_MAX = 50  # error 1079
CUSTOMER_MAX = 64  # error 1077
FINGERPRINT_CHARACTERS = 16

GROUP_MARK = "@"
"""The first character of the owner of a shared certificate. No host name begins with it."""

DECLARATION_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")

_NOT_IN_CUSTOMER = re.compile(r"[^A-Za-z0-9._/@-]+")
_OWNER = re.compile(r"@?[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
_THIS_MACHINE = re.compile(r"(localhost(\..*)?|127\..*|::1|)\Z", re.IGNORECASE)


def order_id_for(*, name: str, public_key_sha256: str) -> str:
    """Return the order id of a new order: the declaration's name and the first digits of the staged key's fingerprint.

    It has only letters, digits and hyphens, because the sources disagree about dots (partner-api.md 6, 1043).
    """
    word = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-") or "order"
    room = ORDER_ID_MAX - FINGERPRINT_CHARACTERS - 1
    return "-".join((word[:room], public_key_sha256[:FINGERPRINT_CHARACTERS]))


def owner_of(item: Mapping[str, Any], host: str) -> str:
    """Return whose certificate a declaration describes: that of its host, or that of the group that shares it."""
    return group_owner(item["share"]) if item.get("share") else host


def group_owner(group: str) -> str:
    """Return a group as the owner of a certificate. It stands in ``customer`` where a host would stand."""
    return f"{GROUP_MARK}{group}"


def shared_order_id_for(*, name: str, owner: str, predecessor: str) -> str:
    """Return the order id of a new order of a shared certificate. ``predecessor`` is the newest certificate on disk.

    It is the same on all hosts of the group. The CA accepts an order id only once (error 1012), so two plays that do
    not see each other's hosts cannot place two orders.
    """
    words = "\n".join((owner, name, predecessor.lower()))
    return order_id_for(name=name, public_key_sha256=hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest())


def names_both(*, customer: str, host: str, name: str) -> bool:
    """Return whether a customer identifies only this certificate of this host.

    Its last word is then the customer that we would choose, such as ``Example S.A. web1/shop``. It is not enough that
    host and name occur anywhere in it, because hosts and names may be parts of each other. Every machine is its own
    localhost, so ``localhost`` identifies no host.
    """
    if _THIS_MACHINE.match(host):
        return False
    return customer.rsplit(" ", maxsplit=1)[-1] == customer_for(host=host, name=name)


def other_host(*, customer: str, host: str, name: str) -> str | None:
    """Return the other host that a customer names for this certificate, or None.

    It is the former name of this host, or the host that this host is a copy of.
    """
    word = customer.rsplit(" ", maxsplit=1)[-1]
    other, slash, last = word.rpartition("/")
    if not slash or last != name or word == customer_for(host=host, name=name) or _THIS_MACHINE.match(other):
        return None
    return other


def declared_in(customer: str) -> tuple[str, str] | None:
    """Return the owner and the declaration name that a customer states, or None if it does not look like ours.

    The owner is a host or, after GROUP_MARK, a group. Anybody who orders in the account can write such a customer.
    """
    owner, _slash, name = customer.rsplit(" ", maxsplit=1)[-1].rpartition("/")
    return (owner, name) if _OWNER.match(owner) and DECLARATION_NAME.match(name) else None


def customer_for(*, host: str, name: str) -> str:
    """Return the ``customer`` of a declaration's first order: host and declaration name, at most 64 characters.

    If characters are left out, a digest keeps different hosts apart, such as two IPv6 addresses.
    """
    whole = "/".join(filter(None, (host, name)))
    word = _NOT_IN_CUSTOMER.sub("-", whole)
    if len(word) <= CUSTOMER_MAX and not _NOT_IN_CUSTOMER.search(host):
        return word
    digest = hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:FINGERPRINT_CHARACTERS]
    return "-".join((word[: CUSTOMER_MAX - FINGERPRINT_CHARACTERS - 1], digest))
