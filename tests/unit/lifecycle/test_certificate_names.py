# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Encodes and refuses names, by product and method."""

from __future__ import annotations

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import ValidationMethod
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.certificate_names import (
    InvalidNameError,
    NameRequest,
    encode,
    encode_host,
    is_covered,
    problems_with,
    wanted_names,
)
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.products import UnknownProductError, find


@pytest.mark.parametrize(
    ("name", "encoded"),
    [
        ("Shop.Example.COM", "shop.example.com"),
        ("shop.example.com.", "shop.example.com"),
        ("żółw.example.pl", "xn--w-uga1v8h.example.pl"),
        ("ŻÓŁW.example.pl", "xn--w-uga1v8h.example.pl"),
        ("straße.example.de", "xn--strae-oqa.example.de"),
        ("xn--strae-oqa.example.de", "xn--strae-oqa.example.de"),
        ("*.example.org", "*.example.org"),
        ("8.8.8.8", "8.8.8.8"),
        ("2A00:1450:4001:0::200E", "2a00:1450:4001::200e"),
    ],
)
def test_name_is_encoded_as_in_a_certificate(name: str, encoded: str) -> None:
    assert encode(name) == encoded
    assert encode(encoded) == encoded


@pytest.mark.parametrize(
    ("host", "names", "covered"),
    [
        ("shop.example.com", ["shop.example.com"], True),
        ("shop.example.com", ["*.example.com"], True),
        ("a.shop.example.com", ["*.example.com"], False),
        ("example.com", ["*.example.com"], False),
        ("shop.example.com", ["*.com"], False),
        ("192.0.2.1", ["192.0.2.1"], True),
        ("localhost", ["*.localhost"], False),
    ],
)
def test_wildcard_covers_one_label(host: str, names: list[str], covered: bool) -> None:
    assert is_covered(host, names) is covered


@pytest.mark.parametrize(
    ("host", "encoded"),
    [
        ("localhost", "localhost"),
        ("Web_1.internal.", "web_1.internal"),
        ("STRASSE.straße.de", "strasse.xn--strae-oqa.de"),
        ("127.0.0.1", "127.0.0.1"),
        ("0:0::1", "::1"),
        ("fe80::1%eth0", "fe80::1%eth0"),
        ("x" * 63, "x" * 63),
        ("", None),
        (".example.com", None),
        ("shop..example.com", None),
        ("shop.example.com..", None),
        ("http://shop", None),
        ("*.example.com", None),
        ("a\0b", None),
        ("x" * 64 + ".example.com", None),
        ("ż" * 60 + ".example.com", None),
        (".".join(["x" * 60] * 5), None),
    ],
)
def test_host_name_has_to_be_connectable(host: str, encoded: str | None) -> None:
    if encoded is None:
        with pytest.raises(InvalidNameError, match="neither an address nor a host name"):
            encode_host(host)
    else:
        assert encode_host(host) == encoded


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("localhost", "1157"),
        ("*.com", "1157"),
        ("", "empty"),
        ("a..example.com", "empty"),
        ("-a.example.com", "1008"),
        ("under_score.example.com", "1008"),
        ("a b.example.com", "1008"),
        ("a.*.example.com", "whole first label"),
        ("w*.example.com", "whole first label"),
        ("x" * 64 + ".example.com", "2088"),
        (".".join(["x" * 60] * 5), "253"),
        ("10.0.0.1", "1148"),
        ("192.168.1.1", "1148"),
        ("fe80::1", "1148"),
        ("127.0.0.1", "1148"),
        ("smile\N{GRINNING FACE}.example.com", "xn--"),
        ("../../etc.example.com", "empty"),
        ("a\nb.example.com", "1008"),
    ],
)
def test_name_that_no_public_ca_certifies_is_refused(name: str, word: str) -> None:
    with pytest.raises(InvalidNameError, match=word):
        encode(name)


@pytest.mark.parametrize(
    ("common_name", "others", "www", "names"),
    [
        ("shop.example.com", [], False, ("shop.example.com",)),
        ("shop.example.com", [], True, ("shop.example.com", "www.shop.example.com")),
        ("www.example.com", [], True, ("www.example.com", "example.com")),
        ("a.example.com", ["B.example.com", "a.example.com"], False, ("a.example.com", "b.example.com")),
        ("*.example.com", ["example.com"], False, ("*.example.com", "example.com")),
    ],
)
def test_cn_is_always_first_among_the_names(
    common_name: str, others: list[str], www: bool, names: tuple[str, ...]
) -> None:
    assert wanted_names(common_name=common_name, subject_alt_name=others, www=www) == names


@pytest.mark.parametrize(
    ("product", "method", "names", "codes"),
    [
        ("commercial_ssl", "file", ["shop.example.com"], []),
        ("commercial_ssl", "file", ["shop.example.com", "www.shop.example.com"], []),
        ("commercial_ssl", "file", ["shop.example.com", "other.example.com"], ["1107"]),
        ("commercial_ssl", "file", ["a.example.com", "b.example.com", "c.example.com"], ["1107", "1107"]),
        ("commercial_ssl", "dns_txt_prefix", ["*.example.com"], ["1115"]),
        ("commercial_ssl", "file", ["x" * 60 + ".example.com"], ["1101"]),
        ("commercial_wildcard_ssl", "dns_txt_prefix", ["*.example.com", "example.com"], []),
        ("commercial_wildcard_ssl", "dns_txt_prefix", ["example.com"], ["1117"]),
        ("commercial_wildcard_ssl", "file", ["*.example.com"], ["2186"]),
        ("commercial_multidomain_ssl", "file", [f"n{i}.example.com" for i in range(100)], []),
        ("commercial_multidomain_ssl", "file", [f"n{i}.example.com" for i in range(101)], ["1107"]),
        ("commercial_multidomain_ssl", "dns_txt", ["a.example.com", "*.b.example", "*.c.example"], ["1046"]),
        ("commercial_multidomain_ssl", "dns_txt", ["a.example.com", "8.8.8.8"], ["2171"]),
        ("999", "dns_txt", ["*.a.example", *(f"n{i}.example.com" for i in range(500))], []),
    ],
)
def test_names_are_limited_by_product_and_method(product: str, method: str, names: list[str], codes: list[str]) -> None:
    found = problems_with(NameRequest(tuple(names), product=find(product), method=ValidationMethod(method)))
    assert len(found) == len(codes)
    assert all(f"error {code}" in problem for problem, code in zip(found, codes))


@pytest.mark.parametrize(("word", "code"), [("commercial_ssl", "601"), ("601", "601"), ("777", "777")])
def test_product_is_found_by_name_or_code(word: str, code: str) -> None:
    assert find(word).code == code


def test_unknown_product_name_lists_the_known_ones() -> None:
    with pytest.raises(UnknownProductError, match=r"comercial_ssl.*commercial_ssl.*premium_ev_ssl"):
        find("comercial_ssl")
