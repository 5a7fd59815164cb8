# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every certificate of a host is reported with its state, whatever is on disk."""

from __future__ import annotations

import shutil
import sys
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from ansible_collections.certops.certum.plugins.module_utils._handover.estate import CertificateInfo
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import CertificateState
from ansible_collections.certops.certum.plugins.module_utils._host.info import read_info
from ansible_collections.certops.certum.plugins.module_utils._store.store_errors import StoreError
from ansible_collections.certops.certum.tests.support.shapes import differences
from ansible_collections.certops.certum.tests.unit.host.declared import Host, answer
from ansible_collections.certops.certum.tests.unit.store.world import tree
from ansible_collections.certops.certum.tests.unit.x509.authority import BEGINNING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SERVICE = {"service": "web", "check_command": ["true"], "reload_command": ["true"], "verify": []}
TERM_END = "2027-11-01T00:00:00Z"


def version_of(host: Host, name: str = "shop") -> Path:
    (version,) = (host.base / name / "versions").iterdir()
    return version


def current(host: Host) -> dict[str, Any]:
    host.have(host.declare())
    return host.declare()


def deployed(host: Host) -> dict[str, Any]:
    item = host.declare(deploy=[SERVICE])
    host.have(item)
    host.deploy(item)
    return item


def not_deployed(host: Host) -> dict[str, Any]:
    item = host.declare(deploy=[SERVICE])
    host.have(item)
    return item


def key_is_readable_by_all(host: Host) -> dict[str, Any]:
    (current(host), (version_of(host) / "privkey.pem").chmod(0o644))
    return host.declare()


def owner_is_unknown(host: Host) -> dict[str, Any]:
    return {**current(host), "owner": "no-such-user"}


def more_names(host: Host) -> dict[str, Any]:
    current(host)
    return host.declare(subject_alt_name=["api.shop.example.com"], product="931")


def missing(host: Host) -> dict[str, Any]:
    return host.declare()


def sent(host: Host) -> dict[str, Any]:
    host.stage(host.declare())
    return host.declare()


def sent_while_current(host: Host) -> dict[str, Any]:
    more = more_names(host)
    host.stage(more)
    return more


def damaged(host: Host) -> dict[str, Any]:
    (current(host), (version_of(host) / "privkey.pem").write_text("x"))
    return host.declare()


def removed(host: Host) -> dict[str, Any]:
    current(host)
    return {"name": "shop", "state": "absent"}


def renamed(host: Host) -> dict[str, Any]:
    current(host)
    return host.declare("store", common_name="shop.example.com")


STATES: dict[Callable[[Host], dict[str, Any]], tuple[str, str, str, str | None]] = {
    current: ("2026-11-23", "current", "current", "reissue"),
    deployed: ("2026-11-23", "current", "current", "reissue"),
    not_deployed: ("2026-11-23", "incomplete", "not_deployed", "reissue"),
    key_is_readable_by_all: ("2026-11-23", "incomplete", "key_access_differs", "reissue"),
    owner_is_unknown: ("2026-11-23", "incomplete", "key_access_differs", "reissue"),
    more_names: ("2026-11-23", "due", "names_differ", "order"),
    missing: ("2026-11-23", "missing", "not_on_disk", "order"),
    sent: ("2026-11-23", "pending", "pending_order", None),
    sent_while_current: ("2028-01-01", "expired", "expired", None),
    damaged: ("2026-11-23", "broken", "not_usable", "reissue"),
    removed: ("2026-11-23", "absent", "declared_absent", None),
    renamed: ("2026-11-23", "current", "current", "reissue"),
}
"""What a host has: the day of the report, and the state, the code of the reason, and the next operation."""


@pytest.mark.parametrize("scene", STATES, ids=lambda scene: scene.__name__)
def test_declared_certificate_has_its_state(host: Host, scene: Callable[[Host], dict[str, Any]]) -> None:
    now, state, code, operation = STATES[scene]
    item = scene(host)
    before = tree(host.base) if host.base.exists() else None
    found = host.info(item, now=now)
    info = found[item["name"]]
    assert list(found) == [item["name"]], "a renamed certificate is reported once"
    assert (info["state"], info["reason"]["code"], info["operation"]) == (state, code, operation), info["reason"]
    assert info["declared"]
    assert list(differences(info, CertificateInfo)) == []
    assert before is None or tree(host.base) == before, "a report changes nothing"


def test_every_state_has_a_scene() -> None:
    assert {state for _now, state, _code, _operation in STATES.values()} == set(CertificateState.values())


def test_dates_and_serial_numbers_are_those_in_use(host: Host) -> None:
    item = deployed(host)
    info = host.info(item)["shop"]
    serial_number = version_of(host).name
    assert (info["serial_number"], info["verified_serial_number"]) == (serial_number, serial_number)
    assert info["services"] == [{"service": "web", "addresses": []}]
    assert (info["not_before"], info["not_after"]) == ("2026-11-01T00:00:00Z", "2027-05-19T00:00:00Z")
    assert info["due_at"] == "2027-03-20T00:00:00Z", "60 days before"
    assert (info["product"], info["remaining_days"], info["remaining_percentage"]) == ("commercial_ssl", 60, None)
    assert host.info(item, now="2027-03-20")["shop"]["state"] == "due"


@pytest.mark.parametrize(
    ("changes", "stage", "method", "waits_for"),
    [
        ({}, None, None, "next_run"),
        ({}, "placed", "FILE", "next_run"),
        ({}, "placed", "ADMIN", "mailbox_holder"),
        ({"product": "trusted_ssl"}, "placed", "FILE", "ca_staff"),
        ({}, "rejected", None, "operator"),
    ],
)
def test_recorded_order_says_who_must_act(
    host: Host, changes: dict[str, Any], stage: str | None, method: str | None, waits_for: str
) -> None:
    organization = {"name": "Example S.A.", "tax_identification_number": "1", "country": "PL", "locality": "Szczecin"}
    item = host.declare(organization=organization, **changes)
    (order,) = host.stage(item)["orders"]
    if stage:
        record = host.base / "shop/staged/order.json"
        text = record.read_text().replace('"intended"', f'"{stage}"')
        record.write_text(text.replace('"validation_method": null', f'"validation_method": "{method}"'))
    found = host.info(item)["shop"]["order"]
    assert (found["order_id"], found["operation"], found["waits_for"]) == (order["order_id"], "order", waits_for)
    assert order["order_id"] in found["reason"]["text"]


@pytest.mark.parametrize(
    ("options", "declared", "words", "is_due"),
    [
        ({}, False, "Nothing declares it, so it is not renewed", False),
        ({"declared_elsewhere": ["old"]}, True, "expires on 2027-05-19", True),
        ({"certificates": None}, False, "expires on 2027-05-19", True),
    ],
    ids=["undeclared", "declared elsewhere", "without declarations"],
)
def test_certificate_without_a_declaration_is_reported(
    host: Host, options: dict[str, Any], declared: bool, words: str, is_due: bool
) -> None:
    host.have(host.declare("old"))
    (host.base / "lost").mkdir()
    (host.base / "former").symlink_to("old")
    found = host.info(**options)
    assert list(found) == ["old"], "a directory without a certificate and a link are none"
    old = found["old"]
    assert (old["declared"], old["state"], old["common_name"]) == (declared, "current", "old.example.com")
    assert words in old["reason"]["text"]
    assert bool(old["due_at"]) is is_due
    assert list(differences(old, CertificateInfo)) == []
    assert host.info(now="2027-06-01", **options)["old"]["state"] == "expired"


def test_host_on_the_former_certificate_of_a_reissue_is_reported(host: Host) -> None:
    item = host.declare(deploy=[SERVICE], remaining_days=90)
    host.have(item, beginning=BEGINNING)
    host.deploy(item)
    former = version_of(host).name
    reissued = BEGINNING + timedelta(days=120)
    with time_machine.travel(reissued + timedelta(days=1)):
        (order,) = host.stage(item)["orders"]
        assert host.info(item, now=None)["shop"]["order"]["operation"] == "reissue"
        host.install(item, orders=[answer(order, beginning=reissued)])
        found = host.info(item, now=None)["shop"]
        host.deploy(item)
        after = host.info(item, now=None)["shop"]
    until = reissued + timedelta(days=14)
    assert found["former"] == {"serial_number": former, "valid_until": f"{until:%Y-%m-%dT%H:%M:%SZ}"}
    assert (found["state"], found["verified_serial_number"]) == ("incomplete", former)
    assert (after["former"], after["state"]) == (None, "current")


def test_unreadable_certificate_is_broken_and_the_others_are_reported(host: Host) -> None:
    host.have(host.declare(), host.declare("mail"))
    shutil.rmtree(host.base / "shop/versions")
    (host.base / "shop/versions").write_text("")
    found = host.info(host.declare(), host.declare("mail"))
    assert [each["state"] for each in found.values()] == ["broken", "current"]
    assert "versions" in found["shop"]["reason"]["text"]
    assert list(differences(found["shop"], CertificateInfo)) == []
    assert host.info()["shop"]["state"] == "broken"


def test_unreadable_store_is_an_error_and_a_missing_one_is_empty(host: Host) -> None:
    assert host.info() == {}
    host.base.write_text("")
    with pytest.raises(StoreError, match="cannot be listed"):
        host.info()


@pytest.fixture
def opened() -> Iterator[list[str]]:
    """Yield the names of the files that are opened."""
    names: list[str] = []
    watching = True

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if watching and event == "open":
            names.append(str(args[0]))

    sys.addaudithook(hook)
    yield names
    watching = False


def test_each_file_is_read_once(host: Host, opened: list[str]) -> None:
    names = [f"shop{number}" for number in range(5)]
    host.have(*map(host.declare, names), host.declare("old"))
    host.info(host.declare("new"))  # caches the chain
    opened.clear()
    host.info(*map(host.declare, names), host.declare("new"))
    assert opened.count("privkey.pem") == len(names) + 1
    assert opened.count("cert.pem") == len(names) + 1


def test_summary_counts_the_states(host: Host) -> None:
    host.have(host.declare())
    params = {"path": str(host.base), "api_environment": None, "defaults": None, "now": None, "declared_elsewhere": []}
    result = read_info({**params, "certificates": None}, False)
    assert result["reason"]["text"] == "1 certificate is reported: 1 current"
    assert result["certificates"][0]["not_after"] > datetime.now(timezone.utc).isoformat()
