# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The result of certum_certificate and certum_certificates while no certificate is due.

Private to the collection. A module is a process that loads the HTTP client before it can look at a file. Most runs have
nothing to do, so the action plugin looks first. Whatever is unclear is left to the module, with its messages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from .._controller.certificates import current_certificate, current_certificates
from .._handover.problems import KnownError
from .._third_party.controller_packages import CONTROLLER_PACKAGES_MISSING
from .._third_party.host_packages import HOST_PACKAGES_MISSING
from .api_options import api_constraints, api_options, open_api
from .module_run import given_only
from .option_aliases import alias_paths, without_aliases
from .option_specs import ORDER_CONSTRAINTS, certificate_options, certificates_options, progress_options
from .secret_masking import mask_sentences
from .single_items import with_lists
from .unquoted_values import unquoted
from .visible_text import visible_sentences

if TYPE_CHECKING:
    from collections.abc import Mapping

MANY = "certum_certificates"


def result_if_current(action: str, args: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the result if the options are correct and no certificate is due; otherwise None. Sends nothing."""
    if CONTROLLER_PACKAGES_MISSING or HOST_PACKAGES_MISSING:
        return None
    many = action.rpartition(".")[2] == MANY
    options = certificates_options() if many else certificate_options()
    spec = {**api_options(), **options, **progress_options()}
    given = with_lists(dict(args))
    checked = ArgumentSpecValidator(spec, **api_constraints(**({} if many else ORDER_CONSTRAINTS))).validate(given)
    if checked.error_messages or any(unquoted(given, spec)):
        return None
    params = checked.validated_parameters
    without_aliases(params, tuple(alias_paths(spec)))
    try:
        with open_api(params) as api:
            found = (current_certificates if many else current_certificate)(given_only(params), api.environment)
    except KnownError:
        return None
    if found is None:
        return None
    found.pop("diff")
    return dict(visible_sentences(mask_sentences(found, checked._no_log_values)))
