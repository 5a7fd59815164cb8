# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run modules on the host that uses the certificates.

Private to the collection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from .._third_party.host_packages import HOST_PACKAGES_MISSING, INSTALLED_VERSION, OLDEST_VERSION
from .missing_packages import outdated_sentence
from .module_run import run

if TYPE_CHECKING:
    from .module_run import Act

LONG_LISTS = ("certificates", "orders")


def run_on_host(act: Act, *, argument_spec: dict[str, Any], **constraints: Any) -> NoReturn:
    """Run ``act(params, check_mode)`` as a module with these options."""
    run(
        act,
        argument_spec=argument_spec,
        packages_missing=HOST_PACKAGES_MISSING,
        outdated=outdated_sentence("cryptography", installed=INSTALLED_VERSION, oldest=OLDEST_VERSION),
        quiet_options=LONG_LISTS,
        **constraints,
    )
