# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plays every task guide of docs/guides from its text: writes its files, runs its commands, compares their output."""

from __future__ import annotations

import re
import shutil
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.tests.integration.guide import GUIDES, TRANSLATIONS, commands, missing, steps
from ansible_collections.certops.certum.tests.integration.guide_events import EVENTS
from ansible_collections.certops.certum.tests.integration.guide_stage import Stage, Zone
from ansible_collections.certops.certum.tests.integration.project import REPOSITORY
from ansible_collections.certops.certum.tests.support import real_dns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from ansible_collections.certops.certum.tests.integration.machine import Machine
    from ansible_collections.certops.certum.tests.integration.world import World
    from ansible_collections.certops.certum.tests.support.dns_server import DnsServer


@dataclass(frozen=True)
class Needs:
    """What a guide needs beside the CA, one machine and the controller. ``options`` are those of the CA.

    The owner of port 443 owns all well-known ports. nginx and DNS need them.
    """

    nginx: bool = False
    dns: bool = False
    ports: bool = False
    programs: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)


PEOPLE = ("--approve", "manual", "--products", "all")
PORT_80 = "--resolve=mail.example.com=127.0.0.1:80"
STORE_OF_EACH_HOST = {
    "certum_path": "/etc/certum{{ '' if inventory_hostname.startswith('web1') else '-' ~ inventory_hostname }}"
}
"""All hosts of an inventory are one machine."""

SENT_TO_THE_HOST = {"ansible_become": True}
"""Modules are packed and sent, as to a real host. Others are called, which is faster (preloaded_ansible.py)."""

PLAYED = {
    "air-gapped": Needs(dns=True),
    "awx-nightly": Needs(nginx=True),
    "database": Needs(dns=True),
    "farm": Needs(nginx=True, variables=STORE_OF_EACH_HOST),
    "first-certificate": Needs(nginx=True),
    "haproxy": Needs(dns=True, programs=("haproxy",)),
    "hsm": Needs(programs=("softhsm2-util", "pkcs11-tool")),
    "incident": Needs(),
    "mail-server": Needs(
        ports=True,
        options=(PORT_80,),
        variables={"certum_preflight_resolve": {"mail.example.com": "127.0.0.1:80"}, **SENT_TO_THE_HOST},
    ),
    "moving": Needs(variables=STORE_OF_EACH_HOST),
    "ov-and-ev": Needs(options=PEOPLE),
    "proxy": Needs(ports=True),
    "rehearsal": Needs(ports=True, options=("--user", "partner-test", "--dialect=same-data=new-code")),
    "smime-and-code-signing": Needs(options=PEOPLE),
    "whmcs": Needs(),
    "wildcard-dns": Needs(dns=True),
}
"""All their playbooks run; of the services, nginx, HAProxy and SoftHSM are real."""

NOT_RUN = {
    r"ansible-galaxy collection install .*": "the tests reach no Galaxy",
    r"pip install .*": "the packages are installed already",
    r"export CERTUM_API_USERNAME=.*": "the test has an account of certum-sandbox",
    r"read -rs \w+ && export \w+": "the environment of the test has the secret",
    r"export (ORDER_ID|FORMER)=.*": "the test knows the real value",
}
"""Commands that the test leaves out, and the reason."""

ONLY_CHECKED = {
    r"ansible-playbook certops\.certum\.awx_setup .*": "test_awx_setup.py plays it against an API",
}
"""Commands of which only the syntax and the variables are checked, and the reason. All others run."""


def runnable(text: str) -> Iterator[str]:
    """Return the commands of a block that the test runs."""
    for command in commands(text):
        if any(re.fullmatch(pattern, command) for pattern in ONLY_CHECKED):
            yield f"{command} --syntax-check"
        elif not any(re.fullmatch(pattern, command) for pattern in NOT_RUN):
            yield command


@pytest.fixture
def needs(request: pytest.FixtureRequest) -> Needs:
    return PLAYED[request.node.callspec.params["name"]]


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as made:
        yield made


@pytest.fixture
def zone(
    needs: Needs, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, stack: ExitStack
) -> Zone | None:
    """Return a zone that the guide may change."""
    if needs.nginx or needs.dns or needs.ports:
        request.getfixturevalue("https")
    if not needs.dns:
        return None
    if obstacle := real_dns.why_not():
        pytest.skip(obstacle)
    return Zone.serve(tmp_path_factory.mktemp("zone") / "dns", stack)


@pytest.fixture
def sandbox_options(needs: Needs, zone: Zone | None) -> tuple[str, ...]:
    return (*needs.options, *(("--dns", zone.of_ca.at) if zone else ()))


@pytest.fixture
def stage(
    world: World, own_machine: Machine, dns: DnsServer, needs: Needs, zone: Zone | None, stack: ExitStack
) -> Iterator[Stage]:
    absent = [name for name in needs.programs if not shutil.which(name, path=real_dns.SYSTEM_PATH)]
    if absent:
        pytest.skip(f"missing: {', '.join(absent)}")
    world.look_at(dns)
    with ExitStack() as services:
        made = Stage(world, own_machine, zone, services)
        made.prepare(needs.variables)
        if needs.nginx:
            own_machine.serve_with_nginx(site_is_on=False)
        yield made


@pytest.mark.parametrize("name", PLAYED)
def test_guide_works_as_written(name: str, stage: Stage) -> None:
    for step in steps(GUIDES[name]):
        if step.kind == "file":
            stage.write(step.path, step.text)
        elif step.kind == "event":
            EVENTS[step.text](stage)
        elif step.kind == "output":
            assert missing(step.text, stage.output) is None, stage.output
        else:
            stage.run(list(runnable(step.text)))


def test_every_guide_is_played() -> None:
    assert set(PLAYED) == set(GUIDES)


@pytest.mark.parametrize(
    ("expected", "missed"),
    [
        ("expires on 2027-06-16", None),
        ("shop: …\nchanged=0", None),
        ("changed=0\nshop: …", "shop: …"),
        ("changed=1", "changed=1"),
        ("certificate 0123456789ABCDEF0123456789ABCDEF expires", None),
    ],
)
def test_output_of_a_guide_is_compared(expected: str, missed: str | None) -> None:
    output = "shop: certificate 16E931B3D0F07AB90C39A73C755B1EF3\n  expires on 2028-01-01\nweb1 : ok=3  changed=0"
    assert missing(expected, output) == missed


def test_every_file_of_a_guide_is_used() -> None:
    """Commands name the playbooks and inventories of the controller. Variables and files of the host need no name."""
    unused = {
        f"{name}: {path}"
        for name, page in GUIDES.items()
        for path in paths(page)
        if not re.match(r"/|(group|host)_vars/", path) and path not in " ".join(typed(page))
    }
    assert unused == {f"awx-nightly: playbooks/{name}.yml" for name in ("cancel", "revoke")}, "AWX uses these two"


def test_every_exception_and_event_is_needed() -> None:
    commands_of_all = [command for page in GUIDES.values() for command in typed(page)]
    patterns = (*NOT_RUN, *ONLY_CHECKED)
    assert [each for each in patterns if not any(re.fullmatch(each, command) for command in commands_of_all)] == []
    assert {step.text for page in GUIDES.values() for step in steps(page) if step.kind == "event"} == set(EVENTS)


def test_settings_for_awx_are_those_of_the_page_that_is_tested() -> None:
    (settings,) = (step.text for step in steps(GUIDES["awx-nightly"]) if step.path == "awx.yml")
    assert settings.partition("\n")[2] in (REPOSITORY / "docs/awx.md").read_text()


def paths(page: Path) -> set[str]:
    return {step.path for step in steps(page) if step.kind == "file"}


def typed(page: Path) -> list[str]:
    """Return all commands of a guide."""
    return [command for step in steps(page) if step.kind == "commands" for command in commands(step.text)]


@pytest.mark.parametrize("page", TRANSLATIONS, ids=lambda page: page.name)
def test_translation_has_the_same_examples(page: Path) -> None:
    assert list(steps(page)) == list(steps(GUIDES[page.stem]))
