# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later


"""Order, reissue or renew: the role chooses the cheapest way to the declared certificate."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.tests.integration.test_role import leaf, names_of
from ansible_collections.certops.certum.tests.support.sandbox import Sandbox

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.certops.certum.tests.integration.world import World


def certificates_per_order(world: World) -> list[int]:
    return [len(order["entries"]) for order in world.ca.orders()]


def metadata(world: World) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((world.store / "shop/current/metadata.json").read_text())
    return found


def predicted(world: World, play: object, words: str) -> None:
    """Check that check mode reports this, and that nothing changes at the CA."""
    world.ca.clear_calls()
    run = world.project.run(play, "--check", "--diff").succeeded()
    assert words in run.output
    assert not set(world.operations()) & {"quickOrder", "reissueCertificate", "renewCertificate"}


BY_HAND = {"provider": "manual"}


class TestWithinThePaidTerm:
    @pytest.fixture
    def sandbox_options(self) -> tuple[str, ...]:
        """Return options under which first certificates have been valid for 175 of 199 days."""
        return ("--clock=-P175D",)

    def test_due_certificate_is_reissued_with_a_new_key_for_free(self, world: World) -> None:
        play = world.role(world.deployed())
        world.project.run(play).succeeded()
        before, key = world.serves(), (world.store / "shop/current/privkey.pem").read_bytes()
        term_end = metadata(world)["term_end"]
        world.ca.advance("P175D")
        predicted(world, play, "would reissue certificate ")

        run = world.project.run(play).succeeded()

        assert "and is due since" in run.output
        assert "reissue: a reissue within the paid term is free of charge" in run.output
        assert certificates_per_order(world) == [2]
        assert world.serves() != before
        assert (world.store / "shop/current/privkey.pem").read_bytes() != key
        assert metadata(world)["term_end"] == term_end
        world.is_quiet(play)

    def test_lost_answer_to_a_reissue_leads_to_one_reissue(self, world: World) -> None:
        play = world.role(world.deployed())
        world.project.run(play).succeeded()
        world.ca.advance("P175D")
        world.ca.add_fault("drop", operation="reissueCertificate", when="after")
        world.project.run(play)
        world.project.run(play).succeeded()
        assert certificates_per_order(world) == [2]
        world.is_quiet(play)


class TestAtTheEndOfThePaidTerm:
    @pytest.fixture
    def sandbox_options(self) -> tuple[str, ...]:
        """Return options under which first certificates live as long as their term, and have 12 days left."""
        return ("--clock=-P353D", "--max-days=398")

    def test_next_term_is_purchased_by_a_renewal(self, world: World) -> None:
        play = world.role(world.deployed())
        world.project.run(play).succeeded()
        before = world.serves()
        world.ca.advance("P353D")
        predicted(world, play, "with product 606")

        run = world.project.run(play).succeeded()

        assert "(renew: the paid term ends about " in run.output
        first, second = sorted(world.ca.orders(), key=lambda order: str(order["created"]))
        assert (first["productCode"], second["productCode"]) == ("601", "606")
        assert first["customer"] == second["customer"] == "web1/shop"
        assert world.serves() != before
        assert metadata(world)["order_id"] == second["orderID"]
        world.is_quiet(play)

    def test_lost_answer_to_a_renewal_leads_to_one_renewal(self, world: World) -> None:
        """The run dies with the answer, and the next one looks before it orders."""
        play = world.role(world.deployed())
        world.project.run(play).succeeded()
        world.ca.advance("P353D")
        world.ca.add_fault("drop", operation="renewCertificate", when="after")
        world.ca.add_fault("http-500", operation="getOrdersByDateRange", skip=1, times=9)
        failed = world.project.run(play).failed()
        assert "It is unknown whether the CA carried out the request" in failed.failures[-1]
        world.ca.clear_faults()
        world.ca.clear_calls()

        world.project.run(play).succeeded()

        assert "renewCertificate" not in world.operations(), "it was found, not tried again"
        assert certificates_per_order(world) == [1, 1]
        world.is_quiet(play)


def test_name_is_added_by_a_reissue_if_the_product_allows_it(world: World) -> None:
    names = ["shop.example.com", "more.example.com"]
    multi = {"product": "commercial_multidomain_ssl"}
    world.project.run(world.role(world.deployed(**multi))).succeeded()
    play = world.role(world.deployed(**multi, subject_alt_name=names[1:]))

    run = world.project.run(play).succeeded()

    assert "adds more.example.com (reissue: a reissue adds names free of charge)" in run.output
    assert certificates_per_order(world) == [2]
    assert names_of(leaf(world.store / "shop/current/cert.pem")) == set(names)
    world.is_quiet(play)
    fewer = world.project.run(world.role(world.deployed(**multi))).succeeded()
    assert "drops more.example.com (order: a reissue cannot remove names)" in fewer.output
    assert certificates_per_order(world) == [2, 1]


def test_certificate_is_replaced_on_request(world: World) -> None:
    play = world.role(world.deployed())
    world.project.run(play).succeeded()
    before = world.serves()
    world.project.run(play, "-e", '{"certum_replace": ["shop"]}').succeeded()
    assert world.serves() != before
    assert certificates_per_order(world) == [2]
    world.is_quiet(play)


class TestRebuiltHost:
    def test_live_order_is_reissued_and_not_ordered_again(self, world: World) -> None:
        play = world.role(world.deployed(www=True))
        world.project.run(play).succeeded()
        before, known = world.serves(), metadata(world)
        shutil.rmtree(world.store)
        predicted(world, play, "would reissue certificate ")

        world.project.run(play).succeeded()

        assert certificates_per_order(world) == [2]
        assert world.serves() != before
        kept = ("order_id", "customer", "product", "names", "term_end")
        assert {key: metadata(world)[key] for key in kept} == {key: known[key] for key in kept}
        world.is_quiet(play)

    def test_reissue_is_found_when_its_answer_was_lost(self, world: World) -> None:
        play = world.role(world.deployed())
        world.project.run(play).succeeded()
        shutil.rmtree(world.store)
        world.ca.add_fault("drop", operation="reissueCertificate", when="after")
        world.ca.add_fault("drop", operation="getOrderByOrderID", skip=1, times=9)
        world.project.run(play).failed()
        world.ca.clear_faults()
        world.project.run(play).succeeded()
        assert certificates_per_order(world) == [2]
        world.is_quiet(play)

    def test_unreadable_account_prevents_orders(self, world: World) -> None:
        play = world.role(world.deployed())
        world.project.run(play).succeeded()
        shutil.rmtree(world.store)
        world.ca.add_fault("http-500", operation="getOrdersByDateRange", times=9)
        assert "getOrdersByDateRange" in world.project.run(play).failed().failures[-1]
        assert certificates_per_order(world) == [1]
        world.ca.clear_faults()
        world.project.run(play).succeeded()
        assert certificates_per_order(world) == [2]

    def test_order_with_a_lost_key_is_waited_for(self, world: World) -> None:
        item = world.declaration(validation={"method": "dns_txt_prefix"})
        world.project.run(world.role(item, certum_wait_timeout=0, certum_dns=BY_HAND)).succeeded()
        shutil.rmtree(world.store)
        refused = world.project.run(world.role(item, certum_wait_timeout=0, certum_dns=BY_HAND)).failed()
        assert "it is pending for customer web1/shop, but its key is not on this host any more" in refused.failures[-1]
        (order,) = world.ca.orders()
        world.ca.decide(order["orderID"], "DOMAIN")
        world.ca.wait_for_state(order["orderID"], "ENROLLED")
        world.project.run(world.role(item, certum_dns=BY_HAND)).succeeded()
        assert certificates_per_order(world) == [2]

    @pytest.mark.parametrize("customer", ["{{ inventory_hostname }}/shop", "Example S.A."])
    def test_orders_of_other_hosts_are_not_resumed(self, world: World, customer: str) -> None:
        """A customer that two hosts share does not identify the host, so no order is resumed by it."""
        store = f"{world.store}/{{{{ inventory_hostname }}}}"
        item = world.declaration()
        (play,) = world.role(item, hosts="web1,web2", certum_path=store, certum_customer=customer)
        run = world.project.run([{**play, "serial": 1}])
        assert "the same names are declared for shop of web1" in run.failures[-1]
        assert certificates_per_order(world) == [1]

        (play,) = world.role(
            {**item, "allow_duplicate": True}, hosts="web1,web2", certum_path=store, certum_customer=customer
        )
        run = world.project.run([{**play, "serial": 1}], warnings=True).succeeded()
        assert certificates_per_order(world) == [1, 1]
        assert run.output.count("[WARNING]") == 1
        assert "web2: shop: order shop-" in " ".join(run.output.split())

    def test_change_during_a_pending_order_is_reported_with_remedy(self, world: World) -> None:
        pending = {"validation": {"method": "dns_txt_prefix"}}
        before, now = world.declaration(**pending), world.declaration(common_name="new.example.com", **pending)
        world.project.run(world.role(before, certum_wait_timeout=0, certum_dns=BY_HAND)).succeeded()
        (order,) = world.ca.orders()

        for words in (("--check",), ()):
            run = world.project.run(world.role(now, certum_wait_timeout=0, certum_dns=BY_HAND), *words).succeeded()
            said = " ".join(run.output.split())
            assert "the order is for shop.example.com, declared is new.example.com" in said
            assert f"Order {order['orderID']} is continued as it was sent" in said
            assert "the change follows, which costs the price of product 601" in said
            assert f"ansible localhost -m certops.certum.certum_cancel -a order_id={order['orderID']}" in said
        assert certificates_per_order(world) == [1]
        world.ca.reject(order["orderID"])
        order_again = world.role(world.declaration(common_name="new.example.com"), certum_order_again=["shop"])
        world.project.run(order_again).failed()
        world.project.run(order_again).succeeded()
        assert "new.example.com" in names_of(leaf(world.store / "shop/current/cert.pem"))

    def test_renamed_declaration_keeps_its_certificate(self, world: World) -> None:
        world.project.run(world.role(world.deployed())).succeeded()
        verified = world.serves()
        renamed = world.role({**world.deployed(), "name": "store"})
        world.ca.clear_calls()

        checked = world.project.run(renamed, "--check", "--diff").succeeded()
        assert "the declaration was named shop, so nothing is ordered" in " ".join(checked.output.split())
        assert not (world.store / "store").exists()
        world.project.run(renamed).succeeded()

        assert world.operations() == []
        assert world.serves() == verified
        assert (world.store / "shop").readlink().name == "store"
        assert (world.store / "store/verified").is_symlink()
        world.is_quiet(renamed)

    def test_copy_of_another_host_is_reported_every_night(self, world: World) -> None:
        store = f"{world.store}/{{{{ inventory_hostname }}}}"
        item = {**world.declaration(), "customer": "ACME", "allow_duplicate": True}
        world.project.run(world.role(item, hosts="web1", certum_path=store)).succeeded()
        shutil.copytree(world.store / "web1", world.store / "web2", symlinks=True)
        world.ca.clear_calls()

        run = world.project.run(world.role({**item, "key": {"type": "rsa"}}, hosts="web1,web2", certum_path=store))

        (problem,) = run.failures
        assert "shop: the certificate was ordered by host web1, which is in the inventory too" in problem
        assert f"move {world.store}/web2/shop away and run again" in problem
        assert certificates_per_order(world) == [2], "web1 was reissued, web2 was not"

        shutil.rmtree(world.store / "web2/shop")
        run = world.project.run(world.role(item, hosts="web2", certum_path=store), warnings=True).succeeded()
        assert certificates_per_order(world) == [2, 1]


def another_system(world: World, data: Path, ca_keys: Path, password: str) -> Sandbox:
    """Return a CA with accounts of the same name in its test system and in production."""
    here = f"127.0.0.1:{world.web.http_port}"
    options = ("--user", "partner", "--password", password)
    return Sandbox.start(data, resolve={"*.example.com": here}, options=options, ca_from=ca_keys)


class TestTheTestSystem:
    """certum_api_environment names the system of an address."""

    def test_test_certificates_are_replaced_by_production_ones(
        self, world: World, tmp_path: Path, ca_keys: Path, password: str
    ) -> None:
        test_system = world.role(world.deployed(), certum_api_environment="test")
        world.project.run(test_system).succeeded()
        assert metadata(world)["environment"] == "test"
        world.is_quiet(test_system)
        with another_system(world, tmp_path / "production", ca_keys, password) as production:
            address = {"certum_api_url": production.url, "certum_api_ca_path": str(production.ca)}
            play = world.role(world.deployed(), certum_api_environment="production", **address)
            world.project.run(play).succeeded()
            assert metadata(world)["environment"] == "production"
            assert [len(order["entries"]) for order in production.orders()] == [1]
            world.is_quiet(play)
        assert certificates_per_order(world) == [1]

    def test_pending_test_orders_are_ignored_in_production(self, world: World) -> None:
        item = world.declaration()
        world.project.run(world.role(item, certum_api_environment="test", certum_wait_timeout=0)).succeeded()
        world.project.run(world.role(item, certum_api_environment="production")).succeeded()
        assert metadata(world)["environment"] == "production"

    def test_test_certificates_never_replace_production_ones(self, world: World) -> None:
        """A rehearsal by an environment variable, on a host that serves customers and declares nothing."""
        play = world.role(world.deployed())
        system = {"CERTUM_API_ENVIRONMENT": "production"}
        world.project.run(play, environment=system).succeeded()
        before = world.serves()
        again = ("-e", '{"certum_replace": ["shop"]}')
        refused = world.project.run(play, *again, environment={"CERTUM_API_ENVIRONMENT": "test"}).failed()
        assert (
            "it comes from the CA's test system, and production is the environment of the installed certificate"
            in refused.failures[-1]
        )
        assert world.serves() == before
