# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Send mails to a real mail server."""

from __future__ import annotations

import smtplib
from email.message import EmailMessage

from certum_sandbox.settings import Address

SENDER = "sandbox@certum-sandbox.invalid"


def send_mail(server: Address, *, recipient: str, subject: str, body: str) -> None:
    """Send one mail over SMTP, blocking. Raise OSError or SMTPException if the server does not accept it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = SENDER, recipient, subject
    message.set_content(body)
    with smtplib.SMTP(server.host, server.port, timeout=10) as connection:
        connection.send_message(message)
