# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The account is asked about a limited number of orders, and each host has its turn."""

from __future__ import annotations

from typing import Any

from ansible_collections.certops.certum.plugins.module_utils._controller.account_states import (
    orders_to_ask,
    with_order_states,
)
from ansible_collections.certops.certum.plugins.module_utils._report.estate_of_play import HostResults, estate_of
from ansible_collections.certops.certum.tests.unit.report.reported import NOW, host, info, pending


def estate(*hosts: HostResults) -> Any:
    return estate_of(hosts, now=NOW)


def test_no_host_takes_the_turns_of_the_others() -> None:
    many = [info(f"x{number}", order=pending(f"x-{number}")) for number in range(500)]
    found = estate(host("evil", *many), host("web1", info(order=pending("shop-2"))), host("web2", info()))
    assert orders_to_ask(found["certificates"])[:2] == ["x-0", "shop-2"]


def test_order_of_a_group_is_asked_about_once() -> None:
    shared = info(share="web", order=pending("shop-2"))
    found = estate(host("web1", shared), host("web2", shared), host("web3", info(order=pending(None))))
    assert orders_to_ask(found["certificates"]) == ["shop-2"]


def test_nothing_is_opened_without_a_pending_order() -> None:
    def refuse() -> Any:
        raise AssertionError

    found = estate(host("web1", info()))
    assert with_order_states(found, refuse) == found
