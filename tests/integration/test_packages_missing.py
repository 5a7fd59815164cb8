# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names a missing package in one sentence, with the interpreter that needs it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.tests.integration.world import CONTACT

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.integration.world import World
    from ansible_collections.certops.certum.tests.support.dns_server import DnsServer

pytestmark = pytest.mark.command


@pytest.mark.parametrize(
    ("package", "module", "named"),
    [
        ("httpx", "certum_product_info", "package httpx"),
        ("pydantic", "certum_product_info", "packages pydantic pydantic-xml"),
        ("cryptography", "certum_plan", "package cryptography"),
        ("dns", "certum_preflight", "package dnspython"),
    ],
)
def test_missing_package_is_named(world: World, package: str, module: str, named: str) -> None:
    hidden = world.project.path / "hidden"
    (hidden / package).mkdir(parents=True)
    (hidden / package / "__init__.py").write_text(f"raise ImportError('no {package} here')\n")
    options = {
        "certum_plan": {"certificates": [], "path": str(world.store)},
        "certum_preflight": {"certificates": []},
    }.get(module, {})
    task = {"name": "Ask", f"certops.certum.{module}": options, "environment": {"PYTHONPATH": str(hidden)}}

    run = world.project.run(world.tasks(task)).failed()

    assert run.failures[0].startswith(f"The Python {named} cannot be imported by {sys.executable}: ")
    assert f"pip install {named.partition(' ')[2]}" in run.failures[0]
    assert "\n" not in run.failures[0]


def test_outdated_package_stops_only_its_host(world: World) -> None:
    hidden = world.project.path / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text("import cryptography\ncryptography.__version__ = '2.8'\n")
    (play,) = world.role(
        world.declaration(allow_duplicate=True),
        hosts="web1,web2",
        certum_path=f"{world.store}/{{{{ inventory_hostname }}}}",
    )
    path = f"{{{{ '{hidden}' if inventory_hostname == 'web1' else '' }}}}"

    run = world.project.run([{**play, "environment": {"PYTHONPATH": path}}]).failed()

    assert len(run.failures) == 1
    assert f"The Python package cryptography 2.8 of {sys.executable} is too old" in run.failures[0]
    assert len(world.ca.orders()) == 1


def test_missing_dns_lexicon_is_named_before_an_order(world: World, dns: DnsServer) -> None:
    hidden = world.project.path / "hidden"
    (hidden / "lexicon").mkdir(parents=True)
    (hidden / "lexicon/__init__.py").write_text("raise ImportError('no lexicon here')\n")
    provider = {"provider": "powerdns", "zones": ["example.com"], "options": {"auth_token": "canary"}}
    item = world.declaration(validation={"method": "dns_txt_prefix"})
    play = world.role(item, certum_dns=provider, certum_dns_resolvers=[dns.address])

    run = world.project.run(play, environment={"PYTHONPATH": str(hidden)}).failed()

    assert "the Python package dns-lexicon is missing on the controller" in run.failures[-1]
    assert "pip install dns-lexicon" in run.failures[-1]
    assert world.ca.orders() == []


def test_controller_modules_use_the_controller_interpreter(world: World) -> None:
    bare = world.project.path / "bare"
    bare.mkdir()
    (bare / "python3").symlink_to("/usr/bin/python3")
    play = world.role(world.declaration(), certum_contact=CONTACT)
    play[0]["vars"]["ansible_python_interpreter"] = str(bare / "python3")

    run = world.project.run(play)

    if run.code:
        assert f"The Python package cryptography cannot be imported by {bare}/python3" in run.failures[0]
    else:
        world.is_quiet(play)
