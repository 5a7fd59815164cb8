# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Conclusions of a rehearsal: what no sandbox shows, and answers that fit no form, are hostile or are no answers."""

from __future__ import annotations

import pytest
from ansible_collections.certops.certum.plugins.module_utils._partner_api.transport import HttpAnswer
from ansible_collections.certops.certum.plugins.module_utils._rehearsal.dialect_file import dialect_file, table
from ansible_collections.certops.certum.plugins.module_utils._rehearsal.evidence import Evidence
from ansible_collections.certops.certum.plugins.module_utils._rehearsal.finding import Answered, seen
from ansible_collections.certops.certum.plugins.module_utils._rehearsal.observed_answer import observe
from ansible_collections.certops.certum.plugins.module_utils._rehearsal.open_questions import (
    KNOWN_VALUES,
    UNSEEN,
    conclude,
    dialect_of,
)
from ansible_collections.certops.certum.plugins.module_utils._rehearsal.probe import Probe
from certum_sandbox.dialect import Dialect
from hypothesis import given
from hypothesis import strategies as st

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
FAULT = "<s:Fault><faultcode>s:Client</faultcode></s:Fault>"


def envelope(inner: str) -> bytes:
    return f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{inner}</s:Body></s:Envelope>'.encode()


def message(content: str = "", *, code: int = 0, errors: str = "") -> bytes:
    header = f"<responseHeader>{errors}<successCode>{code}</successCode></responseHeader>"
    return envelope(f"<anyResponse>{header}{content}</anyResponse>")


def refusal(*codes: int) -> bytes:
    errors = "".join(f"<Error><errorCode>{code}</errorCode></Error>" for code in codes)
    return message(code=1, errors=f"<errors>{errors}</errors>")


def evidence_of(answers: dict[Probe, bytes]) -> Evidence:
    observed = {probe: observe(HttpAnswer(200, "text/xml", "", body)) for probe, body in answers.items()}
    return Evidence(with_permission=True, answers=observed)


def checks(*methods: str) -> str:
    blocks = "".join(
        f"<systemVerification>{''.join(f'<method>{method}</method>' for method in block.split())}</systemVerification>"
        for block in methods
    )
    return f"<sanVerifications><sanVerification>{blocks}</sanVerification></sanVerifications>"


@pytest.mark.parametrize(
    ("question", "answers", "found"),
    [
        ("system-blocks", {Probe.PENDING_NAMES: message(checks("CAA", "PHISHTANK"))}, "seen: separate"),
        ("system-blocks", {Probe.PENDING_NAMES: message(checks("CAA PHISHTANK"))}, "seen: joined"),
        ("system-blocks", {Probe.PENDING_NAMES: message(checks("CAA"))}, "not seen: no name of the account fails"),
        ("same-data", {Probe.PLACE: message(), Probe.ADD_SAME_DATA: refusal(1176)}, "not seen: the same validation"),
        ("same-data", {Probe.PLACE: refusal(1006), Probe.ADD_SAME_DATA: message()}, "not seen: the test order: the CA"),
        ("same-data", {Probe.PLACE: message(), Probe.ADD_SAME_DATA: b"<html>"}, "not seen: the same validation"),
        ("nil-elements", {Probe.PRODUCTS: envelope(FAULT), Probe.PRODUCTS_NIL: envelope(FAULT)}, "not seen: the prod"),
        ("compressed-requests", {Probe.PRODUCTS_COMPRESSED: message()}, "seen: accepted"),
        ("unissued-certificate", {Probe.PENDING_CERTIFICATE: message("<certificateDetails/>")}, "not seen: the test"),
        ("page-header", {Probe.SURVEY: refusal(1154)}, "not seen: the orders of the account: the CA answered error"),
        ("prefix", {Probe.SURVEY: envelope(FAULT)}, "not seen: the answers have no single known form"),
        ("reported-errors", {Probe.WRONG_DATES: refusal(1110, 1153)}, "not seen: the orders between"),
        ("pem", {Probe.CERTIFICATE: message("<X509Cert>MIIB\nMIIC</X509Cert>")}, "seen: bare"),
        ("bundle-root", {Probe.CERTIFICATE: message("<caBundle><X509Cert>-</X509Cert></caBundle>")}, "not seen: a"),
        ("validity-unit", {Probe.PRODUCTS: message("<products/>")}, "not seen: the account may order no product"),
    ],
)
def test_unusual_answers_lead_to_the_finding(question: str, answers: dict[Probe, bytes], found: str) -> None:
    assert str(conclude(evidence_of(answers))[question]).startswith(found)


HOSTILE = [
    b"",
    b"<html>",
    b"\xff\xfe\x00",
    b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    b"<a>" * 10_000,
    message("<DNSNames>{{ 1 }}\n# x=y</DNSNames>"),
    refusal(1110).replace(b"1110", b"9" * 5000),
    message("<orders><Order/></orders>" * 3).replace(b">0<", b">\x1b<"),
    message("<certificateDetails><DNSNames>a\nb=c</DNSNames><X509Cert>x</X509Cert></certificateDetails>"),
]
ANSWERS = st.dictionaries(
    st.sampled_from(list(Probe)),
    st.sampled_from([*HOSTILE, message(), envelope(FAULT), *map(refusal, (1033, 1110, 1155, 1159, 1173))]),
)


@given(ANSWERS)
def test_every_question_is_answered_whatever_the_ca_sends(answers: dict[Probe, bytes]) -> None:
    """Each finding is a known form or has a reason, each row is one line, and the sandbox takes the file."""
    evidence = evidence_of(answers)
    evidence.unanswered[Probe.CERTIFICATE] = "no answer\n\x1b[2J"
    findings = conclude(evidence)
    assert findings.keys() == {*KNOWN_VALUES, *UNSEEN}
    assert all(each.value if each.answered is Answered.SEEN else each.reason for each in findings.values())
    assert all(row.isprintable() for row in table(findings))
    lines = dialect_file(findings, host="ca.example\nprefix=none").splitlines()
    pairs = dict(line.split("=") for line in lines if not line.startswith("#"))
    assert pairs == dialect_of(findings)
    Dialect(pairs)


def test_unknown_form_is_a_comment_of_the_file() -> None:
    text = dialect_file({"page-size": seen("50")}, host="ca.example")
    assert text.splitlines()[-1] == "# page-size: seen: 50, which certum-sandbox does not know"
