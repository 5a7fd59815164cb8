# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options inside a variable of a role: a sentence for each unknown name, missing option and wrong value.

Private to the collection. Pure. Ansible would check them too, but with each problem it prints the whole argument spec.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible.module_utils.common.validation import (
    check_type_bool,
    check_type_dict,
    check_type_float,
    check_type_int,
    check_type_list,
)

from .._handover.foreign_text import LONGEST_SHOWN, quote
from .._handover.near_names import near_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

UNCHECKED = "raw"
"""The type that the argument spec of a role gives to dictionaries, so that Ansible does not check their options."""

TEXTS = ("str", "path")


def _text(value: Any) -> str:
    if isinstance(value, (dict, list)):
        raise TypeError
    return str(value)


TYPES: dict[str, tuple[Callable[[Any], Any], str]] = {
    "str": (_text, "text"),
    "path": (_text, "text"),
    "bool": (check_type_bool, "true or false"),
    "dict": (check_type_dict, "a dictionary"),
    "float": (check_type_float, "a number"),
    "int": (check_type_int, "a whole number"),
    "list": (check_type_list, "a list"),
}
"""By type: the conversion of values, and the words for the expected value. Other types accept every value."""


def typed_options(options: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the options of a role with the types that their values must have, in place of ``raw``."""
    return {name: {**option, **_type_of(option)} for name, option in options.items()}


def _type_of(option: Mapping[str, Any]) -> dict[str, str]:
    if "options" not in option:
        return {}
    return {key: "dict" for key in ("type", "elements") if option.get(key) == UNCHECKED}


@dataclass
class Checked:
    """Checked values. ``values`` have the correction of each misspelt name, and no option that cannot be corrected."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def check_options(values: Mapping[str, Any], options: Mapping[str, Mapping[str, Any]], *, place: str = "") -> Checked:
    """Return the values with a sentence for each problem. ``place`` begins the name of each option in a sentence."""
    checked = Checked()
    checked.values = _dictionary(values, _Spec(options, options, place), checked.problems)
    return checked


class _WrongValueError(Exception):
    """A value that cannot be corrected. The problem is noted already."""


@dataclass(frozen=True)
class _Spec:
    """The options of one dictionary. ``whole`` are those of the outermost dictionary, ``place`` is where it is."""

    options: Mapping[str, Mapping[str, Any]]
    whole: Mapping[str, Mapping[str, Any]]
    place: str

    def below(self, name: str, option: Mapping[str, Any]) -> _Spec:
        return _Spec(option.get("options") or {}, self.whole, f"{self.place}{name}.")


def _dictionary(values: Mapping[str, Any], spec: _Spec, problems: list[str]) -> dict[str, Any]:
    known = _with_known_names(values, spec, problems)
    result: dict[str, Any] = {}
    for name, option in spec.options.items():
        place, value = f"{spec.place}{name}", known.get(name)
        if value is None:
            if option.get("required"):
                problems.append(f"{place} is missing.")
            elif name in known and option.get("default") is not None:
                problems.append(f"{place} has no value. Give it a value, or remove it.")
            continue
        try:
            result[name] = _value(value, option, spec.below(name, option), place, problems)
        except _WrongValueError:
            continue
    return result


def _with_known_names(values: Mapping[str, Any], spec: _Spec, problems: list[str]) -> dict[str, Any]:
    """Return the values by known name. A misspelt name stands for the nearest one, unless that is set too."""
    known = {str(name): value for name, value in values.items() if name in spec.options}
    for name, value in values.items():
        if name in spec.options:
            continue
        near = near_name(str(name), spec.options)
        problems.append(f"{spec.place}{quote(name, LONGEST_SHOWN)} is not an option. {_hint(str(name), near, spec)}")
        if near and near not in known:
            known[near] = value
    return known


def _hint(name: str, near: str | None, spec: _Spec) -> str:
    elsewhere = [path for leaf, path in _paths(spec.whole) if leaf == name]
    if len(elsewhere) == 1:
        return f"Write it as {elsewhere[0]}."
    if near:
        return f"The nearest name is {spec.place}{near}."
    return f"The options are: {', '.join(sorted(spec.options))}."


def _paths(options: Mapping[str, Mapping[str, Any]], above: str = "") -> Iterator[tuple[str, str]]:
    for name, option in options.items():
        yield name, f"{above}{name}"
        yield from _paths(option.get("options") or {}, f"{above}{name}.")


def _value(value: Any, option: Mapping[str, Any], spec: _Spec, place: str, problems: list[str]) -> Any:
    """Return the converted value. Raises _WrongValueError."""
    has_options = bool(option.get("options"))
    converted = _converted(value, option, place, problems)
    if isinstance(converted, list):
        element = {**option, "type": option.get("elements", "dict" if has_options else UNCHECKED)}
        return [_value(each, element, spec, place, problems) for each in converted]
    if has_options and isinstance(converted, dict):
        return _dictionary(converted, spec, problems)
    choices = [str(choice) for choice in option.get("choices") or ()]
    if choices and str(converted) not in choices:
        near = near_name(str(converted), choices)
        hint = f" The nearest value is {near}." if near else ""
        problems.append(f"{place} is {quote(value, LONGEST_SHOWN)}, and must be one of: {', '.join(choices)}.{hint}")
        if near is None:
            raise _WrongValueError
        return near
    return converted


def _converted(value: Any, option: Mapping[str, Any], place: str, problems: list[str]) -> Any:
    kind, more = str(option.get("type", "str")), ""
    if kind == UNCHECKED and option.get("options") and not isinstance(value, list):
        kind, more = "dict", ", or a list of them"
    if kind not in TYPES or (kind in TEXTS and isinstance(value, str)):
        return value
    convert, words = TYPES[kind]
    if kind == "dict":
        words = f"{words}{_example(option)}{more}"
    try:
        return convert(value)
    except (TypeError, ValueError):
        shown = "a dictionary" if isinstance(value, dict) else "a list" if isinstance(value, list) else quote(value, 80)
        problems.append(f"{place} is {shown}, and must be {words}.")
        raise _WrongValueError from None


def _example(option: Mapping[str, Any]) -> str:
    required = [f"{name}: ..." for name, inner in (option.get("options") or {}).items() if inner.get("required")]
    return f" such as {{{', '.join(required)}}}" if required else ""
