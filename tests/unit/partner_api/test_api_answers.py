# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads answers in every possible form, and reports invalid ones."""

from __future__ import annotations

import random
import traceback
from datetime import datetime, timezone
from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._partner_api import api_errors
from ansible_collections.certops.certum.plugins.module_utils._partner_api.credentials import Credentials
from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import (
    ApiOperation,
    CertificateStatus,
    OrderState,
    SystemVerificationMethod,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.certificate import (
    CertificateDetails,
    ExpiringCertificate,
    IssuedCertificate,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.domain_control import (
    ManualVerification,
    NameVerification,
    SanVerification,
    SystemVerification,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.mailbox import EmailVerification
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.order_lookup import (
    ListedOrder,
    OrderDetails,
    OrderProgress,
    OrderStatus,
    OrderVerification,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.parties import (
    OrganizationInfo,
    RequestorInfo,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.product import ListedProduct
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.quick_order import (
    ParsedCsr,
    PlacedOrder,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.sni import SniOrder
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.verify_order import (
    ListedDocument,
    ListedFile,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.soap_envelope import unwrap
from ansible_collections.certops.certum.tests.unit.partner_api.api_calls import CALLS
from ansible_collections.certops.certum.tests.unit.partner_api.api_service import (
    OK,
    PASSWORD,
    USERNAME,
    Script,
    answer,
    fault,
    http_answer,
    refusal,
    soap,
)
from ansible_collections.certops.certum.tests.unit.partner_api.test_api_requests import SCHEMA
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

T1, T2 = "2026-11-22T10:00:00Z", "2027-06-08T23:59:59+02:00"
AT1 = datetime(2026, 11, 22, 10, tzinfo=timezone.utc)
AT2 = datetime(2027, 6, 8, 21, 59, 59, tzinfo=timezone.utc)
PROOF_XML = (
    "<SANVerification><approverMethod>FILE</approverMethod><code>3f9c</code>"
    "<FQDNs><FQDN>a.example</FQDN><FQDN>b.example</FQDN></FQDNs></SANVerification>"
)
PROOF = SanVerification(approver_method="FILE", code="3f9c", fqdns=("a.example", "b.example"))
PLACED_XML, PLACED = f"<orderID>o-1</orderID>{PROOF_XML}", PlacedOrder(order_id="o-1", san_verification=PROOF)
DETAILS_XML = (
    "<certificateDetails><certificateStatus>VALID</certificateStatus><commonName>a.example</commonName>"
    f"<DNSNames>a.example, b.example</DNSNames><endDate>{T2}</endDate><serialNumber>0a:1b</serialNumber>"
    f"<startDate>{T1}</startDate><subjectName>CN=a.example</subjectName><X509Cert>PEM</X509Cert></certificateDetails>"
)
DETAILS = CertificateDetails(
    certificate_status=CertificateStatus.VALID,
    common_name="a.example",
    dns_names_text="a.example, b.example",
    end_date=AT2,
    serial_number="0A1B",
    start_date=AT1,
    subject_name="CN=a.example",
    x509_cert="PEM",
)
STATUS_XML = (
    f"<orderStatus><customer>shop</customer><orderDate>{T1}</orderDate><orderID>o-1</orderID>"
    "<orderStatus>ENROLLED</orderStatus><productCode>601</productCode></orderStatus>"
)
STATUS = OrderStatus(
    customer="shop", order_date=AT1, order_id="o-1", order_state=OrderState.ENROLLED, product_code="601"
)
PEOPLE_XML = (
    "<orderDetails><organizationInfo><taxIdentificationNumber>7</taxIdentificationNumber></organizationInfo><requestorInfo>"
    "<email>e</email><firstName>f</firstName><lastName>l</lastName></requestorInfo></orderDetails>"
)
PEOPLE = OrderDetails(
    organization_info=OrganizationInfo(tax_identification_number="7"),
    requestor_info=RequestorInfo(email="e", first_name="f", last_name="l"),
)
ORDERS_XML = (
    f'<orders><Order>{DETAILS_XML}{PEOPLE_XML}{STATUS_XML}</Order><Order reissue="true">{STATUS_XML}</Order></orders>'
)
ORDERS = (
    ListedOrder(certificate_details=DETAILS, order_details=PEOPLE, order_status=STATUS),
    ListedOrder(reissue=True, order_status=STATUS),
)

SAMPLES: dict[ApiOperation, tuple[str, Any]] = {
    ApiOperation.VALIDATE_ORDER_PARAMETERS: (
        "<ParsedCSR><commonName>a.example</commonName><joISoCN>PL</joISoCN><joILN>L</joILN></ParsedCSR>",
        ParsedCsr(common_name="a.example", jurisdiction_country="PL", jurisdiction_locality="L"),
    ),
    ApiOperation.QUICK_ORDER: (PLACED_XML, PLACED),
    ApiOperation.RENEW_CERTIFICATE: (PLACED_XML, PLACED),
    ApiOperation.REISSUE_CERTIFICATE: ("<orderID>o-1</orderID>", PlacedOrder(order_id="o-1")),
    ApiOperation.CANCEL_ORDER: ("", None),
    ApiOperation.REVOKE_CERTIFICATE: ("", None),
    ApiOperation.GET_ORDER_STATE: (
        "<verifications><verification><type>DOMAIN</type><state>VERIFIED</state>"
        f"<expireDate>{T2}</expireDate></verification><verification><type>SYSTEM</type><state>REQUIRED</state>"
        f"</verification></verifications><lastUpdateDate>{T1}</lastUpdateDate><orderStatus>VERIFICATION</orderStatus>",
        OrderProgress(
            verifications=(
                OrderVerification(type="DOMAIN", state="VERIFIED", expire_date=AT2),
                OrderVerification(type="SYSTEM", state="REQUIRED"),
            ),
            last_update_date=AT1,
            order_state=OrderState.VERIFICATION,
        ),
    ),
    ApiOperation.GET_ORDER_BY_ORDER_ID: (ORDERS_XML, ORDERS),
    ApiOperation.GET_ORDERS_BY_DATE_RANGE: (ORDERS_XML, ORDERS),
    ApiOperation.GET_MODIFIED_ORDERS: ("", ()),
    ApiOperation.GET_CERTIFICATE: (
        f"{DETAILS_XML}<caBundle><X509Cert>ONE</X509Cert><X509Cert>TWO</X509Cert></caBundle>",
        IssuedCertificate(certificate_details=DETAILS, ca_bundle=("ONE", "TWO")),
    ),
    ApiOperation.GET_EXPIRING_CERTIFICATES: (
        "<expiringCertificates><orderID>o-1</orderID><serialNumber>0a1b</serialNumber>"
        f"<expiringDate>{T2}</expiringDate><validityDaysLeft>9</validityDaysLeft></expiringCertificates>",
        (ExpiringCertificate(order_id="o-1", serial_number="0A1B", expiring_date=AT2, validity_days_left=9),),
    ),
    ApiOperation.GET_PRODUCT_LIST: (
        "<products><product><code>601</code><type>Commercial SSL</type><validityPeriod>365</validityPeriod>"
        "<certificateNotificationEnabled>true</certificateNotificationEnabled><supportedHashAlgorithms>"
        "<hashAlgorithm>RSA-SHA256</hashAlgorithm></supportedHashAlgorithms></product><product/></products>",
        (
            ListedProduct(
                code="601",
                type="Commercial SSL",
                validity_period=365,
                certificate_notification_enabled=True,
                supported_hash_algorithms=("RSA-SHA256",),
            ),
            ListedProduct(),
        ),
    ),
    ApiOperation.ADD_SAN_VERIFICATION: (PROOF_XML, PROOF),
    ApiOperation.PERFORM_SAN_VERIFICATION: ("", None),
    ApiOperation.GET_SAN_VERIFICATION_STATE: (
        "<sanVerifications><sanVerification><FQDN>a.example</FQDN><manualVerification><state>FAILED</state>"
        f"<expireDate>{T2}</expireDate><info>404</info></manualVerification><systemVerification><method>CAA</method>"
        "<info>no</info></systemVerification></sanVerification></sanVerifications>",
        (
            NameVerification(
                fqdn="a.example",
                manual_verification=ManualVerification(state="FAILED", expire_date=AT2, info="404"),
                system_verifications=(SystemVerification(methods=("CAA",), info="no"),),
            ),
        ),
    ),
    ApiOperation.ADD_EMAIL_VERIFICATION: ("", None),
    ApiOperation.GET_EMAIL_VERIFICATION: (
        f"<emailVerification><email>e</email><verified>false</verified><sendDate>{T1}</sendDate>"
        f"<verificationLinkValidityDate>{T2}</verificationLinkValidityDate></emailVerification>",
        EmailVerification(email="e", verified=False, send_date=AT1, link_validity_date=AT2),
    ),
    ApiOperation.VERIFY_ORDER: ("", None),
    ApiOperation.GET_DOCUMENTS_LIST: (
        "<documents><document><description>d</description><type>APPLICANT</type><files><file><fileName>f</fileName>"
        f"</file></files><state>NEW</state><createDate>{T1}</createDate></document></documents>",
        (
            ListedDocument(
                description="d", type="APPLICANT", files=(ListedFile(file_name="f"),), state="NEW", create_date=AT1
            ),
        ),
    ),
    ApiOperation.ORDER_SNI_CERTIFICATE: (
        "<orderID>o-1</orderID><invalidSerialNumbers><serialNumber>0a</serialNumber></invalidSerialNumbers>",
        SniOrder(order_id="o-1", invalid_serial_numbers=("0A",)),
    ),
    ApiOperation.MODIFY_SNI_CERTIFICATE: ("<orderID>o-1</orderID>", SniOrder(order_id="o-1")),
}


def test_samples_fit_the_schema_and_cover_every_operation() -> None:
    assert set(SAMPLES) == set(ApiOperation), "SAMPLES in this file and ApiOperation differ"
    for operation, (content, _value) in SAMPLES.items():
        SCHEMA.assertValid(etree.fromstring(answer(operation, content))[0][0])


def disguised(document: bytes, chance: random.Random) -> bytes:
    """Return the same message in another dialect: other prefixes, other order, unknown elements, spaces, comments."""
    envelope = etree.fromstring(document)
    root = envelope[0][0]
    for parent in list(root.iter()):
        if len(parent):
            ranks = {child.tag: chance.random() for child in parent}
            parent[:] = sorted(parent, key=lambda child: ranks[child.tag])
            parent.insert(
                chance.randrange(len(parent) + 1), etree.fromstring("<addedLater x='1'><deep>er</deep></addedLater>")
            )
            parent.append(etree.Comment("seen"))
        elif parent.text and parent.tag != "deep":
            parent.text = f"\r\n  {parent.text} \t"
    namespace = chance.choice(["", ' xmlns="http://webservice.api.muc.unizeto.pl/"', ' xmlns:q="urn:other"'])
    prefix = "q:" if "xmlns:q" in namespace else ""
    name = etree.QName(root).localname
    inner = b"".join(etree.tostring(child, encoding="utf-8") for child in root).decode()
    body = f"<{prefix}{name}{namespace}>{inner}</{prefix}{name}>"
    return (
        f'<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Header/><Body>{body}</Body></Envelope>'.encode()
    )


ONLY_PAGE = OK.replace("<successCode>", "<pagesCount>1</pagesCount><successCode>")


@pytest.mark.parametrize("operation", ApiOperation, ids=str)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_answer_means_the_same_in_every_dialect(operation: ApiOperation, seed: int) -> None:
    content, value = SAMPLES[operation]
    paged = {
        ApiOperation.GET_ORDERS_BY_DATE_RANGE,
        ApiOperation.GET_MODIFIED_ORDERS,
        ApiOperation.GET_EXPIRING_CERTIFICATES,
    }
    plain = answer(operation, content, header=ONLY_PAGE if operation in paged else OK)
    for document in (plain, disguised(plain, random.Random(seed))):
        assert CALLS[operation](Script(document).api()) == value


@pytest.mark.parametrize(
    ("operation", "content", "value"),
    [
        pytest.param(
            ApiOperation.RENEW_CERTIFICATE,
            PLACED_XML.replace("SANVerification", "verifications"),
            PLACED,
            id="a renewal's verification under its older name",
        ),
        pytest.param(
            ApiOperation.RENEW_CERTIFICATE,
            "<orderID>o-1</orderID><verifications><verification><type>DOMAIN</type></verification></verifications>",
            PlacedOrder(order_id="o-1"),
            id="a renewal's verifications in a shape without code",
        ),
        pytest.param(
            ApiOperation.GET_DOCUMENTS_LIST,
            "<document><type>ADDITIONAL</type><fileName>f</fileName></document><document><fileName>g</fileName></document>",
            (ListedDocument(type="ADDITIONAL", file_name="f"), ListedDocument(file_name="g")),
            id="documents one after the other",
        ),
        pytest.param(
            ApiOperation.GET_ORDER_STATE,
            "<verifications/><orderStatus>ON_HOLD</orderStatus>",
            OrderProgress(order_state="ON_HOLD"),
            id="an unknown state, nothing to verify, no date",
        ),
        pytest.param(ApiOperation.GET_SAN_VERIFICATION_STATE, "<sanVerifications/>", (), id="no name to validate"),
        pytest.param(
            ApiOperation.GET_EMAIL_VERIFICATION,
            '<emailVerification><email>e</email><verified>1</verified><sendDate/><verificationDate xmlns:xsi="u" '
            f'xsi:nil="true"/><verificationLinkValidityDate>{T1[:-1]}</verificationLinkValidityDate></emailVerification>',
            EmailVerification(email="e", verified=True, link_validity_date=AT1),
            id="dates empty, nil and without an offset",
        ),
        pytest.param(
            ApiOperation.VALIDATE_ORDER_PARAMETERS,
            "<ParsedCSR><joiln>L</joiln><joisopn>S</joisopn><joisocn>PL</joisocn></ParsedCSR>",
            ParsedCsr(jurisdiction_locality="L", jurisdiction_state="S", jurisdiction_country="PL"),
            id="the jurisdiction in lower case",
        ),
        pytest.param(ApiOperation.GET_ORDER_BY_ORDER_ID, "<orders/>", (), id="no entries"),
        pytest.param(
            ApiOperation.GET_ORDER_BY_ORDER_ID,
            '<orders><Order><orderDetails><requestorInfo><email/><phone xmlns:xsi="u" xsi:nil="true"/>'
            "</requestorInfo></orderDetails></Order></orders>",
            (ListedOrder(order_details=OrderDetails(requestor_info=RequestorInfo())),),
            id="a nil phone and a requestor without names",
        ),
    ],
)
def test_disputed_forms_are_all_read(operation: ApiOperation, content: str, value: object) -> None:
    assert CALLS[operation](Script(answer(operation, content)).api()) == value


@pytest.mark.parametrize(
    "blocks",
    [
        "<systemVerification><method>CAA</method></systemVerification><systemVerification><method>NEW</method></systemVerification>",
        "<systemVerification><method>CAA</method><method>NEW</method></systemVerification>",
    ],
    ids=["blocks of one method", "one block of methods"],
)
def test_failing_checks_are_listed_in_any_nesting(blocks: str) -> None:
    content = (
        "<sanVerifications><sanVerification><FQDN>a</FQDN><manualVerification><state>VERIFIED</state></manualVerification>"
        f"{blocks}</sanVerification></sanVerifications>"
    )
    (name,) = (
        Script(answer(ApiOperation.GET_SAN_VERIFICATION_STATE, content)).api().get_san_verification_state(order_id="o")
    )
    assert name.failing_checks == (SystemVerificationMethod.CAA, "NEW")


def test_known_values_are_members_and_unknown_ones_text() -> None:
    def state(text: str) -> object:
        content = f"<orderStatus>{text}</orderStatus>"
        return Script(answer(ApiOperation.GET_ORDER_STATE, content)).api().get_order_state(order_id="o").order_state

    assert state("ENROLLED") is OrderState.ENROLLED
    assert state("ON_HOLD").__class__ is str


@pytest.mark.parametrize("separator", [",", ", ", ";", " ", "\n", "|"])
def test_names_are_split_at_any_separator(separator: str) -> None:
    names = ("a.example", "*.b.example", "xn--caf-dma.example")
    assert DETAILS.model_copy(update={"dns_names_text": separator.join(names)}).dns_names == names


def test_misspelling_of_the_schema_is_accepted() -> None:
    Script(soap(f"<cancelOrderReponse>{OK}</cancelOrderReponse>")).api().cancel_order(order_id="o")


# Messages about refusals

BAD = api_errors.UnparsableAnswerError
LOST = api_errors.OutcomeUnknownError
HTML = b"\n<!DOCTYPE html><html><head><title>Web  Gateway</title></head><body>" + PASSWORD.encode() + b"</body></html>"
BOMB = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><l>&b;</l>'
DEEP = b"<a>" * 5000 + b"</a>" * 5000
ANSWER = answer(ApiOperation.QUICK_ORDER, PLACED_XML)

FAILURES = [
    (
        http_answer(answer(ApiOperation.QUICK_ORDER, header=refusal(success_code=2))),
        api_errors.AuthenticationError,
        "allow list",
    ),
    (
        http_answer(answer(ApiOperation.QUICK_ORDER, header=refusal((1012, "x"), success_code=3))),
        api_errors.AuthenticationError,
        "3",
    ),
    (http_answer(b"", status=401), api_errors.AuthenticationError, "HTTP 401 with 0 bytes of text/xml"),
    (http_answer(HTML, status=403), api_errors.AuthenticationError, 'HTTP 403 with an HTML page "Web Gateway"'),
    (http_answer(ANSWER, status=403), api_errors.AuthenticationError, "CertManager, Account Settings, API Access"),
    (answer(ApiOperation.QUICK_ORDER, header=refusal((1012, "shop-1"))), api_errors.ApiError, "sent: 'shop-1'"),
    (answer(ApiOperation.QUICK_ORDER, header=refusal()), api_errors.ApiError, "without a reason (successCode 1)"),
    (answer(ApiOperation.QUICK_ORDER, header=refusal((9999, ""))), api_errors.ApiError, "error 9999"),
    (http_answer(fault("soap:Server", "boom"), status=500), api_errors.SoapFaultError, "look at the order"),
    (fault("S:Client.Schema", "bad order"), api_errors.SoapFaultError, "Client: bad order"),
    (
        http_answer(b"", status=302, location="https://u:p@evil.example/x"),
        BAD,
        "a redirect to evil.example, which is not",
    ),
    (http_answer(HTML), BAD, 'HTTP 200 with an HTML page "Web Gateway"'),
    (http_answer(HTML, status=404), BAD, "Check api_url (the whole address with .wsdl at its end)"),
    (http_answer(HTML, status=502, content_type="text/html"), LOST, "HTTP 502 with an HTML page"),
    (http_answer(b"down", status=503, content_type="text/plain"), LOST, "HTTP 503 with 4 bytes of text/plain"),
    (http_answer(b"", status=200), LOST, "no element found"),
    (ANSWER[:-30], LOST, "look at the order"),
    (b"\x00\xff\x13garbage", LOST, "not well-formed"),
    (ANSWER.replace(b"UTF-8", b"klingon"), LOST, "encoding"),
    (BOMB, BAD, "document type declaration"),
    (b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>', BAD, "document type declaration"),
    (b'<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd"><x/>', BAD, "document type declaration"),
    (BOMB.decode().encode("utf-16"), BAD, "document type declaration"),
    (DEEP, BAD, "nested deeper than 64"),
    (b"<other/>", BAD, "<other> and not a SOAP envelope"),
    (soap(""), BAD, "not a SOAP envelope with a body"),
    (answer(ApiOperation.GET_ORDER_STATE), BAD, "belongs to another call"),
    (soap("<quickOrderResponse><orderID>o</orderID></quickOrderResponse>"), BAD, "no responseHeader"),
    (answer(ApiOperation.QUICK_ORDER), BAD, "order_id: "),
    (
        answer(ApiOperation.QUICK_ORDER, header="<responseHeader><successCode>yes</successCode></responseHeader>"),
        BAD,
        "success_code",
    ),
]


@pytest.mark.parametrize(("given_answer", "kind", "words"), FAILURES, ids=[words for _answer, _kind, words in FAILURES])
def test_each_failure_has_its_error_and_words(
    given_answer: Any, kind: type[api_errors.CertumError], words: str
) -> None:
    script = Script(given_answer)
    with pytest.raises(api_errors.CertumError) as caught:
        CALLS[ApiOperation.QUICK_ORDER](script.api())
    assert caught.value.__class__ is kind
    text = str(caught.value)
    assert words in text
    assert text.startswith("quickOrder at gs.example.net: ")
    assert text.endswith(".")
    assert ".." not in text
    assert caught.value.outcome_unknown == (kind in {BAD, LOST} or "Server: boom" in text)
    assert len(script.posted) == 1


def test_api_error_names_code_element_value_and_remedy() -> None:
    header = refusal((1032, "orderParameters/CSR"), (1045, "shop.example.org"))
    with pytest.raises(api_errors.ApiError) as caught:
        CALLS[ApiOperation.QUICK_ORDER](Script(answer(ApiOperation.QUICK_ORDER, header=header)).api())
    error = caught.value
    assert str(error) == (
        "quickOrder at gs.example.net: key pair was used in an earlier request; generate a new one "
        "(error 1032, orderParameters/CSR); CN is absent from the SAN list "
        "(error 1045, SANEntries/SANEntry/DNSName, sent: 'shop.example.org'). "
        "Make a new private key and CSR. If you sent this key a moment ago, look for its order first. "
        "Add the common name to the subject alternative names."
    )
    assert error.error_codes == (1032, 1045)
    assert error.has(1012, 1045)
    assert not error.has(1012)


def _sent_request() -> bytes:
    script = Script(ANSWER)
    CALLS[ApiOperation.QUICK_ORDER](script.api())
    return script.posted[0]


ECHO = f"{PASSWORD} {USERNAME}".replace("&", "&amp;").replace("<", "&lt;")
ECHOES = {
    "error value": answer(ApiOperation.QUICK_ORDER, header=refusal((1090, ECHO))),
    "fault": fault("Client", ECHO),
    "fault code": fault(ECHO, "x"),
    "title": http_answer(f"<html><title>{PASSWORD} {USERNAME}</title></html>".encode(), status=403),
    "content type": http_answer(b"", status=500, content_type=f"text/{PASSWORD}"),
    "element name": soap(f"<{USERNAME.replace('@', '-')}/>"),
    "wrong type": answer(
        ApiOperation.QUICK_ORDER, header=f"<responseHeader><successCode>{ECHO}</successCode></responseHeader>"
    ),
    "the request itself": _sent_request(),
}


@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES)
def test_credentials_echoed_by_the_ca_are_in_no_text(echo: Any) -> None:
    api = Script(echo).api()
    with pytest.raises(api_errors.CertumError) as caught:
        CALLS[ApiOperation.QUICK_ORDER](api)
    written = (
        "".join(traceback.format_exception(caught.value)) + repr(caught.value) + repr(vars(caught.value)) + repr(api)
    )
    assert PASSWORD not in written
    assert USERNAME not in written


def test_credentials_show_in_no_repr() -> None:
    credentials = Credentials(username=USERNAME, password=PASSWORD)
    assert repr(credentials) == "Credentials()"
    assert PASSWORD not in repr(vars(Script().api()))
    assert credentials.redact(f"for {USERNAME}, not {USERNAME}x: <{PASSWORD}>") == (
        f"for <api_username>, not {USERNAME}x: <<api_password>>"
    )


def test_empty_password_masks_nothing() -> None:
    assert Credentials(username="", password="").redact("as it is") == "as it is"


def test_only_a_certificate_of_an_answer_has_several_lines() -> None:
    told = "<FQDN>a.example.org&#10;FAILED!&#x2028;&#x9b;x</FQDN><X509Cert>-----BEGIN\nMIIB\n-----END</X509Cert>"
    name, certificate = unwrap(soap(f"<answer>{told}</answer>"))
    assert name.text == "a.example.org FAILED! x"
    assert certificate.text == "-----BEGIN\nMIIB\n-----END"
