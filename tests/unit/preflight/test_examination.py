# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks domains with a real DNS server and a real web server."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._controller.preflight import look_before_ordering
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.certificate_names import InvalidNameError
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.publication import Trial
from ansible_collections.certops.certum.plugins.module_utils._preflight.examination import (
    examine,
    staged,
)
from ansible_collections.certops.certum.plugins.module_utils._preflight.resolver_address import (
    InvalidPreflightError,
    ResolverAddress,
)
from ansible_collections.certops.certum.plugins.module_utils._x509.csr import read_request
from ansible_collections.certops.certum.tests.support.dns_server import DnsServer
from ansible_collections.certops.certum.tests.support.file_server import VALIDATION_PATH, FileServer
from ansible_collections.certops.certum.tests.support.results import texts
from ansible_collections.certops.certum.tests.unit.issuance.csrs import make_csr

if TYPE_CHECKING:
    from collections.abc import Iterator

SHOP = "shop.example.com"


@pytest.fixture
def dns() -> Iterator[DnsServer]:
    """Yield a domain without defects."""
    with DnsServer() as server:
        server.add("example.com", "SOA", "ns.example.com. ops.example.com. 1 3600 600 86400 60")
        server.add("example.com", "NS", "ns.example.com.")
        server.add(SHOP, "A", "127.0.0.1")
        yield server


@pytest.fixture
def web() -> Iterator[FileServer]:
    with FileServer() as server:
        yield server


@pytest.fixture
def silent() -> Iterator[str]:
    """Yield the address of a server that accepts connections and sends nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


def look(dns: DnsServer, *names: str, method: str = "file", **options: Any) -> dict[str, Any]:
    params = {
        "certificates": [{"name": "shop", "names": list(names or (SHOP,)), "method": method}],
        "orders": None,
        "on_mistake": "fail",
        "resolvers": [dns.address],
        "resolve": {},
        "timeout": 30,
        **options,
    }
    return look_before_ordering(params, False)


def order(name: str, domain: str) -> dict[str, Any]:
    """Return an order like certum_stage."""
    csr = make_csr(domain)
    return {"name": name, "sent": "no", "csr_content": csr, "validation": {"method": "dns_txt_prefix"}}


def findings(result: dict[str, Any]) -> list[tuple[str, str]]:
    return [(found["check"], found["severity"]) for found in result["certificates"][0]["findings"]]


@dataclass(frozen=True)
class Case:
    """A name and a method, ``records`` that are added, the finding, and words that name it and the remedy."""

    name: str
    method: str
    records: tuple[tuple[str, str, str], ...] = ()
    found: tuple[str, str] | None = None
    words: tuple[str, ...] = ()


FORBIDDEN = '0 issue "ca.example"'
MISTAKEN_CAA, MISTAKEN_DNS, DOUBTFUL_DNS = ("caa", "mistake"), ("dns", "mistake"), ("dns", "doubt")
CASES = {
    "CAA of the nearest name decides": Case(
        SHOP, "dns_txt_prefix", (("example.com", "CAA", FORBIDDEN), (SHOP, "CAA", '0 issue "certum.pl"'))
    ),
    "CAA of a parent": Case(
        SHOP,
        "dns_txt_prefix",
        (("example.com", "CAA", FORBIDDEN),),
        MISTAKEN_CAA,
        ("the CAA records of example.com", "example.com. CAA 0 issue"),
    ),
    "CAA of the top-level domain": Case(
        SHOP, "dns_txt_prefix", (("com", "CAA", FORBIDDEN),), MISTAKEN_CAA, ("CAA records of com",)
    ),
    "CAA at the target of an alias": Case(
        "www.example.com",
        "dns_txt_prefix",
        (("www.example.com", "CNAME", "cdn.example.net."), ("cdn.example.net", "CAA", FORBIDDEN)),
        MISTAKEN_CAA,
        ("CAA records of www.example.com",),
    ),
    "CAA for a wildcard": Case(
        "*.example.com", "dns_txt_prefix", (("example.com", "CAA", '0 issuewild ";"'),), MISTAKEN_CAA, ("wildcard",)
    ),
    "a name that does not exist": Case(
        "shpo.example.com", "file", (), MISTAKEN_DNS, ("shpo.example.com does not exist in DNS", "dns_txt_prefix")
    ),
    "a name without an address": Case("example.com", "file", (), MISTAKEN_DNS, ("neither an A nor an AAAA record",)),
    "an alias that leads nowhere": Case(
        "www.example.com",
        "file",
        (("www.example.com", "CNAME", "gone.example.net."),),
        MISTAKEN_DNS,
        ("www.example.com is a CNAME to gone.example.net, which does not exist",),
    ),
    "a domain that does not exist": Case(
        "shop.exmaple.com", "dns_txt_prefix", (), MISTAKEN_DNS, ("the domain exmaple.com does not exist",)
    ),
    "a domain that does not exist, and mail": Case("exmaple.com", "admin", (), MISTAKEN_DNS, ("exmaple.com",)),
    "a new name of a domain": Case("new.example.com", "dns_txt_prefix"),
    "an alias of a prefix, as validation is delegated": Case(
        SHOP, "dns_txt_prefix", ((f"_certum.{SHOP}", "CNAME", "proofs.example.net."),)
    ),
    "an alias that a TXT record would stand beside": Case(
        "www.example.com",
        "dns_txt",
        (("www.example.com", "CNAME", "cdn.example.net."), ("cdn.example.net", "A", "192.0.2.1")),
        DOUBTFUL_DNS,
        ("www.example.com is a CNAME to cdn.example.net", "dns_txt_prefix"),
    ),
    "a CNAME at a name with an address": Case(
        SHOP, "dns_cname", (), MISTAKEN_DNS, (f"{SHOP} has records of the type A,", f"_certum.{SHOP}")
    ),
    "a CNAME at the apex": Case("*.example.com", "dns_cname", (), MISTAKEN_DNS, ("SOA, NS", "dns_cname_prefix")),
    "a CNAME at an alias": Case(
        "www.example.com",
        "dns_cname",
        (("www.example.com", "CNAME", "cdn.example.net."),),
        MISTAKEN_DNS,
        ("is already a CNAME to cdn.example.net", "dns_cname_prefix"),
    ),
    "a CNAME instead of an earlier record": Case(
        "new.example.com", "dns_cname", (("new.example.com", "CNAME", "3f9c.certum.pl."),)
    ),
    "a CNAME at a new name": Case("new.example.com", "dns_cname"),
    "a CNAME at a new prefix": Case(SHOP, "dns_cname_prefix"),
    "a CNAME at the prefix of a TXT record": Case(
        SHOP,
        "dns_cname_prefix",
        ((f"_certum.{SHOP}", "TXT", "3f9c"),),
        MISTAKEN_DNS,
        (f"_certum.{SHOP} has records of the type TXT", f"Remove these records from _certum.{SHOP}"),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_dns_answers_lead_to_findings(dns: DnsServer, case: Case) -> None:
    for name, kind, value in case.records:
        dns.add(name, kind, value)

    result = look(dns, case.name, method=case.method)

    assert findings(result) == ([case.found] if case.found else []), result
    mistaken = case.found is not None and case.found[1] == "mistake"
    assert (result["failed"], result["certificates"][0]["passed"]) == (mistaken, not mistaken)
    said = "\n".join(texts(result["problems"]) if mistaken else result["warnings"])
    assert all(words in said for words in case.words), said
    assert bool(said) == bool(case.found)


class TestSignatures:
    def test_broken_signatures_are_a_mistake(self, dns: DnsServer) -> None:
        dns.unsigned.add(SHOP)

        result = look(dns, method="dns_txt_prefix")

        assert findings(result) == [("dnssec", "mistake")]
        assert f"the DNSSEC signatures of {SHOP} do not validate" in result["msg"]

    def test_signatures_of_the_validation_name_count_too(self, dns: DnsServer) -> None:
        dns.unsigned.add(f"_certum.{SHOP}")

        assert findings(look(dns, method="dns_txt_prefix")) == [("dnssec", "mistake")]


class TestFailedLookup:
    def test_failed_lookup_is_reported_and_blocks_nothing(self, dns: DnsServer) -> None:
        dns.broken.add(SHOP)

        result = look(dns)

        assert findings(result) == [("caa", "unknown"), ("dns", "unknown"), ("http", "unknown")]
        assert (result["failed"], result["warnings"]) == (False, [])
        assert "could not be checked" in result["reason"]["text"]
        assert "SERVFAIL" in result["reason"]["text"]

    def test_preflight_of_many_names_stops_at_the_deadline(self, silent: str) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as deaf:
            deaf.bind(("127.0.0.1", 0))
            names = [f"{number}.example.com" for number in range(100)]
            params = {"names": names, "method": "file"}
            before = time.monotonic()

            result = look_before_ordering(
                {
                    "certificates": [params],
                    "orders": None,
                    "on_mistake": "fail",
                    "resolvers": [f"127.0.0.1:{deaf.getsockname()[1]}"],
                    "resolve": dict.fromkeys(names, silent),
                    "timeout": 1,
                },
                False,
            )

        assert time.monotonic() - before < 10, "one second, not one for each name"
        assert {severity for dummy, severity in findings(result)} == {"unknown"}
        assert not result["failed"]
        assert "could not be checked (caa): the time was over" in result["reason"]["text"]


class TestTheTestFile:
    """Every address has to serve the test file of the web root."""

    def look(self, dns: DnsServer, address: str, csr: str) -> list[Any]:
        item = {"name": "shop", "csr_content": csr, "validation": {"method": "file"}}
        options = {"resolvers": [dns.address], "resolve": {SHOP: address}, "timeout": 30}
        (verdict,) = examine([staged(item, tried=True)], options)
        return list(verdict.findings)

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            pytest.param("{content}", None, id="it is served"),
            pytest.param("{content}\n", None, id="with a line break at its end"),
            pytest.param(None, "answers HTTP 404", id="another web root"),
            pytest.param("<h1>Welcome</h1>\x1b[2J", "answers something else: <h1>Welcome</h1>\\x1b[2J", id="a page"),
            pytest.param("x" * 10**6, "answers something else: xxx", id="a long page"),
        ],
    )
    def test_test_file_is_expected_unchanged(
        self, dns: DnsServer, web: FileServer, monkeypatch: pytest.MonkeyPatch, body: str | None, said: str | None
    ) -> None:
        csr = make_csr(SHOP)
        trial = Trial(read_request(csr).public_key_sha256)

        def serve(handler: Any) -> None:
            found = handler.path == f"/{trial.path}" and body is not None
            handler.send_response(200 if found else 404)
            data = (body or "").replace("{content}", trial.content).encode() if found else b""
            handler.send_header("Content-Length", str(len(data)))
            handler.end_headers()
            handler.wfile.write(data)

        monkeypatch.setattr(web, "serve", serve)

        found = self.look(dns, web.address, csr)

        assert [finding.severity.value for finding in found] == ["mistake"] * bool(said)
        for finding in found:
            assert f"http://{SHOP}/{trial.path} is not the test file" in finding.what
            assert f"{web.address} {said}" in finding.what

    def test_test_file_behind_a_redirect_is_a_doubt(self, dns: DnsServer, web: FileServer) -> None:
        web.redirect(SHOP, f"https://{SHOP}/")
        assert [finding.severity.value for finding in self.look(dns, web.address, make_csr(SHOP))] == ["doubt"]


WEB = "ansible_collections.certops.certum.plugins.module_utils._preflight.web_check"


class TestPort80:
    def test_any_answer_on_port_80_is_accepted(self, dns: DnsServer, web: FileServer) -> None:
        assert findings(look(dns, resolve={SHOP: web.address})) == []
        assert web.requests == [(SHOP, VALIDATION_PATH)]

    def test_port_80_of_the_address_in_dns_is_asked(self, dns: DnsServer) -> None:
        dns.add("old.example.com", "A", "127.83.12.9")

        result = look(dns, "old.example.com")

        assert findings(result) == [("http", "mistake")]
        assert "old.example.com cannot be reached over HTTP: 127.83.12.9:80 does not answer" in result["msg"]

    def test_one_dead_address_of_several_is_a_doubt(
        self, dns: DnsServer, web: FileServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """In any order of the addresses."""
        host, dummy, port = web.address.rpartition(":")
        monkeypatch.setattr(f"{WEB}.HTTP_PORT", int(port))
        for number, addresses in enumerate([(host, "127.83.12.9"), ("127.83.12.9", host)]):
            for address in addresses:
                dns.add(f"old{number}.example.com", "A", address)

            result = look(dns, f"old{number}.example.com")

            assert findings(result) == [("http", "doubt")]
            assert f"127.83.12.9:{port} does not answer" in result["warnings"][0]
            assert "Its other addresses answer" in result["warnings"][0]
            assert not result["failed"]

    def test_port_80_of_an_ip_address_needs_no_dns(self, dns: DnsServer, web: FileServer) -> None:
        assert findings(look(dns, "9.9.9.9", resolve={"9.9.9.9": web.address})) == []
        assert dns.questions == []

    def test_redirect_is_a_doubt_and_not_followed(self, dns: DnsServer, web: FileServer) -> None:
        web.redirect(SHOP, f"https://{SHOP}:x/\x7f")

        result = look(dns, resolve={SHOP: web.address})

        assert findings(result) == [("http", "doubt")]
        assert f"redirects to https://{SHOP}:x/\\x7f (HTTP 302)" in result["warnings"][0]
        assert (result["failed"], len(web.requests)) == (False, 1)

    def test_silence_is_a_mistake(self, dns: DnsServer, silent: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(f"{WEB}.TOTAL_SECONDS", 0.3)

        result = look(dns, resolve={SHOP: silent})

        assert findings(result) == [("http", "mistake")]
        assert "does not answer in time" in result["msg"]

    def test_another_protocol_is_a_mistake(self, dns: DnsServer) -> None:
        def greet() -> None:
            connection, dummy = server.accept()
            with connection:
                connection.sendall(b"220 mail.example.com ESMTP\r\n")
                connection.recv(1024)

        with socket.create_server(("127.0.0.1", 0)) as server:
            threading.Thread(target=greet, daemon=True).start()
            result = look(dns, resolve={SHOP: f"127.0.0.1:{server.getsockname()[1]}"})

        assert findings(result) == [("http", "mistake")]
        assert "answers, but not in HTTP" in result["msg"]

    def test_other_methods_ask_no_web_server(self, dns: DnsServer, web: FileServer) -> None:
        look(dns, method="dns_txt_prefix", resolve={SHOP: web.address})

        assert web.requests == []


class TestTheResult:
    @pytest.fixture(autouse=True)
    def forbidden(self, dns: DnsServer) -> None:
        dns.add("example.com", "CAA", FORBIDDEN)

    def test_shared_mistake_is_reported_once_for_all_names(self, dns: DnsServer) -> None:
        names = (SHOP, "www.example.com", "*.example.com")

        result = look(dns, *names, method="dns_txt_prefix")

        told = [
            line for line in texts(result["problems"]) if "CAA records of example.com do not permit Certum:" in line
        ]
        assert len(told) == 1
        assert [found["name"] for found in result["certificates"][0]["findings"]] == list(names)

    def test_repeated_dns_question_is_asked_once(self, dns: DnsServer) -> None:
        look(dns, "example.com")

        assert "example.com A" in dns.questions
        assert len(dns.questions) == len(set(dns.questions))

    def test_orders_without_a_mistake_or_placed_before_continue(self, dns: DnsServer) -> None:
        dns.add("mail.example.com", "CAA", '0 issue "certum.pl"')
        orders = [
            {"name": "placed", "sent": "yes"},
            order("shop", SHOP),
            order("mail", "mail.example.com"),
        ]
        options: dict[str, Any] = {"certificates": None, "orders": orders}

        assert [each["name"] for each in look(dns, **options)["orders"]] == ["placed", "mail"]
        assert look(dns, on_mistake="warn", **options)["orders"] == orders

    def test_warning_does_not_fail_the_module(self, dns: DnsServer) -> None:
        result = look(dns, method="dns_txt_prefix", on_mistake="warn")

        assert (result["failed"], result["problems"]) == (False, [])
        assert not result["certificates"][0]["passed"]
        assert result["warnings"][0].startswith("shop: the CAA records of example.com do not permit Certum")


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"resolvers": ["dns.example.com"]}, InvalidPreflightError, "Give the IP address of the resolver"),
        ({"resolvers": ["127.0.0.1:99999"]}, InvalidPreflightError, "resolvers: '127.0.0.1:99999' is not HOST:PORT"),
        ({"resolve": {SHOP: "http://x"}}, InvalidPreflightError, "resolve: 'http://x' is not HOST:PORT"),
        ({"resolve": {SHOP: "999.0.2.1"}}, InvalidPreflightError, "resolve: '999.0.2.1' is not HOST:PORT"),
        ({"resolve": {"intranet": "192.0.2.1"}}, InvalidNameError, "'intranet'"),
        ({"certificates": [{"name": "shop", "names": [], "method": "file"}]}, InvalidPreflightError, "has no names"),
        ({"orders": [{"name": "shop"}]}, InvalidPreflightError, "Give the orders that certum_stage returned"),
    ],
)
def test_bad_input_is_refused_before_any_request(
    dns: DnsServer, options: dict[str, Any], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words.replace("[", r"\[")):
        look(dns, **options)
    assert dns.questions == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.0.2.1", ResolverAddress("192.0.2.1", 53)),
        ("192.0.2.1:5353", ResolverAddress("192.0.2.1", 5353)),
        ("2001:db8::1", ResolverAddress("2001:db8::1", 53)),
        ("[2001:db8::1]:5353", ResolverAddress("2001:db8::1", 5353)),
    ],
)
def test_resolver_address_is_parsed(text: str, address: ResolverAddress) -> None:
    assert ResolverAddress.parse_ip(text, port=53, option="resolvers") == address
