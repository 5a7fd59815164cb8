# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks domains before an order, for defects that the CA would find later."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.tests.support.ports import ReservedPort

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.integration.world import World
    from ansible_collections.certops.certum.tests.support.dns_server import DnsServer

FORBIDDEN = '0 issue "ca.example"'
CAA_SENTENCE = f"the CAA records of mail.example.com do not permit Certum: {FORBIDDEN}"
REMEDY = 'Add the record: mail.example.com. CAA 0 issue "certum.pl"'


@pytest.fixture
def sandbox_options(dns: DnsServer) -> tuple[str, ...]:
    """Return options for a CA that asks the same DNS."""
    return ("--dns", dns.address)


@pytest.fixture(autouse=True)
def looked_at(world: World, dns: DnsServer) -> None:
    world.look_at(dns)


def shop_and_mail(world: World, **variables: Any) -> list[dict[str, Any]]:
    return world.role(world.declaration("mail", "mail.example.com"), world.declaration(), **variables)


def asked_by_us(dns: DnsServer) -> list[str]:
    """Return the questions that the CA does not ask: it reads only CAA."""
    return [question for question in dns.questions if not question.endswith(" CAA")]


class TestTheRole:
    def test_preflight_fail_blocks_orders_that_would_fail(self, world: World, dns: DnsServer) -> None:
        dns.add("mail.example.com", "CAA", FORBIDDEN)
        play = shop_and_mail(world, certum_preflight="fail")

        run = world.project.run(play).failed()

        assert world.operations().count("quickOrder") == 1
        assert [order["customer"] for order in world.ca.orders()] == ["web1/shop"]
        assert (world.store / "shop/current").exists(), "the other certificate continued"
        (failure,) = run.failures
        assert failure.splitlines() == [f"mail: nothing was ordered, because {CAA_SENTENCE}. {REMEDY}"]
        assert not (world.store / "mail/staged/order.json").exists(), "nothing was sent, so no order is recorded"
        dns.add("mail.example.com", "CAA", '0 issue "certum.pl"')
        world.converged(play, orders=2)
        dns.questions.clear()
        world.is_quiet(play)
        assert dns.questions == [], "without due certificates there are no questions"

    def test_preflight_by_default_warns_and_orders(self, world: World, dns: DnsServer) -> None:
        dns.add("mail.example.com", "CAA", FORBIDDEN)

        run = world.project.run(shop_and_mail(world, certum_wait_timeout=3), warnings=True).failed()

        assert run.output.count("[WARNING]") == 1
        assert CAA_SENTENCE in " ".join(run.output.split())
        assert sorted(order["state"] for order in world.ca.orders()) == ["ENROLLED", "VERIFICATION"]
        assert any("CAA" in failure for failure in run.failures), "the CA reports it too, later"

    @pytest.mark.parametrize("off", ["no", False])
    def test_preflight_no_makes_no_request(self, world: World, dns: DnsServer, off: object) -> None:
        play = world.role(world.declaration(), certum_preflight=off)

        run = world.project.run(
            play, environment={"CERTUM_TEST_DIE_BEFORE": "Validate domains, wait and fetch certificates"}
        )

        assert run.code == -9, "it reached the next task"
        assert asked_by_us(dns) == []

    def test_placed_order_gets_no_preflight(self, world: World, dns: DnsServer) -> None:
        play = world.role(world.declaration(), certum_preflight="fail")
        world.project.run(play, environment={"CERTUM_TEST_DIE_BEFORE": "Validate domains, wait and fetch certificates"})
        assert len(world.ca.orders()) == 1
        assert asked_by_us(dns)
        dns.questions.clear()

        world.project.run(play).succeeded()

        assert asked_by_us(dns) == []

    def test_failed_preflight_does_not_block_the_order(self, world: World, dns: DnsServer) -> None:
        dns.broken.add("shop.example.com")
        play = world.role(world.declaration(), certum_preflight="fail")

        run = world.project.run(
            play, environment={"CERTUM_TEST_DIE_BEFORE": "Validate domains, wait and fetch certificates"}
        )

        notes = run.result("Place orders")["notes"]
        assert notes
        assert all(note.startswith("web1: shop: shop.example.com could not be checked") for note in notes)
        assert len(world.ca.orders()) == 1

    def test_preflight_in_check_mode_reports_the_same(self, world: World, dns: DnsServer) -> None:
        dns.add("mail.example.com", "CAA", FORBIDDEN)

        run = world.project.run(shop_and_mail(world, certum_preflight="fail"), "--check").failed()

        assert world.operations() == ["getOrdersByDateRange", "validateOrderParameters"]
        assert REMEDY in run.failures[-1]
        assert not world.store.exists()


class TestTheTestFile:
    def test_wrong_web_root_blocks_the_order(self, world: World, tmp_path_factory: pytest.TempPathFactory) -> None:
        elsewhere = tmp_path_factory.mktemp("elsewhere")
        astray = world.declaration("mail", "mail.example.com", validation={"method": "file", "webroot": str(elsewhere)})
        play = world.role(astray, world.declaration(), certum_preflight="fail")

        run = world.project.run(play).failed()

        (failure,) = run.failures
        assert failure.startswith("mail: nothing was ordered, because http://mail.example.com/.well-known/pki-valid")
        assert f"127.0.0.1:{world.web.http_port} answers HTTP 404" in failure
        assert [order["customer"] for order in world.ca.orders()] == ["web1/shop"]
        for root in (elsewhere, world.web.webroot):
            assert not list(root.rglob("*.txt")), "the test files are gone"
        warned = world.project.run(world.role(astray, certum_wait_timeout=1), warnings=True)
        assert "answers HTTP 404" in " ".join(warned.output.split())
        assert len(world.ca.orders()) == 2, "by default it is only a warning"

    def test_test_file_of_a_killed_run_is_removed_by_the_next(self, world: World) -> None:
        play = world.role(world.declaration(), certum_preflight="fail")
        world.project.run(play, environment={"CERTUM_TEST_DIE_BEFORE": "Place orders"})
        assert len(list(world.web.webroot.rglob("certum-trial-*.txt"))) == 1

        world.converged(play)

        assert not list(world.web.webroot.rglob("*.txt"))
        world.is_quiet(play)

    @pytest.mark.skipif(os.geteuid() != 0, reason="the workers of nginx are another user only if root starts it")
    def test_directory_closed_to_the_web_server_is_found(self, world: World) -> None:
        """A tool leaves such a directory if it is killed between creating and opening it."""
        (world.web.webroot / ".well-known").mkdir(mode=0o700)

        run = world.project.run(world.role(world.declaration(), certum_preflight="fail")).failed()

        assert "answers HTTP 403" in run.failures[-1]
        assert world.ca.orders() == []

    def test_test_file_is_not_written_in_check_mode(self, world: World) -> None:
        run = world.project.run(world.role(world.declaration(), certum_preflight="fail"), "--check").succeeded()
        (note,) = run.result("Place orders")["notes"]
        assert "check mode does not test whether the web servers serve the web root" in note
        assert not list(world.web.webroot.rglob("*"))

    def test_own_listener_is_not_missed_in_check_mode(self, world: World) -> None:
        """It listens only during a run, so nothing answers at port 80 before."""
        closed = ReservedPort()
        play = world.role(
            world.declaration(validation={"method": "file", "http_port": closed.number}),
            certum_preflight="fail",
            certum_preflight_resolve={"shop.example.com": closed.address},
        )

        run = world.project.run(play, "--check").succeeded()

        (note,) = run.result("Place orders")["notes"]
        assert "shop: check mode does not test port 80, because the host serves the validation file only during" in note


class TestTheModule:
    @pytest.mark.parametrize("words", [(), ("--check", "--diff")])
    def test_preflight_module_asks_a_web_server_and_changes_nothing(self, world: World, words: tuple[str, ...]) -> None:
        names = ["shop.example.com", "gone.example.com"]
        options = {
            "certificates": [{"names": [name]} for name in names],
            "resolvers": "{{ certum_preflight_resolvers }}",
            "resolve": "{{ certum_preflight_resolve }}",
        }
        task = {"name": "Look", "certops.certum.certum_preflight": options}

        run = world.project.run(world.tasks(task), *words).failed()

        result = run.result("Look")
        assert [(each["name"], each["passed"]) for each in result["certificates"]] == list(zip(names, (True, False)))
        assert not result["changed"]
        assert "gone.example.com does not exist in DNS (NXDOMAIN)" in result["msg"]
        assert "shop.example.com: no problem was found" in result["reason"]["text"]
        world.web.stop()
        stopped = world.project.run(world.tasks(task), *words).failed().result("Look")
        assert "shop.example.com cannot be reached over HTTP" in stopped["msg"]

    def test_preflight_module_without_names_is_refused(self, world: World) -> None:
        run = world.project.run(world.tasks({"name": "Look", "certops.certum.certum_preflight": {}})).failed()

        assert "certificates, orders" in run.failures[0]
