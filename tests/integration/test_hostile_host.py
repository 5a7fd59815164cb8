# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host under foreign control can only make the controller order what is declared for it."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.tests.integration.hostile_host import take_over
from ansible_collections.certops.certum.tests.unit.issuance.csrs import make_csr

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.integration.world import World

ABSENT = {"name": "shop", "common_name": "shop.example.com", "state": "absent"}


def others(world: World) -> dict[str, Any]:
    """Return the certificate and order of another host, which the attack is about."""
    play = world.role(world.declaration("mail", "mail.example.com"), hosts="web2", certum_path=f"{world.store}-2")
    world.project.run(play).succeeded()
    (order,) = world.ca.orders()
    world.ca.clear_calls()
    found: dict[str, Any] = order
    return found


def mail_is_untouched(world: World) -> bool:
    (order,) = (order for order in world.ca.orders() if order["customer"] == "web2/mail")
    return [entry["status"] for entry in order["entries"]] == ["VALID"]


def test_facts_do_not_redirect_the_credentials(world: World, subtests: pytest.Subtests) -> None:
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        elsewhere.setblocking(False)
        url = f"http://127.0.0.1:{elsewhere.getsockname()[1]}/service/PartnerApi.wsdl"
        facts = {
            "certum_api_url": url,
            "certum_mail": {},
            "certum__frozen": {"variables": {"api_url": url}, "host": "web2"},
            "certum__orders": {"hosts": {}},
            "inventory_hostname": "web2",
        }
        for module in ("certum_plan", "certum_stage", "certum_install"):
            with subtests.test(module):
                world.ca.clear_calls()
                take_over(world, {module: {"ansible_facts": facts}})

                play = world.role(world.declaration(), certum_replace=["shop"])
                run = world.project.run(play, warnings=True).succeeded()

                assert f"Host web1 returned facts with the result of certops.certum.{module}" in one_line(run.output)
                with pytest.raises(BlockingIOError):
                    elsewhere.accept()
                assert [order["customer"] for order in world.ca.orders()] == ["web1/shop"]


def test_cached_facts_that_replace_variables_are_refused(world: World) -> None:
    cache = {"ANSIBLE_CACHE_PLUGIN": "jsonfile", "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(world.project.path / "cache")}
    facts = {"certum_api_url": "http://127.0.0.1:9/", "certum_path": "/x", "cacheable": True}
    before = world.tasks({"name": "As a host reports facts", "ansible.builtin.set_fact": facts}, hosts="web1")
    world.project.run(before, environment=cache).succeeded()
    both = world.role(world.declaration(), hosts="web1,web2", certum_path=f"{world.store}/{{{{ inventory_hostname }}}}")

    run = world.project.run(both, environment=cache).failed()

    assert "The facts of host web1 set certum_api_url, certum_path" in run.failures[-1]
    assert run.recap["web2"]["failures"] == 0, "the other host gets its certificate"
    assert world.operations().count("quickOrder") == 1


def test_text_of_a_host_does_not_control_the_terminal(world: World, subtests: pytest.Subtests) -> None:
    """Checks a reason, a problem, and the message of a failed module."""
    evil = "\x9b2J\u202eevil\nfatal: [web9]: FAILED! => lies\u2028x"
    problem = {"text": evil, "name": None, "error_codes": [], "element": None, "remedy": "", "outcome_unknown": False}
    lies: dict[str, dict[str, Any]] = {
        "certum_plan": {"sentences": [evil], "notes": [evil], "reason": {"code": "x", "text": evil}},
        "certum_stage": {"problems": [problem]},
        "certum_install": {"problems": [problem], "failed": True, "msg": evil},
    }
    for module, lie in lies.items():
        with subtests.test(module):
            take_over(world, {module: lie})

            run = world.project.run(world.role(world.declaration(), certum_replace=["shop"]), "-v")

            assert "lies" in run.output
            assert not [character for character in "\x9b\u202e\u2028" if character in run.output]
            assert not [line for line in run.output.splitlines() if line.startswith("fatal: [web9]")]


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_host_gets_no_certificate_declared_for_another(world: World, subtests: pytest.Subtests) -> None:
    order = others(world)
    precious = world.project.path / "precious"
    precious.write_text("precious")
    successor = {"order_id": order["orderID"], "predecessor": order["entries"][0]["serialNumber"]}
    lies = {
        "a CSR for another domain": (
            {"csr_content": make_csr("mail.example.com")},
            "a CSR that names mail.example.com",
        ),
        "a file of the controller": ({"fullchain_dest": str(precious), "force": True}, "sets force, fullchain_dest"),
        "a reissue of another's order": (
            {"operation": "reissue", **successor},
            "is for mail.example.com, which is not",
        ),
        "a renewal of another's order": ({"operation": "renew", **successor}, "is for mail.example.com, which is not"),
        "another's pending order": ({"sent": "yes", **successor}, "was not placed with the key of its CSR"),
    }
    for what, (lie, words) in lies.items():
        with subtests.test(what):
            take_over(world, {"certum_stage": {"orders": lie}})

            run = world.project.run(world.role(world.declaration())).failed()

            assert words in run.failures[-1]
            assert mail_is_untouched(world)
            assert len(world.ca.orders()) == 1
            assert precious.read_text() == "precious"
    with subtests.test("another's live order"):
        take_over(world, {"certum_stage": {"orders": {"customer": "web2/mail", "reissue_live_order": True}}})
        world.project.run(world.role(world.declaration()))
        (entry,) = [
            entry for found in world.ca.orders() if found["orderID"] == order["orderID"] for entry in found["entries"]
        ]
        assert entry["status"] == "VALID"


@pytest.mark.parametrize("reason", ["superseded", None])
def test_host_revokes_only_its_own_certificates(world: World, reason: str | None) -> None:
    serial_number = others(world)["entries"][0]["serialNumber"]
    declared = {**ABSENT, **({"revoke_reason": reason} if reason else {})}
    revoke = [{"name": "shop", "serial_number": serial_number, "revoke_reason": "key_compromise"}]
    lie = {"reasons": [{}], "absent": [declared], "revoke": revoke}
    take_over(world, {"certum_plan": lie})

    run = world.project.run(world.role(declared))

    assert mail_is_untouched(world)
    assert "revokeCertificate" not in world.operations()
    if reason:
        assert "is for mail.example.com, but common_name is shop.example.com" in run.failures[-1]


def test_text_of_a_host_is_shown_and_never_evaluated(world: World) -> None:
    evil = [f"{{{{ lookup('pipe', 'touch {world.project.path}/{place}') }}}}" for place in range(5)]
    take_over(
        world,
        {
            "certum_plan": {
                "reason": {"code": "several", "text": evil[0]},
                "sentences": [evil[1]],
                "notes": [evil[2]],
                "problems": [{"text": evil[3]}],
            },
            "certum_stage": {
                "problems": [{"text": evil[4]}, {"text": "$(touch x) `touch x` {% raw %}"}],
            },
        },
    )

    run = world.project.run(world.role(world.declaration())).failed()

    written = json.dumps(list(run.results))
    for text in evil:
        assert json.dumps(text)[1:-1] in written
    assert "$(touch x) `touch x` {% raw %}" in run.failures[-1]
    assert not [path for path in world.project.path.iterdir() if path.name in {*map(str, range(5)), "x"}]
