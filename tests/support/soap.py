# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requests of the Partner API for tests: a valid order, and changes to it; CSRs of every kind."""

from __future__ import annotations

import base64
import warnings
from typing import TYPE_CHECKING

from certum_sandbox.csr import SUBJECT_OIDS
from certum_sandbox.soap.namespaces import SERVICE, SOAP
from certum_sandbox.soap.tolerance import put_in_order
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cryptography.x509.name import _ASN1Type

    Value = str | Sequence[str] | Sequence[Mapping[str, str]] | None
    Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey

NAME = "www.example.org"
_CREDENTIALS = {
    "requestHeader/authToken/password": "demo",
    "requestHeader/authToken/userName": "demo",
}
_ORDER = {
    "SANApprover/approverMethod": "FILE",
    "orderParameters/customer": "cust-0042",
    "orderParameters/orderID": "shop-1",
    "orderParameters/productCode": "601",
    "requestorInfo/email": "ops@example.net",
    "requestorInfo/firstName": "Ada",
    "requestorInfo/lastName": "Nowak",
    "SANEntries/SANEntry/DNSName": NAME,
}


def make_csr(
    common_name: str | None = NAME,
    *,
    key: Key | None = None,
    types: Mapping[str, _ASN1Type] | None = None,
    **subject: str,
) -> str:
    """Return a CSR in PEM, with a new EC key. ``subject`` holds wire names (``organization``), ``types`` their
    encodings.
    """
    key = key or ec.generate_private_key(ec.SECP256R1())
    values = {"commonName": common_name, **subject}
    with warnings.catch_warnings():  # of overlong values, which some tests need
        warnings.simplefilter("ignore", UserWarning)
        attributes = [
            x509.NameAttribute(SUBJECT_OIDS[name], value, (types or {}).get(name), _validate=False)
            for name, value in values.items()
            if value is not None
        ]
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(attributes))
    return builder.sign(key, algorithm).public_bytes(serialization.Encoding.PEM).decode()


def edit_csr(pem: str, old: bytes, new: bytes) -> str:
    """Return the CSR with bytes of its DER replaced."""
    der = x509.load_pem_x509_csr(pem.encode()).public_bytes(serialization.Encoding.DER)
    assert old in der
    text = base64.encodebytes(der.replace(old, new)).decode()
    return f"-----BEGIN CERTIFICATE REQUEST-----\n{text}-----END CERTIFICATE REQUEST-----\n"


def _child(parent: etree._Element, tag: str, *, again: bool) -> etree._Element:
    """Return the child of this name; make it if it is missing or is needed ``again``."""
    found = None if again else parent.find(tag)
    return etree.SubElement(parent, tag) if found is None else found


def _set(root: etree._Element, path: str, value: Value) -> None:
    *parents, name = path.split("/")
    if value is None:
        for found in root.findall(path):
            above = found.getparent()
            assert above is not None
            above.remove(found)
        return
    for each in [value] if isinstance(value, str) else value:
        parent = root
        for step, tag in enumerate(parents):
            repeated = 0 < step == len(parents) - 1 and not isinstance(value, str) and isinstance(each, str)
            parent = _child(parent, tag, again=repeated)
        child = _child(parent, name, again=not isinstance(value, str))
        if isinstance(each, str):
            child.text = each
        else:
            for inner, text in each.items():
                etree.SubElement(child, inner).text = text


def make_request(operation: str, texts: Mapping[str, Value]) -> etree._Element:
    """Return the element of a request in schema order.

    ``texts`` maps paths to texts; several texts repeat the last element but one (``SANEntries/SANEntry/DNSName``), as
    several maps repeat the last one (``files/file``); None removes an element. Credentials are there unless removed.
    """
    root = etree.Element(f"{{{SERVICE}}}{operation}", nsmap={"m": SERVICE})
    for path, value in {**_CREDENTIALS, **texts}.items():
        _set(root, path, value)
    put_in_order(root)
    return root


def make_order(changes: Mapping[str, Value] | None = None, *, operation: str = "quickOrder") -> etree._Element:
    """Return a valid DV order with ``changes``; a new CSR for its name unless they have one."""
    changes = dict(changes or {})
    csr = {} if "orderParameters/CSR" in changes else {"orderParameters/CSR": make_csr()}
    names = changes.get("SANEntries/SANEntry/DNSName")
    texts: dict[str, Value] = {**_ORDER, **csr, **changes}
    if names is not None and not isinstance(names, str):
        texts.pop("SANEntries/SANEntry/DNSName")
        texts["SANEntries/SANEntry/DNSName"] = names
    return make_request(operation, texts)


def to_envelope(element: etree._Element) -> bytes:
    """Return the bytes that go over HTTP."""
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soapenv": SOAP})
    etree.SubElement(envelope, f"{{{SOAP}}}Body").append(element)
    return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")


def read_answer(body: bytes) -> etree._Element:
    """Return the answer's (or fault's) element, without namespaces."""
    root = etree.fromstring(body)
    for element in root.iter():
        element.tag = etree.QName(element).localname
    answer = root.find("Body/*")
    assert answer is not None
    return answer


def error_codes(answer: etree._Element) -> list[int]:
    """Return the error codes of an answer, in order."""
    return [int(code.text or "") for code in answer.findall("responseHeader/errors/Error/errorCode")]
