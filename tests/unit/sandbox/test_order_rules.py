# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls about an existing order: its code, its certificate, and the effect of the dialect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.soap import error_codes, make_order, make_request

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Laboratory

CODE = "SANApprover/approverMethod"


def enrol(lab: Laboratory) -> str:
    """Return the serial number of an issued order."""
    assert error_codes(lab.send(make_order())) == []
    return lab.enrol("shop-1")


def test_unissued_certificate_is_empty_in_one_dialect(make_lab: Callable[..., Laboratory]):
    lab = make_lab(dialect={"unissued-certificate": "empty"})
    lab.send(make_order())
    answer = lab.send(make_request("getCertificate", {"orderID": "shop-1"}))
    assert answer.findtext("responseHeader/successCode") == "0"
    assert [child.tag for child in answer] == ["responseHeader"]


@pytest.mark.parametrize("write", [str, str.lower, lambda serial: ":".join(serial[i : i + 2] for i in range(0, 32, 2))])
def test_certificate_is_found_by_any_form_of_its_serial(lab: Laboratory, write):
    serial = enrol(lab)
    answer = lab.send(make_request("getCertificate", {"serialNumber": write(serial)}))
    assert answer.findtext("certificateDetails/serialNumber") == serial
    assert len(answer.findall("caBundle/X509Cert")) == 2


def test_changing_the_method_gives_a_new_code_and_voids_the_old(lab: Laboratory):
    old = lab.send(make_order()).findtext("SANVerification/code")
    answer = lab.send(make_request("addSanVerification", {CODE: "DNS_TXT", "orderID": "shop-1"}))
    new = answer.findtext("SANVerification/code")
    assert answer.findtext("SANVerification/approverMethod") == "DNS_TXT"
    assert new != old
    assert error_codes(lab.send(make_request("performSanVerification", {"code": old}))) == [1186]
    assert error_codes(lab.send(make_request("performSanVerification", {"code": new}))) == []


@pytest.mark.parametrize(("value", "codes"), [("1173", [1173]), ("new-code", [])])
def test_same_verification_data_are_refused_by_default(make_lab, value, codes):
    lab = make_lab(dialect={"same-data": value})
    lab.send(make_order())
    assert error_codes(lab.send(make_request("addSanVerification", {CODE: "FILE", "orderID": "shop-1"}))) == codes


@pytest.mark.parametrize(("value", "codes"), [("2162", [2162]), ("new-code", [])])
def test_new_code_without_an_approver_depends_on_the_dialect(make_lab, value, codes):
    lab = make_lab(dialect={"no-approver": value})
    old = lab.send(make_order()).findtext("SANVerification/code")
    answer = lab.send(make_request("addSanVerification", {"orderID": "shop-1"}))
    assert error_codes(answer) == codes
    assert answer.findtext("SANVerification/code") != old
