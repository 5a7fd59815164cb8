# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The access to the account at the CA, as the frozen variables of a host and the environment of the controller set it.

Private to the collection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .._batch.batch_host import Account
from .._partner_api.api_errors import SettingsError
from .api_options import api_constraints, api_options, open_api

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._partner_api.client import PartnerApi

API_OPTIONS = ("api_url", "api_environment", "api_username", "api_password")


def account_of(values: Mapping[str, Any]) -> Account:
    """Return the access to the CA. Missing settings are reported only when a call to the CA is needed."""
    given = {option: values[option] for option in API_OPTIONS if values.get(option)}
    given["validate_certs"] = values.get("api_validate_certs", True)
    if values.get("api_ca_path"):
        given["ca_path"] = values["api_ca_path"]
    result = ArgumentSpecValidator(api_options(), **api_constraints()).validate(given)
    typed = result.validated_parameters
    return Account(
        api_url=typed.get("api_url"),
        api_environment=typed.get("api_environment"),
        api_username=typed.get("api_username") or "",
        api_password=typed.get("api_password") or "",
        ca_path=typed.get("ca_path"),
        validate_certs=typed["validate_certs"],
        problem="; ".join(result.error_messages) or None,
    )


def open_account(account: Account) -> PartnerApi:
    """Return the client for an account. Raises SettingsError."""
    if account.problem:
        raise SettingsError(
            where="access to the CA",
            why=account.problem,
            remedy=(
                "Nothing was sent. Set the variables certum_api_*, or CERTUM_API_* in the environment of the "
                "controller, and run again."
            ),
        )
    others = {name: option.get("default") for name, option in api_options().items()}
    return open_api(
        {
            **others,
            "api_url": account.api_url,
            "api_environment": account.api_environment,
            "api_username": account.api_username,
            "api_password": account.api_password,
            "ca_path": account.ca_path,
            "validate_certs": account.validate_certs,
        }
    )
