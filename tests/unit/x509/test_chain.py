# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real PKI in random order: two issuers of one name, a cross-certificate, roots, strangers and repeats."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._x509 import compatibility, keys
from ansible_collections.certops.certum.plugins.module_utils._x509.chain import build_chain
from ansible_collections.certops.certum.plugins.module_utils._x509.pem import certificates_in
from ansible_collections.certops.certum.plugins.module_utils._x509.x509_errors import X509Error
from ansible_collections.certops.certum.tests.unit.x509.authority import EC256, RSA2048, Authority, der_of
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

OLD_ROOT = Authority.make("Old Root")
ROOT = Authority.make("Root", spec=RSA2048)
CROSS = Authority.make("Root", parent=OLD_ROOT, key=ROOT.key)
POLICY = Authority.make("Policy CA", parent=ROOT)
ISSUING = Authority.make("Issuing CA", parent=POLICY)
NAMESAKE = Authority.make("Issuing CA", parent=POLICY)
STRANGER = Authority.make("Stranger")
KEY = keys.generate(EC256)
LEAF = ISSUING.sign(KEY.public_key(), "shop.example.com", names=("shop.example.com",))
NOT_A_CA = POLICY.sign(ISSUING.key.public_key(), "Issuing CA")

NEEDED = [ISSUING.pem, POLICY.pem]
NOISE = [ROOT.pem, NAMESAKE.pem, STRANGER.pem, LEAF, NOT_A_CA, OLD_ROOT.pem]


@given(noise=st.lists(st.sampled_from(NOISE + NEEDED)), data=st.data(), glued=st.booleans())
def test_shuffled_bundle_gives_the_same_chain(noise: list[str], data: st.DataObject, glued: bool) -> None:
    bag = data.draw(st.permutations(NEEDED + noise))
    chain = build_chain(LEAF, ["\n".join(bag)] if glued else bag)
    assert chain.certificates == (ISSUING.pem, POLICY.pem)
    assert chain.missing is None
    assert chain.root == (ROOT.pem if ROOT.pem in bag else None)
    assert build_chain(LEAF, [*filter(None, [chain.root]), *chain.certificates]) == chain, "nor from its result"


@given(bag=st.permutations([*NEEDED, CROSS.pem, ROOT.pem, OLD_ROOT.pem]))
def test_cross_certificate_is_in_the_chain_for_old_clients(bag: list[str]) -> None:
    chain = build_chain(LEAF, bag)
    assert chain.certificates == (ISSUING.pem, POLICY.pem, CROSS.pem)
    assert chain.root == OLD_ROOT.pem


FORGED = Authority("Root", STRANGER.key, "").sign(ROOT.key.public_key(), "Root", is_ca=True)
NOT_ITS_OWN = Authority("Root", ROOT.key, "").sign(ROOT.key.public_key(), "Root")


@pytest.mark.parametrize(
    ("others", "root"),
    [
        ([], None),
        ([STRANGER.pem, OLD_ROOT.pem], None),
        ([FORGED], None),
        ([NOT_ITS_OWN], None),
        ([FORGED, NOT_ITS_OWN, ROOT.pem], ROOT.pem),
        ([CROSS.pem], None),
        ([CROSS.pem, ROOT.pem], ROOT.pem),
        ([CROSS.pem, ROOT.pem, OLD_ROOT.pem], OLD_ROOT.pem),
    ],
)
def test_root_is_the_last_issuer_of_the_chain(others: list[str], root: str | None) -> None:
    """Or None: another anchor would be trusted without need."""
    chain = build_chain(LEAF, [*others, *NEEDED])
    assert (chain.certificates[:2], chain.root) == ((ISSUING.pem, POLICY.pem), root)


@pytest.mark.parametrize(
    "bag", [[], [POLICY.pem, ROOT.pem], [NAMESAKE.pem], [STRANGER.pem], [LEAF], [NOT_A_CA, POLICY.pem]]
)
def test_missing_issuer_is_named(bag: list[str]) -> None:
    assert build_chain(LEAF, bag).missing == "CN=Issuing CA"


def test_leaf_of_a_root_needs_no_chain_but_a_signature() -> None:
    leaf = ROOT.sign(KEY.public_key(), "shop.example.com")
    assert build_chain(leaf, [ROOT.pem]).certificates == ()
    assert (build_chain(leaf, [ROOT.pem]).missing, build_chain(leaf, [ROOT.pem]).root) == (None, ROOT.pem)
    assert build_chain(leaf, [OLD_ROOT.pem]).missing == "CN=Root"


def test_leaf_that_claims_to_be_its_issuer_is_refused() -> None:
    forged = Authority("shop.example.com", STRANGER.key, "").sign(KEY.public_key(), "shop.example.com")
    assert build_chain(forged, [forged, ROOT.pem, *NEEDED]).missing == "CN=shop.example.com"


def test_circle_of_cross_certificates_terminates() -> None:
    left, right = Authority.make("Left"), Authority.make("Right")
    left_by_right = Authority.make("Left", parent=right, key=left.key)
    right_by_left = Authority.make("Right", parent=left, key=right.key)
    leaf = left.sign(KEY.public_key(), "shop.example.com")
    chain = build_chain(leaf, [right_by_left.pem, left_by_right.pem])
    assert chain.certificates == (left_by_right.pem, right_by_left.pem)


def test_changed_signature_breaks_the_chain() -> None:
    der = bytearray(der_of(LEAF))
    der[-1] ^= 1
    assert build_chain(bytes(der), NEEDED).missing == "CN=Issuing CA"


def test_unreadable_issuer_is_reported() -> None:
    with pytest.raises(X509Error):
        build_chain(LEAF, ["<html>"])


def test_every_link_is_signed_by_the_next() -> None:
    links = [LEAF, *build_chain(LEAF, [*NEEDED, *NOISE]).certificates]
    parsed = [x509.load_pem_x509_certificate(certificates_in(pem)[0].encode()) for pem in links]
    assert [(link.issuer, issuer.subject) for link, issuer in zip(parsed, parsed[1:])] == [
        (issuer.subject, issuer.subject) for issuer in parsed[1:]
    ]


NOW = datetime(2026, 11, 23, tzinfo=timezone.utc)


def again(authority: Authority, parent: Authority, **details: Any) -> str:
    """Return another certificate of the same CA and key, from *parent*."""
    return parent.sign(authority.key.public_key(), authority.name, **{"is_ca": True, **details})


ENDED = {"lifetime": timedelta(days=20)}
TO_COME = {"beginning": datetime(2026, 12, 1)}
BY_ANOTHER_KEY = Authority(POLICY.name, STRANGER.key, "")
BY_WRONG_ROOT = Authority(ROOT.name, STRANGER.key, "")


@pytest.mark.parametrize(
    ("bag", "words"),
    [
        ([again(ISSUING, POLICY, **ENDED), POLICY.pem], "'CN=Issuing CA'.* expired on 2026-11-21 00:00 UTC"),
        ([ISSUING.pem, again(POLICY, ROOT, **ENDED), ROOT.pem], "'CN=Policy CA'.* expired on 2026-11-21"),
        ([again(ISSUING, POLICY, **TO_COME), POLICY.pem], "'CN=Issuing CA'.* is not valid before 2026-12-01"),
        ([NOT_A_CA, POLICY.pem], "'CN=Issuing CA'.* does not belong to a CA"),
        ([NAMESAKE.pem, POLICY.pem], "'CN=shop.example.com'.* was not made with the key of .*'CN=Issuing CA'"),
        ([again(ISSUING, BY_ANOTHER_KEY), POLICY.pem], "'CN=Issuing CA'.* not made with the key of .*'CN=Policy CA'"),
        ([ISSUING.pem, again(POLICY, ROOT, is_ca=False)], "'CN=Policy CA'.* does not belong to a CA"),
    ],
)
@pytest.mark.parametrize("reverse", [False, True])
def test_chain_that_clients_refuse_is_broken(bag: list[str], words: str, reverse: bool) -> None:
    broken = build_chain(LEAF, bag[::-1] if reverse else bag, now=NOW).broken
    assert re.search(words, broken or ""), broken


@pytest.mark.parametrize(
    ("bag", "verified"),
    [
        ([*NEEDED, ROOT.pem], NEEDED),
        (NEEDED, NEEDED),
        ([ISSUING.pem], [ISSUING.pem]),
        ([again(ISSUING, POLICY, **ENDED), *NEEDED], NEEDED),
        ([*NEEDED, again(ROOT, OLD_ROOT, **ENDED), ROOT.pem], NEEDED),
        ([*NEEDED, again(ROOT, ROOT, **ENDED)], NEEDED),
        ([*NEEDED, again(ROOT, OLD_ROOT, **ENDED), CROSS.pem], [*NEEDED, CROSS.pem]),
        ([*NEEDED, again(ROOT, OLD_ROOT, **ENDED), again(ROOT, ROOT, **ENDED)], NEEDED),
        ([*NEEDED, *NOISE, again(STRANGER, POLICY, **ENDED)], NEEDED),
        ([*NEEDED, NOT_ITS_OWN], NEEDED),
        ([*NEEDED, BY_WRONG_ROOT.sign(STRANGER.key.public_key(), "Root", is_ca=True)], NEEDED),
    ],
)
def test_chain_that_clients_accept_is_not_broken(bag: list[str], verified: list[str]) -> None:
    """A valid certificate of the same CA is preferred to an expired one. The dates of a root do not count."""
    chain = build_chain(LEAF, bag, now=NOW)
    assert (list(chain.certificates), chain.missing, chain.broken) == (verified, None, None)


def test_issuer_with_another_key_identifier_is_ignored() -> None:
    def identified(parent: Authority, holder: Authority) -> Authority:
        ids = (
            x509.AuthorityKeyIdentifier.from_issuer_public_key(parent.key.public_key()),
            x509.SubjectKeyIdentifier.from_public_key(holder.key.public_key()),
        )
        pem = parent.sign(holder.key.public_key(), holder.name, is_ca=True, extensions=ids)
        return Authority(holder.name, holder.key, pem)

    issuing, namesake = identified(ROOT, ISSUING), identified(OLD_ROOT, Authority("Root", STRANGER.key, ""))
    leaf = issuing.sign(KEY.public_key(), "shop.example.com")
    assert build_chain(leaf, [issuing.pem, namesake.pem], now=NOW).broken is None


def test_unsupported_signature_does_not_break_the_chain(monkeypatch: pytest.MonkeyPatch) -> None:
    """For example if the system has disabled SHA-1. A verified issuer is preferred to an unsupported one."""
    judge = compatibility._verifies
    monkeypatch.setattr(compatibility, "_verifies", lambda *arguments: judge(*arguments) or None)

    chain = build_chain(LEAF, [NAMESAKE.pem, *NEEDED, ROOT.pem])
    assert (chain.certificates, chain.root) == ((ISSUING.pem, POLICY.pem), ROOT.pem)

    monkeypatch.setattr(compatibility, "_verifies", lambda *arguments: None)
    chain = build_chain(LEAF, [*NEEDED, ROOT.pem, STRANGER.pem])
    assert (chain.certificates, chain.root) == ((ISSUING.pem, POLICY.pem), ROOT.pem)
