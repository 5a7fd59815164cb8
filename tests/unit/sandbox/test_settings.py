# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Command line, addresses, durations, the clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from certum_sandbox.cli import main
from certum_sandbox.clock import Clock
from certum_sandbox.iso8601 import format_moment, parse_duration, parse_moment
from certum_sandbox.settings import Address, Resolutions, Settings


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("P30D", timedelta(days=30)),
        ("-P190D", timedelta(days=-190)),
        ("PT12H30M", timedelta(hours=12, minutes=30)),
        ("P1Y2M3W4DT5H6M7S", timedelta(days=365 + 60 + 21 + 4, hours=5, minutes=6, seconds=7)),
        ("+P1D", timedelta(days=1)),
    ],
)
def test_duration_is_read(text, length):
    assert parse_duration(text) == length


@pytest.mark.parametrize("text", ["", "P", "PT", "P1DT", "30D", "P-3D", "P1.5D", "one day"])
def test_invalid_duration_is_refused(text):
    with pytest.raises(ValueError, match="P30D"):
        parse_duration(text)


@pytest.mark.parametrize(
    "text", ["2026-11-22T10:15:02.113Z", "2026-11-22T11:15:02.113+01:00", "2026-11-22T10:15:02.113"]
)
def test_moments_are_utc_with_milliseconds(text):
    assert format_moment(parse_moment(text)) == "2026-11-22T10:15:02.113Z"


def test_clock_is_the_clock_of_the_machine_moved():
    kept = []
    machine = datetime(2026, 3, 29, 0, 59, 59, 123456, tzinfo=UTC)
    clock = Clock(timedelta(days=-1), remember=kept.append, machine=lambda: machine)
    assert clock.now() == datetime(2026, 3, 28, 0, 59, 59, 123000, tzinfo=UTC)
    assert clock.advance(timedelta(days=30)) == datetime(2026, 4, 27, 0, 59, 59, 123000, tzinfo=UTC)
    assert kept == [timedelta(days=29)]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("shop.example.org", "127.0.0.1:1"),
        ("SHOP.example.org.", "127.0.0.1:1"),
        ("other.example.org", "127.0.0.1:2"),
        ("a.b.example.org", "127.0.0.1:2"),
        ("a.deep.example.org", "127.0.0.1:3"),
        ("example.org", None),
        ("example.net", None),
    ],
)
def test_closest_resolution_wins(name, found):
    resolve = ["shop.example.org=127.0.0.1:1", "*.example.org=127.0.0.1:2", "*.deep.example.org=127.0.0.1:3"]
    assert Resolutions.parse(resolve).find(name) == (Address.parse(found) if found else None)


def test_star_resolves_everything():
    assert str(Resolutions.parse(["*=[::1]:80"]).find("203.0.113.7")) == "[::1]:80"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--no-tls", "--listen", "0.0.0.0:0"], "loopback only"),
        (["--listen", "nowhere"], "HOST:PORT"),
        (["--resolve", "example.org"], "NAME=HOST:PORT"),
        (["--dialect", "prefix=ns9"], "ns2-all"),
        (["--dialect", "colour=red"], "no dialect switch"),
        (["--clock", "yesterday"], "ISO 8601"),
        (["--max-days", "0"], "at least 1"),
    ],
)
def test_wrong_command_line_is_named(words, says, capsys, tmp_path):
    with pytest.raises(SystemExit) as ended:
        main(["serve", "--data", str(tmp_path), *words])
    assert ended.value.code == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(("listen", "repository"), [(8443, 8444), (0, 0), (65535, 0)])
def test_repository_is_at_the_next_port(tmp_path, listen, repository):
    assert Settings(listen=Address("::1", listen), data=tmp_path).repository_address == Address("::1", repository)


def test_password_is_in_no_representation(tmp_path):
    settings = Settings(listen=Address("127.0.0.1", 0), data=tmp_path, password="canary-7f3a")
    assert "canary-7f3a" not in repr(settings)


@pytest.mark.parametrize(
    "name", ["", "two names", "https://ca.example.net", "ca.example.net:8443", "*", "*.example.net"]
)
def test_invalid_allowed_host_is_refused(name, tmp_path):
    with pytest.raises(ValueError, match="--allowed-host"):
        Settings(listen=Address("127.0.0.1", 0), data=tmp_path, allowed_hosts=(name,))
