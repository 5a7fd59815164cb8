# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Remove secrets from the sentences of a result, and leave the data for the next task unchanged.

Ansible removes the value of every no_log option from everything that a module returns. A password of four letters
occurs by chance in one of some thousand certificates. Its removal would damage the base64 of the certificate in every
run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible.module_utils.common.parameters import remove_values

from .result_sentences import map_sentences

if TYPE_CHECKING:
    from collections.abc import Collection


def mask_sentences(value: Any, secrets: Collection[str]) -> Any:
    """Return the result with ``secrets`` (the values of no_log options) removed from its sentences."""
    return map_sentences(value, lambda text: remove_values(text, secrets)) if secrets else value
