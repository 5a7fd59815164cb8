# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of every module that uses the Partner API, and the client that they configure.

Private to the collection. Documented by the fragment ``_api``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible.module_utils.basic import env_fallback
from ansible.module_utils.errors import AnsibleFallbackNotFound

from .._handover.invisible_edges import invisible_edge
from .._handover.terms import Environment
from .._partner_api.api_errors import SettingsError
from .._partner_api.client import PartnerApi
from .._partner_api.connection_settings import ENVIRONMENTS
from .run_refusals import refusals_of_run

if TYPE_CHECKING:
    from collections.abc import Mapping

FROM_FILES = {
    "api_url": "CERTUM_API_URL",
    "api_username": "CERTUM_API_USERNAME",
    "api_password": "CERTUM_API_PASSWORD",
    "ca_path": "CERTUM_API_CA_PATH",
}
"""Environment variables of the options whose values often come from files."""
VARIABLES = {**FROM_FILES, "api_environment": "CERTUM_API_ENVIRONMENT"}
"""The environment variables of all options that have one."""


def _from_environment(name: str) -> str:
    """Return the value of a variable. An empty value counts as unset: credential injectors set empty fields so."""
    value: str = env_fallback(name)
    if not value:
        raise AnsibleFallbackNotFound
    return value


def api_options() -> dict[str, Any]:
    """Return the options for access to the Partner API."""
    return {
        "api_url": {"type": "str", "fallback": (_from_environment, ["CERTUM_API_URL"])},
        "api_environment": {
            "type": "str",
            "choices": Environment.values(),
            "fallback": (_from_environment, ["CERTUM_API_ENVIRONMENT"]),
        },
        "api_username": {"type": "str", "required": True, "fallback": (_from_environment, ["CERTUM_API_USERNAME"])},
        "api_password": {
            "type": "str",
            "required": True,
            "no_log": True,
            "fallback": (_from_environment, ["CERTUM_API_PASSWORD"]),
        },
        "validate_certs": {"type": "bool", "default": True},
        "ca_path": {"type": "path", "fallback": (_from_environment, ["CERTUM_API_CA_PATH"])},
        "connect_timeout": {"type": "int", "default": 30},
        "request_timeout": {"type": "int", "default": 120},
        "soap_action": {"type": "str"},
    }


def api_constraints(**others: Any) -> dict[str, Any]:
    """Return the constraints between the options of the API, merged with those of a module."""
    ours: dict[str, Any] = {"required_one_of": [("api_url", "api_environment")]}
    return {**others, **{kind: [*rules, *others.get(kind, [])] for kind, rules in ours.items()}}


def open_api(params: Mapping[str, Any]) -> PartnerApi:
    """Return the client for these options. Nothing is sent yet. Raises SettingsError."""
    _refuse_odd_edges(params)
    url = params["api_url"] or ENVIRONMENTS[params["api_environment"]]
    return PartnerApi.from_options(
        url=url,
        environment=params["api_environment"],
        username=params["api_username"],
        password=params["api_password"],
        ca_path=params["ca_path"],
        validate_certs=params["validate_certs"],
        connect_timeout=params["connect_timeout"],
        request_timeout=params["request_timeout"],
        soap_action=params["soap_action"],
        run=refusals_of_run(url, params["api_username"], params["api_password"]),
    )


def _refuse_odd_edges(params: Mapping[str, Any]) -> None:
    """Raise SettingsError for a value with odd edges, before it is sent: each wrong password may count at the CA."""
    for option, variable in FROM_FILES.items():
        if edge := invisible_edge(params[option] or ""):
            raise SettingsError(
                where=option,
                why=f"its value {edge}, as texts from files often do",
                remedy=(
                    "Nothing was sent to the CA. Remove this character where the value is set (the option, the "
                    f"variable {variable.lower()} of the role, or "
                    f"{variable} in the environment of the controller), and run again."
                ),
            )
