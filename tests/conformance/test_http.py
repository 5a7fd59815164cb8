# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Refuses HTTP requests that are no proper call: at once, cleanly, with constant memory."""

from __future__ import annotations

import base64
import gzip
import http.client
import time
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from certum_sandbox.soap.schema import operations
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from support.soap import make_csr, make_order, make_request, read_answer, to_envelope

from .conftest import RawPartner

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.sandbox import Sandbox

GOOD = to_envelope(make_request("getProductList", {}))
ENTITIES = [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9)]
BOMB = f'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a0 "aaaaaaaaaa">{"".join(ENTITIES)}]>'.encode() + (
    GOOD.partition(b"?>")[2].replace(b"demo", b"&a8;")
)
FILE_ENTITY = b'<!DOCTYPE b [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + GOOD.partition(b"?>")[2].replace(
    b"demo", b"&x;"
)


def resident_kib(pid: int) -> int:
    with Path(f"/proc/{pid}/status").open() as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "not well-formed"),
        (b"hello", "not well-formed"),
        (b"<a", "not well-formed"),
        (GOOD[: len(GOOD) // 2], "not well-formed"),
        (GOOD.replace(b"demo", b"\xff\xfe"), "not well-formed"),
        (GOOD.replace(b"demo", b"\x00"), "not well-formed"),
        (GOOD.replace(b"demo", b"&nothing;"), "not well-formed"),
        (b"<html/>", "expected a SOAP 1.1 Envelope"),
        (GOOD.replace(b"schemas.xmlsoap.org/soap/envelope/", b"www.w3.org/2003/05/soap-envelope"), "only SOAP 1.1"),
        (GOOD.replace(b"getProductList", b"getEverything"), "no operation getEverything"),
        (GOOD.replace(b"webservice.api.muc.unizeto.pl", b"example.org"), "is not an operation of"),
        (GOOD.replace(b"<requestHeader>", b"<surprise/><requestHeader>"), "'surprise': This element is not expected"),
        (GOOD.replace(b"</requestHeader>", b"</requestHeader>" + b"<hashAlgorithm>1</hashAlgorithm>" * 2), "expected"),
        (BOMB, "document type declaration"),
        (FILE_ENTITY, "document type declaration"),
        (FILE_ENTITY.decode().encode("utf-16"), "document type declaration"),
        (b"<a>" * 100_000, "not well-formed"),
        (b"<x xmlns='urn:x'>" * 5_000 + b"</x>" * 5_000, "not well-formed"),
    ],
)  # fmt: skip
def test_invalid_call_gets_a_client_fault(raw: RawPartner, body, says):
    started = time.monotonic()
    answer = raw.post(body)
    assert answer.status_code == 500
    assert answer.headers["content-type"].startswith("text/xml")
    fault = read_answer(answer.content)
    assert fault.findtext("faultcode") in {"soap:Client", "soap:VersionMismatch"}
    assert says in (fault.findtext("faultstring") or "")
    assert "Traceback" not in answer.text
    assert "root:" not in answer.text
    assert time.monotonic() - started < 5


def test_unknown_mandatory_header_is_a_fault(raw: RawPartner):
    body = GOOD.replace(
        b"<soapenv:Body>",
        b'<soapenv:Header><s:Security xmlns:s="urn:s" soapenv:mustUnderstand="1"/></soapenv:Header><soapenv:Body>',
    )
    assert read_answer(raw.post(body).content).findtext("faultcode") == "soap:MustUnderstand"


@pytest.mark.parametrize("content_type", ["application/json", "application/soap+xml", "text/plain", ""])
def test_other_content_types_are_refused(raw: RawPartner, content_type):
    assert raw.post(GOOD, content_type).status_code == 415


CITY = "\u0141\u00f3d\u017a"
BODY = "<soapenv:Envelope" + to_envelope(make_request("getOrderState", {"orderID": "CITY"})).decode().partition(
    "<soapenv:Envelope"
)[2].replace("CITY", CITY)
DTD = f"<!DOCTYPE b>{BODY}"


def declared(encoding: str, body: str = BODY) -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?>{body}'


def order_that_was_read(answer: httpx.Response) -> str | None:
    """Return the order id as the service read it: no order has it, and error 1033 names it."""
    return read_answer(answer.content).findtext("responseHeader/errors/Error/value")


@pytest.mark.parametrize(
    ("charset", "body"),
    [
        ("; charset=iso-8859-2", BODY.encode("iso-8859-2")),
        ('; charset="ISO-8859-2"', declared("UTF-8").encode("iso-8859-2")),
        ("; charset=UTF-8", declared("ISO-8859-2").encode()),
        ("; charset=utf-16le", BODY.encode("utf-16-le")),
        ("; charset=iso-8859-2", declared("UTF-16").encode("utf-16")),
        ("; charset=iso-8859-2", BODY.encode("utf-8-sig")),
        ("", declared("ISO-8859-2").encode("iso-8859-2")),
        ("; charset=", BODY.encode()),
        ("; charset*=utf-8''iso-8859-2", BODY.encode("iso-8859-2")),
        ("", BODY.encode()),
    ],
)
def test_charset_of_the_header_counts_first(raw: RawPartner, charset, body):
    assert order_that_was_read(raw.post(body, f"text/xml{charset}")) == CITY


def test_charset_of_the_header_is_ignored_in_one_dialect(start_sandbox: Callable[..., Sandbox]):
    partner = RawPartner(start_sandbox(http_charset="ignored"))
    body = declared("ISO-8859-2").encode("iso-8859-2")
    assert order_that_was_read(partner.post(body, "text/xml; charset=utf-8")) == CITY


@pytest.mark.parametrize("charset", ["utf-16le", "utf-16be", "utf-7"])
def test_no_charset_hides_a_document_type_declaration(raw: RawPartner, charset):
    fault = read_answer(raw.post(DTD.replace(CITY, "x").encode(charset), f"text/xml; charset={charset}").content)
    assert "document type declaration" in (fault.findtext("faultstring") or "")


def test_unknown_charset_is_refused(raw: RawPartner):
    answer = raw.post(GOOD, "text/xml; charset=nobody-knows")
    assert (answer.status_code, answer.text) == (415, "nobody-knows is no known charset")


@pytest.mark.parametrize(("value", "status"), [("415", 415), ("fault", 500)])
def test_compressed_request_is_refused(start_sandbox: Callable[..., Sandbox], value, status):
    partner = RawPartner(start_sandbox(compressed_requests=value))
    answer = partner.post(gzip.compress(GOOD), **{"Content-Encoding": "gzip"})
    assert answer.status_code == status
    assert answer.headers.get("accept-encoding") == ("identity" if status == 415 else None)
    assert partner.post(GOOD, **{"Content-Encoding": "identity"}).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_and_paths_are_refused(raw: RawPartner, sandbox: Sandbox, method):
    assert raw.http.request(method, sandbox.url).status_code == 405
    assert raw.http.post(sandbox.url.removesuffix(".wsdl"), content=GOOD).status_code == 404


def test_body_of_100_mb_is_refused_unread(raw: RawPartner, sandbox: Sandbox):
    host = sandbox.base_url.partition("//")[2]
    connection = http.client.HTTPSConnection(host, context=sandbox.context, timeout=10)
    connection.putrequest("POST", "/service/PartnerApi.wsdl")
    connection.putheader("Content-Type", "text/xml")
    connection.putheader("Content-Length", str(100 * 1024 * 1024))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_endless_body_is_refused_and_not_kept(raw: RawPartner, sandbox: Sandbox):
    before = resident_kib(sandbox.pid)
    part = b"<!-- " + b"x" * (1024 * 1024)

    def endless():
        for dummy in range(100):
            yield part

    with suppress(httpx.WriteError, httpx.ReadError):  # the connection may end while we still write
        assert raw.http.post(sandbox.url, content=endless(), headers={"Content-Type": "text/xml"}).status_code == 413
    raw.send(make_request("getProductList", {}))
    assert resident_kib(sandbox.pid) - before < 160 * 1024


def test_no_answer_and_no_log_holds_the_password(raw: RawPartner, sandbox: Sandbox):
    canary = "canary-7f3a"
    request = make_request("getProductList", {"requestHeader/authToken/password": canary, "hashAlgorithm": "x"})
    assert canary not in raw.post(to_envelope(request)).text
    header = request.find("requestHeader")
    assert header is not None
    header.append(request.makeelement("extra", {canary: canary}))
    assert canary not in raw.post(to_envelope(request)).text
    assert canary not in raw.http.get(sandbox.base_url + "/").text
    assert canary not in str(sandbox.calls())
    assert canary not in sandbox.log


def test_page_shows_orders_and_escapes_input(raw: RawPartner, sandbox: Sandbox):
    order_id = f"page-{time.time_ns()}"
    raw.send(make_order({"orderParameters/orderID": order_id, "orderParameters/customer": "a `b` {c}"}))
    page = raw.http.get(sandbox.base_url + "/").text
    assert order_id in page
    assert "http://www.example.org/.well-known/pki-validation/certum.txt" in page
    assert "<script" not in page


FOREIGN = [
    {"Host": "evil.example"},
    {"Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "cross-site", "Content-Type": "text/plain"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_foreign_web_page_changes_and_reads_nothing(raw: RawPartner, sandbox: Sandbox, headers):
    before = sandbox.request("GET", "/sandbox/clock")["now"]
    for method, path in [
        ("POST", "/sandbox/clock"),
        ("GET", "/sandbox/orders"),
        ("HEAD", "/sandbox/mails"),
        ("GET", "/"),
    ]:
        answer = raw.http.request(method, sandbox.base_url + path, content=b'{"advance": "P400D"}', headers=headers)
        assert answer.status_code == 403, (method, path)
        assert method == "HEAD" or "Use localhost" in answer.text or "address bar" in answer.text
    assert datetime.fromisoformat(sandbox.request("GET", "/sandbox/clock")["now"]) - datetime.fromisoformat(
        before
    ) < timedelta(days=1)


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_service_may_have_any_name(raw: RawPartner, sandbox: Sandbox, headers):
    assert raw.http.get(sandbox.url, headers=headers).status_code == 200
    answer = raw.post(GOOD, **{key: value for key, value in headers.items() if key != "Content-Type"})
    assert read_answer(answer.content).tag == "getProductListResponse"


def test_allowed_host_is_answered(start_sandbox: Callable[..., Sandbox]):
    sandbox = start_sandbox("--allowed-host", "ca.example.net")
    for host, status in (("ca.example.net", 200), ("other.example.net", 403)):
        url = sandbox.base_url + "/sandbox/orders"
        assert httpx.get(url, headers={"Host": host}, trust_env=False).status_code == status


TAGS = st.sampled_from(["a", "requestHeader", "orderID", "SANEntries", "CSR", "x:y", "authToken", ""])
TEXTS = st.text(max_size=30)
BODIES = st.recursive(
    st.builds("<{0}>{1}</{0}>".format, TAGS, TEXTS),
    lambda inner: st.builds("<{0}>{1}</{0}>".format, TAGS, st.lists(inner, max_size=4).map("".join)),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    operation=st.sampled_from(operations()),
    content=st.one_of(BODIES, TEXTS, st.binary(max_size=200).map(lambda raw: raw.decode("latin-1"))),
)  # fmt: skip
def test_every_answer_is_soap(raw: RawPartner, operation, content):
    start, end = GOOD.replace(b"getProductList", operation.encode()).split(b"</requestHeader>")
    body = start + b"</requestHeader>" + content.encode("utf-8", "surrogatepass") + end
    answer = raw.post(body)
    assert answer.status_code in {200, 500}
    assert read_answer(answer.content).tag in {"Fault", f"{operation}Response"}
    assert "internal error" not in answer.text


PATHS = [
    "orderParameters/CSR",
    "orderParameters/customer",
    "orderParameters/orderID",
    "orderParameters/commonName",
    "orderParameters/country",
    "orderParameters/shortenedValidityPeriod",
    "SANApprover/approverMethod",
    "SANApprover/approverEmail",
    "requestorInfo/email",
    "SANEntries/SANEntry/DNSName",
]
XML_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=80)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.dictionaries(st.sampled_from(PATHS), XML_TEXT, min_size=1, max_size=3))
def test_no_order_leads_to_an_internal_error(raw: RawPartner, changes):
    request = make_order({"orderParameters/CSR": CSR, "orderParameters/orderID": "", **changes})
    answer = raw.post(to_envelope(request))
    assert "internal error" not in answer.text


CSR = make_csr()
DER = st.binary(min_size=1, max_size=8)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(position=st.integers(0, 250), patch=DER)
@example(position=7, patch=b"\x01")  # a version that no CSR has
def test_garbled_csr_is_an_api_error(raw: RawPartner, position, patch):
    der = bytearray(base64.b64decode("".join(CSR.splitlines()[1:-1])))
    der[position : position + len(patch)] = patch
    order = make_order(
        {"orderParameters/CSR": base64.b64encode(bytes(der)).decode()}, operation="validateOrderParameters"
    )
    answer = raw.post(to_envelope(order))
    assert read_answer(answer.content).tag == "validateOrderParametersResponse", answer.text
