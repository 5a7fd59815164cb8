# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The facts in the result of a module: those of the host are dropped. Private to the collection. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

FACTS = "ansible_facts"


def split_facts(result: Mapping[str, Any], discovered: str | None) -> tuple[dict[str, Any], bool]:
    """Return the result without facts, and whether it had facts of the host.

    ``discovered`` is the fact that Ansible itself adds after it has looked for Python on the host. It stays: without
    it, Ansible looks again before every module.
    """
    kept = {key: value for key, value in result.items() if key != FACTS}
    facts = result.get(FACTS) or {}
    if discovered and isinstance(facts, dict) and discovered in facts:
        kept[FACTS] = {discovered: facts[discovered]}
        return kept, len(facts) > 1
    return kept, bool(facts)
