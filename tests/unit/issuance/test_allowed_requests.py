# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Limits the requests of a host under foreign control to its declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import Sent
from ansible_collections.certops.certum.plugins.module_utils._host.stage import stage_all
from ansible_collections.certops.certum.plugins.module_utils._issuance.allowed_requests import within_declaration
from ansible_collections.certops.certum.plugins.module_utils._issuance.order_conversion import (
    InvalidOrderError,
    read_orders,
)
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.declaration import (
    is_absent,
    only_set,
    read_declarations,
    with_defaults,
)
from ansible_collections.certops.certum.plugins.module_utils._module.option_specs import (
    declaration_options,
    defaults_options,
)
from ansible_collections.certops.certum.plugins.module_utils._x509.csr import read_request
from ansible_collections.certops.certum.tests.unit.issuance.csrs import CONTACT, make_csr

if TYPE_CHECKING:
    from pathlib import Path

SHOP = {"name": "shop", "common_name": "żółw.example.com", "www": "yes", "product": "commercial_ssl"}
GONE = {"name": "gone", "state": "absent"}
NAMES = ("xn--w-uga1v8h.example.com", "www.xn--w-uga1v8h.example.com")
OTHERS_KEY = "0123456789abcdef"
PEM = "-----BEGIN CERTIFICATE REQUEST-----\n"


@pytest.fixture
def defaults(tmp_path: Path) -> dict[str, Any]:
    """Return the defaults of the role: unset values are empty."""
    return {
        "contact": CONTACT,
        "validation": {"method": "file", "webroot": str(tmp_path)},
        "language": "pl",
        "organization": {},
        "remaining_days": None,
        "mode": "0600",
    }


@pytest.fixture
def item(tmp_path: Path, defaults: dict[str, Any]) -> dict[str, Any]:
    """Return the request of an honest host."""
    params = {
        "path": str(tmp_path / "certum"),
        "host": "web1",
        "order_again": [],
        "revoked": [],
        "api_environment": None,
    }
    declaration = only_set(with_defaults({**SHOP, "www": True}, defaults))
    (order,) = stage_all(
        {**params, "certificates": [declaration], "command_timeout": 60, "trial": False}, check_mode=False
    )["orders"]
    found: dict[str, Any] = order
    return found


def kept(item: dict[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
    """Return the request after its check, like certum_batch."""
    spec = {**declaration_options(), **defaults_options()}
    typed = ArgumentSpecValidator(spec).validate({"certificates": [SHOP, GONE], "defaults": defaults})
    assert typed.error_messages == []
    values = typed.validated_parameters
    items = [with_defaults(each, values["defaults"]) for each in values["certificates"] if not is_absent(each)]
    read = {declaration.name: declaration for declaration in read_declarations(items)}
    return within_declaration(item, host="web1", declared={each["name"]: each for each in items}, read=read)


def test_valid_request_of_a_host_is_kept_unchanged(item: dict[str, Any], defaults: dict[str, Any]) -> None:
    assert kept(item, defaults) == item


LIES: dict[str, tuple[dict[str, Any], str]] = {
    "a name that is declared nowhere": ({"name": "bank"}, "a certificate of this name, which is not declared for it"),
    "an absent declaration": ({"name": "gone"}, "a certificate of this name, which is not declared for it"),
    "a name with control characters": ({"name": "x\n" * 5000}, "which is not declared for it"),
    "a CSR for another domain": ({"csr_content": make_csr("bank.example.com")}, "a CSR that names bank.example.com"),
    "a CSR for one domain more": ({"csr_content": make_csr(*NAMES, "bank.example.com")}, "names bank.example.com,"),
    "a CSR for a wildcard": ({"csr_content": make_csr("*.example.com")}, "a CSR that names *.example.com"),
    "other names than the CSR has": ({"subject_alt_name": ["bank.example.com"]}, "sets subject_alt_name"),
    "another CN than the CSR has": ({"common_name": "bank.example.com"}, "sets common_name"),
    "no CSR": ({"csr_content": None}, "a CSR that cannot be read"),
    "an invalid CSR": ({"csr_content": f"{PEM}{{{{ lookup('pipe', 'touch x') }}}}"}, "a CSR that cannot be read"),
    "a CSR that is a number": ({"csr_content": 5}, "a CSR that cannot be read"),
    "a file of the controller to read": ({"csr_path": "/etc/shadow"}, "sets csr_path"),
    "a file of the controller to write": ({"fullchain_dest": "/root/.profile"}, "sets fullchain_dest"),
    "another product": ({"product": "premium_ev_ssl"}, "requests product premium_ev_ssl, but 601 is declared"),
    "an unknown product": ({"product": "{{ x }}"}, "requests product {{ x }}"),
    "a mailbox": ({"email": "ceo@example.com"}, "sets email"),
    "issue at once": ({"force": True}, "sets force"),
    "the order of another host": (
        {"sent": "yes", "order_id": f"bank-{OTHERS_KEY}"},
        f"names order bank-{OTHERS_KEY}, which was not placed with the key of its CSR",
    ),
}


@pytest.mark.parametrize(("lie", "words"), LIES.values(), ids=LIES)
def test_request_outside_the_declaration_is_refused(
    item: dict[str, Any], defaults: dict[str, Any], lie: dict[str, Any], words: str
) -> None:
    with pytest.raises(InvalidOrderError) as refused:
        kept({**item, **lie}, defaults)
    text = str(refused.value)
    assert words in text
    assert "the host" in text
    assert "Nothing was sent" in text
    assert len(text) < 500


def test_contact_organization_and_method_of_a_host_are_ignored(item: dict[str, Any], defaults: dict[str, Any]) -> None:
    mallory = {"first_name": "Mallory", "last_name": "Nowak", "email": "mallory@example.org"}
    lies = {
        "contact": mallory,
        "organization": {"name": "Mallory S.A."},
        "validation": {"method": "admin", "admin_prefix": "webmaster"},
        "revocation_contact_email": "mallory@example.org",
    }
    assert kept({**item, **lies}, defaults) == item


def test_request_of_an_earlier_declaration_is_only_looked_up(item: dict[str, Any], defaults: dict[str, Any]) -> None:
    former = make_csr("old.example.com")
    order_id = f"shop-{read_request(former).public_key_sha256[:16]}"
    placed = {**item, "csr_content": former, "order_id": order_id, "product": "640", "sent": "look_up_only"}
    (order,) = read_orders([kept(placed, defaults)])
    assert (order.sent, order.names) == (Sent.LOOK_UP_ONLY, ("old.example.com",))


@pytest.mark.parametrize(
    ("change", "may_be_live"),
    [({}, True), ({"customer": "Example S.A."}, False), ({"sent": "yes"}, False), ({"operation": "reissue"}, False)],
)
def test_controller_decides_whether_the_account_is_read(
    item: dict[str, Any], defaults: dict[str, Any], change: dict[str, Any], may_be_live: bool
) -> None:
    for claim in (True, None):
        found = kept(only_set({**item, "reissue_live_order": claim, **change}), defaults)
        assert found.get("reissue_live_order", False) is may_be_live
