# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A chain from the CA is returned only if clients accept it, by the CA's own time."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from ansible_collections.certops.certum.plugins.module_utils._issuance.fetching import fetch_again
from ansible_collections.certops.certum.plugins.module_utils._partner_api.api_errors import CertumError
from ansible_collections.certops.certum.plugins.module_utils._x509 import keys
from ansible_collections.certops.certum.plugins.module_utils._x509.certificate_facts import read_certificate
from ansible_collections.certops.certum.tests.unit.store.world import ISSUING, NOW, ROOT
from ansible_collections.certops.certum.tests.unit.x509.authority import EC256

LEAF = ISSUING.sign(keys.generate(EC256).public_key(), "shop.example.com", names=("shop.example.com",))
FACTS = read_certificate(LEAF)
ORDER = cast("Any", SimpleNamespace(order_id="shop-1", request=FACTS))
EXPIRED = ROOT.sign(ISSUING.key.public_key(), ISSUING.name, is_ca=True, lifetime=timedelta(days=20))


def account(*bundle: str, days_later: int = 0) -> Any:
    answer = SimpleNamespace(certificate_details=SimpleNamespace(x509_cert=LEAF), ca_bundle=bundle)
    return SimpleNamespace(get_certificate=lambda **dummy: answer, now=lambda: NOW + timedelta(days=days_later))


def test_chain_that_clients_accept_is_returned() -> None:
    api = account(ROOT.pem, EXPIRED, ISSUING.pem)
    issued = fetch_again(api, ORDER, serial_number=FACTS.serial_number)
    assert (issued.chain, issued.root) == ((ISSUING.pem,), ROOT.pem)


@pytest.mark.parametrize(
    ("api", "words"),
    [
        (account(EXPIRED, ROOT.pem), "a chain that clients refuse: .*'CN=Sandbox Issuing CA'.* expired on 2026-11-21"),
        (account(ISSUING.pem, days_later=3651), "expired on"),
        (account(ROOT.pem), "sent no certificate of the issuer CN=Sandbox Issuing CA"),
    ],
)
def test_chain_that_clients_refuse_is_an_error(api: Any, words: str) -> None:
    with pytest.raises(CertumError, match=f"{words}.*Nothing was installed, .* stay as they are. Run again"):
        fetch_again(api, ORDER, serial_number=FACTS.serial_number)
