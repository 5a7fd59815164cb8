# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The processes of a run share what they know of an account."""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.plugins.module_utils._module.run_refusals import (
    RUN_DIRECTORY,
    RunRefusals,
    refusals_of_run,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.api_errors import (
    AuthenticationError,
    NotReceivedError,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.circuit_breaker import CircuitBreaker

if TYPE_CHECKING:
    from pathlib import Path

URL, USER, PASSWORD = "https://ca.example/", "partner", "open sesame"
PROCESSES = 6


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the private directory of a run."""
    private = tmp_path / "run"
    private.mkdir(mode=0o700)
    monkeypatch.setenv(RUN_DIRECTORY, str(private))
    return private


def known(password: str = PASSWORD) -> RunRefusals:
    found = refusals_of_run(URL, USER, password)
    assert found is not None
    return found


def refusal(where: str = "quickOrder") -> AuthenticationError:
    return AuthenticationError(where=where, why="the CA does not accept the password", remedy="Check api_password.")


def refused_call(log: Path) -> str:
    return call(log, refusal())


def call(log: Path, error: BaseException | None = None, password: str = PASSWORD) -> str:
    """Make one call in a client of its own; return the error that the caller gets."""
    gate = CircuitBreaker(run=known(password))
    try:
        with gate.passing("quickOrder"):
            with log.open("a") as file:
                file.write("sent\n")
            if error:
                raise error
    except (AuthenticationError, NotReceivedError) as told:
        return str(told)
    return ""


def sent(log: Path) -> int:
    return len(log.read_text().splitlines())


def test_processes_at_the_same_time_send_wrong_credentials_once(directory: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with multiprocessing.get_context("fork").Pool(PROCESSES) as pool:
        told = pool.map(refused_call, [log] * PROCESSES, chunksize=1)
    assert sent(log) == 1
    assert sum("earlier in this run, so they were not sent again" in text for text in told) == PROCESSES - 1
    assert all(text.endswith("Check api_password.") for text in told)
    assert call(log, password="another one") == ""
    assert sent(log) == 2


@pytest.mark.parametrize(
    "first",
    [None, NotReceivedError(where="quickOrder", why="no connection", remedy="Run again.")],
    ids=["yes", "silent"],
)
def test_first_call_that_is_not_refused_opens_the_gate(
    directory: Path, tmp_path: Path, first: NotReceivedError | None
) -> None:
    """The second process makes its call within the call of the third."""
    call(tmp_path / "log", first)
    with known().going_first(), known().going_first():
        pass


def test_later_refusal_is_known_too(directory: Path, tmp_path: Path) -> None:
    log, gate = tmp_path / "log", CircuitBreaker(run=known())
    with gate.passing("getOrderState"):
        pass
    with pytest.raises(AuthenticationError), gate.passing("getOrderState"):
        raise refusal()
    assert "earlier in this run" in call(log)
    assert not log.exists()


def test_files_reveal_no_credentials(directory: Path, tmp_path: Path) -> None:
    call(tmp_path / "log", refusal())
    (file,) = directory.iterdir()
    content = f"{file.name} {file.read_text()}"
    assert PASSWORD not in content
    assert USER not in content
    assert file.stat().st_mode & 0o777 == 0o600
    other = directory.with_name("another-run")
    directory.rename(other)
    assert RunRefusals(other, (URL, USER, PASSWORD))._path.name != file.name, "the hash is salted"


def test_damaged_file_stops_no_call(directory: Path, tmp_path: Path) -> None:
    call(tmp_path / "log", refusal())
    (file,) = directory.iterdir()
    file.write_bytes(b"\xff{")
    assert call(tmp_path / "log") == ""


def test_directory_that_others_can_write_is_not_used(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory.chmod(0o770)
    assert refusals_of_run(URL, USER, PASSWORD) is None
    (directory.parent / "link").symlink_to(directory)
    for other in (directory.parent / "link", directory.parent / "missing", ""):
        monkeypatch.setenv(RUN_DIRECTORY, str(other))
        assert refusals_of_run(URL, USER, PASSWORD) is None
