# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Partner API as typed methods, one per operation.

Private to the collection. It knows nothing of Ansible, files or decisions. Every method raises CertumError
(``api_errors.py``). After a network fault a read is repeated; every other request is sent exactly once.
"""

from __future__ import annotations

from contextlib import suppress
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from .._handover.foreign_text import quote
from .._net.bounded_http import TimeLimits
from .answers import AnswerReader
from .api_errors import ApiError, SettingsError, SoapFaultError, TransportError
from .ca_clock import CaClock
from .call import Call
from .circuit_breaker import CircuitBreaker
from .connection_settings import Endpoint, environment_of, tls_context
from .credentials import Credentials
from .enums import READS, ApiOperation
from .messages.base import Answer, OrderIdRequest
from .messages.certificate import (
    ExpiringCertificate,
    GetCertificateRequest,
    GetExpiringCertificatesAnswer,
    GetExpiringCertificatesRequest,
    IssuedCertificate,
    RenewalAnswer,
    RevokeCertificateRequest,
)
from .messages.domain_control import (
    AddSanVerificationAnswer,
    AddSanVerificationRequest,
    GetSanVerificationStateAnswer,
    NameVerification,
    PerformSanVerificationRequest,
    SanApprover,
    SanVerification,
)
from .messages.mailbox import EmailVerification, GetEmailVerificationAnswer
from .messages.order_lookup import (
    GetOrderByOrderIdRequest,
    GetOrdersAnswer,
    GetOrdersRequest,
    ListedOrder,
    OrderOption,
    OrderProgress,
)
from .messages.product import GetProductListAnswer, GetProductListRequest, ListedProduct
from .messages.quick_order import CancelOrderRequest, ParsedCsr, PlacedOrder, ValidateOrderParametersAnswer
from .messages.sni import SniOrder
from .messages.verify_order import (
    Document,
    GetDocumentsListAnswer,
    ListedDocument,
    VerifyOrderRequest,
)
from .paging import pages, split_periods
from .retry import Retry, RetryPolicy
from .soap_envelope import API_NAMESPACE, JurisdictionCase, wrap
from .transport import Transport

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime, timedelta
    from types import TracebackType
    from xml.etree.ElementTree import Element

    from .circuit_breaker import KnownToRun
    from .enums import RevocationReason
    from .messages.base import Request
    from .messages.certificate import ReissueRequest, RenewalRequest
    from .messages.header import ResponseHeader
    from .messages.quick_order import OrderRequest
    from .messages.sni import SniChangeRequest, SniOrderRequest
    from .transport import HttpAnswer
    from .wire_form import WireForm

DEFAULT_SOAP_ACTION = f'"{API_NAMESPACE}{{operation}}"'
EVERYTHING = OrderOption()

_A = TypeVar("_A", bound=Answer)


class PartnerApi:
    """A client for one account. It is a context manager, and several threads may use it at once.

    ``environment`` is the CA's system, ``production`` or ``test``, None if it is not known.
    """

    def __init__(
        self,
        *,
        transport: Transport,
        credentials: Credentials,
        soap_action: str = DEFAULT_SOAP_ACTION,
        jurisdiction_case: JurisdictionCase = JurisdictionCase.LOWER,
        retry: Retry | None = None,
        environment: str | None = None,
        run: KnownToRun | None = None,
    ) -> None:
        self.environment = environment
        self._transport = transport
        self._credentials = credentials
        self._soap_action = soap_action
        self._jurisdiction_case = jurisdiction_case
        self._retry = retry or Retry()
        self._gate = CircuitBreaker(self._retry.clock, run)
        self._clock = CaClock(self._retry.clock)

    @classmethod
    def from_options(  # noqa: PLR0913 - one for each option of the modules
        cls,
        *,
        url: str,
        username: str,
        password: str,
        ca_path: str | None = None,
        validate_certs: bool = True,
        connect_timeout: float = 30.0,
        request_timeout: float = 120.0,
        soap_action: str | None = None,
        jurisdiction_case: JurisdictionCase = JurisdictionCase.LOWER,
        retry: Retry | None = None,
        environment: str | None = None,
        run: KnownToRun | None = None,
    ) -> PartnerApi:
        """Return a client made from plain values; times are in seconds. Sends nothing. Raises SettingsError.

        ``environment`` names the CA's system at this address; for a known address the two must agree.
        ``soap_action`` is the SOAPAction header, in which ``{operation}`` stands for the operation's name.
        ``run`` is what other processes of the same run of Ansible know of the account.
        """
        endpoint = Endpoint.parse(url)
        action = DEFAULT_SOAP_ACTION if soap_action is None else soap_action
        if not (action.isascii() and action.isprintable()) and action:
            raise SettingsError(
                where="soap_action",
                why="it holds a character that is not allowed in a header",
                remedy="Use printable ASCII.",
            )
        transport = Transport(
            endpoint=endpoint,
            context=tls_context(ca_path=ca_path, validate_certs=validate_certs),
            limits=TimeLimits(connect=connect_timeout, total=request_timeout),
        )
        return cls(
            transport=transport,
            credentials=Credentials(username=username, password=password),
            soap_action=action,
            jurisdiction_case=jurisdiction_case,
            retry=retry,
            environment=environment_of(url, environment),
            run=run,
        )

    def __enter__(self) -> PartnerApi:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"PartnerApi({self.host})"

    @property
    def host(self) -> str:
        """The host of the service, with the port if there is one."""
        return self._transport.endpoint.host

    def close(self) -> None:
        self._transport.close()

    def now(self) -> datetime:
        """Return the CA's time, taken from its last answer; before the first answer, the controller's time."""
        return self._clock.now()

    def controller_ahead(self) -> timedelta | None:
        """Return how far the controller's clock is ahead of the CA's, None before the first timestamp."""
        return self._clock.local_ahead()

    def asking_once(self) -> PartnerApi:
        """Return a client like this one that does not repeat reads, for callers that try again themselves."""
        other = copy(self)
        other._retry = replace(self._retry, policy=RetryPolicy(attempts=1))
        return other

    # Ordering

    def validate_order_parameters(self, order: OrderRequest) -> ParsedCsr | None:
        """Check an order without placing it; return the CSR's subject. Raises ApiError where quick_order would."""
        return self._ask(ApiOperation.VALIDATE_ORDER_PARAMETERS, order, ValidateOrderParametersAnswer).parsed_csr

    def quick_order(self, order: OrderRequest) -> PlacedOrder:
        """Place an order, which costs money. Error 1012: the order id exists already; 1032: the key was used before."""
        return self._ask(ApiOperation.QUICK_ORDER, order, PlacedOrder)

    def renew_certificate(self, renewal: RenewalRequest) -> PlacedOrder:
        """Purchase the next term of a certificate. This is a new order, whose id the CA chooses."""
        return self._ask(ApiOperation.RENEW_CERTIFICATE, renewal, RenewalAnswer).placed_order()

    def reissue_certificate(self, reissue: ReissueRequest) -> PlacedOrder:
        """Request a reissue in the same order. The CA revokes the old certificate after 14 days (lifecycle.md 8)."""
        return self._ask(ApiOperation.REISSUE_CERTIFICATE, reissue, PlacedOrder)

    def cancel_order(self, *, order_id: str, note: str | None = None) -> None:
        """Cancel an order that is not issued. Error 1151: it was cancelled before; 1136: issued, so revoke instead."""
        self._ask(ApiOperation.CANCEL_ORDER, CancelOrderRequest(order_id=order_id, note=note), Answer)

    def revoke_certificate(
        self,
        *,
        serial_number: str,
        revocation_reason: RevocationReason | str | None = None,
        key_compromise_date: date | None = None,
        note: str | None = None,
    ) -> None:
        """Start a revocation; the certificate becomes REVOKING, then REVOKED. Error 1145: it is revoked already.

        ``key_compromise_date`` is allowed only with KEYCOMPROMISE (error 2104).
        """
        request = RevokeCertificateRequest(
            serial_number=serial_number,
            revocation_reason=revocation_reason,
            key_compromise_date=key_compromise_date,
            note=note,
        )
        self._ask(ApiOperation.REVOKE_CERTIFICATE, request, Answer)

    # Reading orders and certificates

    def get_order_state(self, *, order_id: str) -> OrderProgress:
        """Return the state and verifications of an order. Error 1033: no order has this id."""
        return self._ask(ApiOperation.GET_ORDER_STATE, OrderIdRequest(order_id=order_id), OrderProgress)

    def get_order_by_order_id(self, *, order_id: str, option: OrderOption = EVERYTHING) -> tuple[ListedOrder, ...]:
        """Return the entries of an order, several after a reissue. Error 1033: no order has this id."""
        request = GetOrderByOrderIdRequest(order_id=order_id, order_option=option)
        return self._ask(ApiOperation.GET_ORDER_BY_ORDER_ID, request, GetOrdersAnswer).orders

    def get_orders_by_date_range(
        self, *, from_date: datetime, to_date: datetime, option: OrderOption = EVERYTHING
    ) -> Iterator[ListedOrder]:
        """Yield the orders placed in a period, each entry once; requests further pages as they are needed."""
        return self._orders(ApiOperation.GET_ORDERS_BY_DATE_RANGE, from_date=from_date, to_date=to_date, option=option)

    def get_modified_orders(
        self, *, from_date: datetime, to_date: datetime, option: OrderOption = EVERYTHING
    ) -> Iterator[ListedOrder]:
        """Yield the orders whose state changed in a period, each entry once; requests further pages as needed."""
        return self._orders(ApiOperation.GET_MODIFIED_ORDERS, from_date=from_date, to_date=to_date, option=option)

    def get_certificate(self, *, serial_number: str | None = None, order_id: str | None = None) -> IssuedCertificate:
        """Return a certificate and its path. Give exactly one of the two arguments (errors 1162, 1163).

        Prefer the serial number: for an order with reissues it is unknown which certificate the CA returns
        (partner-api.md 2.11).
        """
        request = GetCertificateRequest(serial_number=serial_number, order_id=order_id)
        return self._ask(ApiOperation.GET_CERTIFICATE, request, IssuedCertificate)

    def get_expiring_certificates(self, *, validity_days_left: int) -> Iterator[ExpiringCertificate]:
        """Yield the certificates that expire within this many days, 1 to 30 (error 2052)."""

        def page(number: int) -> tuple[ResponseHeader, tuple[ExpiringCertificate, ...]]:
            request = GetExpiringCertificatesRequest(validity_days_left=validity_days_left, page_number=number)
            header, answer = self._call(ApiOperation.GET_EXPIRING_CERTIFICATES, request, GetExpiringCertificatesAnswer)
            return header, answer.certificates

        return pages(page)

    def get_product_list(self, *, hash_algorithms: bool = False) -> tuple[ListedProduct, ...]:
        """Return the products open to this account; the cheapest check of the credentials (partner-api.md 1)."""
        request = GetProductListRequest(hash_algorithm=hash_algorithms)
        return self._ask(ApiOperation.GET_PRODUCT_LIST, request, GetProductListAnswer).products

    # Validating domains and mailboxes, sending documents

    def add_san_verification(self, *, order_id: str, approver: SanApprover | None = None) -> SanVerification | None:
        """Request a new code for all names of an order, and set the method. Error 1173: it is already in force."""
        request = AddSanVerificationRequest(order_id=order_id, san_approver=approver)
        return self._ask(ApiOperation.ADD_SAN_VERIFICATION, request, AddSanVerificationAnswer).san_verification

    def perform_san_verification(self, *, code: str) -> None:
        """Trigger validation of the names that a code belongs to. Read the result with get_san_verification_state."""
        self._ask(ApiOperation.PERFORM_SAN_VERIFICATION, PerformSanVerificationRequest(code=code), Answer)

    def get_san_verification_state(self, *, order_id: str) -> tuple[NameVerification, ...]:
        """Return the validation state of each name of an order."""
        request = OrderIdRequest(order_id=order_id)
        return self._ask(ApiOperation.GET_SAN_VERIFICATION_STATE, request, GetSanVerificationStateAnswer).names

    def add_email_verification(self, *, order_id: str) -> None:
        """Send the mailbox link again. Error 1114: the old link is still valid."""
        self._ask(ApiOperation.ADD_EMAIL_VERIFICATION, OrderIdRequest(order_id=order_id), Answer)

    def get_email_verification(self, *, order_id: str) -> EmailVerification | None:
        """Return the verification of an order's mailbox."""
        request = OrderIdRequest(order_id=order_id)
        return self._ask(ApiOperation.GET_EMAIL_VERIFICATION, request, GetEmailVerificationAnswer).email_verification

    def verify_order(self, *, order_id: str, note: str, documents: Sequence[Document] = ()) -> None:
        """Attach documents and a note, which may not be empty (error 2049). This cannot be undone."""
        request = VerifyOrderRequest(order_id=order_id, note=note, documents=tuple(documents) or None)
        self._ask(ApiOperation.VERIFY_ORDER, request, Answer)

    def get_documents_list(self, *, order_id: str) -> tuple[ListedDocument, ...]:
        """Return the documents of an order. No source describes this answer, so some documents may be missing."""
        request = OrderIdRequest(order_id=order_id)
        return self._ask(ApiOperation.GET_DOCUMENTS_LIST, request, GetDocumentsListAnswer).documents

    # Bundles for shared hosting; whether the CA still offers them is unknown

    def order_sni_certificate(self, order: SniOrderRequest) -> SniOrder:
        """Order one certificate for the names of several certificates. This is a purchase."""
        return self._ask(ApiOperation.ORDER_SNI_CERTIFICATE, order, SniOrder)

    def modify_sni_certificate(self, change: SniChangeRequest) -> SniOrder:
        """Add names of certificates to such a bundle, or remove them."""
        return self._ask(ApiOperation.MODIFY_SNI_CERTIFICATE, change, SniOrder)

    # Common to all

    def _orders(
        self, operation: ApiOperation, *, from_date: datetime, to_date: datetime, option: OrderOption
    ) -> Iterator[ListedOrder]:
        def orders_of(from_date: datetime, to_date: datetime) -> Iterator[ListedOrder]:
            def page(number: int) -> tuple[ResponseHeader, tuple[ListedOrder, ...]]:
                request = GetOrdersRequest(
                    from_date=from_date, to_date=to_date, order_option=option, page_number=number
                )
                header, answer = self._call(operation, request, GetOrdersAnswer)
                return header, answer.orders

            return pages(page)

        return split_periods(orders_of, from_date=from_date, to_date=to_date)

    def _ask(self, operation: ApiOperation, request: Request, model: type[_A]) -> _A:
        return self._call(operation, request, model)[1]

    def _call(self, operation: ApiOperation, request: Request, model: type[_A]) -> tuple[ResponseHeader, _A]:
        with self._gate.passing(f"{operation} at {self._transport.endpoint.host}", changes=operation not in READS):
            if operation in READS:
                return self._retry.call(lambda: self._send(operation, request, model))
            return self._send(operation, request, model)

    def exchange(self, operation: ApiOperation, body: Element, form: WireForm) -> HttpAnswer:
        """Send a request once, in an unusual form if need be, and return the answer as it came, whatever it says.

        Raises TransportError, and AuthenticationError if the CA does not accept the account.
        """
        call = self._call_of(operation)
        credentials = replace(self._credentials, username=form.username or self._credentials.username)
        document = form.encode(self._wrapped(call, body, credentials))
        action = self._soap_action if form.soap_action is None else form.soap_action
        headers = {**_headers(operation, action), "Content-Type": form.content_type}
        if form.content_encoding is not None:
            headers["Content-Encoding"] = form.content_encoding
        with self._gate.passing(call.where, changes=operation not in READS):
            http = self._transport.post(document, headers=headers, call=call)
            if form.shows_access:
                with suppress(ApiError, SoapFaultError, TransportError):
                    AnswerReader(call).read(http, Answer)
        return http

    def _send(self, operation: ApiOperation, request: Request, model: type[_A]) -> tuple[ResponseHeader, _A]:
        call = self._call_of(operation)
        body = self._wrapped(call, request.to_element(), self._credentials)
        http = self._transport.post(body, headers=_headers(operation, self._soap_action), call=call)
        header, answer = AnswerReader(call).read(http, model)
        self._clock.hear(header.timestamp)
        return header, answer

    def _call_of(self, operation: ApiOperation) -> Call:
        return Call(operation=operation, host=self._transport.endpoint.host, credentials=self._credentials)

    def _wrapped(self, call: Call, body: Element, credentials: Credentials) -> bytes:
        try:
            return wrap(call.operation, body, credentials=credentials, jurisdiction_case=self._jurisdiction_case)
        except ValueError as error:
            raise SettingsError(
                where=call.where, why=quote(error), remedy="Nothing was sent. Correct this value and run again."
            ) from None


def _headers(operation: ApiOperation, soap_action: str) -> dict[str, str]:
    return {
        "Content-Type": "text/xml; charset=utf-8",
        "SOAPAction": soap_action.replace("{operation}", operation),
        "Accept": "text/xml",
        "Accept-Encoding": "identity",
        "User-Agent": "certops.certum",
    }
