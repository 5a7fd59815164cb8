# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command line of ``certum-sandbox``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from certum_sandbox import __version__
from certum_sandbox.dialect import MEANINGS, Dialect
from certum_sandbox.iso8601 import parse_duration
from certum_sandbox.products import Sale
from certum_sandbox.settings import Address, Approval, Resolutions, Settings

_DESCRIPTION = "Run a local copy of Certum's Partner API, for tests and rehearsals. Nothing costs money."
_SERVE_DESCRIPTION = """Run the API until SIGTERM.

When the API is ready, one JSON line on stdout reports its URL and the files with its CA certificates.
Open the same address with the path / in a browser to see orders, pending checks and mails.
"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="certum-sandbox", description=_DESCRIPTION)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("dialects", help="list the dialect switches with their values")
    serve = commands.add_parser(
        "serve",
        help="run the API until SIGTERM",
        description=_SERVE_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = serve.add_argument
    add(
        "--listen",
        metavar="HOST:PORT",
        default="127.0.0.1:8443",
        help="address of the API; port 0 picks a free port (%(default)s)",
    )
    add(
        "--data",
        metavar="DIR",
        type=Path,
        default=Path("certum-sandbox"),
        help="directory of the database, the CA keys and the HTTPS certificate (%(default)s)",
    )
    add(
        "--tls",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="serve HTTPS (default), or plain HTTP on loopback only",
    )
    add(
        "--repository",
        metavar="HOST:PORT",
        help="plain HTTP address of CRL, OCSP and issuer certificates (default: the port after that of --listen); "
        "not used with --no-tls, which serves them at --listen",
    )
    add(
        "--allowed-host",
        metavar="NAME",
        action="append",
        default=[],
        help="also accept requests to / and /sandbox/ under this host name or address; repeatable",
    )
    add("--user", metavar="NAME", default="demo", help="user name of the partner account (%(default)s)")
    add("--password", metavar="WORD", default="demo", help="password of the partner account (%(default)s)")
    add(
        "--resolve",
        metavar="NAME=HOST:PORT",
        action="append",
        default=[],
        help="fetch the validation files of NAME from HOST:PORT; NAME may be * or *.example.org; repeatable",
    )
    add(
        "--dns",
        metavar="HOST:PORT",
        help="DNS resolver for validation records and CAA (default: the system's, and no CAA check)",
    )
    add(
        "--smtp",
        metavar="HOST:PORT",
        help="also send mails to this mail server (default: keep them in the outbox only)",
    )
    add(
        "--approve",
        choices=[each.value for each in Approval],
        default="auto",
        help="auto: the checks by CA staff pass at once; manual: you decide them (%(default)s)",
    )
    add(
        "--products",
        choices=[each.value for each in Sale],
        default="likely",
        help="likely: offer the products with a well documented code; all: offer every known product (%(default)s)",
    )
    add(
        "--max-days",
        metavar="N",
        type=int,
        default=199,
        help="longest lifetime of a TLS certificate, in days (%(default)s)",
    )
    add(
        "--max-names", metavar="N", type=int, default=100, help="most names in a multi-domain certificate (%(default)s)"
    )
    add(
        "--clock",
        metavar="OFFSET",
        help="set the sandbox's clock to now plus an ISO 8601 duration, such as -P190D (default: keep the last offset)",
    )
    add("--pace", metavar="SECONDS", type=float, default=0.0, help="duration of each step of the CA (%(default)s)")
    add(
        "--dialect",
        metavar="KEY=VALUE|@FILE",
        action="append",
        default=[],
        help="set a dialect switch, see certum-sandbox dialects, or all switches of a file, as certum_rehearse writes "
        "it; repeatable",
    )
    add(
        "--strict",
        action="store_true",
        help="refuse requests that deviate from the schema, although the CA seems to accept them; "
        "--dialect overrides single switches",
    )
    return parser  # fmt: skip


def _settings(arguments: argparse.Namespace) -> Settings:
    return Settings(
        listen=Address.parse(arguments.listen),
        data=arguments.data.absolute(),
        tls=arguments.tls,
        repository=Address.parse(arguments.repository) if arguments.repository else None,
        allowed_hosts=tuple(arguments.allowed_host),
        user=arguments.user,
        password=arguments.password,
        resolve=Resolutions.parse(arguments.resolve),
        dns=Address.parse(arguments.dns) if arguments.dns else None,
        smtp=Address.parse(arguments.smtp) if arguments.smtp else None,
        approve=Approval(arguments.approve),
        products=Sale(arguments.products),
        max_days=arguments.max_days,
        max_names=arguments.max_names,
        clock=parse_duration(arguments.clock) if arguments.clock else None,
        pace=arguments.pace,
        dialect=Dialect.parse(arguments.dialect, strict=arguments.strict),
    )


def settings_of(arguments: Sequence[str]) -> Settings:
    """Return the settings of ``serve`` with these words. Raise ValueError if one is wrong."""
    return _settings(_parser().parse_args(_join_negative_clock(arguments)))


def _list_dialects() -> None:
    for meaning in MEANINGS.values():
        values = " | ".join(meaning.values)
        strict = "" if meaning.strict == meaning.default else f", --strict sets {meaning.strict}"
        print(f"{meaning.switch} = {values}  (default {meaning.default}{strict})")
        print(f"    {meaning.what} (open question in {meaning.source})")


def _join_negative_clock(arguments: Sequence[str]) -> list[str]:
    """Return the arguments with ``--clock=-P190D`` for ``--clock -P190D``, which argparse reads as two options."""
    joined: list[str] = []
    for argument in arguments:
        if joined and joined[-1] == "--clock":
            joined[-1] = f"--clock={argument}"
        else:
            joined.append(argument)
    return joined


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = _parser()
    parsed = parser.parse_args(_join_negative_clock(sys.argv[1:] if arguments is None else arguments))
    if parsed.command == "dialects":
        _list_dialects()
        return 0
    try:
        settings = _settings(parsed)
    except ValueError as error:
        parser.error(str(error))
    from certum_sandbox.server import serve  # noqa: PLC0415 - only this command needs the server

    try:
        serve(settings)
    except OSError as error:
        print(
            f"certum-sandbox: cannot serve on {settings.listen} with data directory {settings.data}: {error}",
            file=sys.stderr,
        )
        return 1
    return 0
