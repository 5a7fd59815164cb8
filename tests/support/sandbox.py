# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starts a certum-sandbox for a test, uses its control API, stops or kills it.

with Sandbox.start(tmp_path, resolve={"*.example.org": "127.0.0.1:8080"}) as sandbox:
    run_something(sandbox.url, sandbox.ca)
    assert [call["operation"] for call in sandbox.calls()] == ["quickOrder"]
"""

from __future__ import annotations

import json
import shutil
import ssl
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote

from .ports import ReservedPort

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

_STOP_SECONDS = 60


@dataclass(frozen=True)
class _Ready:
    url: str
    root: Path
    ca: Path | None
    repository: str


def _read_ready_line(process: subprocess.Popen[str], log: Path) -> _Ready:
    """Return the one JSON line; the pipe closes if the sandbox dies before it is ready."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        msg = f"certum-sandbox ended with {process.wait(_STOP_SECONDS)} before it served:\n{log.read_text()}"
        raise RuntimeError(msg)
    ready = json.loads(line)
    return _Ready(ready["url"], Path(ready["root"]), Path(ready["ca"]) if "ca" in ready else None, ready["repository"])


class Sandbox:
    """One running ``certum-sandbox serve``, whose ports stay reserved while it is down.

    ``url`` is the service and WSDL address, ``base_url`` the part before its path, ``ca`` the PEM file that its HTTPS
    certificate is verified with (None without TLS), ``root`` the PEM file with the roots of its certificates,
    ``repository`` the start of the addresses of CRL and OCSP.
    """

    user = "demo"
    password = "demo"

    def __init__(
        self,
        process: subprocess.Popen[str],
        ready: _Ready,
        command: Sequence[str],
        ports: Sequence[ReservedPort],
        log: IO[str],
    ) -> None:
        self._process = process
        self._command = command
        self._ports = ports
        self._log = log
        self.context = ssl.create_default_context(cafile=str(ready.ca)) if ready.ca else None
        self.url = ready.url
        self.base_url = ready.url.removesuffix("/service/PartnerApi.wsdl")
        self.ca = ready.ca
        self.root = ready.root
        self.repository = ready.repository

    @classmethod
    def start(
        cls,
        data: Path,
        *,
        resolve: Mapping[str, str] | None = None,
        dialect: Mapping[str, str] | None = None,
        options: Sequence[str] = (),
        listen: str | None = None,
        ca_from: Path | None = None,
    ) -> Sandbox:
        """Start on its own port, or on ``listen``, and wait until it is ready.

        ``options`` are further command-line words. ``ca_from`` is the data directory of an earlier sandbox: copying its
        CA keys makes the start quicker than making new ones.
        """
        if ca_from is not None and not (data / "ca").exists():
            shutil.copytree(ca_from / "ca", data / "ca")
        service, repository = ReservedPort(), ReservedPort()
        words = [sys.executable, "-m", "certum_sandbox", "serve", "--data", str(data), *options]
        words += [f"--listen={listen or service.address}", f"--repository={repository.address}"]
        words += [f"--resolve={name}={address}" for name, address in (resolve or {}).items()]
        words += [f"--dialect={key}={value}" for key, value in (dialect or {}).items()]
        return cls._launch(words, data, (service, repository))

    @classmethod
    def _launch(cls, command: Sequence[str], data: Path, ports: Sequence[ReservedPort]) -> Sandbox:
        data.mkdir(parents=True, exist_ok=True)
        log_path = data / "sandbox.log"
        log = log_path.open("a", encoding="utf-8")
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            return cls(process, _read_ready_line(process, log_path), command, ports, log)
        except BaseException:
            process.kill()
            process.wait()
            log.close()
            raise

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def log(self) -> str:
        """Return its stderr."""
        return Path(self._log.name).read_text(encoding="utf-8")

    def stop(self) -> int:
        """Send SIGTERM; return the exit code. Harmless if it has stopped already."""
        self._process.terminate()
        return self._wait()

    def kill(self) -> None:
        """Send SIGKILL."""
        self._process.kill()
        self._wait()

    def wait(self) -> int:
        """Wait until it stops by itself, as after the fault ``exit``; return the exit code."""
        return self._wait()

    def _wait(self) -> int:
        try:
            return self._process.wait(_STOP_SECONDS)
        finally:
            self._process.kill()
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._log.close()

    def restart(self) -> Sandbox:
        """Start the same sandbox again, on the same ports and data and with the clock where it stopped."""
        words = [word for word in self._command if not word.startswith("--clock=")]
        return self._launch(words, Path(words[words.index("--data") + 1]), self._ports)

    def request(self, method: str, path: str, body: object = None) -> Any:
        """Call the control API; return its JSON answer, None if it has none."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.base_url + path, data=data, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=30, context=self.context) as answer:
            content = answer.read()
        return json.loads(content) if content else None

    def orders(self) -> list[dict[str, Any]]:
        """Return every order with its entries."""
        found: list[dict[str, Any]] = self.request("GET", "/sandbox/orders")
        return found

    def order(self, order_id: str) -> dict[str, Any]:
        """Return one order. Raises KeyError if there is none."""
        for order in self.request("GET", f"/sandbox/orders?orderID={quote(order_id, safe='')}"):
            found: dict[str, Any] = order
            return found
        raise KeyError(order_id)

    def wait_for_state(self, order_id: str, state: str, *, seconds: float = 15) -> dict[str, Any]:
        """Return the order, once it is in this state. Raises TimeoutError with the last state."""
        return self.wait_until(order_id, lambda order: order["state"] == state, seconds=seconds)

    def wait_until(
        self, order_id: str, wanted: Callable[[dict[str, Any]], bool], *, seconds: float = 15
    ) -> dict[str, Any]:
        """Return the order, once ``wanted`` is true for it. Raises TimeoutError with the last state."""
        deadline = time.monotonic() + seconds
        while not wanted(order := self.order(order_id)):
            if time.monotonic() > deadline:
                msg = f"order {order_id} did not get there in {seconds} s: {order}"
                raise TimeoutError(msg)
            time.sleep(0.01)
        return order

    def calls(self) -> list[dict[str, Any]]:
        """Return the calls, in order."""
        found: list[dict[str, Any]] = self.request("GET", "/sandbox/calls")
        return found

    def clear_calls(self) -> None:
        """Forget the calls so far."""
        self.request("DELETE", "/sandbox/calls")

    def add_fault(self, effect: str, *, operation: str = "*", when: str = "before", **more: float) -> None:
        """Add a fault; ``more`` are ``skip``, ``times`` and ``seconds``."""
        self.request("POST", "/sandbox/faults", {"operation": operation, "when": when, "effect": effect, **more})

    def clear_faults(self) -> None:
        """Remove all faults."""
        self.request("DELETE", "/sandbox/faults")

    def mails(self) -> list[dict[str, Any]]:
        """Return the outbox."""
        found: list[dict[str, Any]] = self.request("GET", "/sandbox/mails")
        return found

    def confirm(self, link: str) -> None:
        """Open the page behind a link in a mail and press its button; opening alone confirms nothing."""
        for data in (None, b""):
            with urllib.request.urlopen(link, data=data, timeout=30, context=self.context) as answer:
                answer.read()

    def decide(self, order_id: str, kind: str, state: str = "VERIFIED") -> dict[str, Any]:
        """Decide one verification of an order, like CA staff."""
        path = f"/sandbox/orders/{quote(order_id, safe='')}/verifications"
        order: dict[str, Any] = self.request("POST", path, {"type": kind, "state": state})
        return order

    def reject(self, order_id: str) -> dict[str, Any]:
        """Refuse the order, like the CA."""
        order: dict[str, Any] = self.request("POST", f"/sandbox/orders/{quote(order_id, safe='')}/reject")
        return order

    def advance(self, duration: str) -> str:
        """Move its clock by an ISO 8601 duration; return the new time."""
        now: str = self.request("POST", "/sandbox/clock", {"advance": duration})["now"]
        return now
