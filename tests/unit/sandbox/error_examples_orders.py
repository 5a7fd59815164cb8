# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists new orders that break one rule each: the code, and the difference from a valid order."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.name import _ASN1Type
from support.soap import NAME, edit_csr, make_csr

P = "orderParameters/"
NAMES = "SANEntries/SANEntry/DNSName"
CSR = P + "CSR"
OV_SUBJECT = {"organization": "Example S.A.", "country": "PL", "locality": "Szczecin"}
OV = {P + "productCode": "631", "organizationInfo/taxIdentificationNumber": "5250000000"}
OV |= {P + name: value for name, value in OV_SUBJECT.items()}
EV = OV | {
    P + "productCode": "641",
    P + "joisocn": "PL",
    P + "serialNumber": "0000421310",
    P + "businessCategory": "Private Organization",
}
LONG_LABEL = "a" * 64 + ".example.org"
LONG_NAME = ".".join(["a" * 60] * 5)


def named(name, *others):
    """Return an order whose CN and names are these."""
    return {CSR: make_csr(name), NAMES: [name, *others]}


def encoded(name, value, kind):
    """Return an OV or EV order whose CSR encodes one attribute in an odd way, without an override."""
    return {CSR: make_csr(**{name: value}, types={name: kind}), P + name: None}


T61 = _ASN1Type.T61String
UNSTRUCTURED = dict.fromkeys(("unstructuredName", "unstructuredAddress"), _ASN1Type.PrintableString)
SMIME = OV | {P + "productCode": "721", P + "email": "ada@example.org", "SANApprover": None, "SANEntries": None}
PERSON = {P + "productCode": "711", P + "email": "ada@example.org", P + "givenName": "Ada", P + "surname": "Nowak"}
PERSON |= {"SANApprover": None, "SANEntries": None}
ORDERS = [
    # the block and its texts
    (1010, {"orderParameters": None}),
    (1076, {P + "customer": None}),
    (1076, {P + "customer": "  "}),
    (1077, {P + "customer": "c" * 65}),
    (1156, {P + "customer": "Smith & Sons"}),
    (1023, {P + "customer": "demo"}),
    (1088, {P + "language": "eng"}),
    (1079, {P + "orderID": "o" * 51}),
    (1043, {P + "orderID": "shop<1>"}),
    (1014, {P + "productCode": None}),
    (1014, {P + "productCode": ""}),
    (1080, {P + "productCode": "6011"}),
    (1075, {P + "productCode": "999"}),
    (1006, {P + "productCode": "602"}),
    (1181, {P + "productCode": "606"}),
    (1089, {P + "userAgent": "u" * 256}),
    (2090, {P + "hashAlgorithm": "MD5"}),
    (2124, {P + "hashAlgorithm": "RSA-SHA1"}),
    (2124, {P + "hashAlgorithm": "RSA-SHA256"}),
    (2172, {P + "revocationContactEmail": "demo"}),
    (2173, {P + "revocationContactEmail": "nobody"}),
    (1069, {P + "shortenedValidityPeriod": "2099-01-01"}),
    (2185, {P + "shortenedValidityPeriod": "2020-01-01"}),
    (2187, {P + "validityPeriod/notBefore": "2026-11-22"}),
    (1172, {"organizationInfo/taxIdentificationNumber": "1", "organizationInfo/organizationName": "Example"}),
    # the CSR and its key
    (1002, {CSR: None}),
    (1002, {CSR: "\n"}),
    (1078, {CSR: "no CSR"}),
    (1078, {CSR: "AAAA"}),
    (1049, {CSR: edit_csr(make_csr(), b"\x2a\x86\x48\xce\x3d\x02\x01", b"\x2a\x86\x48\xce\x3d\x02\x09")}),
    (1001, {CSR: make_csr(key=ed25519.Ed25519PrivateKey.generate())}),
    (1001, {CSR: make_csr(key=ec.generate_private_key(ec.SECP256K1()))}),
    (1000, {CSR: make_csr(key=ec.generate_private_key(ec.SECP224R1()))}),
    (1000, {CSR: make_csr(key=rsa.generate_private_key(65537, 1024))}),
    (1150, {CSR: make_csr(key=ec.generate_private_key(ec.SECP521R1()))}),
    (2109, {CSR: make_csr(key=rsa.generate_private_key(65537, 2304))}),
    (1063, {CSR: make_csr(key=ec.derive_private_key(1, ec.SECP256R1()))}),
    (2125, {CSR: edit_csr(make_csr(), b"www.example.org", b"www.example.net"), P + "commonName": NAME}),
    # the subject
    (1015, {CSR: make_csr(None)}),
    (1022, {P + "email": "ops at example.org"}),
    (1106, {P + "email": "o" * 250 + "@example.org"}),
    (1101, named("a" * 60 + ".example.org")),
    (1102, {P + "organization": "O" * 256}),
    (1103, {P + "organizationalUnit": "O" * 65}),
    (1104, {P + "locality": "L" * 129}),
    (1105, {P + "state": "S" * 129}),
    (1100, {P + "serialNumber": "1" * 65}),
    (1096, {P + "joisocn": "POL"}),
    (1097, {P + "joisopn": "S" * 129}),
    (1098, {P + "joiln": "L" * 129}),
    (1099, {P + "joisocn": "XX"}),
    (2140, {P + "streetAddress": "S" * 65}),
    (2143, {P + "postalCode": "7" * 41}),
    (2137, {P + "businessCategory": "Charity"}),
    (1016, OV | {P + "organization": None}),
    (1020, OV | {P + "country": None}),
    (1020, OV | {P + "country": "POL"}),
    (2058, OV | {P + "locality": None}),
    (1048, OV | {"organizationInfo": None}),
    (1048, {"organizationInfo/taxIdentificationNumber": ""}),
    (1083, {"organizationInfo/taxIdentificationNumber": "1" * 33}),
    (1093, EV | {P + "joisocn": None}),
    (1092, EV | {P + "joiln": "Szczecin"}),
    (1095, EV | {P + "serialNumber": None}),
    (2138, EV | {P + "businessCategory": None}),
    (1024, {CSR: make_csr(types={"commonName": T61})}),
    (1025, encoded("email", "ops@example.org", _ASN1Type.UTF8String)),
    (1026, encoded("country", "PL", _ASN1Type.UTF8String)),
    (1027, encoded("state", "Pomorze", T61)),
    (1028, encoded("locality", "Szczecin", T61)),
    (1029, encoded("organizationalUnit", "Ops", T61)),
    (1030, encoded("organization", "Example", T61)),
    (1126, encoded("serialNumber", "421310", T61)),
    (1127, encoded("joiln", "Szczecin", T61)),
    (1128, encoded("joisocn", "PL", _ASN1Type.UTF8String)),
    (1129, encoded("joisopn", "Pomorze", T61)),
    (2141, encoded("streetAddress", "Bajeczna 13", T61)),
    (2144, encoded("postalCode", "71-838", T61)),
    (1119, {P + "country": "KP"}),
    (1120, {P + "organization": "Barred Ltd"}),
    (1121, {P + "organizationalUnit": "Barred unit"}),
    (1122, {P + "locality": "Barredtown"}),
    (1123, {P + "state": "Barred"}),
    (1124, named("barred.example.org")),
    (1125, {P + "email": "barred@example.org"}),
    (2051, named("shop.internal")),
    (2154, {P + "postalCode": "-"}),
    (2155, {P + "joisopn": "."}),
    (2156, {P + "state": "N/A"}),
    (2164, {P + "serialNumber": "none"}),
    (2165, {P + "joiln": "-"}),
    (2166, {P + "locality": "--"}),
    (2167, {P + "organizationalUnit": "NA"}),
    (2168, {P + "organization": "."}),
    (2169, {P + "streetAddress": "null"}),
    (2194, PERSON | {P + "givenName": None}),
    (2195, PERSON | {CSR: make_csr(givenName="Ada", types={"givenName": T61}), P + "givenName": None}),
    (2196, PERSON | {P + "givenName": "A" * 17}),
    (2197, PERSON | {P + "givenName": "-"}),
    (2198, PERSON | {P + "surname": None}),
    (2199, PERSON | {CSR: make_csr(surname="Nowak", types={"surname": T61}), P + "surname": None}),
    (2200, PERSON | {P + "surname": "N" * 41}),
    (2201, PERSON | {P + "surname": "n/a"}),
    # the people
    (1009, OV | {"requestorInfo": None}),
    (1053, {"requestorInfo/email": None}),
    (1054, {"requestorInfo/firstName": " "}),
    (1055, {"requestorInfo/lastName": None}),
    (1060, {"requestorInfo/email": "nobody"}),
    (1065, {"requestorInfo/lastName": "n" * 256}),
    (1066, {"requestorInfo/phone": "1" * 33}),
    (1072, {"requestorInfo/firstName": "n" * 256}),
    (1081, {"requestorInfo/email": "n" * 250 + "@example.net"}),
    # the names
    (1007, {"SANEntries": None}),
    (2095, {NAMES: [NAME, " "]}),
    (1085, {P + "productCode": "931", NAMES: [NAME, LONG_NAME]}),
    (2088, {P + "productCode": "931", NAMES: [NAME, LONG_LABEL]}),
    (1008, {P + "productCode": "931", NAMES: [NAME, "b\u00fccher.example.org"]}),
    (1008, {P + "productCode": "931", NAMES: [NAME, "-x.example.org"]}),
    (1008, {P + "productCode": "931", NAMES: [NAME, "printer.local"]}),
    (1045, {NAMES: ["example.org"]}),
    (1107, {NAMES: [NAME, "shop.example.org"]}),
    (1107, {P + "productCode": "931", NAMES: [NAME, *(f"h{number}.example.org" for number in range(100))]}),
    (1115, {
        CSR: make_csr("example.org"), NAMES: ["example.org", "*.example.org"], "SANApprover/approverMethod": "DNS_TXT",
    }),
    (1116, named("*.example.org") | {"SANApprover/approverMethod": "DNS_TXT"}),
    (1117, {
        P + "productCode": "741", CSR: make_csr("example.org"), NAMES: ["example.org", "*.example.org"],
        "SANApprover/approverMethod": "DNS_TXT",
    }),
    (1118, {P + "productCode": "741", CSR: make_csr("*.example.org"), NAMES: ["example.org"]}),
    (1148, named("10.1.2.3")),
    (2193, EV | named("203.0.113.7")),
    (1157, named("co.uk")),
    # how they are validated
    (2162, {"SANApprover": None}),
    (2157, {"SANApprover/approverMethod": None, "SANApprover/approverEmail": "ops@example.org"}),
    (1042, {"SANApprover/approverMethod": "META"}),
    (1042, {"SANApprover/approverMethod": "DNS"}),
    (1037, {"SANApprover/approverEmail": "nobody"}),
    (1087, {"SANApprover/approverEmail": "n" * 250 + "@example.net"}),
    (1108, {"SANApprover/approverEmailPrefix": "ROOT"}),
    (2158, {"SANApprover/approverEmail": "ops@example.org", "SANApprover/approverEmailPrefix": "ADMIN"}),
    (2159, {"SANApprover/approverMethod": "ADMIN"}),
    (2160, {"SANApprover/verificationNotificationEnabled": "true"}),
    (2059, {"SANApprover/verificationNotificationEnabled": "maybe"}),
    (2171, named("203.0.113.7") | {"SANApprover/approverMethod": "DNS_TXT"}),
    (2186, named("*.example.org") | {P + "productCode": "741"}),
    # elements of only some products or CSRs
    (1021, SMIME | {P + "email": None}),
    (1032, {CSR: "$used_csr"}),
    (1012, {P + "orderID": "dv"}),
    (2025, {P + "productCode": "$bundle_code"}),
    (2176, {CSR: make_csr(unstructuredName=NAME, unstructuredAddress="203.0.113.7", types=UNSTRUCTURED)}),
    (2177, {CSR: make_csr(unstructuredName=NAME, types={"unstructuredName": T61})}),
    (2178, {CSR: make_csr(unstructuredAddress="203.0.113.7", types={"unstructuredAddress": T61})}),
    (2179, {CSR: make_csr(unstructuredName="n" * 65, types=UNSTRUCTURED)}),
    (2180, {CSR: make_csr(unstructuredAddress="1" * 65, types=UNSTRUCTURED)}),
    (2181, {CSR: make_csr(unstructuredName="not a name", types=UNSTRUCTURED)}),
    (2182, {CSR: make_csr(unstructuredAddress="somewhere", types=UNSTRUCTURED)}),
    (2183, {CSR: make_csr(description="Shop", types={"description": T61})}),
    (2184, {CSR: make_csr(description="d" * 256)}),
    # the header
    (1084, {"requestHeader/authToken/userName": "u" * 256}),
    (1090, {"requestHeader/authToken/password": "p" * 256}),
]  # fmt: skip
