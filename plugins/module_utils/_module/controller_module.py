# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run modules on the controller that use the Partner API.

Private to the collection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from .._third_party.controller_packages import CONTROLLER_PACKAGES_MISSING
from .._third_party.host_packages import HOST_PACKAGES_MISSING
from .api_options import VARIABLES, api_constraints, api_options, open_api
from .module_run import run

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def run_with_api(act: Callable[..., dict[str, Any]], *, argument_spec: dict[str, Any], **constraints: Any) -> NoReturn:
    """Run ``act(api, params, check_mode=...)`` as a module. The options of the API are added."""

    def with_api(params: Mapping[str, Any], check_mode: bool) -> dict[str, Any]:
        with open_api(params) as api:
            return act(api, params, check_mode=check_mode)

    run(
        with_api,
        argument_spec={**api_options(), **argument_spec},
        packages_missing=(*CONTROLLER_PACKAGES_MISSING, *HOST_PACKAGES_MISSING),
        variables=VARIABLES,
        **api_constraints(**constraints),
    )
