# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The rules of a CSR and its key, at any path of a request."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from certum_sandbox.csr import Csr, CsrProblem
from certum_sandbox.dialect import Switch
from certum_sandbox.rules.inquiry import Inquiry
from certum_sandbox.rules.rule import Breach, Rule

RSA_SIZES = (2048, 3072, 4096)
CURVES = ("secp256r1", "secp384r1")
_EC_SIZES = (256, 384)
# Every NIST curve is accepted as an algorithm. Other codes check its size.
_NIST_CURVES = frozenset({"secp192r1", "secp224r1", "secp256r1", "secp384r1", "secp521r1"})


@cache
def blocked_keys() -> frozenset[str]:
    """Return SHA-256 of SubjectPublicKeyInfo of the keys whose private key is public."""
    lines = (files("certum_sandbox") / "data" / "blocked_keys.txt").read_text("ascii").splitlines()
    return frozenset(line.split()[0] for line in lines if line and not line.startswith("#"))


def _is_accepted(csr: Csr) -> bool:
    key = csr.public_key
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.curve.name in _NIST_CURVES
    return isinstance(key, rsa.RSAPublicKey)


def _sizes(csr: Csr) -> tuple[int, tuple[int, ...]]:
    """Return the size of an accepted key, and the permitted sizes for its type."""
    key = csr.public_key
    if isinstance(key, rsa.RSAPublicKey):
        return key.key_size, RSA_SIZES
    if isinstance(key, ec.EllipticCurvePublicKey):
        return key.curve.key_size, _EC_SIZES
    return 0, (0,)


def _too_small(csr: Csr) -> bool:
    size, permitted = _sizes(csr)
    return size < min(permitted)


def _too_big(csr: Csr) -> bool:
    size, permitted = _sizes(csr)
    return size > max(permitted)


def _odd_size(csr: Csr) -> bool:
    size, permitted = _sizes(csr)
    return min(permitted) < size < max(permitted) and size not in permitted


def _key_was_used(inquiry: Inquiry) -> Breach:
    if not isinstance(inquiry.csr, Csr):
        return False
    used_by = inquiry.backend.orders.entries_with_key(inquiry.csr.public_key_sha256)
    frees = inquiry.backend.dialect[Switch.REJECTED_KEY] == "free"
    return not all(entry.refused and frees for entry in used_by)


def csr_rules(path: str, *, blank: int | None = 1002, unparsable: int = 1078) -> tuple[Rule[Inquiry], ...]:
    """Return the rules of the CSR at ``path``. Operations have different codes for a missing and a malformed CSR."""

    def problem(code: int, which: CsrProblem) -> Rule[Inquiry]:
        parent = path.rpartition("/")[0]
        return Rule(code, path, lambda inquiry: (not parent or inquiry.message.has(parent)) and inquiry.csr is which)

    def parsed(code: int, broken: Callable[[Csr], bool]) -> Rule[Inquiry]:
        return Rule(code, path, lambda inquiry: isinstance(inquiry.csr, Csr) and broken(inquiry.csr))

    missing = () if blank is None else (problem(blank, CsrProblem.BLANK),)
    return (
        *missing,
        problem(unparsable, CsrProblem.UNPARSABLE),
        problem(1049, CsrProblem.UNREADABLE_KEY),
        parsed(1001, lambda csr: not _is_accepted(csr)),
        parsed(1000, lambda csr: _is_accepted(csr) and _too_small(csr)),
        parsed(1150, lambda csr: _is_accepted(csr) and _too_big(csr)),
        parsed(2109, lambda csr: _is_accepted(csr) and _odd_size(csr)),
        parsed(1063, lambda csr: csr.public_key_sha256 in blocked_keys()),
        parsed(2125, lambda csr: not csr.signature_verifies),
        Rule(1032, path, _key_was_used),
    )
