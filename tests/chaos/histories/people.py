# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The acts of people: the CA's staff, manual changes, and operators who follow the messages of a run."""

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
    """Let CA staff refuse the pending orders."""
    for order in site.open_orders(name):
        site.ca.sandbox.reject(order["orderID"])


def decide(site: Site, name: str) -> None:
    """Let CA staff approve everything."""
    for order in site.open_orders(name):
        for kind, state in order["verifications"].items():
            if kind in STAFF and state != "VERIFIED":
                site.ca.sandbox.decide(order["orderID"], kind)


def revoke_newest(site: Site, name: str) -> None:
    """Revoke the certificate that was installed last; the CA publishes the revocation at once."""
    newest = site.host.read(name).newest_good
    if newest is None or newest.facts is None:
        return
    with time_machine.travel(site.ca.now, tick=True), suppress(CertumError):
        revoke(site.ca.client, newest.serial_number, "key_compromise")
    site.ca.advance(timedelta(seconds=10))


def remove_version(site: Site, name: str, which: int) -> None:
    """Remove a version by hand, the newest is 0."""
    versions = site.host.read(name).versions
    if which < len(versions):
        shutil.rmtree(site.host.base / name / "versions" / versions[which].serial_number)


def cancel_or_validate(site: Site, order_id: str) -> None:
    """Cancel an order; if the CA refuses because of a reissue, complete its validation in another way."""
    site.rejections_dealt_with.add(order_id)
    params = {"order_id": order_id, "note": None, "wait": False, "wait_timeout": 0, "wait_sleep": 1}
    try:
        with time_machine.travel(site.ca.now, tick=True):
            cancel_order(site.ca.client, params, check_mode=False)
    except ApiError:
        site.ca.sandbox.decide(order_id, "DOMAIN")
        site.ca.sandbox.wait_for_state(order_id, "ENROLLED")


def act(site: Site, problems: Sequence[str]) -> bool:
    """Follow the remedies of the problems, except to order again; return whether there was any."""
    acted = False
    for problem in problems:
        for order in site.orders():
            if order["orderID"] in problem and "certum_cancel" in problem and order["state"] in OPEN:
                cancel_or_validate(site, order["orderID"])
                acted = True
        for name, declared in site.declared.items():
            asked = problem.startswith(f"{name}: ") and "declare the certificate present" in problem
            if asked and declared.absent and not acted:
                site.declared[name] = Declared(name)
                acted = True
    return acted


def wanted_again(site: Site, problems: Sequence[str]) -> list[str]:
    """Return the certificates for which a problem asks the operator to order again."""
    return [name for name in site.declared if any(_asks_to_order_again(name, problem) for problem in problems)]


def _asks_to_order_again(name: str, problem: str) -> bool:
    return problem.startswith(f"{name}: ") and "certum_order_again" in problem
