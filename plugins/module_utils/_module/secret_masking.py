# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Strike secrets out of what people read of a result, and leave what the next task works with as it is.

Ansible strikes the value of every no_log option out of all that a module returns. A password of four letters stands by
chance in one of some thousand certificates: there it would break the base64 on its way to the host, run after run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible.module_utils.common.parameters import remove_values

from .result_sentences import map_sentences

if TYPE_CHECKING:
    from collections.abc import Collection


def mask_sentences(value: Any, secrets: Collection[str]) -> Any:
    """Return the result with ``secrets`` (the values of no_log options) struck out of its sentences."""
    return map_sentences(value, lambda text: remove_values(text, secrets)) if secrets else value
