# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check all declarations of a host before the first module runs: a bad one does not stop the others.

Private to the collection. Pure. Every kind of problem is found in one pass: names of options, types, contents, and
declarations that conflict with each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.validation import check_type_dict, check_type_list

from .._handover.foreign_text import LONGEST_SHOWN, quote
from .._handover.problems import Problem
from .._handover.reasons import ReasonCode
from .._lifecycle.declaration import completed, only_set, review
from .._lifecycle.declaration_policy import InvalidPolicyError, Policy, policy_problems, read_policy
from .._lifecycle.passphrases import passphrase_problems
from .frozen_variables import declared_defaults, plain, without_prefix
from .misspelt_variables import PREFIX
from .nested_options import Checked, check_options
from .option_aliases import alias_paths, without_aliases
from .option_specs import declaration_options, defaults_options, policy_options
from .shared_declarations import PlaceInInventory, share_problems
from .single_items import with_lists
from .unquoted_values import unquoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .._handover.declared_items import DeclaredItem
    from .._handover.problems import ShownProblem

ROLE, OPTION = "certum", "certificates"
VARIABLE, POLICY, PASSPHRASES = "certum_certificates", "certum_policy", "certum_passphrases"
ALIASES = tuple(alias_paths(declaration_options()[OPTION]["options"]))
DEPLOYED = "certum_deploy_certificates"
"""The declarations in the role certum_deploy. A bad one is a problem of the whole host."""
REFUSED = "certum_refused"
"""The refused declarations in the frozen variables: they count as declared, and their names are claimed."""


@dataclass(frozen=True)
class CheckedDeclarations:
    """The declarations of a host as they are written. ``lines`` has a sentence for each problem of ``refused``."""

    usable: Sequence[Any] = ()
    refused: Sequence[Any] = ()
    lines: Sequence[str] = ()
    labels: Sequence[str] = ()

    def problems(self) -> list[ShownProblem]:
        """Return one problem for all refused declarations; nothing if every declaration can be used."""
        if not self.refused:
            return []
        others = " The other declarations of this host are not affected." if self.usable else ""
        names = ", ".join(dict.fromkeys(self.labels))
        remedy = f"Nothing was done for {names}.{others} Correct {VARIABLE}, then run again."
        return [Problem("\n".join([*self.lines, remedy]), remedy, code=ReasonCode.VARIABLES_REFUSED).shown()]


@dataclass(frozen=True)
class Limits:
    """What applies to all declarations of a host: their defaults, the policy, the passphrases, and the inventory.

    ``place`` is None if groups are not checked.
    """

    defaults: Mapping[str, Any]
    policy: Policy
    passphrases: Mapping[str, Any]
    place: PlaceInInventory | None = None


@dataclass(frozen=True)
class CheckedVariables:
    """The variables of a role as built-in types, with the usable declarations only.

    ``problems`` has a sentence for each problem that concerns all certificates of the host.
    """

    values: Mapping[str, Any]
    problems: Sequence[str]
    declared: CheckedDeclarations


def check_variables(
    given: Mapping[str, Any], options: Mapping[str, Mapping[str, Any]], *, place: PlaceInInventory | None = None
) -> CheckedVariables:
    """Return the variables of a role. ``given`` are as YAML read them, so that values that YAML changed can be found.

    Ansible checks them too, apart from the options inside a variable.
    """
    general = {name: value for name, value in given.items() if name not in (VARIABLE, DEPLOYED)}
    values = {name: plain(value) for name, value in given.items() if name != VARIABLE}
    nested = {name: option for name, option in options.items() if option.get("options") and name in general}
    checked = check_options({name: values[name] for name in nested}, nested)
    problems = [*unquoted(general, options), *checked.problems]
    if DEPLOYED in given:
        problems += _deployed_problems(given[DEPLOYED], options[DEPLOYED]["options"])
    if VARIABLE not in given:
        return CheckedVariables(values, problems, CheckedDeclarations())
    corrected = {**{name: value for name, value in values.items() if name not in nested}, **checked.values}
    try:
        limits = _limits(corrected, place)
    except InvalidPolicyError as error:
        problems, limits = [*problems, f"{PREFIX}{error}."], _limits({**corrected, POLICY: None}, place)
    declared = check_declarations(_items(given[VARIABLE]), options[VARIABLE]["options"], limits)
    passphrases = {name: limits.passphrases[name] for name in _names(declared.usable) if name in limits.passphrases}
    usable = {VARIABLE: declared.usable, REFUSED: declared.refused, PASSPHRASES: passphrases}
    return CheckedVariables({**values, **usable}, problems, declared)


def check_declarations(
    items: Sequence[Any], options: Mapping[str, Mapping[str, Any]], limits: Limits
) -> CheckedDeclarations:
    """Return which declarations can be used. ``options`` are those of a declaration in the spec of the role."""
    defaults = _typed(defaults_options(), {"defaults": dict(limits.defaults)}).get("defaults")
    written = plain(items)
    labels = [_label(item, index, VARIABLE) for index, item in enumerate(written)]
    reads = [_read(item, raw, options) for item, raw in zip(written, items)]
    lines = [f"{label}: {words}" for label, read in zip(labels, reads) for words in read.problems]
    refused = {index for index, read in enumerate(reads) if read.problems}
    # A refused declaration is reviewed with its corrections: all its problems appear in one run, and its names count.
    typed = {index: _completed(read.values, defaults) for index, read in enumerate(reads) if read.values.get("name")}
    for found, more in (
        _contents(typed, limits.policy),
        _passphrases(typed, limits.passphrases),
        _shared({index: item for index, item in typed.items() if not _mentions_share(reads[index])}, limits.place),
    ):
        refused |= found
        lines += more
    return CheckedDeclarations(
        usable=[item for index, item in enumerate(written) if index not in refused],
        refused=[item for index, item in enumerate(written) if index in refused],
        lines=sorted(dict.fromkeys(lines), key=lambda line: _position(line, labels)),
        labels=[labels[index] for index in sorted(refused)],
    )


def _limits(values: Mapping[str, Any], place: PlaceInInventory | None) -> Limits:
    """Return the limits in the variables of the role. Raises InvalidPolicyError."""
    policy = _typed(policy_options(), {"policy": values.get(POLICY)}).get("policy")
    passphrases = values.get(PASSPHRASES)
    return Limits(
        defaults=declared_defaults(without_prefix(values, ROLE)),
        policy=read_policy(policy),
        passphrases=passphrases if isinstance(passphrases, dict) else {},
        place=place,
    )


def _position(line: str, labels: Sequence[str]) -> int:
    """Return the index of the declaration that a line is about. A line about several declarations is the last."""
    label = line.partition(": ")[0]
    return labels.index(label) if label in labels else len(labels)


def _items(value: Any) -> list[Any]:
    try:
        return list(check_type_list(value))
    except TypeError:
        return []  # it is reported already


def _deployed_problems(value: Any, options: Mapping[str, Any]) -> list[str]:
    if isinstance(value, dict):
        return [f"{DEPLOYED} is a dictionary, and must be a list of declarations, such as [{{name: shop, ...}}]."]
    items = _items(value)
    reads = [_read(item, raw, options) for item, raw in zip(plain(items), items)]
    labels = [_label(item, index, DEPLOYED) for index, item in enumerate(items)]
    return [f"{label}: {words}" for label, read in zip(labels, reads) for words in read.problems]


def _names(items: Sequence[Any]) -> set[str]:
    return {str(item.get("name")) for item in items if isinstance(item, dict)}


def _label(item: Any, index: int, variable: str) -> str:
    """Return the name of a declaration, or its place if it has no name."""
    name = item.get("name") if isinstance(item, dict) else None
    return quote(name, LONGEST_SHOWN) if name and isinstance(name, str) else f"{variable}[{index}]"


def _read(item: Any, raw: Any, options: Mapping[str, Any]) -> Checked:
    """Return one declaration with the problems of its options. ``raw`` is the same as YAML read it."""
    try:
        given = check_type_dict(item)
    except TypeError:
        return Checked({}, ["a declaration must be a dictionary of options, such as {name: shop, ...}."])
    changed = unquoted(raw, options) if isinstance(raw, dict) else ()
    checked = check_options(given, options)
    nameless = ["name is missing."] if checked.values.get("name") == "" else []
    return Checked(_as_modules_read(checked.values), [*changed, *checked.problems, *nameless])


def _as_modules_read(values: dict[str, Any]) -> dict[str, Any]:
    """Return a declaration as a module reads it: with one name for each option, and services as a list."""
    (read,) = with_lists({OPTION: [values]})[OPTION]
    without_aliases(read, ALIASES)
    return only_set(read)


def _typed(spec: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    return dict(ArgumentSpecValidator(dict(spec)).validate(values).validated_parameters)


def _completed(values: dict[str, Any], defaults: Any) -> dict[str, Any]:
    return dict(completed(cast("DeclaredItem", values), defaults))


def _contents(typed: Mapping[int, dict[str, Any]], policy: Policy) -> tuple[set[int], list[str]]:
    """Return the indexes of declarations with bad contents, and the sentences."""
    reviewed, indexes = review(list(typed.values())), list(typed)
    against = {number: policy_problems(policy, [each]) for number, each in reviewed.declarations.items()}
    refused = {*reviewed.refused, *(number for number, lines in against.items() if lines)}
    lines = [*reviewed.problems, *(line for lines in against.values() for line in lines)]
    return {indexes[number] for number in refused}, lines


def _mentions_share(read: Checked) -> bool:
    """Return whether the type of the option share is reported already."""
    return any(words.startswith("share") for words in read.problems)


def _shared(typed: Mapping[int, dict[str, Any]], place: PlaceInInventory | None) -> tuple[set[int], list[str]]:
    """Return the indexes of declarations that cannot be shared as declared, and the sentences."""
    if place is None:
        return set(), []
    found = {index: list(share_problems(item, place)) for index, item in typed.items()}
    lines = [f"{typed[index]['name']}: {words}" for index, problems in found.items() for words in problems]
    return {index for index, problems in found.items() if problems}, lines


def _passphrases(typed: Mapping[int, dict[str, Any]], given: Mapping[str, Any]) -> tuple[set[int], list[str]]:
    """Return the indexes of declarations without a usable passphrase, and the sentences."""
    found = list(passphrase_problems(list(typed.values()), given))
    bad = {name for name, _problem in found}
    return {index for index, item in typed.items() if item["name"] in bad}, [
        f"{name}: {words}" for name, words in found
    ]
