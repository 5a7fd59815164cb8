# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""addEmailVerification and getEmailVerification (partner-api.md 2.17, 2.18; lifecycle.md 6)."""

from __future__ import annotations

from dataclasses import replace

from certum_sandbox.model import Mailbox, VerificationState, VerificationType
from certum_sandbox.operations.certificate_details import shown_date
from certum_sandbox.operations.operation import Answer, Operation
from certum_sandbox.operations.order_state import known_order
from certum_sandbox.rules.inquiry import Inquiry
from certum_sandbox.rules.order_reference_rules import order_reference
from certum_sandbox.rules.rule import Breach, Rule, rule
from certum_sandbox.soap.render import node, nodes
from certum_sandbox.transitions import PENDING, find_verification
from certum_sandbox.validation.notifications import mail_mailbox_link, new_mailbox


def _known_mailbox(inquiry: Inquiry) -> Mailbox:
    mailbox = known_order(inquiry).mailbox
    if mailbox is None:
        msg = "a request about an order without a mailbox passed the rules"
        raise ValueError(msg)
    return mailbox


@rule(2163)
def _no_mailbox(inquiry: Inquiry) -> Breach:
    return inquiry.order.order_id if inquiry.order is not None and inquiry.order.mailbox is None else False


def _is_no_longer_pending(inquiry: Inquiry) -> bool:
    return inquiry.order is not None and inquiry.order.mailbox is not None and inquiry.order.state not in PENDING


@rule(1113, "orderID")
def _wrong_state(inquiry: Inquiry) -> Breach:
    return inquiry.order.order_id if _is_no_longer_pending(inquiry) and inquiry.order is not None else False


@rule(1114, "orderID")
def _link_not_needed(inquiry: Inquiry) -> Breach:
    """The last link is still valid, or the mailbox is validated already."""
    order = inquiry.order
    if order is None or order.mailbox is None or _is_no_longer_pending(inquiry):
        return False
    email = find_verification(order, VerificationType.EMAIL)
    done = email is not None and email.state is VerificationState.VERIFIED
    return order.order_id if done or order.mailbox.link_expires > inquiry.now else False


_ADD_RULES: tuple[Rule[Inquiry], ...] = (*order_reference(), _no_mailbox, _wrong_state, _link_not_needed)


def _add(inquiry: Inquiry) -> Answer:
    order = replace(known_order(inquiry), mailbox=new_mailbox(inquiry.backend, _known_mailbox(inquiry).email))
    inquiry.backend.orders.save(order)
    mail_mailbox_link(inquiry.backend, order)
    inquiry.backend.work.put(order.order_id)
    return Answer()


def _get(inquiry: Inquiry) -> Answer:
    mailbox, backend = known_order(inquiry).mailbox, inquiry.backend
    if mailbox is None:
        return Answer()
    children = nodes(
        email=mailbox.email,
        verified=mailbox.verified is not None,
        sendDate=shown_date(backend, mailbox.sent),
        verificationLinkValidityDate=mailbox.link_expires,
        verificationDate=shown_date(backend, mailbox.verified),
        verificationValidity=shown_date(backend, mailbox.expires),
    )
    return Answer([node("emailVerification", children)])


ADD_EMAIL_VERIFICATION = Operation("addEmailVerification", Inquiry, _ADD_RULES, _add)
GET_EMAIL_VERIFICATION = Operation("getEmailVerification", Inquiry, order_reference(), _get)
