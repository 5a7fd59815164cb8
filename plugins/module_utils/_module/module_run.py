# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Run a module: parse its options, report missing packages, turn a typed error into one clear failure.

Private to the collection.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.parameters import remove_values

from .._handover.foreign_text import quote
from .._handover.problems import KnownError, Problem, failure, problem_of
from .._lifecycle.declaration import only_set
from .missing_packages import packages_sentence
from .option_aliases import alias_paths, without_aliases
from .secret_masking import mask_sentences
from .single_items import with_lists
from .unquoted_values import unquoted
from .visible_text import visible_sentence, visible_sentences

if TYPE_CHECKING:
    from collections.abc import Mapping

ONE_OF = "one of the following is required"
MISSING = ("missing required arguments", ONE_OF)
"""The beginnings of Ansible's messages about missing options. The names of the options follow."""

Act = Callable[["Mapping[str, Any]", bool], "Mapping[str, Any]"]


class UnquotedError(KnownError):
    """Options that must be text and that YAML read as another type."""

    remedy = "Put quotation marks around these values, then run again."


class Module(AnsibleModule):
    """A module that checks its options before Ansible converts numbers to text.

    ``variables`` are the environment variables of options. A message about a missing option names them.
    """

    unquoted: Sequence[str] = ()

    def __init__(self, *, variables: Mapping[str, str], **options: Any) -> None:
        self.variables = variables
        super().__init__(**options)  # type: ignore[no-untyped-call]

    def fail_json(self, msg: str, **result: Any) -> NoReturn:
        """Fail, and name the environment variables of missing options."""
        super().fail_json(msg=with_variables(msg, self.variables), **result)

    def _load_params(self) -> None:
        super()._load_params()  # type: ignore[no-untyped-call]
        self.params = with_lists(self.params)
        self.unquoted = tuple(unquoted(self.params, self.argument_spec))


def with_variables(message: str, variables: Mapping[str, str]) -> str:
    """Return a message of Ansible about missing options, with the environment variables that can set them."""
    what, mark, names = message.partition(": ")
    missing = [variables[name] for name in names.split(", ") if name in variables]
    if not missing or not mark or what not in MISSING:
        return message
    several = what == ONE_OF
    what_to_set, known = ("one of them", " or ".join(missing)) if several else ("these options", " and ".join(missing))
    return f"{message}. Set {what_to_set}, or {known} in the environment of the controller."


def run(
    act: Act,
    *,
    argument_spec: dict[str, Any],
    packages_missing: Sequence[str],
    outdated: str | None = None,
    quiet_options: Sequence[str] = (),
    variables: Mapping[str, str] = MappingProxyType({}),
    **constraints: Any,
) -> NoReturn:
    """Call ``act(params, check_mode)`` and exit with its result, or fail with the facts of a KnownError.

    A result may contain ``diff``, which is shown in diff mode only, and ``warnings``. Ansible repeats the options in
    every result as ``invocation``. ``quiet_options`` are left out of it: these lists are long, the caller has them, and
    they cost time in a large run. ``outdated`` is a sentence about a package that is too old.
    ``variables`` are the environment variables of options.
    """
    module = Module(argument_spec=argument_spec, supports_check_mode=True, variables=variables, **constraints)
    if words := packages_sentence(packages_missing) if packages_missing else outdated:
        module.fail_json(**failure(Problem(words, remedy=words)))
    try:
        if module.unquoted:
            raise UnquotedError("\n".join([*module.unquoted, "Nothing was done."]))
        without_aliases(module.params, tuple(alias_paths(argument_spec)))
        result = dict(act(given_only(module.params), module.check_mode))
    except KnownError as error:
        module.fail_json(**visible_sentences(dict(failure(problem_of(error)))))
    except Exception as error:
        # ansible-core 2.19 leaves the text of an exception out of a result that failed_when accepts.
        module.fail_json(**visible_sentences(dict(failure(_defect(module._name, error)))))
    secrets = module.no_log_values
    for warning in result.pop("warnings", ()):
        module.warn(visible_sentence(remove_values(warning, secrets)))
    if not module._diff:
        result.pop("diff", None)
    result = visible_sentences(mask_sentences(result, secrets))
    shown = {key: value for key, value in module.params.items() if key not in quiet_options}
    module.params = remove_values(shown, secrets)
    module.no_log_values = set()
    if quiet_options:
        result["invocation"] = {"module_args": module.params}
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)


def _defect(name: str, error: Exception) -> Problem:
    """Return the problem of an error that nobody expected."""
    remedy = "Nothing of this step counts as done. Report this message as a defect of certops.certum."
    return Problem(f"{name}: an unexpected error: {type(error).__name__}: {quote(error)}. {remedy}", remedy)


def given_only(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options, with only the given keys in list items. A returned item can then be an option again."""
    return {key: _items_given(value) if isinstance(value, list) else value for key, value in params.items()}


def _items_given(items: list[Any]) -> list[Any]:
    return [only_set(item) if isinstance(item, dict) else item for item in items]
