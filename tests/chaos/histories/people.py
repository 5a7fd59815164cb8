# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What people do: the CA's staff, those who change things by hand, and those who do what a run tells them."""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

import time_machine
from ansible_collections.certops.certum.plugins.module_utils._controller.cancel import cancel_order
from ansible_collections.certops.certum.plugins.module_utils._partner_api.api_errors import ApiError, CertumError
from ansible_collections.certops.certum.tests.chaos.histories.authority import OPEN, STAFF
from ansible_collections.certops.certum.tests.chaos.histories.declared import Declared
from ansible_collections.certops.certum.tests.chaos.histories.role import revoke

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ansible_collections.certops.certum.tests.chaos.histories.host import Site


def reject(site: Site, name: str) -> None:
    """CA staff refuse what is open."""
    for order in site.open_orders(name):
        site.ca.sandbox.reject(order["orderID"])


def decide(site: Site, name: str) -> None:
    """CA staff find that everything is right."""
    for order in site.open_orders(name):
        for kind, state in order["verifications"].items():
            if kind in STAFF and state != "VERIFIED":
                site.ca.sandbox.decide(order["orderID"], kind)


def revoke_newest(site: Site, name: str) -> None:
    """Somebody revokes the certificate that was installed last; the CA publishes it at once."""
    newest = site.host.read(name).newest_good
    if newest is None or newest.facts is None:
        return
    with time_machine.travel(site.ca.now, tick=True), suppress(CertumError):
        revoke(site.ca.client, newest.serial_number, "key_compromise")
    site.ca.advance(timedelta(seconds=10))


def remove_version(site: Site, name: str, which: int) -> None:
    """Somebody removes a version by hand, the newest is 0."""
    versions = site.host.read(name).versions
    if which < len(versions):
        shutil.rmtree(site.host.base / name / "versions" / versions[which].serial_number)


def cancel_or_prove(site: Site, order_id: str) -> None:
    """A person cancels an order; where that is refused, because it was reissued, the CA is convinced otherwise."""
    site.rejections_dealt_with.add(order_id)
    params = {"order_id": order_id, "note": None, "wait": False, "wait_timeout": 0, "wait_sleep": 1}
    try:
        with time_machine.travel(site.ca.now, tick=True):
            cancel_order(site.ca.client, params, check_mode=False)
    except ApiError:
        site.ca.sandbox.decide(order_id, "DOMAIN")
        site.ca.sandbox.wait_for_state(order_id, "ENROLLED")


def act(site: Site, problems: Sequence[str]) -> bool:
    """People do what problems tell them, other than to run anew; whether there was anything to do."""
    acted = False
    for problem in problems:
        for order in site.orders():
            if order["orderID"] in problem and "certum_cancel" in problem and order["state"] in OPEN:
                cancel_or_prove(site, order["orderID"])
                acted = True
        for name, declared in site.declared.items():
            asked = problem.startswith(f"{name}: ") and "declare the certificate present" in problem
            if asked and declared.absent and not acted:
                site.declared[name] = Declared(name)
                acted = True
    return acted


def wanted_anew(site: Site, problems: Sequence[str]) -> list[str]:
    """The certificates for which a problem asks a person to want another order."""
    return [name for name in site.declared if any(_asks_for_anew(name, problem) for problem in problems)]


def _asks_for_anew(name: str, problem: str) -> bool:
    return problem.startswith(f"{name}: ") and "certum_order_again" in problem
