# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists for each error code a request that must be answered with only that code, or the reason why there is none."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from support.soap import edit_csr, make_csr

from .error_examples_orders import NAME, NAMES, ORDERS, P

if TYPE_CHECKING:
    from .conftest import Laboratory

Texts = Mapping[str, Any]


@dataclass(frozen=True)
class Example:
    """A valid request of an operation with ``changes``; ``given`` happens before it, in an account of its own."""

    code: int
    operation: str
    changes: Texts
    dialect: Mapping[str, str] = field(default_factory=dict)
    given: Callable[[Laboratory], None] | None = None


R = "revokeCertificateParameters/"
V = "verifyOrderParameters/"
D = V + "documents/document/"
F = D + "files/file/"
APPROVER = "SANApprover/approverMethod"
PHONE = {
    f"requestorInfo/{n}": v
    for n, v in {"email": "a@example.net", "firstName": "A", "lastName": "N", "phone": "1"}.items()
}
FILE = {F + "fileName": "deed.pdf", F + "content": base64.b64encode(b"deed").decode()}
DOCUMENT = {
    V + "note": "the deed",
    V + "orderID": "waiting",
    D + "description": "deed",
    D + "type": "ORGANIZATION",
    **FILE,
}
TWO_WILDCARDS = {P + "productCode": "931", APPROVER: "DNS_TXT", NAMES: [NAME, "*.example.org", "*.example.net"]}
SERIALS = "serialNumbers/serialNumber"
ADD, REMOVE = "addSerialNumbers/serialNumber", "removeSerialNumbers/serialNumber"

BLANK_KEPT = {"blank-elements": "kept"}

VALID: Mapping[str, Texts] = {
    "validateOrderParameters": {},
    "quickOrder": {},
    "renewCertificate": {
        APPROVER: "FILE", "CSR": "$csr", "customer": "cust-0042", "productCode": "606", "serialNumber": "$serial",
    },
    "reissueCertificate": {"serialNumber": "$serial", "CSR": "$csr", APPROVER: "FILE"},
    "cancelOrder": {"cancelParameters/orderID": "waiting"},
    "revokeCertificate": {R + "serialNumber": "$serial"},
    "getOrderState": {"orderID": "dv"},
    "getOrderByOrderID": {"orderID": "dv"},
    "getOrdersByDateRange": {"fromDate": "2020-01-01T00:00:00Z", "toDate": "2040-01-01T00:00:00Z"},
    "getModifiedOrders": {"fromDate": "2020-01-01T00:00:00Z", "toDate": "2040-01-01T00:00:00Z"},
    "getCertificate": {"serialNumber": "$serial"},
    "getExpiringCertificates": {"validityDaysLeft": "30"},
    "getProductList": {},
    "addSanVerification": {APPROVER: "DNS_TXT", "orderID": "waiting"},
    "performSanVerification": {"code": "$code"},
    "getSanVerificationState": {"orderID": "dv"},
    "addEmailVerification": {"orderID": "waiting-smime"},
    "getEmailVerification": {"orderID": "waiting-smime"},
    "verifyOrder": DOCUMENT,
    "getDocumentsList": {"orderID": "dv"},
    "orderSNICertificate": {"orderSNIParameters/CSR": "$csr", SERIALS: ["$serial", "$multi"], **PHONE},
    "modifySNICertificate": {"serialNumber": "$bundle", ADD: ["$multi"]},
}  # fmt: skip


def _many_orders(lab: Laboratory) -> None:
    with lab.backend.database.transaction():
        lab.backend.database.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 301)"
            " INSERT INTO entry (order_id, reissue, public_key_sha256, detail)"
            " SELECT order_id, 0, public_key_sha256 || i, detail FROM n, entry WHERE entry.number = 1"
        )


def _after(days: int) -> Callable[[Laboratory], None]:
    def advance(lab: Laboratory) -> None:
        lab.backend.clock.advance(timedelta(days=days))

    return advance


def _of(operation: str, *cases: tuple[int, Texts]) -> list[Example]:
    return [Example(code, operation, changes) for code, changes in cases]


# Decoded 31 MB and 42 MB: one file too large, and two that are so together.
_TOO_LARGE = "A" * (42 * 1024 * 1024)
_HALF_OF_IT = "A" * (28 * 1024 * 1024)
_REFERENCES = ("getOrderState", "getOrderByOrderID", "getSanVerificationState", "addSanVerification")
_REFERENCES += ("addEmailVerification", "getEmailVerification", "getDocumentsList")

EXAMPLES: list[Example] = [
    *(Example(code, "quickOrder", changes) for code, changes in ORDERS),
    Example(1011, "quickOrder", {P + "orderID": ""}, BLANK_KEPT),
    Example(1009, "quickOrder", {"requestorInfo": None}, {"requestor-info": "required"}),
    Example(1046, "quickOrder", TWO_WILDCARDS, {"multidomain-wildcard": "yes"}),
    *(
        Example(code, operation, {"orderID": order_id})
        for operation in _REFERENCES
        for code, order_id in ((2055, None), (2055, ""), (1013, "o" * 51), (1013, "<shop>"), (1033, "nobody"))
    ),
    *_of(
        "renewCertificate",
        (1164, {"serialNumber": None}),
        (1164, {"X509Cert": "$pem"}),
        (1161, {"serialNumber": "A" * 65}),
        (2096, {"serialNumber": "XYZ"}),
        (1159, {"serialNumber": "AB"}),
        (1165, {"serialNumber": None, "X509Cert": "no certificate"}),
        (1170, {"serialNumber": None, "X509Cert": "$foreign_pem"}),
        (2093, {"serialNumber": "$expired"}),
        (1002, {"CSR": None}),
        (1078, {"CSR": "no CSR"}),
        (1032, {"CSR": "$used_csr"}),
        (2125, {"CSR": edit_csr(make_csr("www.example.net"), b"www.example.net", b"www.example.org")}),
        (1168, {"CSR": make_csr("other.example.org")}),
        (1168, {"CSR": make_csr(None)}),
        (1076, {"customer": " "}),
        (1077, {"customer": "c" * 65}),
        (1169, {"customer": "somebody else"}),
        (2192, {"serialNumber": "$not_allowed", "CSR": make_csr("no-longer-allowed.example.org")}),
        (1014, {"productCode": None}),
        (1080, {"productCode": "6066"}),
        (1075, {"productCode": "999"}),
        (1166, {"productCode": "601"}),
        (1167, {"productCode": "746"}),
        (1006, {"productCode": "607"}),
        (2162, {"SANApprover": None}),
        (2061, {"SANApprover/verificationNotificationEnabled": "maybe"}),
        (2090, {"hashAlgorithm": "MD5"}),
        (2124, {"hashAlgorithm": "RSA-SHA256"}),
        (1089, {"userAgent": "u" * 256}),
        (2172, {"revocationContactEmail": "demo"}),
        (2173, {"revocationContactEmail": "nobody"}),
        (1069, {"shortenedValidityPeriod": "2099-01-01"}),
        (2185, {"shortenedValidityPeriod": "2020-01-01"}),
        (1172, {"SANEntries/SANEntry/DNSName": NAME}),
    ),
    Example(1160, "renewCertificate", {"serialNumber": " "}, BLANK_KEPT),
    Example(1069, "renewCertificate", {"shortenedValidityPeriod": "$late"}, {"shortened-maximum": "certificate"}),
    Example(1044, "renewCertificate", {"serialNumber": "$expired"}, {"renewal-after-expiry": "1044"}),
    *_of(
        "reissueCertificate",
        (1164, {"serialNumber": None}),
        (1159, {"serialNumber": "AB"}),
        (1165, {"serialNumber": None, "X509Cert": "-----BEGIN CERTIFICATE-----"}),
        (1170, {"serialNumber": None, "X509Cert": "$foreign_pem"}),
        (2093, {"serialNumber": "$expired"}),
        (2094, {"serialNumber": "$revoked"}),
        (2094, {"serialNumber": "$revoking"}),
        (2094, {"serialNumber": "$under_way"}),
        (2122, {"serialNumber": "$cloud", "SANApprover": None}),
        (2126, {"serialNumber": "$older"}),
        (2163, {"serialNumber": "$bundle"}),
        (2097, {"CSR": "no CSR"}),
        (1032, {"CSR": "$used_csr"}),
        (1107, {NAMES: ["shop.example.org"]}),
        (2130, {"serialNumber": "$multi", NAMES: ["WWW.example.org", "shop.example.org"]}),
        (2193, {"serialNumber": "$extended", NAMES: ["203.0.113.7"]}),
        (2162, {"serialNumber": "$multi", NAMES: ["shop.example.org"], "SANApprover": None}),
        (2095, {"serialNumber": "$multi", NAMES: ["shop.example.org", " "]}),
        (1008, {"serialNumber": "$multi", NAMES: ["-x.example.org"]}),
        (1115, {"serialNumber": "$multi", NAMES: ["*.example.org"], APPROVER: "DNS_TXT"}),
        (1148, {"serialNumber": "$multi", NAMES: ["10.1.2.3"]}),
        (2171, {"serialNumber": "$multi", NAMES: ["203.0.113.7"], APPROVER: "DNS_TXT"}),
        (2157, {APPROVER: None, "SANApprover/approverEmail": "ops@example.org"}),
        (2059, {"SANApprover/verificationNotificationEnabled": "maybe"}),
        (2090, {"hashAlgorithm": "MD5"}),
        (1089, {"userAgent": "u" * 256}),
        (1172, {"productCode": "606"}),
    ),
    Example(2130, "reissueCertificate", {NAMES: [NAME]}, {"reissue-known-names": "2130"}),
    Example(2097, "reissueCertificate", {"CSR": None}, {"reissue-without-csr": "2097"}),
    Example(2188, "reissueCertificate", {"SANApprover": None}, {"proof-reuse": "no"}),
    *_of(
        "cancelOrder",
        (2053, {"cancelParameters/orderID": None}),
        (2055, {"cancelParameters/orderID": ""}),
        (2055, {"cancelParameters/orderID": None, "cancelParameters/note": "never mind"}),
        (1033, {"cancelParameters/orderID": "nobody"}),
        (1136, {"cancelParameters/orderID": "dv"}),
        (1136, {"cancelParameters/orderID": "under-way"}),
        (1137, {"cancelParameters/orderID": "expired"}),
        (1139, {"cancelParameters/orderID": "accepted"}),
        (1151, {"cancelParameters/orderID": "cancelled"}),
    ),
    *_of(
        "revokeCertificate",
        (1131, {R + "serialNumber": None}),
        (1132, {R + "serialNumber": ""}),
        (1132, {R + "serialNumber": None, R + "note": "lost"}),
        (1133, {R + "serialNumber": "AB"}),
        (1134, {R + "serialNumber": "A" * 65}),
        (1146, {R + "serialNumber": "XYZ"}),
        (1135, {R + "revocationReason": "CERTIFICATEHOLD"}),
        (2190, {R + "revocationReason": "AFFILIATIONCHANGED"}),
        (1140, {R + "revocationReason": "KEYCOMPROMISE", R + "keyCompromitationDate": "yesterday"}),
        (1141, {R + "revocationReason": "KEYCOMPROMISE", R + "keyCompromitationDate": "2099-01-01"}),
        (1141, {R + "revocationReason": "KEYCOMPROMISE", R + "keyCompromitationDate": "$day_before"}),
        (2104, {R + "revocationReason": "SUPERSEDED", R + "keyCompromitationDate": "$today"}),
        (1142, {R + "note": "n" * 251}),
        (1143, {R + "serialNumber": "$revoking"}),
        (1144, {R + "serialNumber": "$expired"}),
        (1145, {R + "serialNumber": "$revoked"}),
    ),
    Example(1135, "revokeCertificate", {R + "revocationReason": "SUPERSEDED"}, {"revocation-reasons": "2021"}),
    Example(1135, "revokeCertificate", {R + "revocationReason": "PRIVILEGEWITHDRAWN"}, {"revocation-reasons": "2026"}),
    *(
        example
        for operation in ("getOrdersByDateRange", "getModifiedOrders")
        for example in _of(
            operation,
            (1110, {"fromDate": None}),
            (1110, {"fromDate": "last week"}),
            (1111, {"toDate": None}),
            (1111, {"toDate": "2026-02-30"}),
            (2057, {"toDate": "2019-01-01T00:00:00Z"}),
            (1153, {"pageNumber": "0"}),
            (1153, {"pageNumber": "101"}),
            (1153, {"pageNumber": "one"}),
            (1155, {"pageNumber": "2"}),
            (2127, {"orderOption/certificateDetails": "perhaps"}),
            (2128, {"orderOption/orderDetails": "perhaps"}),
            (2129, {"orderOption/orderStatus": "perhaps"}),
        )
    ),
    Example(1110, "getModifiedOrders", {"fromDate": "2026-01-01"}, {"plain-dates": "refused"}),
    Example(1154, "getOrdersByDateRange", {}, {"page-size": "3"}, _many_orders),
    Example(1155, "getModifiedOrders", {"toDate": "2020-01-02T00:00:00Z"}, {"empty-result": "1155"}),
    *_of(
        "getExpiringCertificates",
        (2052, {"validityDaysLeft": None}),
        (2052, {"validityDaysLeft": "0"}),
        (2052, {"validityDaysLeft": "31"}),
        (2052, {"validityDaysLeft": "soon"}),
        (1153, {"pageNumber": "-1"}),
        (1153, {"pageNumber": "1" * 400}),
        (1155, {"pageNumber": "100"}),
    ),
    *_of(
        "getOrderByOrderID",
        (2127, {"orderOption/certificateDetails": "perhaps"}),
        (2128, {"orderOption/orderDetails": "perhaps"}),
        (2129, {"orderOption/orderStatus": "perhaps"}),
    ),
    *_of(
        "getCertificate",
        (1162, {"serialNumber": None}),
        (1163, {"orderID": "dv"}),
        (1162, {"serialNumber": ""}),
        (1161, {"serialNumber": "A" * 65}),
        (2096, {"serialNumber": "XYZ"}),
        (1159, {"serialNumber": "AB"}),
        (1159, {"serialNumber": None, "orderID": "waiting"}),
        (1013, {"serialNumber": None, "orderID": "o" * 51}),
        (1033, {"serialNumber": None, "orderID": "nobody"}),
    ),
    Example(1160, "getCertificate", {"serialNumber": ""}, BLANK_KEPT),
    Example(2055, "getCertificate", {"serialNumber": None, "orderID": ""}, BLANK_KEPT),
    *_of("getProductList", (2091, {"hashAlgorithm": "perhaps"})),
    *_of(
        "addSanVerification",
        (1173, {APPROVER: "FILE"}),
        (1176, {"orderID": "dv"}),
        (1176, {"orderID": "cancelled"}),
        (2163, {"orderID": "waiting-smime"}),
        (2186, {"orderID": "waiting-wildcard", APPROVER: "FILE"}),
    ),
    Example(2162, "addSanVerification", {"SANApprover": None}, {"no-approver": "2162"}),
    *_of(
        "performSanVerification",
        (1182, {"code": None}),
        (1182, {"code": " "}),
        (1183, {"code": "c" * 256}),
        (1186, {"code": "c" * 63}),
        (1186, {"code": "$cancelled_code"}),
    ),
    Example(1184, "performSanVerification", {}, given=_after(31)),
    Example(1184, "performSanVerification", {}, {"code-life": "P1D"}, _after(2)),
    *_of(
        "addEmailVerification",
        (1113, {"orderID": "smime"}),
        (1114, {}),
        (2163, {"orderID": "waiting"}),
    ),
    *_of(
        "verifyOrder",
        (2049, {V + "note": " "}),
        (2050, {V + "note": "n" * 228}),
        (2055, {V + "orderID": None}),
        (1033, {V + "orderID": "nobody"}),
        (2056, {V + "orderID": "dv"}),
        (2056, {V + "orderID": "cancelled"}),
        (2063, {V + "documents/document": None, V + "documents": ""}),
        (2064, {D + "type": None}),
        (2083, {D + "type": "PASSPORT"}),
        (2065, {D + "description": " "}),
        (2170, {D + "description": "d" * 1001}),
        (2066, {D + "files": None}),
        (2067, {D + "files/file": None, D + "files": ""}),
        (2068, {F + "fileName": None}),
        (2081, {F + "fileName": "../deed.pdf"}),
        (2082, {F + "fileName": "ab"}),
        (2082, {F + "fileName": "a" * 256}),
        (2069, {F + "content": None}),
        (2189, {F[:-1]: [{"fileName": f"deed-{n}.pdf", "content": "AAAA"} for n in range(21)]}),
        (2191, {F[:-1]: [{"fileName": "deed.pdf", "content": "AAAA"}] * 2}),
        (2070, {F + "content": "no base64!"}),
        (2085, {F + "content": _TOO_LARGE}),
        (2080, {F[:-1]: [{"fileName": name, "content": _HALF_OF_IT} for name in ("one.pdf", "two.pdf")]}),
    ),
    *_of(
        "orderSNICertificate",
        (1197, {"orderSNIParameters": None}),
        (1194, {"orderSNIParameters/CSR": " "}),
        (1195, {"orderSNIParameters/CSR": "no CSR"}),
        (1032, {"orderSNIParameters/CSR": "$used_csr"}),
        (1196, {"orderSNIParameters/language": "eng"}),
        (2090, {"orderSNIParameters/hashAlgorithm": "MD5"}),
        (1198, {"serialNumbers": None}),
        (1199, {SERIALS: None, "serialNumbers": ""}),
        (2000, {SERIALS: ["$serial", " "]}),
        (2001, {SERIALS: ["$serial", "A" * 65]}),
        (2002, {SERIALS: ["$serial", "XYZ"]}),
        (2003, {SERIALS: ["$serial", "$expired"]}),
        (2003, {SERIALS: ["$serial", "$revoked"]}),
        (2004, {SERIALS: ["$serial", "$bundle"]}),
        (2005, {SERIALS: ["$smime"]}),
        (2005, {SERIALS: ["AB"]}),
        (2006, {"requestorInfo": None}),
        (2010, {"requestorInfo/email": None}),
        (2016, {"requestorInfo/email": "nobody"}),
        (2026, {"requestorInfo/email": "n" * 250 + "@example.net"}),
        (2011, {"requestorInfo/firstName": None}),
        (2024, {"requestorInfo/firstName": "n" * 256}),
        (2012, {"requestorInfo/lastName": None}),
        (2020, {"requestorInfo/lastName": "n" * 256}),
        (2013, {"requestorInfo/phone": None}),
        (2021, {"requestorInfo/phone": "1" * 256}),
        (1048, {"organizationInfo/taxIdentificationNumber": " "}),
        (1083, {"organizationInfo/taxIdentificationNumber": "1" * 33}),
    ),
    *_of(
        "modifySNICertificate",
        (2027, {"serialNumber": None}),
        (2029, {"serialNumber": "A" * 65}),
        (2030, {"serialNumber": "XYZ"}),
        (2031, {"serialNumber": "AB"}),
        (2032, {"serialNumber": "$multi"}),
        (2033, {"serialNumber": None, "X509Cert": "no certificate"}),
        (2035, {ADD: None, "addSerialNumbers": ""}),
        (2036, {ADD: ["$multi", " "]}),
        (2037, {ADD: ["$multi", "A" * 65]}),
        (2038, {ADD: ["$multi", "XYZ"]}),
        (2039, {"removeSerialNumbers": ""}),
        (2040, {REMOVE: [" "]}),
        (2041, {REMOVE: ["A" * 65]}),
        (2042, {REMOVE: ["XYZ"]}),
        (2043, {REMOVE: ["$multi"]}),
        (2044, {ADD: ["$multi", "AB"]}),
        (2045, {ADD: ["$bundle"]}),
        (2046, {ADD: ["$serial"]}),
        (2003, {ADD: ["$multi", "$expired"]}),
        (2047, {REMOVE: ["$newest"]}),
        (2048, {ADD: None, REMOVE: ["$serial"]}),
        (2090, {"hashAlgorithm": "MD5"}),
    ),
    Example(2027, "modifySNICertificate", {"X509Cert": "$bundle_pem"}, {"sni-reference": "one"}),
    Example(2028, "modifySNICertificate", {"serialNumber": " "}, BLANK_KEPT),
    Example(2034, "modifySNICertificate", {"serialNumber": None, "X509Cert": " "}, BLANK_KEPT),
]  # fmt: skip

PROVOKED = frozenset({1185, 2204, 2205})
"""Codes of what happens inside the CA, whatever is asked for: POST /sandbox/faults makes a call fail with them."""

EXCUSED: Mapping[int, str] = {
    1019: "no source settles which product needs ST by itself; 2058 asks for L or ST",
    1031: "1024 is the code for a CN of the wrong type; no source settles which product needs this one",
    1038: "of the approver list that was retired in 2020",
    1040: "of the approver list that was retired in 2020",
    1059: "a second code for 1020",
    1070: "of validityPeriod, which is retired: 2187",
    1071: "of validityPeriod, which is retired: 2187",
    1094: "no source settles when an EV order needs a jurisdiction's locality",
    1109: "of validityPeriod, which is retired: 2187",
    1138: "an internal error of the CA",
    1147: "of the approver list that was retired in 2020",
    1152: "a second code for 2157",
    1191: "of validityPeriod, which is retired: 2187",
    2054: "of changeApprovers, an operation that was removed in 2021",
    2089: "an internal error of the CA",
    2121: "of verificationPhoneNumber, which was removed in 2021: 1172",
    2131: "an inconsistency within the CA: every order of ours has its request",
    2139: "no source settles which product needs a street address",
    2142: "no source settles which product needs a postal code",
    2153: "every order of the sandbox is placed through the API",
    2161: "of verifyDomain, an operation that was removed in 2021",
    2175: "no source settles which product needs one of the two attributes",
}
