# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command ``certum-sandbox``."""

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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="certum-sandbox", description="A Partner API you can run on a laptop.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("dialects", help="list the dialect switches")
    serve = commands.add_parser("serve", help="serve until SIGTERM")
    add = serve.add_argument
    add(
        "--listen", metavar="HOST:PORT", default="127.0.0.1:8443", help="address; port 0 picks a free one (%(default)s)"
    )
    add(
        "--data",
        metavar="DIR",
        type=Path,
        default=Path("certum-sandbox"),
        help="where everything is kept (%(default)s)",
    )
    add("--tls", action=argparse.BooleanOptionalAction, default=True, help="HTTPS, or plain HTTP on loopback only")
    add(
        "--repository",
        metavar="HOST:PORT",
        help="where certificates say that CRL and OCSP are, plain HTTP (default: the port after that of --listen)",
    )
    add(
        "--allowed-host",
        metavar="NAME",
        action="append",
        default=[],
        help="another name or address under which / and /sandbox/ may be used; repeatable",
    )
    add("--user", metavar="NAME", default="demo", help="the partner account (%(default)s)")
    add("--password", metavar="WORD", default="demo", help="its password (%(default)s)")
    add(
        "--resolve",
        metavar="NAME=HOST:PORT",
        action="append",
        default=[],
        help="where to fetch validation files for NAME; *. patterns allowed; repeatable",
    )
    add("--dns", metavar="HOST:PORT", help="the resolver asked for DNS validation and CAA")
    add("--smtp", metavar="HOST:PORT", help="where mails go as well as into the outbox")
    add(
        "--approve",
        choices=[each.value for each in Approval],
        default="auto",
        help="whether checks made by CA staff pass by themselves (%(default)s)",
    )
    add(
        "--products",
        choices=[each.value for each in Sale],
        default="likely",
        help="which are on sale: those that surely are, or all that any source names (%(default)s)",
    )
    add("--max-days", metavar="N", type=int, default=199, help="lifetime limit of TLS certificates (%(default)s)")
    add("--max-names", metavar="N", type=int, default=100, help="names in a multi-domain certificate (%(default)s)")
    add(
        "--clock",
        metavar="OFFSET",
        help="an ISO 8601 duration from now, such as --clock=-P190D; default: as it was left",
    )
    add("--pace", metavar="SECONDS", type=float, default=0.0, help="how long each step of the CA takes (%(default)s)")
    add("--dialect", metavar="KEY=VALUE", action="append", default=[], help="see: certum-sandbox dialects; repeatable")
    add(
        "--strict",
        action="store_true",
        help="check requests against the schema and refuse what the CA overlooks; --dialect overrides single switches",
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


def _list_dialects() -> None:
    for meaning in MEANINGS.values():
        values = " | ".join(meaning.values)
        strict = "" if meaning.strict == meaning.default else f", --strict sets {meaning.strict}"
        print(f"{meaning.switch} = {values}  (default {meaning.default}{strict})")
        print(f"    {meaning.what}; settles {meaning.source}")


def _join_negative_clock(arguments: Sequence[str]) -> list[str]:
    """``--clock -P190D`` as ``--clock=-P190D``: argparse takes the former for two options."""
    joined: list[str] = []
    for argument in arguments:
        if joined and joined[-1] == "--clock":
            joined[-1] = f"--clock={argument}"
        else:
            joined.append(argument)
    return joined


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = _parser()
    parsed = parser.parse_args(_join_negative_clock(sys.argv[1:] if arguments is None else arguments))
    if parsed.command == "dialects":
        _list_dialects()
        return 0
    try:
        settings = _settings(parsed)
    except ValueError as error:
        parser.error(str(error))
    from certum_sandbox.server import serve  # noqa: PLC0415 - the other command needs none of it

    try:
        serve(settings)
    except OSError as error:
        print(f"certum-sandbox: cannot serve on {settings.listen} with {settings.data}: {error}", file=sys.stderr)
        return 1
    return 0
