# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A socket that is no HAProxy, or does not answer as one, costs at most the time limit and gets no private key."""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.plugins.module_utils._service import haproxy_socket
from ansible_collections.certops.certum.plugins.module_utils._service.haproxy_commands import LOCKED, HaproxyError
from ansible_collections.certops.certum.plugins.module_utils._service.haproxy_socket import (
    RuntimeSocket,
    RuntimeState,
    is_trusted,
    load,
    same_files,
)
from ansible_collections.certops.certum.plugins.module_utils._x509 import keys
from ansible_collections.certops.certum.plugins.module_utils._x509.keys import to_pem
from ansible_collections.certops.certum.tests.unit.x509.authority import EC256, Authority

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SECONDS = 0.5
SHOP = "/etc/certum/shop/current/haproxy.pem"
OTHER = "/etc/haproxy/other.pem"
LIST = f"# filename\n{SHOP}\n{OTHER}\n\n"
ONE_PROCESS = "Nbproc: 1\n\n"
SHOWN = f"Filename: {SHOP}\nStatus: Used\nSerial: AB\nSHA1 FingerPrint: 7E83\n\n"


@pytest.fixture(scope="module")
def bundle() -> bytes:
    key = keys.generate(EC256)
    return to_pem(key) + Authority.make("Root").sign(key.public_key(), "shop.example.com").encode()


@contextmanager
def server(path: Path, reply: Callable[[str], str | None]) -> Iterator[RuntimeSocket]:
    """Answer the first line of each connection with *reply*; None keeps the connection open without an answer."""
    kept: list[socket.socket] = []
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()

        def serve() -> None:
            while True:
                try:
                    connection, dummy = listener.accept()
                except OSError:
                    return
                request = connection.recv(65536)
                answer = reply(request.partition(b"\n")[0].decode())
                if answer is None:
                    kept.append(connection)
                    continue
                with connection, suppress(OSError):
                    connection.sendall(answer.encode())

        threading.Thread(target=serve, daemon=True).start()
        yield RuntimeSocket(str(path), SECONDS)
        listener.shutdown(socket.SHUT_RDWR)
    for connection in kept:
        connection.close()


def replies(**answers: str | None) -> Callable[[str], str | None]:
    """Return the answers by the first word of a command; "show" is answered as a good HAProxy does."""

    def reply(line: str) -> str | None:
        verb = line.partition(" ")[0]
        if verb != "show":
            return answers.get(verb, "")
        known = {"show ssl cert": answers.get("list", LIST), "show info": answers.get("info", ONE_PROCESS)}
        return known.get(line, answers.get("show", SHOWN))

    return reply


CREATED = f"Transaction created for certificate {SHOP}!\n\n"
FAILURES: dict[str, tuple[dict[str, str | None], str, set[str]]] = {
    "operator level": ({"set": "Permission denied\n\n"}, "Add 'level admin'", set()),
    "master socket": ({"list": "Unknown command: 'show'\n"}, "socket of the master process", set()),
    "open transaction": ({"list": f"# transaction\n*{OTHER}\n{LIST}"}, f"is about '{OTHER}'", set()),
    "several processes": ({"info": "Nbproc: 2\n"}, "HAProxy runs 2 processes", set()),
    "no answer to set": ({"set": ""}, "longer than tune.bufsize", {SHOP}),
    "silence after set": ({"set": None}, "no complete answer within 0.5 seconds", {SHOP}),
    "transaction of others": ({"set": CREATED.replace("created", "updated")}, "updated for certificate", {SHOP}),
    "file of others": ({"set": f"Transaction updated for certificate {OTHER}!\n"}, OTHER, {OTHER}),
    "refused commit": ({"set": CREATED, "commit": "inconsistencies\nCan't commit\n"}, "inconsistencies", {SHOP}),
    "broken commit": ({"set": CREATED, "commit": f"Committing {SHOP}.\nFailed!\n"}, "Failed", set()),
    "silence after commit": ({"set": CREATED, "commit": None}, "no complete answer within 0.5 seconds", set()),
    "other certificate": ({"set": CREATED, "commit": "Success!\n"}, "now has certificate AB", set()),
    "empty answer": ({"show": "\n"}, "HAProxy gave an empty answer", set()),
    "unreadable certificate": ({"show": "Can't display\n"}, "Can't display", set()),
}
"""For each failure: the answers, words of the objection, and the transactions that are aborted."""


@pytest.mark.parametrize("case", FAILURES)
def test_failed_load_aborts_only_what_is_open(case: str, tmp_path: Path, bundle: bytes) -> None:
    answers, words, aborted = FAILURES[case]
    seen: list[str] = []
    reply = replies(**answers)

    def record(line: str) -> str | None:
        seen.append(line)
        return reply(line)

    with server(tmp_path / "s", record) as runtime:
        result = load(runtime, [SHOP], bundle)
    assert result.state is RuntimeState.FAILED
    assert words in str(result.objection)
    assert str(tmp_path / "s") in str(result.objection)
    assert {line.rpartition(" ")[2] for line in seen if line.startswith("abort")} == aborted
    assert bundle.decode().splitlines()[1] not in str(result.objection)


def test_locked_operation_is_repeated(tmp_path: Path) -> None:
    answers = iter([f"Can't show!\n{LOCKED}\n\n"] * 3 + [LIST])
    with server(tmp_path / "s", lambda line: next(answers)) as runtime:
        assert runtime.ask("show ssl cert") == LIST


@pytest.mark.parametrize("answer", [f"Can't show!\n{LOCKED}\n\n", None])
def test_request_ends_at_its_time_limit(answer: str | None, tmp_path: Path, bundle: bytes) -> None:
    with server(tmp_path / "s", lambda line: answer) as runtime:
        began = time.monotonic()
        assert load(runtime, [SHOP], bundle).state is RuntimeState.FAILED
        assert time.monotonic() - began < SECONDS * 20


def test_endless_answer_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(haproxy_socket, "LONGEST_ANSWER", 100_000)
    with (
        server(tmp_path / "s", lambda line: "x" * 300_000) as runtime,
        pytest.raises(HaproxyError, match="longer than 100000 bytes"),
    ):
        runtime.ask("show ssl cert")


@pytest.mark.parametrize("path", ["missing", "x" * 200, "a\x00b", "."])
def test_path_that_is_no_socket_is_reported(path: str, tmp_path: Path, bundle: bytes) -> None:
    result = load(RuntimeSocket(f"{tmp_path}/{path}", SECONDS), [SHOP], bundle)
    assert result.state is RuntimeState.FAILED
    assert str(result.objection).startswith("HAProxy's socket ")


def test_files_that_haproxy_lacks_are_unknown(tmp_path: Path, bundle: bytes) -> None:
    with server(tmp_path / "s", replies()) as runtime:
        assert load(runtime, ["/etc/certum/mail/current/haproxy.pem"], bundle).state is RuntimeState.UNKNOWN


def test_haproxy_without_any_certificate_lacks_it(tmp_path: Path, bundle: bytes) -> None:
    with server(tmp_path / "s", replies(list="\n")) as runtime:
        assert load(runtime, [SHOP], bundle).state is RuntimeState.UNKNOWN


def test_certificate_that_is_not_used_is_unknown(tmp_path: Path, bundle: bytes) -> None:
    with server(tmp_path / "s", replies(show=SHOWN.replace("Used", "Unused"))) as runtime:
        assert load(runtime, [SHOP], bundle).state is RuntimeState.UNKNOWN


@pytest.mark.parametrize(
    ("user", "mine", "owner", "expected"),
    [(0, 0, 0, True), (99, 0, 99, True), (0, 99, 99, True), (99, 99, 0, True), (1000, 0, 0, False), (99, 0, 0, False)],
)
def test_socket_of_another_user_is_not_trusted(user: int, mine: int, owner: int, expected: bool) -> None:
    assert is_trusted(user, mine=mine, owner=owner) is expected


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can open a socket as another user")
def test_socket_of_another_user_gets_no_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bundle: bytes) -> None:
    tmp_path.chmod(0o1777)
    monkeypatch.chdir(tmp_path)  # the directories above are closed to other users
    with socket.socket(socket.AF_UNIX) as listener:
        os.seteuid(65534)
        try:
            listener.bind("s")
            listener.listen()
        finally:
            os.seteuid(0)
        result = load(RuntimeSocket(str(tmp_path / "s"), SECONDS), [SHOP], bundle)
        with listener.accept()[0] as connection:
            assert connection.recv(1) == b""
    assert "user 65534 opened the socket" in str(result.objection)


def test_names_lead_to_the_file_by_links(tmp_path: Path) -> None:
    version = tmp_path / "versions/AB/haproxy.pem"
    version.parent.mkdir(parents=True)
    version.touch()
    (tmp_path / "current").symlink_to("versions/AB")
    (tmp_path / "certs").mkdir()
    (tmp_path / "certs/shop.pem").symlink_to(tmp_path / "current/haproxy.pem")
    (tmp_path / "other.pem").touch()
    current = str(tmp_path / "current/haproxy.pem")
    known = [current, str(version), str(tmp_path / "certs/shop.pem"), str(tmp_path / "other.pem"), "haproxy.pem"]
    assert same_files(known, [current]) == known[:3]
