# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs the engines of the role's modules in this process, in the order of the role's tasks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.certops.certum.plugins.module_utils._controller import certificates as engine
from ansible_collections.certops.certum.plugins.module_utils._controller.order_info import read_orders
from ansible_collections.certops.certum.plugins.module_utils._controller.revoke import revoke_certificate
from ansible_collections.certops.certum.plugins.module_utils._partner_api.api_errors import CertumError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ansible_collections.certops.certum.plugins.module_utils._partner_api.client import PartnerApi
    from ansible_collections.certops.certum.tests.chaos.histories.host import Site

PATIENCE = 0.2


@dataclass
class Report:
    """The messages of a run."""

    problems: list[str] = field(default_factory=list)
    due: list[str] = field(default_factory=list)
    pending: dict[str, str] = field(default_factory=dict)
    finished: bool = False

    @property
    def nothing(self) -> bool:
        return self.finished and not (self.problems or self.due)


class Role:
    """One run for a host; ``said`` are its messages so far, ``watch`` is called with each result."""

    def __init__(self, site: Site, *, order_again: Sequence[str], watch: Callable[[Mapping[str, Any]], None]) -> None:
        self.site, self.host, self.order_again, self.watch = site, site.host, order_again, watch
        self.said = Report()

    def play(self) -> None:
        api = self.site.ca.client
        planned = self._see(self.host.plan(*self.site.items(), now=None, check_revocation=self.site.check_revocation))
        self.said.due = [f"{told['name']}: {told['reason']['text']}" for told in planned["reasons"]]
        for item in planned["due"]:
            self._issue(api, item, planned["revoked"])
        if planned["activate"]:
            self._see(self.host.install(*planned["activate"]))
        if planned["absent"]:
            self._take_away(api, planned)
        self.said.finished = True

    def _issue(self, api: PartnerApi, item: dict[str, Any], revoked: list[str]) -> None:
        """Issue one certificate after the other: certificates of a host may need the same validation file."""
        staged = self._see(
            self.host.stage(item, host=self.site.name, order_again=list(self.order_again), revoked=revoked)
        )
        ordered = self._make(api, staged["orders"], trigger_validation=False, wait=False)
        self._see(self.host.challenge([item], ordered["certificates"]))
        self.site.ca.publish(ordered)
        finished = self._make(api, ordered["orders"], trigger_validation=True, wait=True)
        self._see(self.host.challenge([item], finished["certificates"]))
        self._see(self.host.install(item, orders=ordered["certificates"] + finished["certificates"]))

    def _make(self, api: PartnerApi, items: Sequence[Mapping[str, Any]], **options: bool) -> dict[str, Any]:
        params = {"wait_timeout": PATIENCE, "wait_sleep": 1, "concurrency": 1, "certificates": list(items), **options}
        result = engine.make_certificates(api, params, check_mode=False)
        self.watch(result)
        for certificate in result["certificates"]:
            self.said.problems += [certificate["problem"]["text"]] if certificate["problem"] else []
            self.said.pending.pop(certificate["name"], None)
            if certificate["state"] == "pending":
                self.said.pending[certificate["name"]] = certificate["reason"]["text"]
        return result

    def _take_away(self, api: PartnerApi, planned: Mapping[str, Any]) -> None:
        asked, revoked = [], []
        for each in planned["pending_orders"]:
            try:
                answer = read_orders(api, {"order_id": each["order_id"], "include_pem": False}, check_mode=False)
            except CertumError as error:
                self.said.problems.append(str(error))
                break
            asked.append(self._see(answer)["order"])
        for each in planned["revoke"]:
            try:
                revoked.append(revoke(api, each["serial_number"], each["revoke_reason"])["serial_number"])
            except CertumError as error:
                self.said.problems.append(str(error))
                break
        kept = {each["name"] for each in planned["revoke"] if each["serial_number"] not in revoked}
        planned_removal = [item for item in planned["absent"] if item["name"] not in kept]
        self._see(self.host.install(*planned_removal, orders=asked, state="absent"))

    def _see(self, result: dict[str, Any]) -> dict[str, Any]:
        self.said.problems += [problem["text"] for problem in result.get("problems", [])]
        self.watch(result)
        return result


def revoke(api: PartnerApi, serial_number: str, reason: str) -> dict[str, Any]:
    params = {
        **dict.fromkeys(("certificate_path", "certificate_content", "order_id", "note", "key_compromise_date")),
        "serial_number": serial_number,
        "revoke_reason": reason,
        "wait": False,
        "wait_timeout": 0,
        "wait_sleep": 1,
    }
    return revoke_certificate(api, params, check_mode=False)
