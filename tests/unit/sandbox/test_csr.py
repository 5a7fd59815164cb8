# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from certum_sandbox.csr import Csr, read_csr

SHA1 = Path(__file__).parents[1] / "x509/data/sha1.csr"


@pytest.mark.parametrize("damaged", [False, True])
def test_csr_signed_with_sha_1_is_judged_by_its_signature(damaged: bool) -> None:
    """The signature shows possession of the key, with any hash."""
    body = base64.b64decode("".join(SHA1.read_text(encoding="utf-8").splitlines()[1:-1]))
    last = body[-1] ^ 1 if damaged else body[-1]
    request = read_csr(base64.b64encode(body[:-1] + bytes([last])).decode())
    assert isinstance(request, Csr)
    assert request.signature_verifies is not damaged
