# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.certops.certum.plugins.module_utils._module.frozen_variables import ALIASES, set_variables
from ansible_collections.certops.certum.plugins.module_utils._module.option_aliases import alias_paths, without_aliases
from ansible_collections.certops.certum.plugins.module_utils._module.option_specs import declaration_options


def test_alias_leaves_only_the_name_of_its_option() -> None:
    spec = declaration_options()
    deploy = {"service": "nginx", "probe": ["127.0.0.1:443"]}
    given = {"certificates": [{"name": "shop", "deploy": deploy}, {"name": "mail"}]}
    typed = ArgumentSpecValidator(spec).validate(given).validated_parameters
    without_aliases(typed, tuple(alias_paths(spec)))
    assert typed["certificates"][0]["deploy"]["verify"] == ["127.0.0.1:443"]
    assert "probe" not in typed["certificates"][0]["deploy"]


def test_alias_of_a_role_variable_goes_before_the_default() -> None:
    ((name, alias),) = ALIASES.items()
    assert set_variables([name, "certum_path", "certum_mode"], {name, alias, "certum_path"}) == {
        name: alias,
        "certum_path": "certum_path",
    }
