# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of the subject, from the CSR and from overrides in the request."""

from __future__ import annotations

import re

from certum_sandbox.csr import Csr, StringType
from certum_sandbox.hostnames import as_address, is_internal, is_well_formed
from certum_sandbox.products import Kind, Validation
from certum_sandbox.rules.inquiry import Inquiry
from certum_sandbox.rules.order_inquiry import OrderInquiry
from certum_sandbox.rules.rule import Breach, Rule, rule
from certum_sandbox.rules.text_rules import is_email, not_one_of

BUSINESS_CATEGORIES = ("Private Organization", "Government Entity", "Business Entity", "Non-Commercial Entity")
BARRED_COUNTRIES = frozenset({"CU", "IR", "KP", "SY"})
_CSR = "orderParameters/CSR"
_UNICODE = frozenset({StringType.UTF8, StringType.PRINTABLE})
_PRINTABLE = frozenset({StringType.PRINTABLE})
_IA5 = frozenset({StringType.IA5})
# "Metadata such as '.', '-' and ' ' ... is not acceptable" (BR 7.1.4.2.2).
_PLACEHOLDER = re.compile(r"[\W_]*|n/?a|none|null", re.IGNORECASE)
_COUNTRY_CODES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY
BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK
FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR
IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK
ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM
PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF
TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""
_COUNTRIES = frozenset(_COUNTRY_CODES.split())


def _element(name: str) -> str:
    return f"orderParameters/{name}"


def _required(code: int, name: str, *, extended: bool = False) -> Rule[OrderInquiry]:
    """Return the rule that OV and EV, or EV alone, need the attribute."""

    def broken(inquiry: OrderInquiry) -> Breach:
        applies = inquiry.is_extended if extended else inquiry.names_organization
        return applies and isinstance(inquiry.csr, Csr) and not inquiry.subject.get(name)

    return Rule(code, _element(name), broken)


def _required_of_person(code: int, name: str) -> Rule[OrderInquiry]:
    """Return the rule that a product for a person needs the attribute."""

    def broken(inquiry: OrderInquiry) -> Breach:
        applies = inquiry.product is not None and inquiry.product.validation is Validation.INDIVIDUAL
        return applies and isinstance(inquiry.csr, Csr) and not inquiry.subject.get(name)

    return Rule(code, _element(name), broken)


def _longer(code: int, name: str, limit: int, *, element: str | None = None) -> Rule[OrderInquiry]:
    def broken(inquiry: OrderInquiry) -> Breach:
        value = inquiry.subject.get(name, "")
        return value if len(value) > limit else False

    return Rule(code, element or _element(name), broken)


def _encoded(code: int, name: str, types: frozenset[StringType], *, element: str | None = None) -> Rule[OrderInquiry]:
    """Return the rule for the encoding of an attribute in the CSR, unless the request overrides it."""

    def broken(inquiry: OrderInquiry) -> Breach:
        if not isinstance(inquiry.csr, Csr) or name in inquiry.overridden or name not in inquiry.csr.subject:
            return False
        return inquiry.csr.string_types.get(name) not in types

    return Rule(code, element or _element(name), broken)


def _barred(code: int, name: str) -> Rule[OrderInquiry]:
    """Return the rule for values that need a review by a person. In the sandbox these contain the word ``barred``."""

    def broken(inquiry: OrderInquiry) -> Breach:
        value = inquiry.subject.get(name, "")
        return value if "barred" in value.lower() else False

    return Rule(code, _element(name), broken)


def _not_acceptable(code: int, name: str) -> Rule[OrderInquiry]:
    def broken(inquiry: OrderInquiry) -> Breach:
        value = inquiry.subject.get(name)
        return (value.strip() or True) if value is not None and _PLACEHOLDER.fullmatch(value) else False

    return Rule(code, _element(name), broken)


@rule(1015, "orderParameters/commonName")
def _no_common_name(inquiry: OrderInquiry) -> Breach:
    return isinstance(inquiry.csr, Csr) and not inquiry.common_name


@rule(2051, "orderParameters/commonName")
def _internal_common_name(inquiry: OrderInquiry) -> Breach:
    name = inquiry.common_name
    return name if name is not None and inquiry.is_tls and is_internal(name) else False


@rule(1022, "orderParameters/email")
def _malformed_email(inquiry: OrderInquiry) -> Breach:
    value = inquiry.subject.get("email")
    return value if value is not None and len(value) <= 255 and not is_email(value) else False


@rule(2058, "orderParameters/locality")
def _no_place(inquiry: OrderInquiry) -> Breach:
    subject = inquiry.subject
    known = isinstance(inquiry.csr, Csr) and inquiry.names_organization
    return known and not (subject.get("locality") or subject.get("state"))


@rule(1020, "orderParameters/country")
def _no_such_country(inquiry: OrderInquiry) -> Breach:
    country = inquiry.subject.get("country")
    return country if country and country not in _COUNTRIES else False


@rule(1119, "orderParameters/country")
def _barred_country(inquiry: OrderInquiry) -> Breach:
    country = inquiry.subject.get("country", "")
    return country if country.upper() in BARRED_COUNTRIES else False


@rule(1099, "orderParameters/joisocn")
def _unknown_jurisdiction(inquiry: OrderInquiry) -> Breach:
    country = inquiry.subject.get("joisocn", "")
    return country if country and len(country) <= 2 and country.upper() not in _COUNTRIES else False


@rule(1092, "orderParameters/joisopn")
def _no_jurisdiction_state(inquiry: OrderInquiry) -> Breach:
    """A jurisdiction with a locality needs a state too (EVG 7.1.4.2.4)."""
    subject = inquiry.subject
    return inquiry.is_extended and bool(subject.get("joiln")) and not subject.get("joisopn")


@rule(1021, "orderParameters/email")
def _no_email(inquiry: OrderInquiry) -> Breach:
    """The product is for a mailbox, but the subject has no email."""
    needs_one = inquiry.product is not None and inquiry.product.kind in {Kind.SMIME, Kind.OTHER}
    return needs_one and isinstance(inquiry.csr, Csr) and not inquiry.subject.get("email")


def _in_csr(inquiry: Inquiry, name: str) -> str:
    return inquiry.csr.subject.get(name, "") if isinstance(inquiry.csr, Csr) else ""


@rule(2176, _CSR)
def _both_unstructured(inquiry: Inquiry) -> Breach:
    return bool(_in_csr(inquiry, "unstructuredName") and _in_csr(inquiry, "unstructuredAddress"))


@rule(2181, _CSR)
def _no_domain_name(inquiry: Inquiry) -> Breach:
    name = _in_csr(inquiry, "unstructuredName")
    return name if name and len(name) <= 64 and not is_well_formed(name) else False


@rule(2182, _CSR)
def _no_address(inquiry: Inquiry) -> Breach:
    address = _in_csr(inquiry, "unstructuredAddress")
    return address if address and len(address) <= 64 and as_address(address) is None else False


_ENCODINGS = (
    _encoded(1024, "commonName", _UNICODE),
    _encoded(1025, "email", _IA5),
    _encoded(1026, "country", _PRINTABLE),
    _encoded(1027, "state", _UNICODE),
    _encoded(1028, "locality", _UNICODE),
    _encoded(1029, "organizationalUnit", _UNICODE),
    _encoded(1030, "organization", _UNICODE),
    _encoded(1126, "serialNumber", _UNICODE),
    _encoded(1127, "joiln", _UNICODE),
    _encoded(1128, "joisocn", _PRINTABLE),
    _encoded(1129, "joisopn", _UNICODE),
    _encoded(2141, "streetAddress", _UNICODE),
    _encoded(2144, "postalCode", _UNICODE),
    _encoded(2195, "givenName", _UNICODE),
    _encoded(2199, "surname", _UNICODE),
    _encoded(2177, "unstructuredName", _PRINTABLE, element=_CSR),
    _encoded(2178, "unstructuredAddress", _PRINTABLE, element=_CSR),
    _encoded(2183, "description", _UNICODE, element=_CSR),
)
_LENGTHS = (
    _longer(1096, "joisocn", 2),
    _longer(1097, "joisopn", 128),
    _longer(1098, "joiln", 128),
    _longer(1100, "serialNumber", 64),
    _longer(1101, "commonName", 64),
    _longer(1102, "organization", 255),
    _longer(1103, "organizationalUnit", 64),
    _longer(1104, "locality", 128),
    _longer(1105, "state", 128),
    _longer(1106, "email", 255),
    _longer(2140, "streetAddress", 64),
    _longer(2143, "postalCode", 40),
    _longer(2196, "givenName", 16),
    _longer(2200, "surname", 40),
    _longer(2179, "unstructuredName", 64, element=_CSR),
    _longer(2180, "unstructuredAddress", 64, element=_CSR),
    _longer(2184, "description", 255, element=_CSR),
)
_BARRED = (
    _barred_country,
    _barred(1120, "organization"),
    _barred(1121, "organizationalUnit"),
    _barred(1122, "locality"),
    _barred(1123, "state"),
    _barred(1124, "commonName"),
    _barred(1125, "email"),
)
_UNACCEPTABLE = (
    _internal_common_name,
    _not_acceptable(2154, "postalCode"),
    _not_acceptable(2155, "joisopn"),
    _not_acceptable(2156, "state"),
    _not_acceptable(2164, "serialNumber"),
    _not_acceptable(2165, "joiln"),
    _not_acceptable(2166, "locality"),
    _not_acceptable(2167, "organizationalUnit"),
    _not_acceptable(2168, "organization"),
    _not_acceptable(2169, "streetAddress"),
    _not_acceptable(2197, "givenName"),
    _not_acceptable(2201, "surname"),
)

SUBJECT_RULES: tuple[Rule[OrderInquiry], ...] = (
    _no_common_name,
    _required(1016, "organization"),
    _required(1020, "country"),
    _no_such_country,
    _no_place,
    _malformed_email,
    _no_email,
    _both_unstructured,
    _no_domain_name,
    _no_address,
    _required(1093, "joisocn", extended=True),
    _no_jurisdiction_state,
    _required(1095, "serialNumber", extended=True),
    _required(2138, "businessCategory", extended=True),
    _required_of_person(2194, "givenName"),
    _required_of_person(2198, "surname"),
    not_one_of(2137, "orderParameters/businessCategory", BUSINESS_CATEGORIES),
    _unknown_jurisdiction,
    *_ENCODINGS,
    *_LENGTHS,
    *_BARRED,
    *_UNACCEPTABLE,
)
