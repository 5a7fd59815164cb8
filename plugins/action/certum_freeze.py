# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import module_loader

from ..module_utils._dns_records.provider_settings import is_set
from ..module_utils._handover.foreign_text import quote
from ..module_utils._handover.problems import Problem, problem_of
from ..module_utils._handover.reasons import Reason, ReasonCode
from ..module_utils._module.declaration_check import DEPLOYED, VARIABLE, check_variables
from ..module_utils._module.declared_names import declarations_before, declared_before, declared_here, names_in
from ..module_utils._module.frozen_variables import (
    ALIASES,
    FreezeError,
    declared_defaults,
    misspelt_names,
    plain,
    refuse,
    refuse_facts,
    set_variables,
    task_files,
    with_dns,
    without_prefix,
    works_in_lockstep,
)
from ..module_utils._module.misspelt_variables import unknown_variables, warnings_about
from ..module_utils._module.nested_options import typed_options
from ..module_utils._module.option_specs import DEFAULT_PATH
from ..module_utils._module.shared_declarations import PlaceInInventory, shared_by

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..module_utils._module.misspelt_variables import Unknown

ROLES = Path(__file__).parents[2] / "roles"
OF_PLAYBOOKS = ("certum_hosts",)
MAIL = "community.general.mail"
FROZEN = "certum__frozen"
ROLE = "certum"
REPORT = "certum_report"
"""This role reads the declarations of the role certum too, so an inventory has them once."""
NOTHING_DECLARED = (
    "Nothing is declared for host {host}: certum_certificates is empty, so the role certum does nothing for this host. "
    "Set certum_certificates for the host in the play or in the inventory (a file in group_vars counts only for hosts "
    "of that group), or remove the host from the play."
)
NO_MAIL = (
    f"certum_mail needs the module {MAIL} on the controller. Install it with 'ansible-galaxy collection install "
    "community.general', or remove certum_mail."
)
OF_AWX = ("certum_awx", "awx.awx.credential_type")
"""The role that needs the collection awx.awx, and one of the modules that it uses."""
NO_AWX = (
    "The role certum_awx needs the collection awx.awx on the machine that runs it. Install it with 'ansible-galaxy "
    "collection install awx.awx'."
)
NO_TASK_FILE = (
    "certum_dns names the task file {file}, which does not exist on the controller. Correct options.file of certum_dns."
)
REFUSED = Reason(ReasonCode.VARIABLES_REFUSED, "the variables cannot be used")
REMEDY = "Correct the variable, then run again."


class ActionModule(ActionBase):
    """Read the variables of a role once, on the controller. Documented by the module of the same name."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_diff = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the result of the task. Nothing runs on the host."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        dummy, options = self.validate_argument_spec(  # type: ignore[no-untyped-call]
            {"role": {"type": "str", "required": True}, "values": {"type": "dict", "default": {}}}
        )
        variables = task_vars or {}
        frozen = {
            "changed": False,
            "host": str(variables["inventory_hostname"]),
            "call": str(variables.get("role_uuid", "")),
            "frozen_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            "once": works_in_lockstep(self._strategy()),
            "variables": {},
            "defaults": {},
            "values": {},
            "declared": declared_before(variables.get(FROZEN)),
            "elsewhere": [],
            "before": declarations_before(variables.get(FROZEN)),
            "dns_provider": False,
            "shared": {},
            "problems": [],
            "refused": [],
            "reason": Reason(ReasonCode.VARIABLES_READ, f"the variables of role {options['role']} are read").shown(),
        }
        try:
            read = self._freeze(variables, options["role"])
            if options["role"] in (ROLE, REPORT):
                read |= self._names(frozen, read["variables"], warn=options["role"] == ROLE)
            return {**result, **frozen, **read, "values": plain(options["values"])}
        except (FreezeError, AnsibleError) as error:
            problem = (
                problem_of(error)
                if isinstance(error, FreezeError)
                else Problem(quote(error, 500), REMEDY, code=REFUSED.code)
            )
            refused = {"problems": [problem.shown()], "reason": REFUSED.shown(), "msg": problem.text}
            return {**result, **frozen, **refused}

    def _freeze(self, variables: Mapping[str, Any], role: str) -> dict[str, Any]:
        """Return the variables of the role and their defaults. Raises FreezeError and AnsibleError."""
        refuse_facts(map(str, variables.get("ansible_facts") or {}), host=str(variables["inventory_hostname"]))
        options = typed_options(self._options_of(role))
        if role == REPORT:
            options = {**typed_options(self._options_of(ROLE)), **options}
        if DEPLOYED in options:  # a declaration has the same options in both roles, and they are documented once
            options[DEPLOYED] = typed_options(self._options_of(ROLE))[VARIABLE]
        unknown = self._unknown(variables, options)
        given = {name: self._templar.template(variables[at]) for name, at in set_variables(options, variables).items()}
        given = with_dns(given)
        place = PlaceInInventory(
            str(variables["inventory_hostname"]),
            plain(variables.get("groups") or {}),
            works_in_lockstep(self._strategy()),
        )
        checked = check_variables(given, options, place=place)
        controller = [*_missing_parts(given, role), *misspelt_names(unknown)]
        refuse([*controller, *checked.problems], more=checked.declared.lines)
        for warning in warnings_about(unknown):
            self._display.warning(warning)  # a result that is not logged has no warnings on ansible-core 2.18
        named = without_prefix(checked.values, ROLE if role == REPORT else role)
        return {
            "variables": named,
            "defaults": declared_defaults(named),
            "refused": checked.declared.problems(),
            "dns_provider": is_set(checked.values.get("certum_dns")),
            "shared": shared_by(checked.values.get("certum_certificates") or (), place),
            "_ansible_no_log": True,
        }

    def _unknown(self, variables: Mapping[str, Any], options: Mapping[str, Any]) -> list[Unknown]:
        """Return the variables with the prefix of the collection that no role has."""
        unknown = unknown_variables(map(str, variables), {*options, *ALIASES.values()})
        if not unknown:
            return []
        roles = sorted(path.name for path in ROLES.iterdir())
        known = {*OF_PLAYBOOKS, *(name for each in roles for name in self._options_of(each))}
        return unknown_variables((each.name for each in unknown), known)

    def _names(self, frozen: Mapping[str, Any], values: Mapping[str, Any], *, warn: bool) -> dict[str, Any]:
        """Return the names that are declared so far. ``warn`` if the host declares no certificate."""
        ((path, declared),) = declared_here(frozen["declared"], {"path": DEFAULT_PATH, **values}).items()
        elsewhere = sorted({*declared} - {*names_in(values, "certificates")})
        names: dict[str, Any] = {"declared": {**frozen["declared"], path: declared}, "elsewhere": elsewhere}
        if declared or not frozen["call"] or not warn:
            return names
        words = NOTHING_DECLARED.format(host=quote(frozen["host"]))
        self._display.warning(words)
        return {**names, "reason": Reason(ReasonCode.NOTHING_DECLARED, words).shown()}

    def _options_of(self, role: str) -> dict[str, dict[str, Any]]:
        path = ROLES / role / "meta/argument_specs.yml"
        if not path.is_file():
            return {}
        specs = self._loader.load_from_file(str(path), unsafe=True)["argument_specs"]  # no copy: it is only read
        return {str(name): option for spec in specs.values() for name, option in spec.get("options", {}).items()}

    def _strategy(self) -> str:
        """Return the strategy of the play. No variable contains it."""
        parent: Any = self._task
        while getattr(parent, "_parent", None) is not None:
            parent = parent._parent
        return str(getattr(getattr(parent, "_play", None), "strategy", ""))


def _missing_parts(given: Mapping[str, Any], role: str) -> list[str]:
    """Return a sentence for each module and task file that the role needs and the controller does not have."""
    if role == REPORT:
        return []
    needs_awx, module = OF_AWX
    awx = [NO_AWX] if role == needs_awx and not module_loader.has_plugin(module) else []
    mail = [NO_MAIL] if given.get("certum_mail") and not module_loader.has_plugin(MAIL) else []
    files = [NO_TASK_FILE.format(file=quote(file)) for file in task_files(given) if not Path(file).is_file()]
    return [*awx, *mail, *files]
