# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A revocation counts if the issuer signs it, now, for this very certificate. False answers are refused."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._x509 import compatibility, keys
from ansible_collections.certops.certum.plugins.module_utils._x509.ocsp import build_question, read_answer
from ansible_collections.certops.certum.plugins.module_utils._x509.revocation import sources_of
from ansible_collections.certops.certum.plugins.module_utils._x509.revocation_list import read_list
from ansible_collections.certops.certum.plugins.module_utils._x509.x509_errors import X509Error
from ansible_collections.certops.certum.tests.unit.x509 import responder
from ansible_collections.certops.certum.tests.unit.x509.authority import EC256, RSA2048, Authority
from cryptography import x509
from cryptography.x509 import ocsp

if TYPE_CHECKING:
    from collections.abc import Callable

MOMENT = datetime(2026, 12, 1)
NOW = MOMENT.replace(tzinfo=timezone.utc)
HOUR = timedelta(hours=1)
ISSUER = Authority.make("Issuing CA")
RSA_ISSUER = Authority.make("RSA Issuing CA", spec=RSA2048)
STRANGER = Authority.make("Issuing CA")
OTHER = Authority.make("Other CA", key=ISSUER.key)


def leaf_of(issuer: Authority, **details: Any) -> x509.Certificate:
    pem = issuer.sign(keys.generate(EC256).public_key(), "shop.example.com", **details)
    return x509.load_pem_x509_certificate(pem.encode())


LEAF = leaf_of(ISSUER)


def delegate(parent: Authority, *extensions: x509.ExtensionType, **details: Any) -> Authority:
    """Return a responder with a certificate of *parent*."""
    key = keys.generate(EC256)
    return Authority("Responder", key, parent.sign(key.public_key(), "Responder", extensions=extensions, **details))


def answer(**changes: Any) -> bytes:
    given = {"leaf": LEAF, "issuer": ISSUER, "this_update": MOMENT - HOUR, "next_update": MOMENT + HOUR, **changes}
    return responder.answer(**given)


def by_delegate(signer: Authority) -> bytes:
    return answer(signer=signer, certificates=(signer.certificate,))


def read(data: bytes, leaf: x509.Certificate = LEAF, issuer: Authority = ISSUER) -> str | None:
    found = read_answer(data, leaf=leaf, issuer=issuer.certificate, now=NOW)
    return found and str(found)


def crl(**changes: Any) -> bytes:
    given = {"leaf": LEAF, "issuer": ISSUER, "this_update": MOMENT - HOUR, "next_update": MOMENT + HOUR, **changes}
    return responder.revocation_list(**given)


def look_up(data: bytes, leaf: x509.Certificate = LEAF, issuer: Authority = ISSUER) -> str | None:
    found = read_list(data, leaf=leaf, issuer=issuer.certificate, now=NOW)
    return found and str(found)


@pytest.mark.parametrize("issuer", [ISSUER, RSA_ISSUER], ids=lambda issuer: issuer.name)
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, "on 2026-11-20 (key compromise)"),
        ({"reason": None}, "on 2026-11-20"),
        ({"status": responder.GOOD}, None),
        ({"next_update": None}, "on 2026-11-20 (key compromise)"),
        ({"this_update": MOMENT + timedelta(minutes=4)}, "on 2026-11-20 (key compromise)"),
    ],
)
def test_ocsp_answer_of_the_issuer_is_accepted(issuer: Authority, changes: dict[str, Any], says: str | None) -> None:
    leaf = leaf_of(issuer)
    assert read(answer(leaf=leaf, issuer=issuer, **changes), leaf, issuer) == says


def test_ocsp_answer_of_a_delegated_responder_is_accepted() -> None:
    assert read(by_delegate(delegate(ISSUER, responder.OCSP_SIGNING))) == "on 2026-11-20 (key compromise)"


LIES: dict[str, tuple[Callable[[], bytes], str]] = {
    "a stranger of the same name": (lambda: answer(signer=STRANGER), "signed neither by the issuer nor"),
    "a stranger with his certificate": (lambda: by_delegate(STRANGER), "signed neither by the issuer nor"),
    "a responder of a stranger": (
        lambda: by_delegate(delegate(STRANGER, responder.OCSP_SIGNING)),
        "signed neither by the issuer nor",
    ),
    "a certificate that is no responder": (lambda: by_delegate(delegate(ISSUER)), "signed neither by the issuer nor"),
    "an expired responder": (
        lambda: by_delegate(delegate(ISSUER, responder.OCSP_SIGNING, lifetime=timedelta(days=1))),
        "signed neither by the issuer nor",
    ),
    "another serial number": (lambda: answer(leaf=leaf_of(ISSUER)), "about another certificate"),
    "the serial number of another CA": (
        lambda: answer(leaf=leaf_of(OTHER, serial_number=LEAF.serial_number), issuer=OTHER),
        "about another certificate",
    ),
    "of yesterday": (
        lambda: answer(this_update=MOMENT - 48 * HOUR, next_update=MOMENT - 24 * HOUR),
        "was good until 2026-11-30 00:00 UTC, and the clock of this host says 2026-12-01 00:00",
    ),
    "without an end, of the day before yesterday": (
        lambda: answer(this_update=MOMENT - 48 * HOUR, next_update=None),
        "was good until 2026-11-30",
    ),
    "of tomorrow": (
        lambda: answer(this_update=MOMENT + 24 * HOUR, next_update=MOMENT + 48 * HOUR),
        "is from 2026-12-02 00:00 UTC, and the clock of this host says",
    ),
    "unknown": (lambda: answer(status=responder.UNKNOWN), "does not know the certificate"),
    "a refusal": (responder.refusal, "the responder refused: unauthorized"),
    "a web page": (lambda: b"<html>", "not a readable OCSP response"),
    "nothing": (lambda: b"", "not a readable OCSP response"),
}


@pytest.mark.parametrize(("lie", "why"), LIES.values(), ids=list(LIES))
def test_false_ocsp_answer_is_refused(lie: Callable[[], bytes], why: str) -> None:
    with pytest.raises(X509Error, match=why):
        read(lie())


def damaged(data: bytes) -> list[bytes]:
    """Return the same with one bit of one byte changed, for every byte."""
    return [data[:at] + bytes([data[at] ^ 1 << at % 8]) + data[at + 1 :] for at in range(len(data))]


@pytest.mark.parametrize(
    ("data", "ask"), [(answer(status=responder.GOOD), read), (crl(leaf=None), look_up)], ids=["answer", "list"]
)
def test_changed_good_answer_never_means_revoked(data: bytes, ask: Callable[[bytes], Any]) -> None:
    for changed in (data, *damaged(data)):
        with suppress(X509Error):
            assert ask(changed) is None


def test_ocsp_request_names_the_certificate() -> None:
    question = ocsp.load_der_ocsp_request(build_question(LEAF, ISSUER.certificate))
    assert question.serial_number == LEAF.serial_number
    assert question.hash_algorithm.name == "sha1"


PART = {
    "full_name": [x509.UniformResourceIdentifier("http://ca.example/1.crl")],
    "relative_name": None,
    "only_contains_user_certs": False,
    "only_contains_ca_certs": False,
    "only_some_reasons": None,
    "only_contains_attribute_certs": False,
}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, "on 2026-11-20 (key compromise)"),
        ({"reason": None}, "on 2026-11-20"),
        ({"leaf": None}, None),
        ({"leaf": leaf_of(ISSUER)}, None),
        ({"reason": x509.ReasonFlags.remove_from_crl}, None),
        (
            {"extensions": (x509.IssuingDistributionPoint(indirect_crl=False, **PART),)},
            "on 2026-11-20 (key compromise)",
        ),
    ],
)
def test_revocation_list_of_the_issuer_is_accepted(changes: dict[str, Any], says: str | None) -> None:
    assert look_up(crl(**changes)) == says


WRONG_LISTS: dict[str, tuple[Callable[[], bytes], str]] = {
    "of a stranger of the same name": (lambda: crl(signer=STRANGER), "not signed by the issuer"),
    "of another CA with the same key": (lambda: crl(issuer=OTHER), "not signed by the issuer"),
    "of yesterday": (lambda: crl(this_update=MOMENT - 48 * HOUR, next_update=MOMENT - 24 * HOUR), "was good until"),
    "of tomorrow": (lambda: crl(this_update=MOMENT + 24 * HOUR, next_update=MOMENT + 48 * HOUR), "is from 2026-12-02"),
    "of several CAs": (
        lambda: crl(extensions=(x509.IssuingDistributionPoint(indirect_crl=True, **PART),)),
        r"of a type that is not supported \(2.5.29.28\)",
    ),
    "of changes": (
        lambda: crl(extensions=(x509.DeltaCRLIndicator(1),)),
        r"of a type that is not supported \(2.5.29.27\)",
    ),
    "a web page": (lambda: b"<html>", "not a readable revocation list"),
}


@pytest.mark.parametrize(("lie", "why"), WRONG_LISTS.values(), ids=list(WRONG_LISTS))
def test_wrong_revocation_list_is_refused(lie: Callable[[], bytes], why: str) -> None:
    with pytest.raises(X509Error, match=why):
        look_up(lie())


def test_unsupported_signature_of_an_answer_is_inconclusive(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(compatibility, "_verifies", lambda *arguments: None)
    for ask in (lambda: read(answer()), lambda: look_up(crl())):
        with pytest.raises(X509Error, match=r"the signature of .* \(SHA256\) cannot be verified here"):
            ask()


def test_only_plain_http_responders_are_asked() -> None:
    named = leaf_of(ISSUER, extensions=responder.places("http://ocsp.example", "http://ca.example/1.crl"))
    assert (sources_of(named).ocsp, sources_of(named).lists) == (("http://ocsp.example",), ("http://ca.example/1.crl",))
    other = leaf_of(ISSUER, extensions=responder.places("https://ocsp.example", "ldap://ca.example/1"))
    for nowhere in (other, leaf_of(ISSUER)):
        assert (sources_of(nowhere).ocsp, sources_of(nowhere).lists) == ((), ())
