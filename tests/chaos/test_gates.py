# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Breaks one exchange with BIND or with HAProxy's stats socket, and sees what is left in them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import dns.exception
import dns.query
import dns.rcode
import dns.tsigkeyring
import dns.update
import pytest
from ansible_collections.certops.certum.plugins.module_utils._service.haproxy_commands import HaproxyError, command
from ansible_collections.certops.certum.plugins.module_utils._service.haproxy_socket import RuntimeSocket
from ansible_collections.certops.certum.tests.chaos.balancer import Balancer, balancer
from ansible_collections.certops.certum.tests.chaos.points import RECORD, SOCKET, ExchangePoint
from ansible_collections.certops.certum.tests.chaos.scene import missing
from ansible_collections.certops.certum.tests.chaos.zone import ZONE, Zone, zone
from ansible_collections.certops.certum.tests.integration.test_haproxy_runtime import install, make

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "c0000.example.com"
CERTIFICATE = "c0000"
CODE = '"c0de"'
MOMENT = 0.5
"""Seconds that a client waits for an answer that never comes."""
with_bind = pytest.mark.skipif(missing([RECORD]) is not None, reason=str(missing([RECORD])))
with_haproxy = pytest.mark.skipif(missing([SOCKET]) is not None, reason=str(missing([SOCKET])))


@pytest.fixture(scope="module")
def shared_zone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zone]:
    with zone(tmp_path_factory.mktemp("dns") / "d") as found:
        found.add_foreign([NAME])
        yield found


@pytest.fixture
def records(shared_zone: Zone) -> Iterator[Zone]:
    yield shared_zone
    shared_zone.gate.mend()
    change(shared_zone, add=False)


def change(zone_of: Zone, *, add: bool, name: str = NAME) -> str:
    """Add or delete a validation record through the gate. Return the code of the answer, or the error."""
    update = dns.update.UpdateMessage(ZONE, keyring=dns.tsigkeyring.from_text({zone_of.key.name: zone_of.key.secret}))
    if add:
        update.add(f"_certum.{name}.", 5, "TXT", CODE)
    else:
        update.delete(f"_certum.{name}.", "TXT", CODE)
    try:
        answer = dns.query.tcp(update, "127.0.0.1", timeout=MOMENT, port=zone_of.gate.port)
    except (dns.exception.DNSException, OSError, EOFError) as error:
        return type(error).__name__
    return dns.rcode.to_text(answer.rcode())


@with_bind
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("effect", "answer"), [("refuse", "REFUSED"), ("drop", "EOFError"), ("hang", "Timeout"), ("kill", "Timeout")]
)
def test_one_update_is_broken(effect: str, answer: str, when: str, records: Zone) -> None:
    records.gate.break_at(ExchangePoint(RECORD, 1, "", effect, when))
    assert change(records, add=False) == "NOERROR"
    assert change(records, add=True) == answer
    assert records.gate.is_met()
    assert (records.problem(NAME) is None) == (when == "before")
    assert change(records, add=True) == "NOERROR"
    assert records.problem(NAME) is not None
    assert records.gate.calls == [f"update {verb} _certum.{NAME}." for verb in ("delete", "add", "add")]
    assert records.gate.mend()


@with_bind
def test_only_foreign_records_are_no_problem(records: Zone) -> None:
    assert records.problem(NAME) is None
    for name in (NAME, f"www.{NAME}"):
        change(records, add=True, name=name)
        assert CODE in str(records.problem(NAME))
        change(records, add=False, name=name)
    assert "c0001.example.com" in str(records.problem("c0001.example.com")), "the record of others is missing"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Balancer]:
    """Yield a HAProxy that serves the certificate on disk."""
    (tmp_path / "c0000/versions").mkdir(parents=True)
    install(tmp_path / "c0000/current/haproxy.pem", make(), "1")
    with balancer(tmp_path / "h") as found:
        found.start({CERTIFICATE: tmp_path / CERTIFICATE})
        yield found


@with_haproxy
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("effect", "told"),
    [
        ("refuse", "without an answer"),
        ("drop", "without an answer"),
        ("garbage", "Success?"),
        ("hang", "no complete answer"),
        ("kill", "no complete answer"),
    ],
)
def test_one_command_is_broken(effect: str, told: str, when: str, running: Balancer) -> None:
    one = next(path for path in (running.gate.path.parent / "one").iterdir())
    words, impatient = command("set", str(one)), RuntimeSocket(str(running.gate.path), MOMENT)
    running.gate.break_at(ExchangePoint(SOCKET, 1, "", effect, when))
    impatient.ask("show info")
    try:
        answer = impatient.ask(words, make().data)
    except HaproxyError as error:
        answer = str(error)
    assert told in answer
    assert (running.problem(CERTIFICATE) is None) == (when == "before")
    with suppress(HaproxyError):
        assert effect != "refuse", impatient.ask("show info")
    assert running.gate.mend()
    assert "# filename" in impatient.ask("show ssl cert")
    assert running.gate.calls[:2] == ["show info", "set ssl cert one/c0000"]


@with_haproxy
def test_bundle_that_is_only_on_disk_is_a_problem(running: Balancer, tmp_path: Path) -> None:
    assert running.problem(CERTIFICATE) is None
    install(tmp_path / "c0000/current/haproxy.pem", make(), "2")
    assert "in memory" in str(running.problem(CERTIFICATE))
    running.server.reload()
    assert running.problem(CERTIFICATE) is None
