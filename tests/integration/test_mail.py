# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mails a new certificate once, and never its key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.tests.integration.test_role import leaf
from ansible_collections.certops.certum.tests.support.mail_server import MailServer, mail_server
from ansible_collections.certops.certum.tests.support.ports import ReservedPort
from cryptography import x509

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.certops.certum.tests.integration.world import World

PASSWORD = "canary-of-the-mail-server"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with mail_server() as made:
        yield made


def mail_to(port: int, **more: Any) -> dict[str, Any]:
    people = {"to": ["security@example.com"], "from": "ops@example.com"}
    return {**people, "host": "127.0.0.1", "port": port, "secure": "never", **more}


def test_new_certificate_is_mailed_once_with_its_chain(world: World, server: MailServer) -> None:
    play = world.role(world.deployed(), world.declaration("mail", "mail.example.com"), certum_mail=mail_to(server.port))

    world.project.run(play).succeeded()

    assert [mail.rcpt_tos for mail in server.mails] == [["security@example.com"]] * 2
    assert not [mail for mail in server.mails if b"PRIVATE" in bytes(mail.content or b"")]
    message = server.message(0)
    assert message["Subject"] == "Certificate shop of web1"
    attached = {part.get_filename(): part.get_content() for part in message.iter_attachments()}
    assert set(attached) == {"shop.pem", "shop-chain.pem"}
    assert x509.load_pem_x509_certificate(attached["shop.pem"]) == leaf(world.store / "shop/current/cert.pem")
    assert attached["shop-chain.pem"] == (world.store / "shop/current/chain.pem").read_bytes()
    assert not list(world.project.temporary.rglob("*.pem")), "attachments are left behind"
    world.is_quiet(play)
    assert len(server.mails) == 2


def test_failed_mail_is_reported_and_does_not_block_deployment(world: World) -> None:
    closed = ReservedPort()
    asked = mail_to(closed.number, username="ops", password=PASSWORD)
    world.project.secrets = (*world.project.secrets, PASSWORD)
    play = world.role(world.deployed(), certum_mail=asked)

    run = world.project.run(play, "-vvv").failed()

    assert "shop: installed, but not every mail was sent" in run.failures[-1]
    assert "Connection refused" in run.failures[-1]
    assert "current/fullchain.pem" in run.failures[-1]
    assert world.serves()
    world.is_quiet(play)


def test_missing_mail_collection_prevents_orders(world: World) -> None:
    """Another collection of the same name hides it from the controller."""
    hidden = world.project.path / "collections/ansible_collections/community/general"
    hidden.mkdir(parents=True)
    (hidden / "galaxy.yml").write_text("namespace: community\nname: general\nversion: 0.0.1\n")
    paths = f"{hidden.parents[2]}:{world.project.environment['ANSIBLE_COLLECTIONS_PATH']}"
    play = world.role(world.declaration(), certum_mail=mail_to(25))

    run = world.project.run(play, environment={"ANSIBLE_COLLECTIONS_PATH": paths}, warnings=True).failed()

    assert "certum_mail needs the module community.general.mail" in run.failures[-1]
    assert "ansible-galaxy collection install community.general" in run.failures[-1]
    assert world.operations() == []
    world.converged(world.role(world.declaration()))
