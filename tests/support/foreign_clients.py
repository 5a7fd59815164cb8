# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SOAP clients that use only the WSDL of the sandbox: zeep, suds and PHP's SoapClient, each behind the same call.

An answer is a ``Found``: its parts are attributes, and an absent part is None. ``each`` lists one part or many.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import requests
import suds.client
import suds.sudsobject
import zeep
import zeep.helpers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from .sandbox import Sandbox

_DRIVER = Path(__file__).with_name("soap_client.php")
PHP_PACKAGES = ("php-cli", "php-soap")


class Found:
    """One block of an answer."""

    def __init__(self, parts: Mapping[str, Any]) -> None:
        self.parts = parts

    def __getattr__(self, name: str) -> Any:
        return _wrap(self.parts.get(name))

    def __repr__(self) -> str:
        return f"Found({self.parts!r})"


def _wrap(value: Any) -> Any:
    if isinstance(value, list):
        return [_wrap(each) for each in value]
    return Found(value) if isinstance(value, dict) else value


def each(value: Any) -> list[Any]:
    """Return the parts of a list, which some clients give as one part if it is alone, and as None if it is empty."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _answer(parts: Mapping[str, Any]) -> Found:
    """Return the answer; some clients unwrap an answer that is only a header."""
    return Found({"responseHeader": parts} if "successCode" in parts else parts)


class ForeignClient(Protocol):
    """A client of one sandbox; credentials are filled in."""

    def call(self, operation: str, **parts: Any) -> Found:
        """Make one call; parts are named as in the schema."""


def _header(sandbox: Sandbox) -> dict[str, Any]:
    return {"authToken": {"password": sandbox.password, "userName": sandbox.user}}


class ZeepClient:
    """zeep, which in strict mode refuses answers that the schema does not allow."""

    def __init__(self, sandbox: Sandbox, *, strict: bool) -> None:
        session = requests.Session()
        session.trust_env = False
        session.verify = str(sandbox.ca) if sandbox.ca else False
        settings = zeep.Settings(strict=strict)
        self._client = zeep.Client(sandbox.url, transport=zeep.Transport(session=session), settings=settings)
        self._header = _header(sandbox)

    def call(self, operation: str, **parts: Any) -> Found:
        answer = getattr(self._client.service, operation)(requestHeader=self._header, **parts)
        return _answer(zeep.helpers.serialize_object(answer, dict))


def _convert(value: Any, convert: Callable[[Any], Any]) -> Any:
    """Convert every text, number and date of nested parameters."""
    if isinstance(value, dict):
        return {name: _convert(inner, convert) for name, inner in value.items()}
    return [_convert(inner, convert) for inner in value] if isinstance(value, list) else convert(value)


class SudsClient:
    """suds, which leaves the encoding of binary values to its caller."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._client = suds.client.Client(sandbox.url, cache=None)
        self._header = _header(sandbox)

    def call(self, operation: str, **parts: Any) -> Found:
        encoded = _convert(parts, lambda each: base64.b64encode(each).decode() if isinstance(each, bytes) else each)
        return _answer(self._plain(getattr(self._client.service, operation)(requestHeader=self._header, **encoded)))

    def _plain(self, value: Any) -> Any:
        if isinstance(value, suds.sudsobject.Object):
            return {name.removeprefix("_"): self._plain(inner) for name, inner in suds.sudsobject.items(value)}
        return [self._plain(inner) for inner in value] if isinstance(value, list) else value


class PhpClient:
    """PHP's SoapClient in a process of its own."""

    def __init__(self, sandbox: Sandbox, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._header = _header(sandbox)

    def call(self, operation: str, **parts: Any) -> Found:
        parameters = _convert({"requestHeader": self._header, **parts}, self._written)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([operation, parameters]) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"PHP exited with {self._process.wait(10)}"
        return _answer(json.loads(line))

    @staticmethod
    def _written(value: Any) -> Any:
        if isinstance(value, datetime):
            return value.isoformat()
        return value.decode("latin-1") if isinstance(value, bytes) else value


@contextmanager
def _php(sandbox: Sandbox) -> Iterator[PhpClient]:
    with subprocess.Popen(
        ["php", str(_DRIVER), sandbox.url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield PhpClient(sandbox, process)


@contextmanager
def _in_process(client: ForeignClient) -> Iterator[ForeignClient]:
    yield client


@cache
def has_php() -> bool:
    """Return whether PHP and its SOAP extension are installed."""
    if shutil.which("php") is None:
        return False
    modules = subprocess.run(["php", "-m"], capture_output=True, text=True, check=True).stdout
    return "soap" in modules.split()


CLIENTS: Mapping[str, Callable[[Sandbox], AbstractContextManager[ForeignClient]]] = {
    "zeep": lambda sandbox: _in_process(ZeepClient(sandbox, strict=True)),
    "zeep-lax": lambda sandbox: _in_process(ZeepClient(sandbox, strict=False)),
    "suds": lambda sandbox: _in_process(SudsClient(sandbox)),
    "php": _php,
}
