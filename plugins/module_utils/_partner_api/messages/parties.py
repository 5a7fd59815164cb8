# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""People and organizations (partner-api.md 3.2).

Private to the collection.
"""

from __future__ import annotations

from ..._third_party.controller_packages import element
from .base import Message


class RequestorInfo(Message):
    """The person whom the CA contacts. Only orderSNICertificate needs ``phone``."""

    email: str = element(tag="email", default="")
    first_name: str = element(tag="firstName", default="")
    last_name: str = element(tag="lastName", default="")
    phone: str | None = element(tag="phone", default=None)


class OrganizationInfo(Message):
    """The organization's tax or registration number, for OV and EV."""

    tax_identification_number: str = element(tag="taxIdentificationNumber")
