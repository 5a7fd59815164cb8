# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The API password, a passphrase or a private key is never shown or left in a file."""

from __future__ import annotations

import secrets
import shutil
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ansible_collections.certops.certum.tests.integration.project import SECONDS, descendants

if TYPE_CHECKING:
    from ansible_collections.certops.certum.tests.integration.project import Running
    from ansible_collections.certops.certum.tests.integration.world import World

pytestmark = pytest.mark.command


def command_lines(running: Running, *modules: str) -> str:
    """Return every command line below a run; those of ``modules`` must be among them."""
    seen: set[str] = set()
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            for pid in descendants(running.process.pid):
                with suppress(OSError):
                    seen.add(Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
            over.wait(0.05)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        running.process.wait(SECONDS)
    finally:
        over.set()
        thread.join()
    lines = "\n".join(seen)
    for module in modules:
        assert f"AnsiballZ_{module}.py" in lines, f"no command line was read while {module} ran"
    return lines


def kept_files(world: World) -> list[Path]:
    """Return the files that runs leave outside the store: caches, logs, temporary files, and results (as in AWX)."""
    places = (world.project.path, world.project.temporary)
    left = (path for place in places for path in place.rglob("*"))
    return [path for path in left if path.is_file() and world.store not in path.parents]


@pytest.mark.parametrize(("password_from", "verbosity"), [("environment", "-vvv"), ("variable", "-vvvv")])
def test_no_secret_is_in_output_processes_or_files(
    world: World, password: str, password_from: str, verbosity: str
) -> None:
    variables: dict[str, object] = {}
    environment = {
        "ANSIBLE_PIPELINING": "0",
        "ANSIBLE_CACHE_PLUGIN": "jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(world.project.path / "facts"),
        "ANSIBLE_LOG_PATH": str(world.project.path / "ansible.log"),
    }
    if password_from == "variable":
        del world.project.environment["CERTUM_API_PASSWORD"]
        variables["certum_api_password"] = "{{ lookup('file', 'password') }}"
        (world.project.path / "password").write_text(password)
    formats = ["pkcs12", "jks"] if shutil.which("keytool") else ["pkcs12"]
    passphrase = f"canary-{secrets.token_hex(12)}"
    world.project.secrets = (*world.project.secrets, passphrase)
    environment["KEYSTORE_PASSPHRASE"] = passphrase
    variables["certum_passphrases"] = {"shop": "{{ lookup('env', 'KEYSTORE_PASSPHRASE') }}"}
    (play,) = world.role(world.deployed(formats=formats), **variables)
    # A fact of Ansible's own is the environment, which on a local connection is that of the controller.
    facts = {"gather_facts": True, "gather_subset": ["!all", "!min", "network"]}
    running = world.project.start([{**play, **facts}], verbosity, environment=environment)

    lines = command_lines(running, "certum_plan", "certum_stage", "certum_publish", "certum_install")
    running.wait().succeeded()  # which looks for the password and for keys in the output

    key = next((world.store / "shop/versions").rglob("privkey.pem")).read_text().splitlines()[1:-1]
    kept = kept_files(world)
    assert any("facts" in path.parts for path in kept)
    for secret in (password, passphrase, *key):
        assert secret not in lines
        assert [path.name for path in kept if secret in path.read_text(errors="replace")] == (
            ["password"] if secret == password and password_from == "variable" else []
        )


def test_failing_run_shows_no_secret(world: World, password: str) -> None:
    """Failures: refused, garbled, unreachable, in check mode, in the request, and in the answer."""
    passphrase = f"canary-{secrets.token_hex(12)}"
    world.project.secrets = (*world.project.secrets, passphrase)
    cached = {
        "ANSIBLE_PIPELINING": "0",
        "ANSIBLE_CACHE_PLUGIN": "jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(world.project.path / "facts"),
        "KEYSTORE_PASSPHRASE": passphrase,
    }
    variables = {"certum_passphrases": {"shop": "{{ lookup('env', 'KEYSTORE_PASSPHRASE') }}"}}
    play = world.role(world.declaration(formats=["pkcs12"]), **variables)
    away = world.role(
        {"name": "shop", "common_name": "shop.example.com", "state": "absent", "revoke_reason": "superseded"}
    )
    elsewhere = {"CERTUM_API_URL": world.ca.base_url}
    world.ca.add_fault("garbage", operation="quickOrder", when="after")
    lines = []
    for plays, words, more in (
        (play, ["--check", "--diff"], {}),
        (play, [], elsewhere),
        (play, [], {}),
        (away, ["--diff"], elsewhere),
    ):
        running = world.project.start(plays, "-vvvv", *words, environment={**cached, **more})
        lines.append(command_lines(running, "certum_plan"))
        running.wait()

    keys = [line for path in world.store.rglob("privkey.pem") for line in path.read_text().splitlines()[1:-1]]
    assert keys
    for secret in (password, passphrase, *keys):
        assert not [line for line in lines if secret in line]
        assert not [path for path in kept_files(world) if secret in path.read_text(errors="replace")]


@pytest.mark.parametrize("password", ["MII"])
def test_password_inside_a_certificate_is_not_masked_there(world: World, password: str) -> None:
    """Every certificate has these letters in its base64; it may contain a longer password by chance."""
    world.project.secrets = ()
    play = world.role(world.deployed())

    world.converged(play)

    assert world.serves()
    world.is_quiet(play)
