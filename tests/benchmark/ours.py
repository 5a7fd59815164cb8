# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs our role with certum-sandbox, which fetches the validation files over HTTP."""

from __future__ import annotations

import shutil
import sys
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from tests.support.sandbox import Sandbox

from .play import BUILD, Cost, play

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WEB = BUILD / "web"
STORE = BUILD / "ours"


class Fleet(SimpleHTTPRequestHandler):
    """One web root for each name, without a log."""

    protocol_version = "HTTP/1.1"

    def translate_path(self, path: str) -> str:
        return super().translate_path(f"/{self.headers['Host'].partition(':')[0]}{path}")

    def log_message(self, *_args: object) -> None:
        pass


@contextmanager
def ca(pace: float = 0.0) -> Iterator[Sandbox]:
    """Run a CA and a web server that answers for every name while the context lasts.

    ``pace`` is how long each step of the CA takes, in seconds.
    """
    shutil.rmtree(BUILD / "sandbox", ignore_errors=True)
    web = ThreadingHTTPServer(("127.0.0.1", 0), partial(Fleet, directory=str(WEB)))
    threading.Thread(target=web.serve_forever, daemon=True).start()
    resolve = {"*.example.com": f"127.0.0.1:{web.server_port}"}
    with web, Sandbox.start(BUILD / "sandbox", resolve=resolve, options=[f"--pace={pace}"]) as sandbox:
        yield sandbox
        web.shutdown()


def issue(names: Sequence[str], sandbox: Sandbox) -> Cost:
    """Obtain a certificate for each name with the role, into an empty store."""
    shutil.rmtree(STORE, ignore_errors=True)
    shutil.rmtree(WEB, ignore_errors=True)
    done = play("declared", declaration(names), access(sandbox))
    issued = len(list(STORE.glob("*/current/fullchain.pem")))
    if issued != len(names):
        sys.exit(f"benchmark: our role issued {issued} certificates\n{done.recap}")
    return done.cost


def run_again(names: Sequence[str]) -> Cost:
    """Run the same declarations again; there is no CA to call, and nothing may change."""
    done = play("declared", declaration(names), {"CERTUM_API_URL": "https://127.0.0.1:9/"})
    if "changed=0 " not in done.recap:
        sys.exit(f"benchmark: the second run was not quiet\n{done.recap}")
    return done.cost


def access(sandbox: Sandbox) -> dict[str, str]:
    """Return the environment variables for this CA."""
    return {
        "CERTUM_API_URL": sandbox.url,
        "CERTUM_API_CA_PATH": str(sandbox.ca),
        "CERTUM_API_USERNAME": sandbox.user,
        "CERTUM_API_PASSWORD": sandbox.password,
    }


def declaration(names: Sequence[str]) -> dict[str, object]:
    """Return the variables of the role that declare a certificate for each name."""
    declared = []
    for name in names:
        webroot = WEB / name
        webroot.mkdir(parents=True, exist_ok=True)
        declared.append({"name": name, "common_name": name, "validation": {"webroot": str(webroot)}})
    return {
        "certum_path": str(STORE),
        "certum_contact": {"first_name": "Ada", "last_name": "Nowak", "email": "ops@example.com"},
        "certum_certificates": declared,
        "certum_wait_sleep": 1,
        "certum_preflight": "no",  # these names are in no DNS
    }
