# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Gives the account of the CA to a job as AWX does: AWX's own code fills the injectors of our credential type."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from ansible_collections.certops.certum.tests.integration.project import REPOSITORY
from awx_plugins.interfaces._temporary_private_api import ManagedCredentialType
from awx_plugins.interfaces._temporary_private_credential_api import Credential
from awx_plugins.interfaces._temporary_private_inject_api import inject_credential

if TYPE_CHECKING:
    from collections.abc import Mapping

IN_CONTAINER = "/runner"
"""Where a job finds its private data directory."""


@dataclass(frozen=True)
class Injected:
    """What a job gets. ``shown`` is what AWX keeps of the environment."""

    private: Path
    environment: dict[str, str]
    shown: dict[str, str]
    arguments: list[str]

    def file(self, path: str) -> Path:
        """Return the file of a path inside the container."""
        return self.private / Path(path).relative_to(IN_CONTAINER)


def role_variables() -> dict[str, Any]:
    """Return the variables of the role certum_awx, in which a template of AWX is text."""

    class Loader(yaml.SafeLoader):
        pass

    Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))
    found: dict[str, Any] = yaml.load((REPOSITORY / "roles/certum_awx/vars/main.yml").read_text(), Loader)
    return found


def injected(variables: Mapping[str, Any], inputs: Mapping[str, str], private: Path) -> Injected:
    """Return what a job with a credential of our type gets."""
    (private / "env").mkdir(parents=True, exist_ok=True)
    kind = ManagedCredentialType(
        namespace="certum",
        name="Certum Partner API",
        kind="cloud",
        inputs=variables["certum_awx__credential_inputs"],
        injectors=variables["certum_awx__credential_injectors"],
    )
    made = Injected(private, {}, {}, [])
    inject_credential(kind, Credential(dict(inputs)), made.environment, made.shown, made.arguments, str(private))
    return made
