# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Asks the OCSP responders of the CA, or its revocation lists, whether certificates were revoked.

Private to the collection. Only a signed, current "revoked" counts. After any other answer the certificate stays valid,
and a note gives the reason of the failed check.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timezone
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._net.parallel import in_time
from .._net.plain_http import FetchError, fetch
from .._store.layout import CERTIFICATE, CHAIN
from .._x509 import compatibility
from .._x509.ocsp import REQUEST_TYPE, build_question, read_answer
from .._x509.pem import blocks
from .._x509.revocation import sources_of
from .._x509.revocation_list import read_list
from .._x509.x509_errors import X509Error

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from .._lifecycle.decision import OnDisk
    from .._store.layout import Layout
    from .._third_party.host_packages import x509
    from .._x509.revocation import Revocation

LONGEST_ANSWER = 64 * 1024
LONGEST_LIST = 32 * 1024 * 1024
SECONDS = 30
WORKERS = 8


@dataclass(frozen=True)
class RevocationFinding:
    """The date and reason of a revocation, or the reason why the check failed. Neither: it is not revoked."""

    revoked: str | None = None
    trouble: str | None = None


NO_TIME = RevocationFinding(trouble=f"no answer within {SECONDS} seconds")


def with_revocations(layout: Layout, on_disk: Mapping[str, OnDisk]) -> tuple[dict[str, OnDisk], list[str]]:
    """Return the certificates with their revocations, and a sentence for each that could not be checked.

    Checks the newest version of each. Expired certificates are not checked: CAs forget them.
    """
    now = datetime.now(timezone.utc)
    newest = {name: disk.newest for name, disk in on_disk.items() if disk.newest and disk.newest.not_after > now}
    fetch_list = lru_cache(maxsize=8)(partial(fetch, longest=LONGEST_LIST))
    jobs = {
        name: partial(_check, layout.version(name, version.serial_number), fetch_list, now)
        for name, version in newest.items()
    }
    found = in_time(jobs, seconds=SECONDS, workers=WORKERS)
    findings = {name: found.get(name, NO_TIME) for name in newest}
    checked = {
        name: replace(on_disk[name], newest=replace(version, revoked=findings[name].revoked))
        for name, version in newest.items()
    }
    notes = [
        f"{name}: could not be checked for revocation: {finding.trouble}"
        for name, finding in findings.items()
        if finding.trouble
    ]
    return {**on_disk, **checked}, notes


def _check(version: Path, fetch_list: Callable[[str], bytes], now: datetime) -> RevocationFinding:
    """Return the finding of the first source with a valid answer, revoked or not."""
    troubles = []
    try:
        leaf, issuer = _read_pair(version)
        for url, ask in _sources(leaf, issuer, fetch_list, now):
            try:
                revocation = ask(url)
            except (FetchError, X509Error) as error:
                troubles.append(f"{quote(url)}: {error}")
            else:
                return RevocationFinding(revoked=str(revocation) if revocation else None)
    except (OSError, X509Error) as error:
        troubles.append(quote(error))
    return RevocationFinding(
        trouble="; ".join(troubles) or "the certificate names no OCSP responder and no revocation list over plain HTTP"
    )


def _read_pair(version: Path) -> tuple[x509.Certificate, x509.Certificate]:
    """Return the certificate and its issuer. Raises OSError and X509Error."""
    leaf, *_others = _certificates(version / CERTIFICATE)
    issuer, *_others = _certificates(version / CHAIN)
    if compatibility.signed_by(leaf, issuer) is False:
        raise X509Error(f"{version / CHAIN} does not begin with the issuer of the certificate")
    return leaf, issuer


def _certificates(path: Path) -> list[x509.Certificate]:
    found = [compatibility.load_certificate(der) for der in blocks(path.read_text("ascii", "replace"), "CERTIFICATE")]
    if not found:
        raise X509Error(f"{path} contains no certificate")
    return found


def _sources(
    leaf: x509.Certificate, issuer: x509.Certificate, fetch_list: Callable[[str], bytes], now: datetime
) -> list[tuple[str, Callable[[str], Revocation | None]]]:
    """Return the addresses, and how to ask at each. Responders come first: their answers are small."""

    def ask(url: str) -> Revocation | None:
        answer = fetch(url, body=build_question(leaf, issuer), content_type=REQUEST_TYPE, longest=LONGEST_ANSWER)
        return read_answer(answer, leaf=leaf, issuer=issuer, now=now)

    def look_up(url: str) -> Revocation | None:
        return read_list(fetch_list(url), leaf=leaf, issuer=issuer, now=now)

    sources = sources_of(leaf)
    return [*((url, ask) for url in sources.ocsp), *((url, look_up) for url in sources.lists)]
