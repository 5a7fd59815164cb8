# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The staged key, and its order."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._host import stage as stage_module
from ansible_collections.certops.certum.plugins.module_utils._lifecycle.publication import Trial
from ansible_collections.certops.certum.plugins.module_utils._store.metadata import OrderStage
from ansible_collections.certops.certum.plugins.module_utils._x509 import keys
from ansible_collections.certops.certum.plugins.module_utils._x509.csr import build_request, read_request
from ansible_collections.certops.certum.tests.support.results import texts
from ansible_collections.certops.certum.tests.unit.host.declared import Host, answer
from ansible_collections.certops.certum.tests.unit.store.world import EC256, tree

if TYPE_CHECKING:
    from pathlib import Path


class ClockAhead(datetime):
    """The clock of a host that is a year ahead."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:
        return datetime.now(tz) + timedelta(days=370)


def files(host: Host) -> dict[str, object]:
    return {path: found for path, found in tree(host.base).items() if not path.endswith(".lock")}


def test_intent_is_on_disk_before_the_order_is_returned(host: Host) -> None:
    (order,) = host.stage(host.declare())["orders"]
    staged = host.read().staged
    assert staged is not None
    assert staged.order is not None
    assert staged.order.stage is OrderStage.INTENDED
    assert (staged.order.order_id, staged.order.customer) == (order["order_id"], order["customer"])
    assert order["sent"] == "no"
    assert order["order_id"] == f"shop-{staged.public_key_sha256[:16]}"
    assert order["customer"] == "web1/shop"
    assert staged.request is not None
    assert order["csr_content"] == staged.request.pem


def test_unwritable_intent_is_not_returned(host: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_given: Any, **_options: Any) -> None:
        raise stage_module.StoreError("The file cannot be written", path="staged", why="disk full", remedy="Make room.")

    monkeypatch.setattr(stage_module, "record_order", refuse)
    result = host.stage(host.declare())
    assert result["orders"] == []
    assert result["failed"]
    assert "disk full" in result["msg"]


def test_repeated_stage_changes_nothing(host: Host) -> None:
    items = [host.declare("shop"), host.declare("mail")]
    first = host.stage(*items)
    assert (first["changed"], first["reason"]["text"]) == (True, "a key was made for shop, mail")
    before = files(host)
    second = host.stage(*items)
    assert (second["changed"], second["reason"]["text"], second["diff"]) == (False, "every key was staged before", [])
    assert second["orders"] == [{**order, "sent": "perhaps"} for order in first["orders"]]
    assert files(host) == before


def test_check_mode_returns_an_order_and_writes_nothing(host: Host) -> None:
    result = host.stage(host.declare(), check_mode=True)
    assert result["changed"]
    assert read_request(result["orders"][0]["csr_content"]).names == ("shop.example.com",)
    assert not host.base.exists()


def test_order_that_cannot_be_validated_here_is_refused(host: Host) -> None:
    """A missing web root is found before the order and stops only this order. Later, publishing reports it."""
    gone = host.declare("mail", validation={"method": "file", "webroot": str(host.web_root / "gone")})
    result = host.stage(host.declare("shop"), gone)
    assert [order["name"] for order in result["orders"]] == ["shop"]
    (problem,) = texts(result["problems"])
    assert problem.startswith("mail: Nothing was ordered. ")
    assert f"The validation file cannot be published: {host.web_root}/gone: the web root does" in problem
    assert host.read("mail").staged is None
    by_dns = host.declare("wiki", validation={**gone["validation"], "method": "dns_txt_prefix"})
    assert len(host.stage(by_dns)["orders"]) == 1, "the web root of a default is not checked"

    assert len(host.stage(gone, check_mode=True)["orders"]) == 1, "an earlier task of the same run may make it"
    (host.web_root / "gone").mkdir()
    (host.web_root / "gone/.well-known").symlink_to("elsewhere")
    for check_mode in (True, False):
        result = host.stage(gone, check_mode=check_mode)
        assert "gone/.well-known: it is a symbolic link to elsewhere" in texts(result["problems"])[0]
        assert result["orders"] == []
    (host.web_root / "gone/.well-known").unlink()
    (order,) = host.stage(gone)["orders"]
    shutil.rmtree(host.web_root / "gone")
    host.challenge([gone], [answer(order, "pending", code="c0de")])
    assert len(host.stage(gone)["orders"]) == 1


def test_test_file_stays_in_the_web_root_until_installation(host: Host) -> None:
    """This includes a file of a killed run. It is never the CA's file, and check mode writes none."""
    items = [host.declare(), host.declare("mail", validation={"method": "dns_txt_prefix"})]
    assert host.stage(*items, trial=True, check_mode=True)["trials"] == []
    assert list(host.web_root.rglob("*.txt")) == []
    for dummy in range(2):
        staged = host.stage(*items, trial=True)
        assert staged["trials"] == ["shop"]
        (file,) = host.web_root.rglob("*.txt")
        trial = Trial(read_request(staged["orders"][0]["csr_content"]).public_key_sha256)
        assert (file.name.startswith("certum-trial-"), file.read_text()) == (True, trial.content)
        assert file.stat().st_mode & 0o777 == 0o644
    assert host.install(*items)["problems"] == []
    assert list(host.web_root.rglob("*.txt")) == []
    host.challenge(items[:1], [answer(staged["orders"][0], "pending", code="c0de")])
    assert host.stage(*items[:1], trial=True)["trials"] == [], "the CA checks a placed order"


@pytest.mark.parametrize(
    ("changes", "sent"),
    [
        pytest.param({}, "perhaps", id="nothing"),
        pytest.param({"remaining_days": 10, "owner": "4711"}, "perhaps", id="nothing of the order"),
        pytest.param({"www": True}, "look_up_only", id="names"),
        pytest.param({"common_name": "SHOP.example.com"}, "perhaps", id="case"),
        pytest.param({"product": "931"}, "look_up_only", id="product"),
        pytest.param({"key": {"type": "ec", "size": 384}}, "look_up_only", id="key"),
    ],
)
def test_intent_of_another_declaration_is_only_looked_up(host: Host, changes: dict[str, Any], sent: str) -> None:
    """It may have been sent, so it is kept; it may not, so it is not sent now."""
    (before,) = host.stage(host.declare())["orders"]
    (after,) = host.stage(host.declare(**changes))["orders"]
    days = {"remaining_days": changes.get("remaining_days", before["remaining_days"])}
    assert after == {**before, **days, "sent": sent}


def test_current_declaration_is_ordered_if_no_order_exists(host: Host) -> None:
    today = host.declare(www=True)
    host.stage(host.declare())
    (looked_up,) = host.stage(today)["orders"]
    host.challenge([today], [answer(looked_up, "not_ordered")])
    (order_again,) = host.stage(today)["orders"]
    assert order_again["sent"] == "no"
    assert order_again["order_id"] != looked_up["order_id"]
    assert read_request(order_again["csr_content"]).names == ("shop.example.com", "www.shop.example.com")
    assert len(list((host.base / "shop" / "set-aside").iterdir())) == 1, "no key is lost"


@pytest.mark.parametrize(
    ("state", "kept"), [("pending", True), ("unknown", True), ("rejected", False), ("issued", True)]
)
def test_new_key_is_made_on_request_after_a_refusal(host: Host, state: str, kept: bool) -> None:
    item = host.declare()
    (order,) = host.stage(item)["orders"]
    host.challenge([item], [answer(order, state, code="c0de")])
    (without,) = host.stage(item)["orders"]
    assert without["order_id"] == order["order_id"]
    (order_again,) = host.stage(item, order_again=["shop"])["orders"]
    assert (order_again["order_id"] == order["order_id"]) is kept
    (again,) = host.stage(item, order_again=["shop"])["orders"]
    assert again["order_id"] == order_again["order_id"], "asking twice makes one new key"


@pytest.mark.parametrize("customer", [None, "Example S.A."])
def test_reissue_is_ordered_on_request_if_no_order_is_live(host: Host, customer: str | None) -> None:
    item = host.declare(customer=customer)
    host.have(item)
    newest = host.read().newest_good
    assert newest is not None
    (order,) = host.stage(item, order_again=["shop"])["orders"]
    (again,) = host.stage(item)["orders"]
    assert again == {**order, "sent": "perhaps"}, "it was decided by the first"
    assert order["operation"] == "order"
    assert order["order_id"].startswith("shop-")
    assert order["predecessor"] == newest.serial_number
    assert order.get("reissue_live_order", False) is (customer is None), "others may share it"


@pytest.mark.parametrize(
    ("declared", "follows"),
    [({}, True), ({"product": "commercial_multidomain_ssl"}, False), ({"common_name": "b.example.com"}, False)],
)
def test_expired_certificate_is_looked_up_before_the_order(
    host: Host, declared: dict[str, Any], follows: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock of the host may be wrong: then the certificate is valid at the CA, and no order is needed."""
    host.have(host.declare(customer="Example S.A."))
    newest = host.read().versions[0]
    monkeypatch.setattr(stage_module, "datetime", ClockAhead)
    (order,) = host.stage(host.declare(customer="Example S.A.", **declared))["orders"]
    assert order["operation"] == "order"
    assert order.get("predecessor") == (newest.serial_number if follows else None)


@pytest.mark.parametrize("replace", [{}, {"www": True}, {"common_name": "b.example.com"}])
def test_copy_of_another_host_orders_nothing(host: Host, replace: dict[str, Any]) -> None:
    """A reissue would make the CA revoke the certificate of the copied host 14 days later."""
    host.have(host.declare())
    before = files(host)
    staged = host.stage(host.declare(**replace), host="web2")
    (problem,) = staged["problems"]
    assert staged["orders"] == []
    assert "web1/shop" in problem["text"]
    assert "this host is web2" in problem["text"]
    assert files(host) == before


def test_renamed_host_is_found_by_its_customer(host: Host) -> None:
    host.have(host.declare())
    (order,) = host.stage(host.declare(customer="web1/shop"), host="web2")["orders"]
    assert (order["operation"], order["customer"]) == ("reissue", "web1/shop")


def test_customer_is_kept_for_the_life_of_a_certificate(host: Host) -> None:
    host.have(host.declare(customer="first/choice"))
    renewed = host.declare(customer="second/choice", www=True)
    assert host.stage(renewed)["orders"][0]["customer"] == "first/choice"
    assert host.stage(host.declare("mail", customer="mine"))["orders"][0]["customer"] == "mine"


def test_code_is_kept_for_its_method_only(host: Host) -> None:
    item = host.declare()
    (order,) = host.stage(item)["orders"]
    assert "validation_code" not in order
    host.challenge([item], [answer(order, "pending", code="c0de")])
    (known,) = host.stage(item)["orders"]
    assert (known["sent"], known["validation_code"]) == ("yes", "c0de")
    (other,) = host.stage(host.declare(validation={"method": "dns_txt_prefix"}))["orders"]
    assert (other["sent"], "validation_code" in other) == ("yes", False)


@pytest.mark.parametrize(
    ("names", "objection"),
    [
        (("shop.example.com",), None),
        (
            ("shop.example.com", "more.example.com"),
            "it was stored by hand and names more.example.com, which is not declared",
        ),
        (
            ("other.example.com",),
            "does not name shop.example.com, which is declared and names other.example.com, which is not declared",
        ),
    ],
)
def test_manual_csr_is_staged_unchanged(host: Host, names: tuple[str, ...], objection: str | None) -> None:
    pem = build_request(keys.generate(EC256), common_name=names[0], names=names)
    (host.base / "shop" / "staged").mkdir(parents=True)
    (host.base / "shop" / "staged" / "request.csr").write_text(pem)
    for sent in ("no", "perhaps"):
        result = host.stage(host.declare(), host.declare("mail"))
        assert result["orders"][-1]["name"] == "mail", "the others go on"
        if objection:
            assert objection in result["msg"]
        else:
            assert (result["orders"][0]["csr_content"], result["orders"][0]["sent"]) == (pem, sent)


def test_spellings_of_one_web_root_are_one_place(host: Host, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(host.web_root)
    (tmp_path / "other").mkdir()
    same = [f"{host.web_root}", f"{host.web_root}/", f"{host.web_root}/../{host.web_root.name}", f"{tmp_path}/link"]
    items = [
        host.declare(f"{number}", validation={"method": "file", "webroot": webroot})
        for number, webroot in enumerate([*same, f"{tmp_path}/other"])
    ]
    by_dns = host.declare("dns", validation={"method": "dns_txt_prefix"})

    places = host.stage(*items, by_dns)["places"]

    assert places.keys() == {"0", "1", "2", "3", "4"}
    assert len({places[name] for name in "0123"}) == 1
    assert places["4"] != places["0"]
