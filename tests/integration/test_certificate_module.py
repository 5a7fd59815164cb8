# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Uses certum_certificate alone: two calls with a publishing task between them give a certificate."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.tests.integration.requests_made import break_signature, write_request
from ansible_collections.certops.certum.tests.integration.world import CONTACT
from cryptography import x509

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.certops.certum.tests.integration.world import World

ORDER, PUBLISH, FETCH = "Order", "Publish", "Fetch"


def play(world: World, *, same_call: bool = False, **options: Any) -> list[dict[str, Any]]:
    """Return the play of the documentation, or one with the same call twice."""
    fetch = {
        "csr_path": "shop.csr",
        "fullchain_dest": "shop.fullchain.pem",
        "contact": CONTACT,
        "wait_timeout": 20,
        "wait_sleep": 1,
        **options,
    }
    order = fetch if same_call else {**fetch, "trigger_validation": False}
    folder = f"{world.web.webroot}/.well-known/pki-validation"
    return world.tasks(
        {"name": ORDER, "certops.certum.certum_certificate": order, "register": "shop"},
        {"name": "Make its directory", "ansible.builtin.file": {"path": folder, "state": "directory", "mode": "0755"}},
        {
            "name": PUBLISH,
            "ansible.builtin.copy": {"content": "{{ item.content }}", "dest": f"{folder}/certum.txt", "mode": "0644"},
            "loop": "{{ shop.validation.files | default([]) }}",
        },
        {"name": FETCH, "certops.certum.certum_certificate": fetch},
    )


@pytest.fixture
def csr(world: World) -> Path:
    return write_request(world.project.path / "shop.csr", "shop.example.com")


@pytest.mark.parametrize("same_call", [False, True])
def test_two_calls_give_a_certificate_and_more_do_nothing(world: World, csr: Path, same_call: bool) -> None:
    run = world.project.run(play(world, same_call=same_call)).succeeded()

    first, second = run.result(ORDER), run.result(FETCH)
    assert (first["state"], second["state"]) == ("pending", "issued")
    assert first["validation"]["files"][0]["url"] == "http://shop.example.com/.well-known/pki-validation/certum.txt"
    chain = x509.load_pem_x509_certificates((world.project.path / "shop.fullchain.pem").read_bytes())
    assert f"{chain[0].serial_number:X}" == second["serial_number"]
    chain[0].verify_directly_issued_by(chain[1])
    assert chain[0].public_key() == x509.load_pem_x509_csr(csr.read_bytes()).public_key()
    assert [order["state"] for order in world.ca.orders()] == ["ENROLLED"]
    world.is_quiet(play(world, same_call=same_call))


def test_current_certificate_has_the_same_result_without_a_process_of_the_module(world: World, csr: Path) -> None:
    world.project.run(play(world)).succeeded()
    fetch = {key: value for key, value in play(world)[0]["tasks"][-1].items() if key != "name"}
    options = fetch["certops.certum.certum_certificate"]
    item = {key: value for key, value in options.items() if not key.startswith("wait_")}
    many = {"certops.certum.certum_certificates": {"certificates": [{**item, "name": "shop"}]}}
    elsewhere = {"environment": {"OTHER": "1"}}

    run = world.project.run(
        world.tasks(
            {"name": "One", **fetch},
            {"name": "One by the module", **fetch, **elsewhere},
            {"name": "Many", **many},
            {"name": "Many by the module", **many, **elsewhere},
        )
    ).succeeded()

    for name in ("One", "Many"):
        here, there = run.result(name), run.result(f"{name} by the module")
        assert "invocation" in there
        del there["invocation"]
        assert here == there


def test_check_mode_asks_the_ca_and_writes_nothing(world: World, csr: Path) -> None:
    (tasks,) = play(world)
    only = [{**tasks, "tasks": tasks["tasks"][:1]}]

    run = world.project.run(only, "--check", "--diff").succeeded()

    assert world.operations() == ["validateOrderParameters"]
    assert "costs the price of product 601 (Commercial SSL)" in run.result(ORDER)["reason"]["text"]
    assert world.ca.orders() == []
    assert not list(world.project.path.glob("shop.fullchain.pem*"))


def test_new_csr_replaces_the_certificate_and_keeps_a_backup(world: World, csr: Path) -> None:
    destination = world.project.path / "shop.fullchain.pem"
    world.project.run(play(world)).succeeded()
    former = destination.read_bytes()
    write_request(csr, "shop.example.com")

    run = world.project.run(play(world, backup=True)).succeeded()

    (copy,) = run.result(FETCH)["backup_files"]
    assert (world.project.path / copy).read_bytes() == former
    assert destination.read_bytes() != former
    assert len(world.ca.orders()) == 2


class TestCertificateNearExpiry:
    @pytest.fixture
    def sandbox_options(self) -> tuple[str, ...]:
        """Return options under which certificates have been valid for 170 of 199 days."""
        return ("--clock=-P170D",)

    def test_certificate_near_expiry_needs_a_new_key_for_an_order(self, world: World, csr: Path) -> None:
        world.project.run(play(world, remaining_days=20)).succeeded()
        destination = world.project.path / "shop.fullchain.pem"
        before = destination.read_bytes()
        world.is_quiet(play(world, remaining_days=20))
        for due in (play(world), play(world, remaining_days=20, force=True)):
            run = world.project.run(due).failed()
            assert "Make a new key and CSR" in run.failures[0]
            assert "shop.fullchain.pem" in run.failures[0]
        assert world.operations() == []
        assert destination.read_bytes() == before


def test_lost_answer_to_the_order_leads_to_no_second_one(world: World, csr: Path) -> None:
    world.ca.add_fault("exit", operation="quickOrder", when="after")
    world.project.run(play(world)).failed()
    world.ca.wait()
    world.ca = world.ca.restart()
    try:
        world.converged(play(world))
    finally:
        world.ca.stop()


def test_run_killed_between_two_calls_resumes_the_order(world: World, csr: Path) -> None:
    world.project.run(play(world), environment={"CERTUM_TEST_DIE_BEFORE": PUBLISH})
    note = json.loads((world.project.path / "shop.fullchain.pem.order.json").read_text())
    (order,) = world.ca.orders()
    assert note["order_id"] == order["orderID"]

    world.converged(play(world))
    assert not (world.project.path / "shop.fullchain.pem.order.json").exists()


@pytest.mark.parametrize("module", ["certum_certificate", "certum_order"])
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "the CSR shop.csr cannot be read"),
        (b"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n", "shop.csr"),
        ("bad signature", "the CSR's signature was not made with its key (error 2125); make a new CSR"),
        ("names", "Commercial SSL covers shop.example.com and www.shop.example.com, not mail.example.com"),
    ],
)
def test_unusable_csr_is_refused_before_a_request(
    world: World, csr: Path, module: str, content: bytes | str | None, words: str
) -> None:
    if content == "bad signature":
        csr.write_bytes(break_signature(csr.read_bytes()))
    elif content == "names":
        write_request(csr, "shop.example.com", "mail.example.com")
    elif isinstance(content, bytes):
        csr.write_bytes(content)
    else:
        csr.unlink()
    task = {"name": ORDER, f"certops.certum.{module}": {"csr_path": "shop.csr", "contact": CONTACT}}

    run = world.project.run(world.tasks(task)).failed()

    assert words in run.failures[0]
    assert world.operations() == []


def test_missing_destination_is_named(world: World, csr: Path) -> None:
    run = world.project.run(play(world, fullchain_dest="missing/shop.pem")).failed()

    assert "missing" in run.failures[0]
    (world.project.path / "missing").mkdir()
    world.converged(play(world, fullchain_dest="missing/shop.pem"))
