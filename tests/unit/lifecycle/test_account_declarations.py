# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Declares the certificates of an account: nothing would be ordered again, nothing is omitted without a report."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.account_declarations import declare
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.account_survey import (
    AccountCertificate,
    AccountOrder,
    survey,
)
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.declaration import (
    read_declarations,
    with_defaults,
)

if TYPE_CHECKING:
    from ansible_collections.certops.certum.plugins.module_utils._lifecycle.account_survey import Entry, Survey

NOW = datetime(2026, 11, 23, tzinfo=timezone.utc)
SHOP = ("shop.example.com",)
DEFAULTS = {
    "validation": {"webroot": "/var/www"},
    "contact": {"first_name": "Ada", "last_name": "Nowak", "email": "ops@example.com"},
}


def certificate(serial_number: str = "1", *, day: int = 0, names: tuple[str, ...] = SHOP, **more: Any) -> Any:
    """Return one that began ``day`` days ago and has a lifetime of 199 days."""
    begin = NOW - timedelta(days=day)
    given = {"status": "VALID", "common_name": names[0] if names else "", "key": ("ec", 256), **more}
    return AccountCertificate(
        serial_number=serial_number, not_before=begin, not_after=begin + timedelta(days=199), names=names, **given
    )


def order(order_id: str = "a", product_code: str = "601", customer: str = "web1/shop", **more: Any) -> AccountOrder:
    given = {"ordered_at": NOW - timedelta(days=50), "state": "ENROLLED", **more}
    return AccountOrder(order_id=order_id, customer=customer, product_code=product_code, **given)


def waiting(**more: Any) -> AccountOrder:
    return order(state="VERIFICATION", **more)


def looked_through(*entries: Entry) -> tuple[Survey, list[dict[str, Any]], dict[str, str]]:
    """Return the survey, the declarations, and the reasons for omissions, by order id."""
    found = survey(entries, now=NOW)
    declared, not_declared = declare(found.living)
    left_out = {each.order.order_id: each.reason.text for each in (*found.left_out, *not_declared)}
    declarations = [each.declaration for each in declared]
    read_declarations([with_defaults(item, DEFAULTS) for item in declarations])
    return found, declarations, left_out


PLAIN = {
    "name": "shop.example.com",
    "product": "commercial_ssl",
    "common_name": "shop.example.com",
    "key": {"type": "ec", "size": 256},
    "customer": "web1/shop",
}


@pytest.mark.parametrize(
    ("product_code", "described", "changes"),
    [
        ("601", {}, {}),
        ("606", {}, {}),
        ("601", {"names": ("shop.example.com", "www.shop.example.com")}, {"www": True}),
        ("601", {"key": ("rsa", 3072)}, {"key": {"type": "rsa", "size": 3072}}),
        ("601", {"common_name": "Shop.Example.com"}, {}),
        ("123", {}, {"product": "123"}),
        (
            "931",
            {"names": ("shop.example.com", "a.example.com", "b.example.org")},
            {"product": "commercial_multidomain_ssl", "subject_alt_name": ["a.example.com", "b.example.org"]},
        ),
        (
            "741",
            {"names": ("*.example.com", "example.com")},
            {
                "name": "wildcard.example.com",
                "product": "commercial_wildcard_ssl",
                "common_name": "*.example.com",
                "subject_alt_name": ["example.com"],
                "validation": {"method": "dns_txt_prefix"},
            },
        ),
        (
            "631",
            {
                "subject": {
                    "2.5.4.3": "shop.example.com",
                    "2.5.4.10": "Example S.A.",
                    "2.5.4.6": "PL",
                    "2.5.4.7": "Łódź",
                }
            },
            {
                "product": "trusted_ssl",
                "organization": {
                    "name": "Example S.A.",
                    "country": "PL",
                    "locality": "Łódź",
                    "tax_identification_number": "525",
                },
            },
        ),
    ],
)
def test_certificate_is_declared_as_it_is(
    product_code: str, described: dict[str, Any], changes: dict[str, Any]
) -> None:
    found, declarations, left_out = looked_through(
        (order(product_code=product_code, tax_identification_number="525"), certificate(**described))
    )
    assert (declarations, left_out, found.pending) == ([{**PLAIN, **changes}], {}, ())


@pytest.mark.parametrize(
    ("product_code", "described", "reason"),
    [
        ("601", {"status": "REVOKED"}, "its certificate is REVOKED"),
        ("601", {"status": "SOMETHING NEW"}, "its certificate is SOMETHING NEW"),
        ("601", {"day": 200}, "its certificate expired on 2026-11-22"),
        ("601", {"unreadable": "it is not valid base64"}, "its certificate cannot be read: it is not valid base64"),
        ("601", {"key": None}, "its key has a type or size that cannot be declared"),
        ("601", {"names": ("shop.example.com", "wiki.example.com")}, "covers shop.example.com and www."),
        ("601", {"common_name": "wiki.example.com"}, "its common name wiki.example.com is not one of its names"),
        ("721", {"names": ("ada@example.com",)}, "Enterprise ID is for mail"),
        ("726", {"names": ("ada@example.com",)}, "Enterprise ID is for mail"),
        ("456", {"names": ("ada@example.com",)}, "its certificate is not for a server"),
        ("456", {"names": (), "common_name": "Example S.A."}, "its certificate is not for a server"),
        ("456", {"names": (), "common_name": ""}, "its certificate is not for a server"),
        ("X01", {}, "product 'X01' is neither"),
        ("601", {"names": ("{{ 7 * 7 }}.example.com",)}, "its certificate is not for a server"),
        ("601", {"names": ("../../etc.example.com",)}, "its certificate is not for a server"),
    ],
)
def test_certificate_without_successor_is_omitted_with_reason(
    product_code: str, described: dict[str, Any], reason: str
) -> None:
    found, declarations, left_out = looked_through((order(product_code=product_code), certificate(**described)))
    assert (declarations, found.pending) == ([], ())
    assert reason in left_out["a"]


def test_newest_valid_certificate_of_an_order_is_declared() -> None:
    entries: list[Entry] = [
        (order(), certificate("3", day=1, status="REVOKED")),
        (order(), certificate("2", day=10, key=("rsa", 2048))),
        (order(), certificate("1", day=40)),
        (order(), certificate("0", day=300)),
    ]
    for given in (entries, entries[::-1]):
        found, declarations, left_out = looked_through(*given)
        assert [item["key"]["type"] for item in declarations] == ["rsa"]
        assert {each.certificate.serial_number: each.problem and each.problem.text for each in found.issued} == {
            "3": "its certificate is REVOKED",
            "2": None,
            "1": "it was reissued as 2, and the CA revokes it 14 days after that",
            "0": "its certificate expired on 2026-08-14",
        }
        assert left_out == {}


def test_newest_order_of_customer_and_name_is_declared() -> None:
    found, declarations, left_out = looked_through(
        (order("old"), certificate("1", day=180)),
        (order("new", product_code="606"), certificate("2", day=3, common_name="SHOP.example.com")),
        (order("other", customer="web2/shop"), certificate("3", day=100)),
    )
    assert [(item["customer"], item["product"]) for item in declarations] == [
        ("web1/shop", "commercial_ssl"),
        ("web2/shop", "commercial_ssl"),
    ]
    assert left_out == {"old": "order new renewed it"}
    assert {each.problem for each in found.issued} == {None}, "it may still be adopted"


@pytest.mark.parametrize(
    ("newer", "key", "reasons"),
    [
        ("606", ("ec", 384), {"old": "order new renewed it"}),
        ("606", ("rsa", 2048), {}),
        ("601", ("ec", 256), {}),
        ("936", ("ec", 256), {}),
    ],
)
def test_only_a_possible_renewal_replaces_a_certificate(
    newer: str, key: tuple[str, int], reasons: dict[str, str]
) -> None:
    """Another first order, another product, or the other of an RSA and EC pair is none."""
    dummy, declarations, left_out = looked_through(
        (order("old"), certificate("1", day=40)), (order("new", product_code=newer), certificate("2", day=3, key=key))
    )
    assert left_out == reasons
    names = [item["name"] for item in declarations]
    assert names == ["shop.example.com", "shop.example.com-2"][: len(names)]
    assert len(names) == 2 - len(reasons)


def test_orders_without_a_customer_are_never_renewals() -> None:
    entries = [(order(name, customer=""), certificate(name)) for name in ("1", "2")]
    dummy, declarations, left_out = looked_through(*entries)
    assert [item["name"] for item in declarations] == ["shop.example.com", "shop.example.com-2"]
    assert left_out == {}


def test_pending_order_is_reported_and_not_declared() -> None:
    reissue, first = waiting(order_id="reissued"), waiting(order_id="first")
    found, declarations, left_out = looked_through(
        (order("reissued"), certificate()), (reissue, None), (first, None), (order("no", state="REJECTED"), None)
    )
    assert found.pending == (reissue, first)
    assert len(declarations) == 1
    assert left_out == {"no": "it was rejected or cancelled"}


def test_names_of_directories_are_safe_and_unique() -> None:
    entries = [
        (order(f"{number}", product_code="931", customer=f"{number}"), certificate(names=(name,)))
        for number, name in enumerate(["*.example.com", "wildcard.example.com", "2a00:1450::1", "żółw.example.com"])
    ]
    entries[3] = (entries[3][0], certificate(names=("xn--w-uga1v8h.example.com",), common_name="żółw.example.com"))
    dummy, declarations, left_out = looked_through(*entries)
    assert left_out == {}
    assert {item["customer"]: item["name"] for item in declarations} == {
        "0": "wildcard.example.com",
        "1": "wildcard.example.com-2",
        "2": "2a00-1450-1",
        "3": "xn--w-uga1v8h.example.com",
    }


def test_customer_with_a_template_is_kept_literally() -> None:
    dummy, declarations, dummy = looked_through((order(customer="{{ 7 * 7 }}"), certificate()))
    assert declarations[0]["customer"] == "{{ 7 * 7 }}"
