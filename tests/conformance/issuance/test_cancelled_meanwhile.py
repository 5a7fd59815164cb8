# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Cancels the order of a run just before any of its calls to the CA."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.certops.certum.plugins.module_utils._partner_api.api_errors import ApiError
from ansible_collections.certops.certum.tests.conformance.issuance.test_two_controllers import (
    CALLS,
    Site,
    interrupt,
    walk,
)
from ansible_collections.certops.certum.tests.unit.host.declared import Host

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ansible_collections.certops.certum.plugins.module_utils._partner_api.client import PartnerApi
    from ansible_collections.certops.certum.tests.conformance.issuance.world import World

TOO_LATE = (1136, 1139)
"""There is a certificate; it is being made."""


def test_cancelled_order_is_reported_and_never_ordered_again(start_world: Callable[..., World], tmp_path: Path) -> None:
    ca, cancelled = start_world(), 0
    for call in range(1, CALLS + 1):
        base = tmp_path / str(call)
        (base / "www").mkdir(parents=True)
        site = Site(ca, Host(base / "certum", base / "www"), f"c{call}")
        with ca.client() as api, ca.client() as other:
            interrupt(site.run(api), api, call, lambda site=site, other=other: _cancel(site, other))
            if not any(order["state"] == "REJECTED" for order in _orders(site)):
                assert site.is_settled(), call
                continue
            cancelled += 1
            assert _has_a_remedy(site), (call, site.problems)
            site.problems.clear()
            walk(site.run(other))
        assert _has_a_remedy(site), (call, site.problems)
        assert len(_orders(site)) == 1, call
        assert site.host.proof is None, call
    print(f"\ncancelled before {cancelled} of the calls")
    assert cancelled


def _cancel(site: Site, api: PartnerApi) -> None:
    """Cancel the order, unless the CA reports that it is too late; then the order is issued."""
    for order in _orders(site):
        try:
            api.cancel_order(order_id=order["orderID"], note="")
        except ApiError as refusal:
            if not refusal.has(*TOO_LATE):
                raise


def _orders(site: Site) -> list[dict[str, str]]:
    return site.ca.orders({"customer": f"web1/{site.item['name']}"})


def _has_a_remedy(site: Site) -> bool:
    """Check that the result reports the cancellation and how to order again."""
    told = ["was cancelled" in problem and "certum_order_again" in problem for problem in site.problems]
    return bool(told) and all(told)
