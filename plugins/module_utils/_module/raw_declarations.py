# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names and keys that the variables of a host claim, and whether others may share them, as typed values.

Private to the collection. Pure. Ansible accepts a text as a list, ``yes`` as true and JSON as a dictionary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.validation import check_type_dict

from .._lifecycle.declaration import only_set
from .option_specs import declaration_options

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CLAIMED = ("name", "state", "common_name", "subject_alt_name", "www", "allow_duplicate", "share", "key")


def claimed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables of a host with its readable declarations, reduced to the options that claim names."""
    return {**values, "certificates": claimed_items(values)}


def claimed_items(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the declarations of a host, completed by the default key. One that certum_freeze refused counts too."""
    default = _dictionary(values.get("key"))
    lists = (values.get("certificates"), values.get("refused"))
    items = [_dictionary(item) for each in lists if isinstance(each, list) for item in each]
    read = [{**item, "key": {**default, **_dictionary(item.get("key"))}} for item in items]
    return [typed for item in read for typed in _typed(item)]


def _typed(item: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    options = declaration_options()["certificates"]["options"]
    spec = {option: options[option] for option in CLAIMED}
    given = {option: item[option] for option in CLAIMED if item.get(option) is not None}
    result = ArgumentSpecValidator(spec).validate(given)
    if not result.error_messages:
        yield only_set(result.validated_parameters)


def _dictionary(value: object) -> dict[str, Any]:
    try:
        return dict(check_type_dict(value))
    except TypeError:
        return {}
