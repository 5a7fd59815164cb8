# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Modules of the controller whose items come from a host, and the declarations that these are kept to.

Private to the collection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .._issuance.bounds import keep_to
from .._issuance.certificates import make_certificates
from .._issuance.items import InvalidOrderError
from .._lifecycle.declaration import InvalidDeclarationError, is_absent, read_declarations, with_defaults
from .options import declaration_options, defaults_options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .._partner_api.client import PartnerApi


def bounded_options() -> dict[str, Any]:
    """``declared`` and ``declared_defaults``, typed by ``bounded`` as certum_plan types them."""
    return {"declared": {"type": "list", "elements": "dict"}, "declared_defaults": {"type": "dict", "default": {}}}


def bounded(params: Mapping[str, Any], option: str) -> Mapping[str, Any]:
    """The parameters, with the items of ``option`` kept to what is declared, if that is told.

    Raises InvalidOrderError.
    """
    if params["declared"] is None or params[option] is None:
        return params
    spec = {**declaration_options(), **defaults_options()}
    given = {"certificates": params["declared"], "defaults": params["declared_defaults"]}
    result = ArgumentSpecValidator(spec).validate(given)
    if result.error_messages:
        raise InvalidOrderError(f"declared: {'; '.join(result.error_messages)}. Nothing was sent.")
    typed = result.validated_parameters
    items = [with_defaults(item, typed["defaults"]) for item in typed["certificates"] if not is_absent(item)]
    try:
        declarations = read_declarations(items)
    except InvalidDeclarationError as error:
        raise InvalidOrderError(str(error)) from None
    kept = keep_to(params[option], declared={item["name"]: item for item in items}, read=declarations)
    return {**params, option: kept, "bounded": True}


def make_bounded_certificates(api: PartnerApi, params: Mapping[str, Any], *, check_mode: bool) -> dict[str, Any]:
    """What certum_certificates does."""
    return make_certificates(api, bounded(params, "certificates"), check_mode=check_mode)
