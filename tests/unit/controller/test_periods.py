# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Refuses an impossible period in a sentence, before a request is sent."""

from __future__ import annotations

import pytest
from ansible_collections.certops.certum.plugins.module_utils._controller.certificate_info import read_certificates
from ansible_collections.certops.certum.plugins.module_utils._controller.declarations import declare_account
from ansible_collections.certops.certum.plugins.module_utils._controller.order_info import read_orders
from ansible_collections.certops.certum.plugins.module_utils._controller.requested_certificate import (
    InvalidRequestError,
)
from ansible_collections.certops.certum.tests.unit.partner_api.api_service import Script


@pytest.mark.parametrize("days", [0, -1, 739_000, 999_999, 10**12])
def test_days_beyond_the_calendar_are_refused(days: int) -> None:
    with pytest.raises(InvalidRequestError, match=f"days is {days}, .* Nothing was sent"):
        declare_account(Script().api(), {"days": days, "dest": None}, check_mode=False)


@pytest.mark.parametrize("days", [-1, 0, 31])
def test_days_beyond_the_limit_of_the_ca_are_refused(days: int) -> None:
    with pytest.raises(InvalidRequestError, match=f"validity_days_left is {days}, but it must be 1 to 30 .*Nothing"):
        read_certificates(Script().api(), {"validity_days_left": days}, check_mode=False)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:00:00-05:00", "yesterday"])
def test_moment_beyond_the_calendar_is_refused(moment: str) -> None:
    options = {"order_id": None, "from_date": moment, "to_date": None, "modified": False}
    with pytest.raises(InvalidRequestError, match=r"from_date: .* Nothing was sent"):
        read_orders(Script().api(), options, check_mode=False)
