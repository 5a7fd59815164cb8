# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The set-up of AWX, with awx.awx itself and an API that keeps what it is sent."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
import yaml
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import RevokeReason
from ansible_collections.certops.certum.plugins.module_utils._module.api_options import VARIABLES as OF_THE_API
from ansible_collections.certops.certum.tests.integration.awx_credential import injected, role_variables
from ansible_collections.certops.certum.tests.integration.project import REPOSITORY, VARIABLES, Project
from ansible_collections.certops.certum.tests.support.awx_api import AwxApi
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ansible_collections.certops.certum.tests.support.preloaded import Preloaded

SETUP = REPOSITORY / "playbooks/awx_setup.yml"
ROLE = REPOSITORY / "roles/certum_awx"
ADMIN = "canary-of-the-administrator"
MAIL = "canary-of-the-mail-server"
HOST_KEY = "Machine"
NAMES = ("cancel", "order", "renew", "replace", "revoke")
PAGE = (REPOSITORY / "docs/awx.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
SETTINGS = next(yaml.safe_load(text) for _language, text in BLOCKS if text.startswith("certum_awx_image"))
"""The variables that the page shows."""
SLICED = {**SETTINGS, "certum_awx_slices": 4}


@pytest.fixture
def prefix() -> str:
    """Return the path of the API; a test may override it."""
    return "/api/"


@pytest.fixture
def awx(prefix: str) -> Iterator[AwxApi]:
    with AwxApi(username="admin", password=ADMIN, prefix=prefix) as api:
        api.add("organizations", name="Default")
        api.add("credentials", name=HOST_KEY)
        yield api


@pytest.fixture
def project(
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    awx: AwxApi,
    prefix: str,
    password: str,
    preloaded: Preloaded,
) -> Project:
    environment = {
        "CONTROLLER_HOST": awx.url,
        "CONTROLLER_USERNAME": "admin",
        "CONTROLLER_PASSWORD": ADMIN,
        "CONTROLLER_OPTIONAL_API_URLPATTERN_PREFIX": prefix,
        "CERTUM_API_USERNAME": "partner",
        "CERTUM_API_PASSWORD": password,
        "CERTUM_API_ENVIRONMENT": "test",
        "MAIL_PASSWORD": MAIL,
    }
    made = Project.make(
        tmp_path / "project", environment, temporary=tmp_path_factory.mktemp("t"), secrets=(password, ADMIN, MAIL)
    )
    made.preloaded = preloaded
    made.write(SLICED, name=VARIABLES)
    return made


@pytest.mark.parametrize("prefix", ["/api/", "/api/controller/"])
def test_check_mode_of_a_first_setup_changes_nothing(project: Project, awx: AwxApi) -> None:
    run = project.run(SETUP, "--check").succeeded()

    assert "check mode cannot go on" in run.result("Report that check mode ends here")["msg"]
    assert awx.changes == []


def test_second_setup_changes_nothing(project: Project, awx: AwxApi, password: str) -> None:
    project.run(SETUP).succeeded()
    assert awx.one("credentials", "Certum Partner API")["inputs"]["api_password"] == password
    everything_is_there(awx)
    awx.changes.clear()

    again = project.run(SETUP).succeeded()
    assert again.changed == 0, again.output
    assert awx.changes == []

    project.write({**SETTINGS, "certum_awx_slices": 2}, name=VARIABLES)
    checked = project.run(SETUP, "--check").succeeded()
    assert checked.changed == 1, checked.output
    assert awx.changes == []

    new = {"CERTUM_API_PASSWORD": "canary-of-the-next-password"}
    project.secrets = (*project.secrets, *new.values())
    changes = {
        "certum_awx_update_secrets": True,
        "certum_awx_schedule_start": "23:59",
        "certum_awx_schedule_window": 1,
        "certum_awx_schedule_timezone": "Europe/Warsaw",
    }
    project.run(SETUP, "-e", json.dumps(changes), environment=new, warnings=True).succeeded()
    assert awx.one("credentials", "Certum Partner API")["inputs"]["api_password"] == new["CERTUM_API_PASSWORD"]
    assert awx.one("job_templates", "Certum renew")["job_slice_count"] == 2
    (schedule,) = awx.all("schedules")
    assert schedule["rrule"] == "DTSTART;TZID=Europe/Warsaw:20260101T235900 RRULE:FREQ=DAILY;INTERVAL=1"


def everything_is_there(awx: AwxApi) -> None:
    made = {name: awx.one("job_templates", f"Certum {name}") for name in NAMES}
    assert [made[name]["playbook"].removeprefix("playbooks/") for name in NAMES] == [
        "cancel.yml",
        "renew.yml",
        "renew.yml",
        "renew.yml",
        "revoke.yml",
    ]
    assert [name for name in NAMES if made[name]["job_slice_count"] > 1] == ["renew"]
    assert [name for name in NAMES if made[name].get("extra_vars")] == ["order"]
    assert [name for name in NAMES if made[name]["survey_enabled"]] == ["cancel", "replace", "revoke"]
    assert awx.survey("Certum revoke") == templates()["revoke"]["survey"]
    for name in NAMES:
        needed = ["Certum Partner API"] if name in {"cancel", "revoke"} else ["Certum Partner API", HOST_KEY]
        assert awx.linked("job_templates", f"Certum {name}", "credentials") == needed
        assert awx.linked("job_templates", f"Certum {name}", "notification_templates_error") == ["Certum"]
        assert awx.linked("job_templates", f"Certum {name}", "notification_templates_success") == []
    (schedule,) = awx.all("schedules")
    assert schedule["unified_job_template"] == made["renew"]["id"]
    assert re.fullmatch(r"DTSTART:20260101T0[1-4][0-5]\d00Z RRULE:FREQ=DAILY;INTERVAL=1", schedule["rrule"])
    assert awx.one("inventory_sources", "Certum inventory")["source_project"] == awx.one("projects", "Certum")["id"]
    assert awx.one("notification_templates", "Certum")["notification_configuration"]["password"] == MAIL
    (kind,) = awx.all("credential_types")
    assert kind["injectors"] == role_variables()["certum_awx__credential_injectors"]


def answers(survey: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {question["variable"]: question for question in survey["spec"]}


def templates() -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in role_variables()["certum_awx__job_templates"]}


def test_surveys_set_variables_that_the_playbooks_read() -> None:
    of_role = templates()
    assert sorted(of_role) == list(NAMES)
    for name in ("cancel", "revoke"):
        playbook = (REPOSITORY / "playbooks" / of_role[name]["playbook"]).read_text()
        assert set(answers(of_role[name]["survey"])) == set(re.findall(rf"\{{\{{ ({name}_[a-z]\w*)", playbook))
    assert set(answers(of_role["replace"]["survey"])) == {"certum_replace"}
    assert answers(of_role["revoke"]["survey"])["revoke_reason"]["choices"] == RevokeReason.values()


def test_commands_of_the_page_make_the_playbooks(project: Project) -> None:
    (commands,) = (text for language, text in BLOCKS if language == "shell" and text.startswith("mkdir"))
    subprocess.run(["bash", "-euc", commands], cwd=project.path, check=True)

    made = sorted((project.path / "playbooks").iterdir())
    assert {f"playbooks/{path.name}" for path in made} == {
        f"playbooks/{each['playbook']}" for each in templates().values()
    }
    for path in made:
        assert "playbook: " in project.run(path, "--syntax-check").succeeded().output


class SpecFound(Exception):  # noqa: N818 - it ends a module where its options are known
    def __init__(self, argument_spec: dict[str, Any]) -> None:
        super().__init__()
        self.options = {
            *argument_spec,
            *(alias for each in argument_spec.values() for alias in each.get("aliases", ())),
        }


def options_of(module: str) -> set[str]:
    """Return the options of a module of awx.awx, from its own argument spec."""
    loaded = importlib.import_module(f"ansible_collections.awx.awx.plugins.modules.{module}")

    def refuse(argument_spec: dict[str, Any], **_more: object) -> None:
        raise SpecFound(argument_spec)

    with mock.patch.object(loaded, "ControllerAPIModule", refuse), pytest.raises(SpecFound) as found:
        loaded.main()
    return found.value.options


def controller_tasks() -> list[tuple[str, set[str]]]:
    """Return the modules of awx.awx that the role uses, each with the options that it sets."""
    (block,) = yaml.safe_load((ROLE / "tasks/setup.yml").read_text())
    tasks = [*block["block"], *yaml.safe_load((ROLE / "tasks/contents.yml").read_text())]
    return [(key.removeprefix("awx.awx."), set(task[key])) for task in tasks for key in task if key.startswith("awx.")]


@pytest.mark.parametrize(("module", "options"), [pytest.param(*each, id=each[0]) for each in controller_tasks()])
def test_every_option_is_one_of_its_module(module: str, options: set[str]) -> None:
    assert options <= options_of(module)


@pytest.mark.parametrize("wrong", [{"certum_awx_schedule_start": "25:00"}, {"certum_awx_schedule_window": 0}], ids=str)
def test_wrong_window_is_refused_before_anything_is_sent(project: Project, awx: AwxApi, wrong: dict[str, Any]) -> None:
    run = project.run(SETUP, "-e", json.dumps(wrong)).failed()
    assert "Set certum_awx_schedule_start to a time" in run.failures[-1]
    assert awx.changes == []


def test_missing_collection_is_reported_before_the_setup(project: Project, awx: AwxApi) -> None:
    """Another collection of the same name hides it from the controller."""
    hidden = project.path / "collections/ansible_collections/awx/awx"
    hidden.mkdir(parents=True)
    (hidden / "galaxy.yml").write_text("namespace: awx\nname: awx\nversion: 0.0.1\n")
    project.preloaded = None  # it has found its collections before
    paths = f"{hidden.parents[2]}:{project.environment['ANSIBLE_COLLECTIONS_PATH']}"

    run = project.run(SETUP, environment={"ANSIBLE_COLLECTIONS_PATH": paths}, warnings=True).failed()

    assert "ansible-galaxy collection install awx.awx" in run.failures[-1]
    assert awx.changes == []


ACCOUNT = {"api_username": "partner", "api_password": "canary-of-the-account"}


@pytest.mark.parametrize("more", [{}, {"api_environment": "test"}, {"api_ca_certificates": "PEM of a CA"}], ids=str)
def test_awx_gives_the_account_to_a_job_by_the_environment(tmp_path: Path, more: dict[str, str]) -> None:
    """Fields that are not set become empty variables, and the modules take an empty variable for an unset one."""
    job = injected(role_variables(), {**ACCOUNT, **more}, tmp_path)

    assert {name: value for name, value in job.environment.items() if value and name != "CERTUM_API_CA_PATH"} == {
        f"CERTUM_{name.upper()}": value for name, value in {**ACCOUNT, **more}.items() if "ca_certificates" not in name
    }
    assert set(job.environment) == set(OF_THE_API.values())
    assert ACCOUNT["api_password"] not in str(job.shown)
    assert job.arguments == []
    path = job.environment["CERTUM_API_CA_PATH"]
    assert (job.file(path).read_text() if path else None) == more.get("api_ca_certificates")


def test_awx_accepts_the_injectors_with_every_field_set() -> None:
    """AWX fills them with an example for each field when the credential type is saved, and refuses unknown names."""
    inputs, injectors = (role_variables()[f"certum_awx__credential_{name}"] for name in ("inputs", "injectors"))
    example = {field["id"]: "EXAMPLE" for field in inputs["fields"]}
    jinja = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    for template in (*injectors["file"].values(), *injectors["env"].values()):
        assert "EXAMPLE" in jinja.from_string(template).render(**example, tower={"filename": "EXAMPLE"})
    assert {field["type"] for field in inputs["fields"]} == {"string"}
    assert set(inputs["required"]) <= set(example)
