# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real SMTP server on loopback that keeps its mails."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

from aiosmtpd.controller import Controller

from .ports import ReservedPort

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

    from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class MailServer:
    """``mails`` are the envelopes in the order of their arrival."""

    port: int
    mails: list[Envelope] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        self.mails.append(envelope)
        return "250 OK"

    def message(self, index: int) -> EmailMessage:
        """Return one mail with its parts."""
        content = self.mails[index].content
        assert isinstance(content, bytes)
        return message_from_bytes(content, policy=policy.default)


@contextmanager
def mail_server(port: int = 0) -> Iterator[MailServer]:
    """Listen on this port of 127.0.0.1, or on a free one, while the context lasts."""
    own = ReservedPort()
    server = MailServer(port or own.number)
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
