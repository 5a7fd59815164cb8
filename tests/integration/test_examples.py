# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs every example of the documentation unchanged."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible_collections.certops.certum.tests.integration.existing import existing
from ansible_collections.certops.certum.tests.integration.machine import port_443
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
PATTERNS = ("*.md", "roles/*/*.md", "sandbox/*.md", "docs/**/*.md")
PAGES = sorted(page for pattern in PATTERNS for page in REPOSITORY.glob(pattern))
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
    """A block of YAML in a page of the documentation that is a whole playbook."""

    page: Path
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(REPOSITORY)}:{self.text.splitlines()[0]}"


def plays() -> Iterator[PlayOfAPage]:
    for page in PAGES:
        for text in FENCED_YAML.findall(page.read_text()):
            content = yaml.safe_load(text)
            if isinstance(content, list) and all("hosts" in play for play in content):
                yield PlayOfAPage(page, text)


@pytest.fixture
def sandbox_options() -> tuple[str, ...]:
    """Return options for products for signing code, whose codes are known from an old list only."""
    return ("--products", "all")


@pytest.fixture
def https(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Reserve port 443, which examples name."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    with port_443(shared / "port-443.lock") as free:
        if not free:
            pytest.skip("something else listens on 127.0.0.1:443")
        yield


@pytest.fixture
def mailed(https: None) -> Iterator[MailServer]:
    """Yield the mails of port 25, which the owner of port 443 has."""
    try:
        with mail_server(25) as server:
            yield server
    except OSError as error:
        pytest.skip(f"no mail server on 127.0.0.1:25: {error}")


ORDER: dict[str, Any] = {
    "name": "Order",
    "certops.certum.certum_certificates": {
        "certificates": "{{ staged.orders }}",
        "trigger_validation": False,
        "wait": False,
    },
    "register": "ordered",
}
FETCH: dict[str, Any] = {
    "name": "Fetch",
    "certops.certum.certum_certificates": {"certificates": "{{ ordered.orders }}", "wait_sleep": 1},
    "register": "issued",
}

BANK: dict[str, Any] = {
    "name": "Order of a bank",
    "certops.certum.certum_order": {"csr_path": "mail.csr", "order_id": "bank-2026", "contact": CONTACT},
}
ISSUED = {"certum_revoke", "certum_certificate_info", "certum_renew", "certum_reissue"}
"""Modules whose examples are about a certificate that the order has led to."""

VERIFIED = {"certum_deploy", "certum_verify"}
"""Modules whose examples are about what a web server serves."""

BEFORE: dict[str, list[str | dict[str, Any]]] = {
    "certum_order_info": ["certum_order"],
    "certum_cancel": ["certum_order"],
    "certum_validation": ["certum_order"],
    "certum_document": [BANK],
    **{module: ["certum_order"] for module in ISSUED},
    **{module: ["certum_stage", ORDER, "certum_publish", FETCH, "certum_install"] for module in VERIFIED},
}
"""What has to be done before a module's example makes sense: examples of other modules, and what is between them."""


def include(world: World, step: str | dict[str, Any]) -> dict[str, Any]:
    if isinstance(step, dict):
        return step
    path = world.project.write(examples_of(step), name=f"{step}.yml")
    return {"name": f"Examples of {step}", "ansible.builtin.include_tasks": str(path)}


def lay_in_etc(world: World, own_machine: Machine) -> None:
    """Write a certificate that was ordered by other means."""
    shop = existing(world, "shop", "shop.example.com", "www.shop.example.com", customer="web1/shop")
    own_machine.run("cp", "-r", f"{shop.directory}/.", "/etc/ssl/")


COVERED = {step for steps in BEFORE.values() for step in steps if isinstance(step, str)}
"""Modules whose examples are run on the way to another's."""


@pytest.mark.parametrize("module", [module for module in MODULES if module not in COVERED])
def test_examples_of_each_module_work(
    world: World, own_machine: Machine, dns: DnsServer, module: str, request: pytest.FixtureRequest
) -> None:
    world.look_at(dns)
    for name in ("shop", "mail"):
        write_request(world.project.path / f"{name}.csr", f"{name}.example.com")
    write_request(world.project.path / "device.csr", "localhost")
    if module == "certum_certificate":
        for name in ("release", "ada"):
            write_request(world.project.path / f"{name}.csr", "Example S.A.")
        (world.web.webroot / ".well-known/pki-validation").mkdir(parents=True)
    if module == "certum_adopt":
        lay_in_etc(world, own_machine)
    before = [include(world, step) for step in BEFORE.get(module, [])]
    write_request(world.project.path / "next.csr", "shop.example.com")
    (world.project.path / "register.pdf").write_bytes(b"%PDF-1.7")
    runs = [world.project.run(world.tasks(*before)).succeeded()] if before else []
    if module in ISSUED:
        world.ca.decide("shop-2026", "DOMAIN")
        world.ca.wait_for_state("shop-2026", "ENROLLED")
    if module in VERIFIED:
        request.getfixturevalue("https")
        own_machine.serve_with_nginx(site_is_on=True)

    runs.append(world.project.run(world.tasks(include(world, module))).succeeded())

    examples = [module, *(step for step in BEFORE.get(module, []) if isinstance(step, str))]
    wanted = {task["name"] for example in examples for task in yaml.safe_load(examples_of(example))}
    assert wanted <= {task for run in runs for task in run.tasks}


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
    world.project.environment["PWD"] = str(world.project.path)
    dummy, playbook, *words = command.split()
    world.ca.clear_calls()

    world.project.run(Path(playbook), *words).succeeded()

    assert world.operations() == ["getOrdersByDateRange"]
    written = yaml.safe_load((world.project.path / "certum-declarations.yml").read_text())
    assert written == yaml.safe_load(declared)
    others = {"certum_path": "/etc/certum", "certum_validation": {"webroot": "/var/www/shop"}}
    world.is_quiet(world.role(*written["certum_certificates"], **others))
