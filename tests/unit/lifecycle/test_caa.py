# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists CAA records and their effect on the CA, as a table."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import ValidationMethod
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.caa import CaaRecord, caa_objection

ADD = 'Add the record: example.com. CAA 0 issue "certum.pl"'


def issue(value: str, *, tag: str = "issue", flags: int = 0) -> CaaRecord:
    return CaaRecord(flags, tag, value)


def wild(value: str) -> CaaRecord:
    return issue(value, tag="issuewild")


@dataclass(frozen=True)
class Case:
    """``remedy`` is None where the records let the CA issue."""

    records: tuple[CaaRecord, ...]
    remedy: str | None = None
    wildcard: bool = False
    method: str = "file"


OTHER, NOBODY, CERTUM = issue("ca.example"), issue(";"), issue("certum.pl")
ADD_WILD = 'Add the record: example.com. CAA 0 issuewild "certum.pl"'

CASES = {
    "no record at all": Case(()),
    "Certum": Case((CERTUM,)),
    "Certum by its other name, in any case, among blanks": Case((issue(" \tCertum.EU ; "),)),
    "tags have no case": Case((issue("certum.pl", tag="ISSUE"),)),
    "another CA": Case((OTHER,), ADD),
    "a CA whose name begins like it": Case((issue("certum.pl.example"),), ADD),
    "another CA and Certum": Case((OTHER, CERTUM)),
    "nobody": Case((NOBODY,), ADD),
    "no CA, by an empty value": Case((issue(""),), ADD),
    "no CA, and Certum": Case((NOBODY, CERTUM)),
    "only the address for reports of violations": Case((issue("mailto:ops@example.com", tag="iodef"),)),
    "only the CAs for mail certificates": Case((issue(";", tag="issuemail"),)),
    "an unknown property": Case((issue("x", tag="tbs"),)),
    "an unknown property beside another CA": Case((issue("x", tag="tbs"), OTHER), ADD),
    "a critical unknown property": Case(
        (issue("x", tag="tbs", flags=128), CERTUM),
        "Remove the record from example.com, or make it uncritical (flags 0).",
    ),
    "a critical property that is known": Case((issue("certum.pl", flags=128),)),
    "a reserved flag": Case((issue("x", tag="tbs", flags=64),)),
    # Wildcards (RFC 8659 4.3).
    "a wildcard by issue": Case((CERTUM,), wildcard=True),
    "a wildcard, forbidden by issue": Case((OTHER,), ADD, wildcard=True),
    "a wildcard by issuewild, with any issue record": Case((OTHER, wild("certum.pl")), wildcard=True),
    "a wildcard, forbidden by issuewild, with any issue record": Case((CERTUM, wild(";")), ADD_WILD, wildcard=True),
    "issuewild does not restrict another name": Case((wild(";"),)),
    "issuewild does not admit another name": Case((OTHER, wild("certum.pl")), ADD),
    # Parameters (RFC 8657, lifecycle.md 5).
    "its method": Case((issue("certum.pl; validationmethods=ca-tbr-18"),)),
    "its method among others": Case((issue("certum.pl;validationmethods=ca-tbr-7 , CA-TBR-18; x=1"),)),
    "other methods": Case(
        (issue("certum.pl; validationmethods=ca-tbr-7,http-01"),),
        'Add the record: example.com. CAA 0 issue "certum.pl; validationmethods=ca-tbr-18"',
    ),
    "other methods, and any method for another CA": Case(
        (issue("certum.eu; validationmethods=ca-tbr-7"), OTHER),
        'Add the record: example.com. CAA 0 issue "certum.pl; validationmethods=ca-tbr-18"',
    ),
    "other methods for a wildcard": Case(
        (wild("certum.pl; validationmethods=ca-tbr-4"),),
        'Add the record: example.com. CAA 0 issuewild "certum.pl; validationmethods=ca-tbr-7"',
        wildcard=True,
        method="dns_txt_prefix",
    ),
    "other methods here, any there": Case((issue("certum.pl; validationmethods=ca-tbr-7"), CERTUM)),
    "a record is validation by DNS": Case((issue("certum.pl; validationmethods=ca-tbr-7"),), method="dns_cname"),
    "a mail is validation by mail": Case((issue("certum.pl; validationmethods=ca-tbr-4"),), method="admin"),
    "an account, which cannot be judged": Case((issue("certum.pl; accounturi=https://acme.certum.pl/acct/1"),)),
    "an invalid parameter admits no CA": Case(
        (issue("certum.pl; policy"),),
        'Add the record: example.com. CAA 0 issue "certum.pl; validationmethods=ca-tbr-18"',
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_caa_records_allow_or_forbid(case: Case) -> None:
    objection = caa_objection(
        case.records, owner="example.com", wildcard=case.wildcard, method=ValidationMethod(case.method)
    )

    assert (objection.remedy if objection else None) == case.remedy
    if objection:
        assert "example.com" in objection.what


def test_record_of_the_remedy_removes_the_objection() -> None:
    for name, case in CASES.items():
        if case.remedy and case.remedy.startswith("Add the record"):
            tag, value = case.remedy.partition("CAA 0 ")[2].split(" ", 1)
            added = (*case.records, issue(value.strip('"'), tag=tag))
            left = caa_objection(
                added, owner="example.com", wildcard=case.wildcard, method=ValidationMethod(case.method)
            )
            assert left is None, name


def test_dns_values_are_shown_short_and_harmless() -> None:
    objection = caa_objection(
        [issue("a\x1b[2J" + "b" * 500)], owner="example.com", wildcard=False, method=ValidationMethod.FILE
    )

    assert objection is not None
    assert "\x1b" not in objection.what
    assert len(objection.what) < 250
