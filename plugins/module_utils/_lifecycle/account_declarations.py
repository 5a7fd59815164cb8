# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Declarations for existing certificates, so that these are kept and not ordered again.

Private to the collection. Pure. A declaration matches its certificate exactly, because a difference leads to an order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .._handover.reasons import Reason, ReasonCode
from .._handover.terms import ProductKind, ValidationMethod
from .account_survey import LeftOut
from .certificate_names import InvalidNameError, NameRequest, is_wildcard, problems_with, wanted_names
from .declaration import customer_problems
from .duplicates import Claim, by_identity
from .organization import organization_of
from .products import UnknownProductError, find, issue_code

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .account_survey import LiveCertificate

_NAME_MAX = 56  # of 64, see DECLARATION_NAME: there is room for a number


@dataclass(frozen=True)
class Declared:
    """A declaration and its certificate."""

    declaration: dict[str, Any]
    issued: LiveCertificate


def declare(living: Sequence[LiveCertificate]) -> tuple[list[Declared], list[LeftOut]]:
    """Return the declarations, sorted by name, and the orders that cannot be declared.

    If several certificates lead to the same declaration name, the oldest order gets it.
    """
    taken: set[str] = set()
    declared, left_out = [], []
    for issued in sorted(living, key=lambda each: (each.order.ordered_at, each.order.order_id)):
        reason = _why_not(issued)
        if reason is not None:
            left_out.append(LeftOut(issued.order, issued.certificate.common_name, reason))
            continue
        name = _unused(_directory_name(issued), taken)
        taken.add(name)
        declared.append(Declared(_declaration(name, issued), issued))
    _allow_duplicates(declared)
    return sorted(declared, key=lambda each: str(each.declaration["name"])), left_out


def _allow_duplicates(declared: Sequence[Declared]) -> None:
    """Set allow_duplicate for declarations with the same names, because the account already has these certificates."""
    claims = {
        each.declaration["name"]: Claim(
            name=each.declaration["name"],
            names=frozenset(_names(each.issued)),
            key_type=str(each.declaration["key"]["type"]),
            may_be_shared=False,
        )
        for each in declared
    }
    twice = {claim.name for same in by_identity(claims.values()) for claim in same}
    for each in declared:
        if each.declaration["name"] in twice:
            each.declaration["allow_duplicate"] = True


def _why_not(issued: LiveCertificate) -> Reason | None:
    found = ((code, rule(issued)) for code, rule in _RULES)
    return next((Reason(code, text) for code, text in found if text), None)


def _unreadable(issued: LiveCertificate) -> str | None:
    reason = issued.certificate.unreadable
    return f"its certificate cannot be read: {reason}" if reason else None


def _for_mail_or_unknown(issued: LiveCertificate) -> str | None:
    try:
        product = find(issue_code(issued.order.product_code))
    except UnknownProductError as error:
        return str(error)
    return f"{product.title} is for mail, and hosts use TLS certificates" if product.kind is ProductKind.SMIME else None


def _for_no_server(issued: LiveCertificate) -> str | None:
    try:
        common_name = _names(issued)[0]
    except InvalidNameError as error:
        return f"its certificate is not for a server: {error}"
    named = common_name in issued.certificate.names
    return None if named else f"its common name {common_name} is not one of its names"


def _key_not_offered(issued: LiveCertificate) -> str | None:
    return None if issued.certificate.key else "its key has a type or size that cannot be declared"


def _against_the_rules(issued: LiveCertificate) -> str | None:
    """Return the problems for which the role would refuse the declaration."""
    names = _names(issued)
    request = NameRequest(names=names, product=find(issue_code(issued.order.product_code)), method=_method(names))
    return "; ".join([*problems_with(request), *customer_problems(issued.order.customer)]) or None


_RULES: tuple[tuple[ReasonCode, Callable[[LiveCertificate], str | None]], ...] = (
    (ReasonCode.UNREADABLE, _unreadable),
    (ReasonCode.NOT_TLS, _for_mail_or_unknown),
    (ReasonCode.NOT_TLS, _for_no_server),
    (ReasonCode.NOT_DECLARABLE, _key_not_offered),
    (ReasonCode.NOT_DECLARABLE, _against_the_rules),
)


def _names(issued: LiveCertificate) -> tuple[str, ...]:
    certificate = issued.certificate
    return wanted_names(common_name=certificate.common_name, subject_alt_name=certificate.names)


def _method(names: Sequence[str]) -> ValidationMethod:
    """Return DNS for wildcards (error 2186). A record with a prefix is the safest (lifecycle.md 4.1)."""
    return ValidationMethod.DNS_TXT_PREFIX if any(map(is_wildcard, names)) else ValidationMethod.FILE


def _directory_name(issued: LiveCertificate) -> str:
    word = _names(issued)[0].replace("*", "wildcard")
    return re.sub(r"[^a-z0-9._-]+", "-", word)[:_NAME_MAX]


def _unused(word: str, taken: set[str]) -> str:
    candidates = [word, *(f"{word}-{number}" for number in range(2, len(taken) + 2))]
    return next(candidate for candidate in candidates if candidate not in taken)


def _declaration(name: str, issued: LiveCertificate) -> dict[str, Any]:
    """Return the declaration without empty options, so that a default can set them."""
    order, certificate, names = issued.order, issued.certificate, _names(issued)
    product, method = find(issue_code(order.product_code)), _method(names)
    declaration = {
        "name": name,
        "product": product.key or product.code,
        "common_name": names[0],
        **_other_names(names),
        "key": dict(zip(("type", "size"), certificate.key or ())),
        "customer": order.customer,
        "validation": {"method": method.value} if method is not ValidationMethod.FILE else {},
        "organization": organization_of(product, certificate.subject, order.tax_identification_number),
    }
    return {option: value for option, value in declaration.items() if value}


def _other_names(names: Sequence[str]) -> dict[str, Any]:
    common_name, *others = names
    try:
        www = wanted_names(common_name=common_name, www=True)
    except InvalidNameError:  # of a wildcard or an address
        www = ()
    return {"www": True} if tuple(names) == www else {"subject_alt_name": others}
