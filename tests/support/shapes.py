# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Compares data with the typed dictionaries that declare its shape."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints, is_typeddict

ROOM = "ansible_collections.certops.certum.plugins.module_utils._handover"
FILES = sorted((Path(__file__).parents[2] / "plugins/module_utils/_handover").glob("*.py"))
NAMES: dict[str, Any] = {"Mapping": Mapping}
for file in FILES:
    NAMES.update(vars(importlib.import_module(f"{ROOM}.{file.stem}")))


def members(shape: Any) -> dict[str, Any]:
    """Return the types of a typed dictionary by key."""
    return get_type_hints(shape, localns=NAMES)


def below(shape: Any) -> Any:
    """Return the typed dictionary that a type is, or holds in a list or dictionary, or None."""
    if is_typeddict(shape):
        return shape
    return next((found for each in get_args(shape) if (found := below(each))), None)


def differences(value: Any, shape: Any, where: str = "result") -> Iterator[str]:
    """Return a sentence for everything in which the value has another shape than declared."""
    if is_typeddict(shape):
        yield from _of_dictionary(value, shape, where)
    elif get_origin(shape) in (Union, UnionType):
        found = [list(differences(value, each, where)) for each in get_args(shape)]
        yield from () if [] in found else found[0]
    elif get_origin(shape) is list:
        if not isinstance(value, list):
            yield f"{where} is no list"
            return
        for number, each in enumerate(value):
            yield from differences(each, get_args(shape)[0], f"{where}[{number}]")
    elif get_origin(shape) in (dict, Mapping):
        for key, each in value.items():
            yield from differences(each, get_args(shape)[1], f"{where}.{key}")
    elif not isinstance(value, (int, float) if shape is float else shape or NoneType):
        yield f"{where} is {value!r}, which is no {shape}"


def _of_dictionary(value: Any, shape: Any, where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where} is no dictionary"
        return
    known = members(shape)
    yield from (f"{where} lacks {key}" for key in sorted(shape.__required_keys__ - value.keys()))
    yield from (f"{where} has {key}, which is not declared" for key in sorted(value.keys() - known.keys()))
    for key in value.keys() & known.keys():
        yield from differences(value[key], known[key], f"{where}.{key}")
