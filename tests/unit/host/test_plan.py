# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Due certificates on a real disk, with reasons."""

from __future__ import annotations

import errno
import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.declaration import InvalidDeclarationError
from ansible_collections.certops.certum.plugins.module_utils._store.store_errors import NewerFormatError
from ansible_collections.certops.certum.tests.support.results import texts
from ansible_collections.certops.certum.tests.unit.host.declared import CONTACT, Host, answer
from ansible_collections.certops.certum.tests.unit.store.world import tree

if TYPE_CHECKING:
    from collections.abc import Callable


UNLESS = ", unless the account has a live order for these names"


def due(result: dict[str, Any]) -> list[str]:
    return [item["name"] for item in result["due"]]


def test_missing_certificate_is_due_and_current_one_is_not(host: Host) -> None:
    shop, mail = host.declare("shop"), host.declare("mail")
    assert due(host.plan(shop, mail)) == ["shop", "mail"]
    host.have(shop)
    before = tree(host.base)
    result = host.plan(shop, mail)
    assert due(result) == ["mail"]
    assert (result["activate"], result["current"], result["problems"], result["changed"]) == ([], 1, [], False)
    assert result["reason"]["text"] == "2 certificates are declared: 1 is due"
    assert tree(host.base) == before, "planning changes nothing"


def test_plan_of_no_certificate_counts_nothing(host: Host) -> None:
    assert host.plan()["reason"]["text"] == "no certificate is planned"


@pytest.mark.parametrize(
    ("changes", "now", "reason"),
    [
        pytest.param({}, "2026-11-23", None, id="current"),
        pytest.param({"subject_alt_name": ["api.shop.example.com"], "product": "931"}, "2026-11-23", "adds", id="name"),
        pytest.param({"key": {"type": "ec", "size": 384}}, "2026-11-23", "key ec 384 is declared", id="key"),
        pytest.param({"product": "931"}, "2026-11-23", "product 931 is declared", id="product"),
        pytest.param({}, "2027-03-19T23:00:00+00:00", "is due since 2027-03-20", id="a forecast, an hour early"),
        pytest.param({}, "2027-03-20T00:00:00Z", "is due since 2027-03-20", id="a forecast, in time"),
        pytest.param({"remaining_days": 10}, "2027-03-21", None, id="a window of its own"),
        pytest.param({"remaining_percentage": 45.0}, "2027-02-19", "is due since 2027-02-18", id="a share"),
        pytest.param({}, "2027-05-20", "the certificate expired on 2027-05-19", id="expired"),
    ],
)
def test_reason_for_each_state_is_given(host: Host, changes: dict[str, Any], now: str, reason: str | None) -> None:
    host.have(host.declare())
    result = host.plan(host.declare(**changes), now=now)
    early = now == "2027-03-19T23:00:00+00:00"
    assert due(result) == ([] if early or reason is None else ["shop"])
    if result["due"]:
        (said,) = result["reasons"]
        assert (said["name"], said["action"]) == ("shop", "issue")
        assert reason is not None
        assert reason in said["reason"]["text"]


@pytest.mark.parametrize(
    ("changes", "now", "cost"),
    [
        pytest.param({}, "2027-03-21", "It is free of charge", id="a reissue"),
        pytest.param({}, "2027-05-20", f"It costs the price of product 601 (Commercial SSL){UNLESS}", id="an order"),
        pytest.param(
            {"product": "931"}, "2026-11-23", f"It costs the price of product 931 (Commercial MultiDomain SSL){UNLESS}"
        ),
    ],
)
def test_reason_names_the_cost(host: Host, changes: dict[str, Any], now: str, cost: str) -> None:
    host.have(host.declare())
    (sentence,) = host.plan(host.declare(**changes), now=now)["sentences"]
    assert sentence.endswith(f"). {cost}")


def test_defaults_complete_a_declaration_key_by_key(host: Host) -> None:
    bare = {"name": "shop", "common_name": "shop.example.com", "validation": {"method": "file"}}
    defaults = {
        "contact": CONTACT,
        "validation": {"webroot": "/var/www", "method": "dns_txt"},
        "key": {"type": "rsa", "size": None},
        "owner": None,
    }
    (item,) = host.plan(bare, defaults=defaults)["due"]
    assert item == {
        **bare,
        "contact": CONTACT,
        "validation": {"method": "file", "webroot": "/var/www"},
        "key": {"type": "rsa"},
    }


@pytest.mark.parametrize("deployed", [False, True])
def test_unused_certificate_on_disk_is_activated_not_ordered(host: Host, deployed: bool) -> None:
    item = host.declare(**({"deploy": [{"service": "nginx"}]} if deployed else {}))
    host.have(item)
    if not deployed:
        (host.base / "shop" / "current").unlink()
    result = host.plan(item)
    assert (result["due"], result["activate"], result["current"]) == ([], [item], 0)
    assert result["reasons"][0]["action"] == "activate"
    host.install(item)
    if deployed:
        host.confirm()
    assert host.plan(item)["current"] == 1


@pytest.mark.parametrize("before", [0, 1])
@pytest.mark.parametrize(
    ("damaged", "operation"), [("fullchain.pem", "reissue"), ("privkey.pem", "reissue"), ("cert.pem", "order")]
)
def test_damaged_last_version_is_reissued_in_its_order(host: Host, before: int, damaged: str, operation: str) -> None:
    """The version before it is used for now, but is no predecessor: the CA reissues only the last."""
    item = host.declare(customer="Acme")
    for _time in range(before + 1):
        host.have(item)
    path = (host.base / "shop" / "current").resolve()
    (path / damaged).write_text("damaged")

    planned = host.plan(item)
    staged = host.stage(item, newest=planned["newest"])

    assert (due(planned), len(planned["activate"])) == (["shop"], before)
    assert f"{path}/{damaged}" in planned["reasons"][0]["reason"]["text"]
    (order,) = staged["orders"]
    assert (order["operation"], order.get("predecessor")) == (
        (operation, path.name) if operation == "reissue" else ("order", None)
    )
    host.install(item, orders=[answer(order)])
    assert host.plan(item)["current"] == 1


@pytest.mark.parametrize("refused", ["shop", "shop/versions", "shop/staged"])
def test_unreadable_certificate_is_never_due(host: Host, monkeypatch: pytest.MonkeyPatch, refused: str) -> None:
    """The others are planned all the same."""
    host.have(host.declare())
    host.stage(host.declare(subject_alt_name=["www.shop.example.com"]))
    assert (host.base / refused).exists()
    names = {refused.rpartition("/")[2], str(host.base / refused)}

    def refuse(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Any, *given: Any, **options: Any) -> Any:
            if str(path) in names:
                raise PermissionError(errno.EACCES, "Permission denied")
            return real(path, *given, **options)

        return call

    for call in ("open", "readlink"):
        monkeypatch.setattr(os, call, refuse(getattr(os, call)))
    result = host.plan(host.declare(), host.declare("mail"))
    assert due(result) == ["mail"]
    assert result["failed"]
    assert result["problems"][0]["text"].startswith("shop: ")
    assert "permission denied" in result["problems"][0]["text"]
    assert "Run with become" in result["problems"][0]["text"]


@pytest.mark.parametrize(
    ("there", "declared", "differs"),
    [
        (0o644, {}, "mode 0644, declared 0600"),
        (0o600, {"mode": "0640"}, "mode 0600, declared 0640"),
        (
            0o600,
            {"owner": "4711", "group": "0815"},
            f"owner {os.getuid()}, declared 4711; group {os.getgid()}, declared 815",
        ),
    ],
    ids=["drifted", "another mode is declared", "another owner and group"],
)
def test_wrong_mode_or_owner_is_repaired_without_an_order(
    host: Host, there: int, declared: dict[str, Any], differs: str
) -> None:
    host.have(host.declare())
    key = host.base / "shop/current/privkey.pem"
    key.chmod(there)
    result = host.plan(host.declare(**declared))
    assert (result["due"], [item["name"] for item in result["activate"]]) == ([], ["shop"])
    assert (
        result["reasons"][0]["reason"]["text"]
        == f"mode or owner not as declared: {key.resolve().parent.name}/privkey.pem ({differs})"
    )


def test_changed_key_access_verifies_the_service_again(host: Host) -> None:
    item = host.declare(deploy=[{"service": "nginx"}])
    host.have(item)
    host.confirm()
    wider = {**item, "mode": "0640"}
    assert host.install(wider, check_mode=True)["deploy"] == host.install(wider)["deploy"] == [wider]
    assert host.install(wider)["deploy"] == []
    assert host.plan(wider)["current"] == 1


def test_dns_method_without_a_provider_is_no_problem_until_it_is_due(host: Host) -> None:
    shop, wiki = host.declare(), host.declare("wiki", validation={"method": "dns_txt_prefix"})
    refused = host.plan(shop, wiki, dns_provider=False)
    assert due(refused) == ["shop"]
    (problem,) = texts(refused["problems"])
    assert problem.startswith("wiki: The certificate cannot be validated: validation.method: dns_txt_prefix needs")
    assert due(host.plan(shop, wiki, dns_provider=True)) == ["shop", "wiki"]
    host.have(wiki)
    assert host.plan(wiki, dns_provider=False)["problems"] == []


def test_unknown_owner_is_reported_if_there_is_a_key(host: Host) -> None:
    item = host.declare(owner="no-such-user")
    assert due(host.plan(item)) == ["shop"], "a later task of the run may make the user"
    host.have(host.declare())
    assert "'no-such-user' is not a user of this host" in host.plan(item)["problems"][0]["text"]


def test_broken_certificate_is_due_with_the_defect_as_reason(host: Host) -> None:
    host.have(host.declare())
    (version,) = (host.base / "shop" / "versions").iterdir()
    (version / "privkey.pem").write_text("")
    (reason,) = host.plan(host.declare())["reasons"]
    assert reason["reason"]["text"].startswith("no usable certificate: ")
    assert "privkey.pem" in reason["reason"]["text"]
    shutil.rmtree(version)
    assert due(host.plan(host.declare())) == ["shop"]


def test_pending_order_is_due_until_it_is_installed(host: Host) -> None:
    (order,) = host.stage(host.declare())["orders"]
    (reason,) = host.plan(host.declare())["reasons"]
    assert reason["reason"]["text"] == f"order {order['order_id']} may have been sent"
    host.challenge([host.declare()], [answer(order, "pending", code="c0de")])
    (reason,) = host.plan(host.declare())["reasons"]
    assert reason["reason"]["text"] == f"order {order['order_id']} is pending"


@pytest.mark.parametrize("now", ["soon", "2027-13-01", ""])
def test_invalid_moment_is_reported(host: Host, now: str) -> None:
    with pytest.raises(InvalidDeclarationError, match="is not a time in ISO 8601"):
        host.plan(host.declare(), now=now)


def test_declarations_are_checked_before_anything_is_read(host: Host) -> None:
    with pytest.raises(InvalidDeclarationError) as told:
        host.plan(host.declare(contact={}), host.declare("mail", common_name="bad name"), host.declare("mail"))
    lines = str(told.value).splitlines()
    assert [line.partition(":")[0] for line in lines] == ["mail", "shop", "mail"]


def written_by_a_newer_version(host: Host, name: str = "shop") -> None:
    for path in (host.base / name / "versions").glob("*/metadata.json"):
        path.write_text(path.read_text().replace('"format": 1', '"format": 2'))


def test_certificate_of_a_newer_version_blocks_only_itself(host: Host) -> None:
    shop, mail = host.declare("shop"), host.declare("mail")
    host.have(shop)
    written_by_a_newer_version(host)
    before = tree(host.base)

    result = host.plan(shop, mail, now="2027-05-20")
    staged = host.stage(shop)
    absent = host.plan({**shop, "state": "absent"})

    assert (due(result), result["activate"]) == (["mail"], [])
    assert host.info(shop)["shop"]["state"] == "broken"
    for each in (result, staged, absent):
        (text,) = texts(each["problems"])
        assert "written by a newer version of certops.certum" in text
        assert "Then run again." in text
    assert tree(host.base) == before


def test_certificate_of_a_newer_version_may_be_a_renamed_one(host: Host) -> None:
    """An order for the new name would be a second one, so the plan fails."""
    host.have(host.declare("shop"))
    written_by_a_newer_version(host)
    with pytest.raises(NewerFormatError, match="/shop/versions/"):
        host.plan(host.declare("store", common_name="shop.example.com"))
