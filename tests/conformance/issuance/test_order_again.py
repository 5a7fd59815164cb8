# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Checks certum_order_again for a host with an older copy of a certificate: it orders if nothing can be reissued."""

from __future__ import annotations

import itertools
import shutil
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from ansible_collections.certops.certum.tests.unit.host.declared import Host

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.certops.certum.plugins.module_utils._partner_api.client import PartnerApi
    from ansible_collections.certops.certum.tests.conformance.issuance.world import World

_numbers = itertools.count(1)
CUSTOMERS = ["web1/{name}", "Example S.A."]


class Site:
    """A host with one certificate, and a clock on which every run is a minute after the last."""

    def __init__(self, ca: World, base: Path, name: str, customer: str) -> None:
        (base / "www").mkdir(parents=True)
        self.ca, self.host, self.name = ca, Host(base / "certum", base / "www"), name
        self.item = self.host.declare(name, customer=customer.format(name=name))
        self.now = datetime.now(timezone.utc)

    def run(self, api: PartnerApi, *, order_again: bool = False) -> str:
        """Run the role, which replaces the certificate whether it is due or not. Return its problems."""
        self.now += timedelta(minutes=1)
        with time_machine.travel(self.now, tick=True):
            due = self.host.plan(self.item, now=None, replace=[self.name])["due"]
            orders = self.host.stage(*due, order_again=[self.name] * order_again)["orders"]
            ordered = self.ca.first_call(api, orders)
            self._publish(due, ordered)
            finished = self.ca.second_call(api, ordered["orders"])
            self._publish(due, finished)
            results = ordered["certificates"] + finished["certificates"]
            assert self.host.install(*due, orders=results)["problems"] == []
        return str(ordered["msg"] + finished["msg"])

    def predict(self, api: PartnerApi, *, order_again: bool = False) -> dict[str, Any]:
        """Return the prediction of check mode."""
        due = self.host.plan(self.item, now=None, replace=[self.name])["due"]
        orders = self.host.stage(*due, order_again=[self.name] * order_again, check_mode=True)["orders"]
        (result,) = self.ca.first_call(api, orders, check_mode=True)["certificates"]
        return dict(result)

    def _publish(self, due: list[dict[str, Any]], result: dict[str, Any]) -> None:
        self.host.challenge(due, result["certificates"])
        self.ca.web.put(self.item["common_name"], self.host.proof or "nothing")

    def newest(self) -> str:
        found = self.host.read(self.name).newest_good
        assert found is not None
        return found.serial_number

    def forget_newest(self) -> None:
        """Remove the directory of the newest version by hand."""
        shutil.rmtree(self.host.base / self.name / "versions" / self.newest())

    def certificates_per_order(self) -> list[int]:
        orders = [order for order in self.ca.sandbox.orders() if self.item["common_name"] in order["names"]]
        return [len(order["entries"]) for order in orders]


@pytest.fixture(params=CUSTOMERS)
def site(world: World, tmp_path: Path, request: pytest.FixtureRequest) -> Site:
    """Return a host whose certificate was reissued once. The customer names host and certificate, or is shared."""
    made = Site(world, tmp_path, f"anew-{next(_numbers)}", request.param)
    with world.client() as api:
        assert [made.run(api), made.run(api)] == ["", ""]
    assert made.certificates_per_order() == [2]
    return made


def test_revoked_order_is_reported_and_ordered_again_on_request(
    site: Site,
) -> None:
    newest = site.newest()
    site.forget_newest()
    older = site.newest()
    with site.ca.client() as api:
        api.revoke_certificate(serial_number=newest)
        predicted = site.predict(api)
        assert (predicted["reason"]["text"], predicted["changed"]) == ("nothing would be reissued", False)
        told = [predicted["problem"]["text"], site.run(api), site.run(api)]
        assert site.certificates_per_order() == [2], "the operator decides"
        for words in told:
            assert f"{site.name}: certificate {newest} ({site.item['common_name']}): the CA reports that it is" in words
            assert f"The certificate on disk is {older}: a reissue replaced it" in words
            assert f"""-e '{{"certum_order_again": ["{site.name}"]}}'""" in words
        assert site.run(api, order_again=True) == ""
        assert site.certificates_per_order() == [2, 1]
        assert site.run(api) == ""
    assert site.certificates_per_order() == [2, 2]


def test_request_to_order_again_is_ignored_for_a_live_order(site: Site) -> None:
    with site.ca.client() as api:
        for order_again in (False, True):
            predicted = site.predict(api, order_again=order_again)
            assert f"would reissue certificate {site.newest()}" in predicted["reason"]["text"]
            assert (predicted["changed"], predicted["problem"]) == (True, None)
        assert site.run(api, order_again=True) == ""
        site.forget_newest()
        assert site.run(api, order_again=True) == ""
    assert site.certificates_per_order() == [4]


def test_reissue_instead_of_an_order_is_found_again(site: Site) -> None:
    """With and without the request to order again."""
    with site.ca.client() as api:
        for again in (False, True):
            before = site.certificates_per_order()[0]
            site.ca.sandbox.add_fault("drop", operation="reissueCertificate", when="after")
            site.ca.sandbox.add_fault("drop", operation="getOrderByOrderID", skip=1, times=9)
            assert "Run again with the same CSR" in site.run(api, order_again=True)
            site.ca.sandbox.clear_faults()
            assert site.run(api, order_again=again) == ""
            assert site.certificates_per_order() == [before + 1]
