# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Measures the load that the sandbox bears: orders per CPU second, reads among many orders, and a kill under load."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import httpx
import pytest
from support.soap import make_csr, make_order, make_request, to_envelope

from .conftest import RawPartner

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from support.sandbox import Sandbox

# The cost of an answer in the sandbox, as a multiple of the cost of sending in the same run: absolute times
# here double with the neighbours' load. Where sending takes 1.4 ms, it is 5 ms: 200 answers per CPU second.
ANSWERING_TO_SENDING = 3.5


class Cost(NamedTuple):
    """CPU seconds of one exchange: of the sandbox that answers, of the client that sends."""

    answering: float
    sending: float

    @property
    def ratio(self) -> float:
        return self.answering / self.sending

    def __str__(self) -> str:
        return (
            f"{1 / self.answering:.0f} per CPU second, {self.answering * 1000:.2f} ms each,"
            f" {self.ratio:.2f} of the sending (at most {ANSWERING_TO_SENDING})"
        )


def measure(sandbox: Sandbox, partner: RawPartner, bodies: Sequence[bytes]) -> Cost:
    answering, sending = cpu_seconds(sandbox.pid), time.process_time()
    for body in bodies:
        assert b"<successCode>0<" in partner.post(body).content
    sent = time.process_time() - sending
    return Cost((cpu_seconds(sandbox.pid) - answering) / len(bodies), sent / len(bodies))


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def order_bytes(number: int) -> bytes:
    name = f"h{number}.example.org"
    changes = {
        "orderParameters/CSR": make_csr(name),
        "orderParameters/orderID": f"load-{number}",
        "SANEntries/SANEntry/DNSName": name,
    }
    return to_envelope(make_order(changes))


def test_placing_an_order_costs_little_more_than_sending_it(start_sandbox: Callable[..., Sandbox], record_property):
    sandbox = start_sandbox()
    partner = RawPartner(sandbox)
    bodies = [order_bytes(number) for number in range(400)]
    partner.post(bodies.pop())
    cost = measure(sandbox, partner, bodies)
    record_property("quickOrder", str(cost))
    assert cost.ratio < ANSWERING_TO_SENDING


def test_reading_stays_fast_among_100_000_orders(
    start_sandbox: Callable[..., Sandbox], tmp_path: Path, record_property
):
    sandbox = start_sandbox()
    RawPartner(sandbox).send(make_order())
    sandbox.reject("shop-1")
    sandbox.stop()
    with sqlite3.connect(tmp_path / "sandbox-0" / "sandbox.sqlite3") as database:
        database.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)"
            " INSERT INTO orders (order_id, customer, product_code, state, created, updated, code, detail)"
            " SELECT 'copy-' || i, customer, product_code, state, created, updated, code || i, detail FROM n, orders"
        )
    again = sandbox.restart()
    with again:
        partner = RawPartner(again)
        bodies = [to_envelope(make_request("getOrderState", {"orderID": f"copy-{n * 331 + 1}"})) for n in range(300)]
        cost = measure(again, partner, bodies)
    record_property("getOrderState among 100,000 orders", str(cost))
    assert cost.ratio < ANSWERING_TO_SENDING


@pytest.mark.parametrize("writers", [4])
def test_every_answered_order_survives_a_kill(start_sandbox: Callable[..., Sandbox], writers):
    sandbox = start_sandbox()
    bodies = [order_bytes(number) for number in range(400)]
    answered: list[int] = []
    enough = threading.Event()

    def write(first: int) -> None:
        partner = RawPartner(sandbox)
        for number in range(first, len(bodies), writers):
            try:
                content = partner.post(bodies[number]).content
            except httpx.TransportError:
                return
            assert b"<successCode>0<" in content
            answered.append(number)
            if len(answered) >= 60:
                enough.set()

    threads = [threading.Thread(target=write, args=(first,)) for first in range(writers)]
    for thread in threads:
        thread.start()
    assert enough.wait(30)
    sandbox.kill()
    for thread in threads:
        thread.join(30)
    assert len(answered) < len(bodies), "the load was over before the kill"
    with sandbox.restart() as again:
        kept = {order["orderID"]: order for order in again.orders()}
        assert {f"load-{number}" for number in answered} <= set(kept)
        assert all(len(order["entries"]) == 1 for order in kept.values()), "an order came without its certificate entry"
