# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host whose certificates were ordered by another host of the inventory: a cloned machine, or a copied directory.

Private to the collection. Pure. The host knows who ordered them, the controller which hosts there are. A host that is
not in the inventory any more was renamed, and nothing is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._handover.foreign_text import quote
from .._handover.problems import Problem, ended_with

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

REMEDY = (
    "If this host is a copy of {other}, move {path}/{name} away and run again: this host then has an order of its own. "
    "If both names are for one machine, keep one of them in the inventory."
)


def without_copies(planned: Mapping[str, Any], *, inventory: Container[str], path: str) -> dict[str, Any]:
    """Return what certum_plan found without the due certificates of another host, each of which is a problem.

    Of two hosts with one order, the one that reissues first ends the certificate of the other. What is on disk may be
    installed and deployed: it is valid until then.
    """
    ordered_by = planned.get("ordered_by")
    named = ordered_by.items() if isinstance(ordered_by, dict) else ()
    copies = {str(name): str(other) for name, other in named if other in inventory}
    if not copies:
        return dict(planned)
    problems = [_problem(name, other, path) for name, other in copies.items()]
    ended = ended_with(problems)
    return {
        **planned,
        **ended,
        "msg": "\n".join(filter(None, [str(planned.get("msg") or ""), ended["msg"]])),
        "due": [item for item in planned.get("due") or () if _name(item) not in copies],
        "problems": [*(planned.get("problems") or ()), *ended["problems"]],
    }


def _name(item: object) -> object:
    return item.get("name") if isinstance(item, dict) else None


def _problem(name: str, other: str, path: str) -> Problem:
    remedy = REMEDY.format(other=quote(other, 80), path=quote(path, 200), name=quote(name, 80))
    return Problem(
        f"the certificate was ordered by host {quote(other, 80)}, which is in the inventory too. It is not reissued "
        f"and not renewed here: the CA would revoke the certificate of {quote(other, 80)} in 14 days. {remedy}",
        remedy,
    ).about(quote(name, 80))
