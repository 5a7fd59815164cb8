# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The results of an order, for the hosts of a group that do not order.

Private to the collection. Pure. They publish the validation files too, because any host of the group may answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._handover.batches import HostOrders
    from .._handover.certificate_results import CertificateResult
    from .._handover.shared_items import Assignment


def with_members(hosts: Mapping[str, HostOrders], assignments: Sequence[Assignment]) -> dict[str, HostOrders]:
    """Return the results of all hosts, with a copy of each shared result for the other hosts of its group.

    A copy has no certificate, because the key is on another host, and no problem, because the holder reports it.
    """
    found = dict(hosts)
    for assignment in assignments:
        if not assignment["issue"] or assignment["holder"] not in hosts:
            continue
        share = hosts[assignment["holder"]]
        certificates = [_copy(each) for each in share["certificates"] if each["name"] == assignment["name"]]
        publish = [_copy(each) for each in share["publish"] if each["name"] == assignment["name"]]
        for member in assignment["members"]:
            if member != assignment["holder"]:
                found[member] = _joined(found.get(member), assignment["name"], certificates, publish)
    return found


def _joined(
    before: HostOrders | None,
    name: str,
    certificates: Sequence[CertificateResult],
    publish: Sequence[CertificateResult],
) -> HostOrders:
    share: HostOrders = before or {"certificates": [], "publish": [], "problems": []}
    return {
        "certificates": [*(each for each in share["certificates"] if each["name"] != name), *certificates],
        "publish": [*(each for each in share["publish"] if each["name"] != name), *publish],
        "problems": share["problems"],
    }


def _copy(result: CertificateResult) -> CertificateResult:
    return {**result, "changed": False, "problem": None, "certificate": None, "chain": None, "root": None}
