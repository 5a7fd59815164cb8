# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check the variables of a role before the first module runs, and freeze their values.

Private to the collection. Pure. A fact or a result that a host returns later cannot change a frozen value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._dns_records.provider_settings import TASKS, InvalidDnsError, read_providers
from .._handover.problems import KnownError
from .._handover.reasons import ReasonCode
from .._lifecycle.dns_methods import with_default_method
from .misspelt_variables import PREFIX
from .option_specs import defaults_options

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from .misspelt_variables import Unknown

IDENTITY = frozenset(
    {"group_names", "groups", "inventory_dir", "inventory_file", "inventory_hostname", "inventory_hostname_short"}
)
"""Variables by which Ansible identifies a host. A fact of the same name would replace them."""
LOCKSTEP = frozenset({"linear", "debug", "mitogen_linear"})
"""The strategies that run each task for all hosts of a batch before the next one, so one task can work for all."""


ALIASES = {"certum_deploy_verify_timeout": "certum_deploy_probe_timeout"}
"""Other names of variables. ansible-lint accepts no aliases in the argument spec of a role."""


class FreezeError(KnownError):
    """Variables that cannot be used. The text has a line for each problem."""

    problem_code = ReasonCode.VARIABLES_REFUSED


def set_variables(options: Iterable[str], variables: Collection[str]) -> dict[str, str]:
    """Return the name under which each option of a role is set. An alias goes first, because defaults set the name."""
    names = {name: ALIASES.get(name, name) for name in options}
    found = {name: alias if alias in variables else name for name, alias in names.items()}
    return {name: at for name, at in found.items() if at in variables}


def refuse_facts(facts: Iterable[str], *, host: str) -> None:
    """Raise FreezeError if a fact has the name of a variable of the collection or of one that identifies the host.

    A host chooses the names and values of its facts, and a fact replaces an inventory variable.
    """
    forged = sorted(name for name in facts if name.startswith(PREFIX) or name in IDENTITY)
    if forged:
        raise FreezeError(
            f"The facts of host {host} set {', '.join(forged)}. Facts come from the host, so they must not replace "
            "variables. Nothing was sent to the CA. Set these variables in the inventory or the play, without "
            "cacheable. If you did not set them as facts, do not trust this host."
        )


def misspelt_names(unknown: Iterable[Unknown]) -> list[str]:
    """Return a sentence for each name that is nearly equal to the name of a variable."""
    return [f"{each}. If it is your own variable, give it another prefix." for each in unknown if each.is_misspelt]


def refuse(problems: Sequence[str], *, more: Sequence[str] = ()) -> None:
    """Raise FreezeError for problems that concern all certificates of a host. ``more`` are problems of single ones."""
    if problems:
        end = "Nothing was done for this host, and nothing was sent to the CA. Correct the variables, then run again."
        raise FreezeError("\n".join([*problems, *more, end]))


def with_dns(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables with the validation method of each declaration that leaves it open, if certum_dns is set.

    Raises FreezeError if certum_dns cannot be used. It is checked here, because no host may see it.
    """
    try:
        providers = read_providers(values.get("certum_dns"))
    except InvalidDnsError as error:
        raise FreezeError(str(error)) from None
    items = values.get("certum_certificates")
    if not providers or not isinstance(items, list):
        return dict(values)
    defaults = values.get("certum_validation") or {}
    read = [with_default_method(item, defaults) if isinstance(item, dict) else item for item in items]
    return {**values, "certum_certificates": read}


def task_files(values: Mapping[str, Any]) -> list[str]:
    """Return the operator's task files that certum_dns names."""
    providers = read_providers(values.get("certum_dns"))
    return [each.options["file"] for each in providers if each.provider == TASKS]


def works_in_lockstep(strategy: str) -> bool:
    """Return whether a play with this strategy runs each task for all hosts of a batch before the next task."""
    return strategy.rpartition(".")[2] in LOCKSTEP


def plain(value: Any) -> Any:
    """Return the value of a variable as built-in types, without templates, tags and vault texts."""
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(part) for part in value]
    for kind in (bool, int, float):
        if isinstance(value, kind):
            return kind(value)
    return None if value is None else "".join((str(value), ""))


def declared_defaults(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the variables that complete declarations, as the option ``defaults`` of certum_plan."""
    names = defaults_options()["defaults"]["options"]
    return {name: values[name] for name in names if values.get(name) is not None}


def without_prefix(values: Mapping[str, Any], role: str) -> dict[str, Any]:
    """Return the variables of a role by their names without the prefix of the role."""
    return {name.removeprefix(f"{role}_"): value for name, value in values.items()}
