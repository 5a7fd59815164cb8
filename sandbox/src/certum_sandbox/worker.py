# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The CA's own work between calls: takes orders up, checks names, issues certificates, sends mails.

What is to do follows from the database alone, so a sandbox that was killed goes on where it stopped. Database work is
synchronous and short. Between two awaits an order may change, so results are recorded on a fresh copy, and only if they
still are about the same verification code.
"""

from __future__ import annotations

import asyncio
import logging
import smtplib
from collections.abc import Callable
from dataclasses import replace

from certum_sandbox.backend import Backend
from certum_sandbox.dialect import Switch
from certum_sandbox.model import Method, Order, OrderState, VerificationState, VerificationType
from certum_sandbox.progress import (
    begin,
    find_verification,
    record_proofs,
    record_system_checks,
    reject,
    settle,
    supersede,
)
from certum_sandbox.proof.checker import Checker
from certum_sandbox.proof.post import send_mail
from certum_sandbox.store.mails import Mail

_LOG = logging.getLogger(__name__)
_POLL_SECONDS = 2.0


class Worker:
    """One background task per order that has something to do."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._checker = Checker(backend.settings)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._post = asyncio.Lock()

    async def run(self) -> None:
        """Work until cancelled."""
        for order_id in self._backend.orders.to_go_on_with():
            self._backend.work.put(order_id)
        poller = asyncio.create_task(self._poll())
        try:
            while True:
                self._start(await self._backend.work.get())
        finally:
            for task in (poller, *self._running.values()):
                task.cancel()
            await self.close()

    async def close(self) -> None:
        """Give up all connections."""
        await self._checker.close()

    def _start(self, order_id: str) -> None:
        """At most one task for an order; what comes in meanwhile is looked at when it ends."""
        if order_id in self._running:
            self._again.add(order_id)
            return
        task = asyncio.create_task(self.advance(order_id))
        self._running[order_id] = task
        task.add_done_callback(lambda done: self._finished(order_id, done))

    def _finished(self, order_id: str, task: asyncio.Task[None]) -> None:
        del self._running[order_id]
        if not task.cancelled() and task.exception() is not None:
            _LOG.error("order %s cannot go on", order_id, exc_info=task.exception())
        if order_id in self._again:
            self._again.discard(order_id)
            self._backend.work.put(order_id)

    async def _poll(self) -> None:
        """The CA that looks by itself."""
        if self._backend.dialect[Switch.POLLING] == "no":
            return
        while True:
            await asyncio.sleep(_POLL_SECONDS)
            for order in self._backend.orders.unfinished():
                if order.state is OrderState.VERIFICATION and order.unproved and not _is_by_mail(order):
                    self._change(order.order_id, lambda fresh: replace(fresh, check_due=fresh.check_due + 1))
                    self._backend.work.put(order.order_id)

    async def advance(self, order_id: str) -> None:
        """Move one order as far as it goes now."""
        await self._send_mails()
        for state, step in (
            (OrderState.AWAITING, self._take_up),
            (OrderState.VERIFICATION, self._inspect),
            (OrderState.VERIFICATION, self._prove),
            (OrderState.ACCEPTED, self._issue),
        ):
            order = self._backend.orders.find_in_state(order_id, state)
            if order is not None:
                await step(order)

    async def _pace(self) -> None:
        if self._backend.settings.pace:
            await asyncio.sleep(self._backend.settings.pace)

    def _change(self, order_id: str, change: Callable[[Order], Order]) -> None:
        """Change an order in a transaction of its own, and settle it."""
        backend = self._backend
        with backend.database.transaction():
            order = backend.orders.find(order_id)
            if order is not None:
                changed = settle(change(order), backend.clock.now())
                if changed != order:
                    backend.orders.save(changed)

    async def _send_mails(self) -> None:
        if self._backend.settings.smtp is None:
            return
        async with self._post:
            for mail in self._backend.outbox.unsent():
                if not await self._send(mail):
                    return

    async def _send(self, mail: Mail) -> bool:
        server = self._backend.settings.smtp
        if server is None:
            return False
        try:
            await asyncio.to_thread(send_mail, server, recipient=mail.recipient, subject=mail.subject, body=mail.body)
        except (OSError, smtplib.SMTPException) as error:
            _LOG.warning("%s does not take a mail to %s: %s", server, mail.recipient, error)
            return False
        with self._backend.database.transaction():
            self._backend.outbox.mark_sent(mail.number)
        return True

    async def _take_up(self, order: Order) -> None:
        await self._pace()
        approve = self._backend.settings.approve

        def take_up(fresh: Order) -> Order:
            still = fresh.state is OrderState.AWAITING
            return begin(fresh, approve, self._backend.clock.now()) if still else fresh

        self._change(order.order_id, take_up)

    async def _inspect(self, order: Order) -> None:
        """Automatic checks: when the order is taken up, and again with every check that is asked for."""
        before = find_verification(order, VerificationType.INTERNAL)
        if before is None or before.state is VerificationState.VERIFIED:
            return
        if before.state is VerificationState.FAILED and not order.check_due:
            return
        findings = await self._checker.inspect(order)
        now = self._backend.clock.now()

        def record(fresh: Order) -> Order:
            if fresh.state is not OrderState.VERIFICATION or fresh.code != order.code:
                return fresh
            return record_system_checks(fresh, findings, now, self._backend.reuse)

        self._change(order.order_id, record)

    async def _prove(self, order: Order) -> None:
        if not order.check_due:
            return
        await self._pace()
        results = {} if _is_by_mail(order) else await self._checker.prove(order)
        now = self._backend.clock.now()

        def record(fresh: Order) -> Order:
            if fresh.state is not OrderState.VERIFICATION or fresh.code != order.code:
                return fresh
            # A check asked for while this one ran may see more than this one did.
            still_due = fresh.check_due - order.check_due
            return replace(record_proofs(fresh, results, now, self._backend.reuse), check_due=still_due)

        self._change(order.order_id, record)

    async def _issue(self, order: Order) -> None:
        await self._pace()
        backend = self._backend
        with backend.database.transaction():
            fresh = backend.orders.find(order.order_id)
            if fresh is None or fresh.state is not OrderState.ACCEPTED:
                return
            now, product = backend.clock.now(), backend.catalogue.get(fresh.product_code)
            entries = [entry for entry in backend.orders.entries(order.order_id) if not entry.refused]
            if backend.authority.end(fresh, entries[-1], product, now) <= now:
                backend.orders.save(reject(fresh, now))  # what it may last until has passed while it waited
                backend.orders.refuse_open_entries(fresh.order_id)
                return
            for entry in entries:
                if entry.certificate is None:
                    backend.orders.save_entry(backend.authority.issue(fresh, entry, product, now))
                elif entry is not entries[-1]:
                    backend.orders.save_entry(replace(entry, certificate=supersede(entry.certificate, now)))
            backend.orders.save(replace(fresh, state=OrderState.ENROLLED, updated=now))


def _is_by_mail(order: Order) -> bool:
    return order.approver is not None and order.approver.method is Method.ADMIN
