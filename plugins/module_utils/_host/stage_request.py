# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Implements certum_stage_request: checks a CSR from elsewhere, and stores it for the next order of a certificate.

Private to the collection.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._handover.foreign_text import quote
from .._lifecycle.certificate_names import InvalidNameError, encode
from .._lifecycle.declaration import InvalidDeclarationError
from .._store.layout import Layout
from .._store.stored_request import put_request
from .._x509.alternative_names import canonical_names
from .._x509.csr import RequestFacts, read_request
from .._x509.x509_errors import X509Error

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def stage_request(params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
    """Store the CSR, and return the result of the module. Raises InvalidDeclarationError if the CA would refuse it."""
    request = _read(params)
    if problems := list(_problems(request, params["names"])):
        raise InvalidDeclarationError("\n".join(f"{params['name']}: {problem}" for problem in problems))
    change = put_request(Layout(Path(params["path"])), params["name"], request, check_mode=check_mode)
    return {
        "changed": change.changed,
        "reason": change.reason.shown(),
        "names": list(_names(request)),
        "public_key_sha256": request.public_key_sha256,
        "diff": {"before": dict(change.before), "after": dict(change.after)},
    }


def _read(params: Mapping[str, Any]) -> RequestFacts:
    path = params["csr_path"]
    try:
        return read_request(Path(path).read_bytes() if path else params["csr_content"])
    except OSError as error:
        raise InvalidDeclarationError(
            f"{params['name']}: the CSR {path} cannot be read on this host: {quote(error.strerror)}"
        ) from error
    except X509Error as error:
        raise InvalidDeclarationError(f"{params['name']}: {path or 'csr_content'}: {error}") from error


def _names(request: RequestFacts) -> tuple[str, ...]:
    return canonical_names(filter(None, (request.common_name, *request.names)))


def _problems(request: RequestFacts, wanted: Iterable[str]) -> Iterable[str]:
    if request.signature_valid is False:
        yield "the CSR's signature was not made with its key; make a new CSR (error 2125)"
    if not request.common_name:
        yield "the CSR has no CN; make a new CSR with a CN (error 1015)"
    try:
        missing = sorted({encode(name) for name in wanted} - set(_names(request)))
    except InvalidNameError as error:
        yield f"names: {error}"
        return
    if missing:
        yield f"the CSR does not name {', '.join(missing)}; make a CSR for every name, or correct names"
