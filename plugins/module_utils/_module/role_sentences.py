# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Replace names of module options by names of role variables in sentences.

Private to the collection. Pure. Modules use the same client, and there the options have their own names.
"""

from __future__ import annotations

import re

VARIABLES = {
    "api_url": "certum_api_url",
    "api_environment": "certum_api_environment",
    "api_username": "certum_api_username",
    "api_password": "certum_api_password",
    "ca_path": "certum_api_ca_path",
    "validate_certs": "certum_api_validate_certs",
    "wait_timeout": "certum_wait_timeout",
    "wait_sleep": "certum_wait_sleep",
    "the option resolve": "certum_preflight_resolve",
    "the option resolvers": "certum_preflight_resolvers",
}
NOT_OF_THE_ROLE = re.compile(r" \((?:connect|request)_timeout\)")
"""Options that no variable of the role sets. Sentences of the role do not name them."""

_OPTIONS = re.compile(rf"(?<![\w.<-])({'|'.join(VARIABLES)})(?![\w>-])")


def role_sentence(text: str) -> str:
    """Return the text with the names of role variables instead of module options."""
    return _OPTIONS.sub(lambda found: VARIABLES[found[1]], NOT_OF_THE_ROLE.sub("", text))
