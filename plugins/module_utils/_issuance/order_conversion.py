# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Conversion between the dictionaries of module options and results and the values of this package.

Private to the collection. All items are checked together, before anything is sent.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

from .._handover.foreign_text import quote
from .._handover.problems import KnownError
from .._handover.terms import Operation, ProductKind, Sent, State, ValidationMethod
from .._lifecycle.certificate_names import InvalidNameError, NameRequest, problems_with, wanted_names
from .._lifecycle.declaration import contact_problems, customer_problems, only_set
from .._lifecycle.due_date import RenewalWindow
from .._lifecycle.former_certificate import FORMER_DAYS
from .._lifecycle.order_identity import customer_for, order_id_for
from .._lifecycle.organization import names_organization, organization_problems, subject_of
from .._lifecycle.products import UnknownProductError, find
from .._lifecycle.publication import publication
from .._store.json_record import moment_text
from .._store.reissues import shown_reissues
from .._x509.csr import RequestFacts, read_request
from .._x509.x509_errors import X509Error
from .ordered_certificate import Contact, Order

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .._handover.certificate_results import CertificateResult, ValidationShown
    from .._handover.order_items import OrderedValidation, OrderItem
    from .._handover.problems import Problem
    from .._lifecycle.products import Product
    from .outcome import Outcome, Validation


PERSONAL = ("email", "given_name", "surname")
"""The message fields that name a person in a certificate."""


class InvalidOrderError(KnownError, ValueError):
    """One or more orders are invalid and were not sent; the text has a line for each problem."""

    remedy = "Correct the order, then run again."


def read_orders(items: Sequence[OrderItem]) -> list[Order]:
    """Return the orders of a list of items. Raises InvalidOrderError, which names every problem of every item."""
    orders, problems = [], []
    for item in items:
        try:
            orders.append(read_order(item))
        except InvalidOrderError as error:
            problems.append(str(error))
    if problems:
        raise InvalidOrderError("\n".join(problems))
    return orders


def read_order(item: OrderItem) -> Order:
    """Return the order of one item. Raises InvalidOrderError."""
    request = _read_csr(item)
    label = quote(item.get("name") or request.common_name)
    validation: OrderedValidation = item.get("validation") or {"method": ValidationMethod.FILE.value}
    method = ValidationMethod(validation.get("method") or ValidationMethod.FILE)
    contact = item.get("contact") or {}
    problems = [*contact_problems(contact), *customer_problems(item.get("customer") or ""), *_successor_problems(item)]
    if request.signature_valid is False:
        problems.append("the CSR's signature was not made with its key (error 2125); make a new CSR")
    organization = item.get("organization") or {}
    try:
        product = _product(item)
        problems += [*organization_problems(product, organization), *_kind_problems(item, request, product)]
        names = _names(item, request, product)
        problems += problems_with(NameRequest(names=names, product=product, method=method)) if names else ()
    except (InvalidNameError, UnknownProductError) as error:
        problems.append(str(error))
    if problems:
        raise InvalidOrderError("\n".join(f"{label}: {problem}" for problem in problems))
    name = item.get("name") or (names[0] if names else item.get("email") or _common_name(item, request))
    return Order(
        name=name,
        order_id=item.get("order_id") or _new_order_id(item, name, request),
        request=request,
        names=names,
        product=product,
        method=method,
        customer=item.get("customer") or customer_for(host="", name=name),
        contact=Contact(contact["first_name"], contact["last_name"], contact["email"], contact.get("phone")),
        language=item.get("language"),
        admin_prefix=validation.get("admin_prefix"),
        operation=_operation(item),
        predecessor=item.get("predecessor"),
        sent=_sent(item),
        reissue_live_order=bool(item.get("reissue_live_order")),
        window=RenewalWindow.declared(item, people_decide=product.people_decide),
        validation_code=item.get("validation_code"),
        subject={**subject_of(product, organization), **_subject(item, names)},
        tax_identification_number=organization.get("tax_identification_number")
        if names_organization(product)
        else None,
        revocation_contact_email=item.get("revocation_contact_email"),
    )


def _operation(item: OrderItem) -> Operation:
    return Operation(item.get("operation") or Operation.ORDER)


def _sent(item: OrderItem) -> Sent:
    return Sent(item.get("sent") or Sent.NO)


def _new_order_id(item: OrderItem, name: str, request: RequestFacts) -> str:
    """Return the order id of our own; empty for a renewal, because the CA chooses its id."""
    if _operation(item) is Operation.RENEW:
        return ""
    return order_id_for(name=name, public_key_sha256=request.public_key_sha256)


def _successor_problems(item: OrderItem) -> Iterable[str]:
    operation = _operation(item)
    if operation is Operation.REISSUE and not item.get("order_id"):
        yield "a reissue needs order_id, the order that it is part of"
    if operation is Operation.RENEW and not item.get("predecessor") and _sent(item).may_be_sent:
        yield "a renewal needs predecessor, the serial number of the certificate that it renews"


def _product(item: OrderItem) -> Product:
    """Return the product; the caller sets the kind of a product outside the catalogue. Raises UnknownProductError."""
    product = find(item.get("product") or "commercial_ssl")
    if product.kind is not ProductKind.UNKNOWN:
        return product
    usual = ProductKind.SMIME if item.get("email") else ProductKind.TLS
    return replace(product, kind=ProductKind(item.get("product_kind") or usual))


def _common_name(item: OrderItem, request: RequestFacts) -> str:
    return item.get("common_name") or request.common_name or ""


def _names(item: OrderItem, request: RequestFacts, product: Product) -> tuple[str, ...]:
    """Return the names of a TLS certificate, which need validation; any other product has none."""
    if product.kind is not ProductKind.TLS:
        return ()
    others = item.get("subject_alt_name")
    return wanted_names(
        common_name=_common_name(item, request), subject_alt_name=request.names if others is None else others
    )


def _subject(item: OrderItem, names: tuple[str, ...]) -> dict[str, str]:
    """Return the values that replace the CSR's attributes, except those of the organization."""
    said = {field: str(value) for field, value in item.items() if field in ("common_name", *PERSONAL) and value}
    return {**said, "common_name": names[0]} if names and "common_name" in said else said


def _kind_problems(item: OrderItem, request: RequestFacts, product: Product) -> Iterable[str]:
    said = item.get("product_kind")
    if said and said != product.kind.value:
        yield f"product_kind is {said}, but {product.title} is known to be for {product.kind.value}; leave it out"
    if product.kind is ProductKind.SMIME and not item.get("email"):
        yield f"{product.title} is for a mailbox: email is missing (error 1021)"
    if product.kind is ProductKind.TLS and item.get("email"):
        yield f"{product.title} is for servers, so email is not allowed; leave it out"
    if product.kind is ProductKind.CODE_SIGNING and not _common_name(item, request):
        yield f"{product.title} is for a signer: the CSR has no CN, and common_name is missing (error 1015)"


def _read_csr(item: OrderItem) -> RequestFacts:
    label, path = quote(item.get("name") or "certificate"), item.get("csr_path")
    try:
        return read_request(Path(path).read_bytes() if path else item.get("csr_content") or "")
    except OSError as error:
        raise InvalidOrderError(f"{label}: the CSR {path} cannot be read: {quote(error.strerror)}") from error
    except X509Error as error:
        raise InvalidOrderError(f"{label}: {path or 'csr_content'}: {error}") from error


def result_of(outcome: Outcome, order: Order | None = None, *, environment: str | None = None) -> CertificateResult:
    """Return one element of the module's ``certificates``.

    Without an order, as for an invalid item, the result names no key, so the host keeps its record as it is.
    """
    issued = outcome.issued
    term_end = order.term_end if order else None
    return {
        "name": outcome.name,
        "operation": order.operation.value if order else None,
        "order_id": outcome.order_id or None,
        "order_placed": outcome.placed,
        "state": outcome.state.value,
        "changed": outcome.changed,
        "reason": outcome.reason.shown(),
        "problem": _problem_with_former(outcome, outcome.problem, order).shown() if outcome.problem else None,
        "validation": show_validation(outcome.validation),
        "predecessor": order.predecessor if order else None,
        "public_key_sha256": order.request.public_key_sha256 if order else None,
        "term_end": moment_text(term_end) if term_end else None,
        "environment": environment,
        "serial_number": issued.facts.serial_number if issued else None,
        "not_before": issued.facts.not_before.isoformat() if issued else None,
        "not_after": issued.facts.not_after.isoformat() if issued else None,
        "certificate": issued.certificate if issued else None,
        "chain": list(issued.chain) if issued else None,
        "root": issued.root if issued else None,
        "reissues": shown_reissues(issued.reissues) if issued else None,
    }


def _problem_with_former(outcome: Outcome, problem: Problem, order: Order | None) -> Problem:
    """Return the problem; for a reissue, with the date when the CA revokes the former certificate."""
    is_sent = outcome.placed or problem.outcome_unknown
    is_reissue = order is not None and order.operation is Operation.REISSUE
    if order is None or problem.name is None or not (is_reissue and is_sent) or outcome.state is State.REJECTED:
        return problem
    known = f" {order.predecessor}" if order.predecessor else ""
    sentence = f"The CA revokes the former certificate{known} {FORMER_DAYS} days after it issues the new one"
    if outcome.issued:
        until = outcome.issued.facts.not_before + timedelta(days=FORMER_DAYS)
        sentence += f", so it is valid until {until:%Y-%m-%d %H:%M} UTC at most"
    return replace(problem, text=f"{problem.text} {sentence}.")


def show_validation(validation: Validation | None) -> ValidationShown | None:
    """Return the validation with the files and records to publish, in the form of the results."""
    if validation is None:
        return None
    wanted = publication(method=validation.method, code=validation.code, names=validation.names)
    return {
        "method": validation.method.value,
        "code": validation.code,
        "names": list(validation.names),
        "files": [{"name": file.name, "url": file.url, "content": file.content} for file in wanted.files],
        "records": [{"name": record.name, "type": record.type, "value": record.value} for record in wanted.records],
    }


def next_item(item: OrderItem, order: Order, outcome: Outcome) -> OrderItem:
    """Return the item with which the next call continues an existing order."""
    code = outcome.validation.code if outcome.validation else None
    found = {
        "operation": order.operation.value,
        "order_id": outcome.order_id,
        "sent": Sent.YES.value,
        "predecessor": order.predecessor,
        "validation_code": code,
    }
    return cast("OrderItem", only_set({**item, **found, "reissue_live_order": None}))
