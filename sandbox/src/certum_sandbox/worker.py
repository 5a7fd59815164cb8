# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The CA's background work: start the verification of orders, validate names, issue certificates, send mails.

The database alone says which work is open, so a sandbox that was killed continues after a restart. Database work is
synchronous and short. An order may change between two awaits. Results are therefore recorded on a fresh copy of the
order, and only if its verification code is still the same.
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
from certum_sandbox.store.outbox import Mail
from certum_sandbox.transitions import (
    accept_if_verified,
    find_verification,
    record_system_checks,
    record_validations,
    reject,
    start_verification,
    supersede,
)
from certum_sandbox.validation.checker import Checker
from certum_sandbox.validation.smtp import send_mail

_LOG = logging.getLogger(__name__)
_POLL_SECONDS = 2.0


class Worker:
    """A worker with one background task for each order that has open work."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._checker = Checker(backend.settings)
        self._running: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._mail_lock = asyncio.Lock()

    async def run(self) -> None:
        """Work until the task is cancelled."""
        for order_id in self._backend.orders.orders_to_resume():
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
        """Close all connections."""
        await self._checker.close()

    def _start(self, order_id: str) -> None:
        """Start the task of an order, or repeat it after its end if it is running."""
        if order_id in self._running:
            self._again.add(order_id)
            return
        task = asyncio.create_task(self.advance(order_id))
        self._running[order_id] = task
        task.add_done_callback(lambda done: self._finished(order_id, done))

    def _finished(self, order_id: str, task: asyncio.Task[None]) -> None:
        del self._running[order_id]
        if not task.cancelled() and task.exception() is not None:
            _LOG.error("order %s cannot continue", order_id, exc_info=task.exception())
        if order_id in self._again:
            self._again.discard(order_id)
            self._backend.work.put(order_id)

    async def _poll(self) -> None:
        """Validate names again and again without a trigger, in the dialect where the CA does so."""
        if self._backend.dialect[Switch.POLLING] == "no":
            return
        while True:
            await asyncio.sleep(_POLL_SECONDS)
            for order in self._backend.orders.unfinished():
                if order.state is OrderState.VERIFICATION and order.unvalidated and not _is_by_mail(order):
                    self._change(order.order_id, lambda fresh: replace(fresh, check_due=fresh.check_due + 1))
                    self._backend.work.put(order.order_id)

    async def advance(self, order_id: str) -> None:
        """Move one order as far as possible now."""
        await self._send_mails()
        for state, step in (
            (OrderState.AWAITING, self._start_verification),
            (OrderState.VERIFICATION, self._run_automatic_checks),
            (OrderState.VERIFICATION, self._validate_names),
            (OrderState.ACCEPTED, self._issue),
        ):
            order = self._backend.orders.find_in_state(order_id, state)
            if order is not None:
                await step(order)

    async def _pace(self) -> None:
        if self._backend.settings.pace:
            await asyncio.sleep(self._backend.settings.pace)

    def _change(self, order_id: str, change: Callable[[Order], Order]) -> None:
        """Change an order in its own transaction, and accept it if it is fully verified."""
        backend = self._backend
        with backend.database.transaction():
            order = backend.orders.find(order_id)
            if order is not None:
                changed = accept_if_verified(change(order), backend.clock.now())
                if changed != order:
                    backend.orders.save(changed)

    async def _send_mails(self) -> None:
        if self._backend.settings.smtp is None:
            return
        async with self._mail_lock:
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
            _LOG.warning("mail server %s did not accept the mail to %s: %s", server, mail.recipient, error)
            return False
        with self._backend.database.transaction():
            self._backend.outbox.mark_sent(mail.number)
        return True

    async def _start_verification(self, order: Order) -> None:
        await self._pace()
        approve = self._backend.settings.approve

        def start_if_awaiting(fresh: Order) -> Order:
            still = fresh.state is OrderState.AWAITING
            return start_verification(fresh, approve, self._backend.clock.now()) if still else fresh

        self._change(order.order_id, start_if_awaiting)

    async def _run_automatic_checks(self, order: Order) -> None:
        """Run the automatic checks when verification starts. After a failure, repeat them with each validation."""
        before = find_verification(order, VerificationType.INTERNAL)
        if before is None or before.state is VerificationState.VERIFIED:
            return
        if before.state is VerificationState.FAILED and not order.check_due:
            return
        findings = await self._checker.run_automatic_checks(order)
        now = self._backend.clock.now()

        def record(fresh: Order) -> Order:
            if fresh.state is not OrderState.VERIFICATION or fresh.code != order.code:
                return fresh
            return record_system_checks(fresh, findings, now, self._backend.validation_reuse)

        self._change(order.order_id, record)

    async def _validate_names(self, order: Order) -> None:
        if not order.check_due:
            return
        await self._pace()
        results = {} if _is_by_mail(order) else await self._checker.validate(order)
        now = self._backend.clock.now()

        def record(fresh: Order) -> Order:
            if fresh.state is not OrderState.VERIFICATION or fresh.code != order.code:
                return fresh
            # A validation that was triggered during this one may find files or records that this one missed.
            still_due = fresh.check_due - order.check_due
            return replace(record_validations(fresh, results, now, self._backend.validation_reuse), check_due=still_due)

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
            if backend.authority.expiry_date(fresh, entries[-1], product, now) <= now:
                backend.orders.save(reject(fresh, now))  # its latest expiry date passed while it was pending
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
