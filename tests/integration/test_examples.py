# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs every example of the documentation unchanged."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible_collections.certops.certum.tests.integration.existing import existing
from ansible_collections.certops.certum.tests.integration.project import REPOSITORY
from ansible_collections.certops.certum.tests.integration.requests_made import write_request
from ansible_collections.certops.certum.tests.integration.web_server import verified
from ansible_collections.certops.certum.tests.integration.world import CONTACT
from ansible_collections.certops.certum.tests.support.mail_server import MailServer, mail_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.certops.certum.tests.integration.machine import Machine
    from ansible_collections.certops.certum.tests.integration.world import World
    from ansible_collections.certops.certum.tests.support.dns_server import DnsServer

MODULES = sorted(path.stem for path in (REPOSITORY / "plugins/modules").glob("*.py"))
PLAYED_AS_A_WHOLE = {REPOSITORY / "docs/guides", REPOSITORY / "docs/pl"}
"""Directories of task guides, whose examples test_guides.py runs in the order of the guide."""
PATTERNS = ("*.md", "roles/*/*.md", "sandbox/*.md", "docs/**/*.md")
FOUND = (page for pattern in PATTERNS for page in REPOSITORY.glob(pattern))
PAGES = sorted(page for page in FOUND if page.parent not in PLAYED_AS_A_WHOLE)
FENCED_YAML = re.compile(r"^```ya?ml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples_of(module: str) -> str:
    """Return the text of EXAMPLES."""
    source = ast.parse((REPOSITORY / f"plugins/modules/{module}.py").read_text())
    for statement in source.body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "EXAMPLES":
            return str(ast.literal_eval(statement.value))
    raise AssertionError(f"{module} has no EXAMPLES")


@dataclass(frozen=True)
class PlayOfAPage:
    """A block of YAML in a page of the documentation that is a whole playbook, and not a rulebook."""

    page: Path
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(REPOSITORY)}:{self.text.splitlines()[0]}"


def plays() -> Iterator[PlayOfAPage]:
    for page in PAGES:
        for text in FENCED_YAML.findall(page.read_text()):
            content = yaml.safe_load(text)
            if isinstance(content, list) and all("hosts" in play and "sources" not in play for play in content):
                yield PlayOfAPage(page, text)


@pytest.fixture
def sandbox_options() -> tuple[str, ...]:
    """Return options for products for signing code, whose codes are known from an old list only."""
    return ("--products", "all")


@pytest.fixture
def mailed(https: None) -> Iterator[MailServer]:
    """Yield the mails of port 25, which the owner of port 443 has."""
    try:
        with mail_server(25) as server:
            yield server
    except OSError as error:
        pytest.skip(f"no mail server on 127.0.0.1:25: {error}")


ISSUED = {"certum_order_info", "certum_revoke", "certum_certificate_info", "certum_renew", "certum_reissue"}
"""Modules whose examples are about an issued certificate of the account."""

VERIFIED = {"certum_deploy", "certum_verify"}
"""Modules whose examples are about what a web server uses."""

WHOLE = {"certum_batch", "certum_install", "certum_summary", "certum_transfer"}
"""Modules whose examples lead from a declaration to a certificate on disk."""

BEFORE = {
    **dict.fromkeys(["certum_cancel", "certum_validation", "certum_document"], "certum_order"),
    **dict.fromkeys(ISSUED, "certum_order"),
    **dict.fromkeys(VERIFIED, "certum_install"),
}
"""The module whose examples lead to the orders and files that the examples of a module are about.

They run in a playbook of their own, so that the examples of the module get no variable from them.
"""


def examples(world: World, module: str) -> list[dict[str, Any]]:
    """Return a play with the examples of a module, unchanged."""
    path = world.project.write(examples_of(module), name=f"{module}.yml")
    return world.tasks({"name": module, "ansible.builtin.include_tasks": str(path)}, hosts="web1")


def lay_in_etc(world: World, own_machine: Machine) -> None:
    """Write a certificate that was ordered by other means."""
    shop = existing(world, "shop", "shop.example.com", "www.shop.example.com", customer="web1/shop")
    own_machine.run("cp", "-r", f"{shop.directory}/.", "/etc/ssl/")


def certificate_requests(world: World) -> None:
    """Write the CSRs that examples name."""
    for name in ("shop", "mail"):
        write_request(world.project.path / f"{name}.csr", f"{name}.example.com")
    write_request(world.project.path / "device.csr", "localhost")
    for name in ("release", "ada"):
        write_request(world.project.path / f"{name}.csr", "Example S.A.")


@pytest.mark.parametrize("module", sorted({*MODULES} - {*BEFORE.values()} - WHOLE))
def test_examples_of_each_module_work(
    world: World, own_machine: Machine, dns: DnsServer, module: str, request: pytest.FixtureRequest
) -> None:
    world.look_at(dns)
    certificate_requests(world)
    if module == "certum_certificate":
        (world.web.webroot / ".well-known/pki-validation").mkdir(parents=True)
    if module == "certum_adopt":
        lay_in_etc(world, own_machine)
    if module in BEFORE:
        world.project.run(examples(world, BEFORE[module])).succeeded()
    write_request(world.project.path / "next.csr", "shop.example.com")
    (world.project.path / "register.pdf").write_bytes(b"%PDF-1.7")
    if module in ISSUED:
        world.ca.decide("shop-2026", "DOMAIN")
        world.ca.wait_for_state("shop-2026", "ENROLLED")
    if module in VERIFIED:
        request.getfixturevalue("https")
        own_machine.serve_with_nginx(site_is_on=True)
    resolvers = json.dumps({"public_resolvers": [dns.address]})

    run = world.project.run(examples(world, module), "-e", resolvers).succeeded()

    assert {task["name"] for task in yaml.safe_load(examples_of(module))} <= set(run.tasks)


@pytest.mark.parametrize("module", sorted(WHOLE))
def test_examples_issue_a_certificate_once(world: World, own_machine: Machine, dns: DnsServer, module: str) -> None:
    world.look_at(dns)

    world.project.run(examples(world, module)).succeeded()

    own_machine.run("test", "-s", "/etc/certum/shop/current/fullchain.pem")
    world.is_quiet(examples(world, module))


@pytest.mark.parametrize("play", list(plays()), ids=str)
def test_playbooks_in_each_page_work(
    world: World, own_machine: Machine, mailed: MailServer, dns: DnsServer, play: PlayOfAPage
) -> None:
    world.look_at(dns)
    only_deploys = "certops.certum.certum\n" not in play.text
    takes_away = "state: absent" in play.text
    if only_deploys or takes_away:
        shop = world.declaration(validation={"method": "file", "webroot": "/var/www/shop"})
        on_disk = world.role(shop, certum_path="/etc/certum", certum_contact=CONTACT)
        world.project.run(on_disk).succeeded()
    own_machine.serve_with_nginx(site_is_on=only_deploys or takes_away)
    playbook = world.project.write(play.text, name="page.yml")

    world.project.run(playbook).succeeded()

    if takes_away:
        own_machine.run("test", "!", "-e", "/etc/certum/shop", "-a", "!", "-e", "/etc/nginx/sites-enabled/shop-tls")
    elif "deploy:" in play.text:
        assert verified(443, server_name="shop.example.com", root=world.ca.root)
    assert len(mailed.mails) == play.text.count("certum_mail:")
    if not only_deploys:
        world.is_quiet(playbook)


def test_documented_adoption_works(world: World, own_machine: Machine) -> None:
    page = (REPOSITORY / "roles/certum/README.md").read_text()
    adopted, declared = (text for text in FENCED_YAML.findall(page) if isinstance(yaml.safe_load(text), dict))
    (command,) = re.findall(r"^ansible-playbook certops.certum.adopt .*$", page, re.MULTILINE)
    lay_in_etc(world, own_machine)
    (world.project.path / "host_vars").mkdir()
    world.project.write(adopted, name="host_vars/web1.yml")
    dummy, playbook, *words = command.split()
    world.ca.clear_calls()

    world.project.run(Path(playbook), *words).succeeded()

    assert world.operations() == ["getOrdersByDateRange"]
    written = yaml.safe_load((world.project.path / "certum-declarations.yml").read_text())
    assert written == yaml.safe_load(declared)
    others = {"certum_path": "/etc/certum", "certum_validation": {"webroot": "/var/www/shop"}}
    world.is_quiet(world.role(*written["certum_certificates"], **others))
