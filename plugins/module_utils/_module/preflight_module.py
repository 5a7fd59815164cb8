# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run the preflight module, which looks at domains on the controller, without the Partner API.

Private to the collection.
"""

from __future__ import annotations

from typing import Any, NoReturn

from .._controller.preflight import look_before_ordering
from .._third_party.controller_packages import CONTROLLER_PACKAGES_MISSING
from .._third_party.dnspython import DNS_PACKAGES_MISSING
from .._third_party.host_packages import HOST_PACKAGES_MISSING
from .module_run import run


def run_preflight(*, argument_spec: dict[str, Any], **constraints: Any) -> NoReturn:
    """Run the preflight check as a module with these options."""
    run(
        look_before_ordering,
        argument_spec=argument_spec,
        packages_missing=(*DNS_PACKAGES_MISSING, *CONTROLLER_PACKAGES_MISSING, *HOST_PACKAGES_MISSING),
        quiet_options=("orders",),
        **constraints,
    )
