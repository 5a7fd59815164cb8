# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Derives validation files and records from a code, by the table of lifecycle.md 4.1."""

from __future__ import annotations

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import ValidationMethod
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.publication import contents_in, publication


@pytest.mark.parametrize(
    ("method", "records"),
    [
        ("dns_txt", [("example.org", "TXT", "c0de"), ("a.example.org", "TXT", "c0de")]),
        ("dns_txt_prefix", [("_certum.example.org", "TXT", "c0de"), ("_certum.a.example.org", "TXT", "c0de")]),
        ("dns_cname", [("example.org", "CNAME", "c0de.certum.pl"), ("a.example.org", "CNAME", "c0de.certum.pl")]),
        (
            "dns_cname_prefix",
            [("_certum.example.org", "CNAME", "c0de.certum.pl"), ("_certum.a.example.org", "CNAME", "c0de.certum.pl")],
        ),
        ("admin", []),
    ],
)
def test_each_name_has_one_record_without_its_wildcard(method: str, records: list[tuple[str, str, str]]) -> None:
    found = publication(
        method=ValidationMethod(method), code="c0de", names=["*.example.org", "example.org", "a.example.org"]
    )
    assert [(record.name, record.type, record.value) for record in found.records] == records
    assert not found.files


def test_every_name_has_a_file_without_a_final_newline() -> None:
    found = publication(method=ValidationMethod.FILE, code="c0de", names=["a.example.org", "2a00:1450::8"])
    assert [(file.url, file.content) for file in found.files] == [
        ("http://a.example.org/.well-known/pki-validation/certum.txt", "c0de-certum.pl"),
        ("http://[2a00:1450::8]/.well-known/pki-validation/certum.txt", "c0de-certum.pl"),
    ]


@pytest.mark.parametrize(
    ("text", "contents"),
    [
        ("holds 'c0de-certum.pl', expected exactly '3f9c-certum.pl'", {"c0de-certum.pl", "3f9c-certum.pl"}),
        ("c0de-certum.pl", {"c0de-certum.pl"}),
        ("http://shop-certum.pl/.well-known/pki-validation/certum.txt answered HTTP 404", set()),
        ("c0de.certum.pl", set()),
        ("<html>not found</html>", set()),
    ],
)
def test_contents_of_validation_files_are_recognised(text: str, contents: set[str]) -> None:
    assert contents_in(text) == contents
