# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A declaration is checked completely; order ids and customers are derived, legal and stable."""

from __future__ import annotations

import pytest
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.declaration import (
    InvalidDeclarationError,
    read_declarations,
    with_defaults,
)
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.order_identity import (
    customer_for,
    names_both,
    order_id_for,
    other_host,
)
from hypothesis import example, given
from hypothesis import strategies as st

CONTACT = {"first_name": "Ada", "last_name": "Nowak", "email": "ops@example.com"}
SHOP = {
    "name": "shop",
    "common_name": "shop.example.com",
    "validation": {"method": "file", "webroot": "/var/www/shop"},
    "contact": CONTACT,
}


def test_shortest_declaration_has_right_defaults() -> None:
    (declaration,) = read_declarations([SHOP])
    desired = declaration.desired()
    assert (desired.product_code, desired.key, desired.names) == ("601", "ec 256", {"shop.example.com"})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": "../shop"}, "letters, digits"),
        ({"name": "x" * 65}, "letters, digits"),
        ({"name": "a\nb"}, "letters, digits"),
        ({"name": "shop\n"}, "letters, digits"),
        ({"common_name": ""}, "common_name is missing"),
        ({"common_name": "localhost"}, "localhost"),
        ({"product": "gold_ssl"}, "gold_ssl"),
        ({"key": {"type": "ec", "size": 2048}}, "256, 384"),
        ({"key": {"type": "rsa", "size": 1024}}, "2048, 3072, 4096"),
        (
            {"key": {"location": "elsewhere"}, "formats": ["der", "haproxy", "jks"]},
            "key.location is elsewhere, and haproxy, jks would contain the private key; remove it from formats",
        ),
        (
            {"key": {"location": "elsewhere"}, "share": "web"},
            "key.location is elsewhere, and share would send the private key to other hosts; remove one of them",
        ),
        ({"remaining_days": -1}, "remaining_days"),
        ({"remaining_percentage": 101}, "remaining_percentage"),
        ({"validation": {}, "common_name": "*.example.com"}, "file cannot validate .*error 2186"),
        ({"validation": {"method": "file", "webroot": "www"}}, "absolute"),
        ({"validation": {"http_port": 0}}, "http_port is 0, and must be 1 to 65535"),
        ({"validation": {"http_port": 70000}}, "http_port is 70000, and must be 1 to 65535"),
        ({"validation": {"method": "admin"}}, "admin_prefix"),
        ({"contact": {**CONTACT, "email": None}}, "contact.email is missing .* With the role, set certum_contact"),
        ({"contact": None}, "contact.first_name, contact.last_name, contact.email are missing"),
        ({"contact": {**CONTACT, "email": "ops"}}, "is not an e-mail address"),
        ({"contact": {**CONTACT, "first_name": "x" * 256}}, "255"),
        ({"contact": {**CONTACT, "phone": "1" * 33}}, "32"),
        ({"customer": "x" * 65}, "64"),
        ({"customer": "R&D"}, "1156"),
        ({"deploy": []}, "shop: deploy is empty. Name a service, or leave deploy out"),
        (
            {"deploy": [{"service": "nginx", "stats_socket": "/run/haproxy/admin.sock"}]},
            "deploy.stats_socket is an option of haproxy, and nginx is declared. Remove it",
        ),
        (
            {"deploy": [{"service": "haproxy", "stats_socket": "run/admin.sock"}]},
            "deploy.stats_socket run/admin.sock is not an absolute path",
        ),
        ({"deploy": [{"service": "nginx"}, {"service": "nginx"}]}, "deploy names nginx twice. Write all its"),
        (
            {"deploy": [{"service": "apache"}, {"service": "httpd"}]},
            "deploy names apache and httpd, which are one service. Write all its addresses into one verify",
        ),
        (
            {"validation": {"webroot": "/var/www", "http_port": 8080}},
            "validation.webroot and validation.http_port are both set, and http_port is for a host without a web root. "
            "Remove one of them, also from the defaults",
        ),
        ({"deploy": [{"service": "nginx", "verify": [""]}]}, "deploy.verify has an empty address. Write HOST:PORT"),
    ],
)
def test_wrong_declaration_is_refused_with_a_message(changes: dict[str, object], words: str) -> None:
    with pytest.raises(InvalidDeclarationError, match=words):
        read_declarations([{**SHOP, **changes}])


@pytest.mark.parametrize(
    ("changes", "is_refused"),
    [
        ({}, True),
        ({"allow_duplicate": True}, True),
        ({"common_name": "www.shop.example.com"}, True),
        ({"www": True}, True),
        ({"product": "commercial_multidomain_ssl"}, True),
        ({"common_name": "store.example.com"}, False),
        ({"key": {"type": "rsa"}}, False),
        ({"state": "absent"}, False),
    ],
)
def test_same_names_are_declared_twice_only_if_allowed(changes: dict[str, object], is_refused: bool) -> None:
    other = {**SHOP, "name": "store", **changes}
    if is_refused:
        with pytest.raises(InvalidDeclarationError, match="shop, store: the same names are declared"):
            read_declarations([SHOP, other])
    else:
        read_declarations([SHOP, other])
    read_declarations([{**SHOP, "allow_duplicate": True}, {**other, "allow_duplicate": True}])


@pytest.mark.parametrize(
    "changes",
    [
        {"deploy": [{"service": "haproxy", "stats_socket": "/run/haproxy/admin.sock"}]},
        {"deploy": [{"service": "haproxy-2", "stats_socket": "/run/haproxy-2.sock"}]},
        {"deploy": [{"service": "apache"}, {"service": "httpd-2"}]},
        {"validation": {"method": "dns_txt_prefix", "webroot": "/var/www", "http_port": 8080}},
        {"validation": {"webroot": "", "http_port": 8080}},
        {"deploy": [], "state": "absent"},
        {"key": {"location": "elsewhere", "size": 384}, "formats": ["der"]},
        {"key": {"location": "host"}, "formats": ["haproxy"], "share": "web"},
    ],
)
def test_similar_declaration_is_accepted(changes: dict[str, object]) -> None:
    read_declarations([{**SHOP, **changes}])


def test_problems_of_all_declarations_are_reported_together() -> None:
    broken = [{**SHOP, "name": "one", "common_name": "one"}, {**SHOP, "name": "two", "contact": None}, SHOP, SHOP]
    with pytest.raises(InvalidDeclarationError) as caught:
        read_declarations(broken)
    lines = str(caught.value).splitlines()
    assert [line.split(":")[0] for line in lines] == ["shop", "one", "two"]


def test_defaults_fill_only_missing_options() -> None:
    item = {"name": "shop", "key": {"type": None, "size": 384}, "language": "pl", "contact": None}
    defaults = {"key": {"type": "ec", "size": 256}, "language": "en", "contact": CONTACT}
    assert with_defaults(item, defaults) == {
        "name": "shop",
        "key": {"type": "ec", "size": 384},
        "language": "pl",
        "contact": CONTACT,
    }


@given(name=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True), key=st.binary(min_size=32, max_size=32))
def test_order_id_is_legal_stable_and_tied_to_the_key(name: str, key: bytes) -> None:
    order_id = order_id_for(name=name, public_key_sha256=key.hex())
    assert len(order_id) <= 50
    assert not set(order_id) & set("\"&'<>.")
    assert order_id.endswith(key.hex()[:16])
    assert order_id == order_id_for(name=name, public_key_sha256=key.hex())


NAME = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True)
HOST = st.one_of(
    st.text(max_size=120), st.text(":.1f", max_size=9), st.from_regex(r"[a-z]{50,60}\.[a-c]", fullmatch=True)
)


@given(hosts=st.lists(HOST, min_size=2, max_size=9, unique=True), name=NAME)
@example(hosts=["fd00::1:5", "fd00:1::5", "fd00-1-5"], name="shop")
def test_customer_is_legal_and_distinguishes_hosts(hosts: list[str], name: str) -> None:
    customers = {customer_for(host=host, name=name) for host in hosts}
    assert len(customers) == len(hosts)
    for customer in customers:
        assert 1 <= len(customer) <= 64
        assert not set(customer) & set("\"&'<>")


@pytest.mark.parametrize(
    ("host", "name", "customer"),
    [
        ("web1", "shop", "web1/shop"),
        ("Web_1.example.com", "shop-ec.2", "Web_1.example.com/shop-ec.2"),
        ("rack/web1", "shop", "rack/web1/shop"),
        ("", "*.example.com", "-.example.com"),
        ("w" * 59, "shop", f"{'w' * 59}/shop"),
        ("w" * 60, "shop", f"{'w' * 47}-b894f676920f43d3"),
    ],
)
def test_customer_is_equal_in_every_version(host: str, name: str, customer: str) -> None:
    """Another customer is refused for a renewal (error 1169), and a rebuilt host finds its live order by it."""
    assert customer_for(host=host, name=name) == customer


@pytest.mark.parametrize(
    ("host", "customer", "names"),
    [
        ("web1", "web1/shop", True),
        ("web1", "Example S.A. web1/shop", True),
        ("web1", "shop of web1", False),
        ("web1", "web1/shop for Example S.A.", False),
        ("shop.example.com", "shop.example.com", False),
        ("web1", "web11/shop", False),
        ("web1", "web1/shop-ec", False),
        ("web1", "rack/web1/shop", False),
        ("fd00::1:5", customer_for(host="fd00::1:5", name="shop"), True),
        ("web1", "web2/shop", False),
        ("web1", "Example S.A.", False),
        ("", "shop", False),
        *((host, f"{host}/shop", False) for host in ("localhost", "LOCALHOST", "localhost.localdomain", "127.0.0.1")),
        *((host, customer_for(host=host, name="shop"), False) for host in ("::1", "127.1")),
    ],
)
def test_customer_names_a_host_only_by_a_unique_name(host: str, customer: str, names: bool) -> None:
    """Two machines that are localhost to themselves would reissue each other's certificate."""
    assert names_both(customer=customer, host=host, name="shop") is names


@pytest.mark.parametrize(
    ("customer", "host", "other"),
    [
        ("web1/shop", "web1", None),
        ("web1/shop", "web2", "web1"),
        ("Example S.A. web1/shop", "web2", "web1"),
        ("web1/shop", "web1.example.com", "web1"),
        ("web1/shop", "localhost", "web1"),
        ("localhost/shop", "web1", None),
        ("127.0.0.1/shop", "web1", None),
        ("Example S.A.", "web2", None),
        ("first/choice", "web2", None),
        ("/shop", "web2", None),
        (customer_for(host="fd00::1:5", name="shop"), "fd00::1:5", None),
        (customer_for(host="w" * 60, name="shop"), "w" * 60, None),
    ],
)
def test_customer_identifies_the_other_host(customer: str, host: str, other: str | None) -> None:
    assert other_host(customer=customer, host=host, name="shop") == other


PARTS = ("web1", "web11", "rack/web1", "shop", "shop-ec", "shop.example.com", "web1-shop", "example.com")
TEXTS = st.lists(st.sampled_from((*PARTS, " ", "/", "-", ".", " of ")), max_size=7).map("".join)


@given(TEXTS)
def test_customer_belongs_to_one_certificate_at_most(customer: str) -> None:
    """Hosts and names may be parts of each other, and a customer may consist of them in any way."""
    pairs = [(host, name) for host in PARTS for name in PARTS if "/" not in name]
    assert sum(names_both(customer=customer, host=host, name=name) for host, name in pairs) <= 1


HOSTILE: dict[str, tuple[dict[str, object], str]] = {
    "a name that leads elsewhere": ({"name": "../../etc/cron.d/x"}, "name is used for a directory and an order id"),
    "an absolute name": ({"name": "/etc/cron.d/x"}, "name is used for a directory and an order id"),
    "an empty name": ({"name": ""}, "name is used for a directory and an order id"),
    "a name with NUL": ({"name": "shop\0"}, "name is used for a directory and an order id"),
    "a name with terminal colours": ({"name": "\x1b]0;x\x07"}, "name is used for a directory and an order id"),
    "an endless name": ({"name": "x" * 10_000}, "name is used for a directory and an order id"),
    "a name that looks like another": ({"name": "sh\u043ep"}, "name is used for a directory and an order id"),
    "a template as name": ({"name": "{{ x }}"}, "name is used for a directory and an order id"),
    "a common name with a line break": ({"common_name": "shop.example.com\nBcc: x"}, "common_name has a control"),
    "a common name with NUL": ({"common_name": "bank.example.com\0.example.org"}, "common_name has a control"),
    "an endless common name": ({"common_name": "x" * 10_000 + ".example.com"}, "label is longer than 63"),
    "a template as common name": ({"common_name": "{{ x }}.example.com"}, "does not consist of letters, digits"),
    "a further name with NUL": ({"subject_alt_name": ["a.example.com", "b\0"]}, "subject_alt_name has a control"),
    "a web root with NUL": ({"validation": {"webroot": "/var/www\0x"}}, "validation.webroot has a control"),
    "an endless web root": ({"validation": {"webroot": "x" * 10_000}}, "is not an absolute path"),
    "a command with NUL": (
        {"deploy": [{"service": "nginx", "check_command": ["nginx", "-t\0"]}]},
        "deploy.check_command has a control",
    ),
    "a site with a line break": (
        {"deploy": [{"service": "nginx", "enable_site": {"dest": "/a\nb"}}]},
        "deploy.enable_site.dest has a control",
    ),
    "a contact with a mail header": (
        {"contact": {**CONTACT, "email": "a@b.c\nBcc: x@y.z"}},
        "contact.email has a control",
    ),
    "an endless contact": ({"contact": {**CONTACT, "last_name": "x" * 10_000}}, "contact.last_name is longer than 255"),
    "an owner with NUL": ({"owner": "root\0"}, "owner has a control"),
    "a customer with a line break": ({"customer": "a\nb"}, "customer has a control"),
}


@pytest.mark.parametrize(("changes", "words"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_declaration_is_refused_with_a_safe_message(changes: dict[str, object], words: str) -> None:
    with pytest.raises(InvalidDeclarationError) as refused:
        read_declarations([{**SHOP, **changes}])
    text = str(refused.value)
    assert words in text
    assert text.replace("\n", "").isprintable()
    assert all(len(line) < 400 for line in text.splitlines())


def test_lookalike_name_is_distinguished_by_its_encoding() -> None:
    (declaration,) = read_declarations([{**SHOP, "common_name": "sh\u043ep.example.com"}])
    assert declaration.common_name == "xn--shp-ted.example.com"


def test_absent_declaration_has_no_control_characters() -> None:
    with pytest.raises(InvalidDeclarationError, match=r"deploy\.service has a control character"):
        read_declarations([{"name": "shop", "state": "absent", "deploy": {"service": "nginx\n"}}])
