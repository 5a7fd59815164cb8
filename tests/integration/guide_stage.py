# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a task guide is played: a machine with its own /etc in place of all hosts, and the directory of the reader."""

from __future__ import annotations

import shlex
import subprocess
import sys
from dataclasses import dataclass, field
from itertools import groupby
from string import Template
from typing import TYPE_CHECKING, Any

import yaml
from ansible_collections.certops.certum.tests.integration.project import RESULTS, SECONDS, VARIABLES
from ansible_collections.certops.certum.tests.support import real_dns

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import ExitStack
    from pathlib import Path

    from ansible_collections.certops.certum.tests.integration.machine import Machine
    from ansible_collections.certops.certum.tests.integration.world import World
    from ansible_collections.certops.certum.tests.support.real_dns import Server, TsigKey

HOSTS = "127.0.0.1 proxy.example.com mail.example.com ns1.example.com\n"
RECORDS = [f"{name} IN A 127.0.0.1" for name in ("@", "shop", "db", "gateway", "device")]

SYSTEMCTL = """\
#!/bin/sh
verb=$1; shift
[ "$verb" != show ] || shift
for unit; do
  name=${unit%.service}
  case "$verb $name" in
    "show "*)
      state=inactive; [ ! -s "/var/$name.pid" ] || state=active
      printf 'Id=%s\\nLoadState=loaded\\nActiveState=%s\\n\\n' "$unit" "$state" ;;
    "reload nginx") nginx -s reload || exit ;;
    "reload haproxy") kill -USR2 "$(cat /var/haproxy.pid)" || exit ;;
    *) echo "systemctl: not expected: $verb $unit" >&2; exit 1 ;;
  esac
done
"""
"""There is no service manager here. This one knows nginx and HAProxy; other services are stopped:
scenarios of extensions/molecule deploy to the real ones."""


@dataclass(frozen=True)
class Zone:
    """The zone example.com on BIND, a resolver that finds it, and another one for the CA."""

    bind: Server
    resolver: Server
    of_ca: Server
    key: TsigKey

    @classmethod
    def serve(cls, path: Path, stack: ExitStack) -> Zone:
        """Start all servers. The name server has port 53, because the NS records of a zone have no port."""
        key = real_dns.TsigKey("certum-updates.")
        bind = real_dns.bind(path / "bind", {"example.com": RECORDS}, key=key, port=53)
        server = stack.enter_context(bind)
        ours, of_ca = (
            stack.enter_context(real_dns.resolver(path / name, {"example.com": server})) for name in ("ours", "of-ca")
        )
        return cls(server, ours, of_ca, key)


@dataclass
class Stage:
    """All hosts of any inventory are this machine. ``output`` is that of the last commands."""

    world: World
    machine: Machine
    zone: Zone | None
    stack: ExitStack
    runs: int = 0
    output: str = ""
    code: int = 0
    """Exit code of the next playbook."""
    warns: bool = False
    """Whether the next commands warn."""
    kept: dict[str, Any] = field(default_factory=dict)

    def prepare(self, variables: Mapping[str, Any]) -> None:
        """Write variables for all hosts, names into /etc/hosts, and a service manager."""
        project = self.world.project
        local = {
            "ansible_connection": "local",
            "ansible_become": False,  # the test is root already
            "ansible_python_interpreter": sys.executable,
        }
        if self.zone:
            at = [self.zone.resolver.at]
            local |= {"certum_dns_resolvers": at, "certum_preflight_resolvers": at}
            project.environment["TSIG_SECRET"] = self.zone.key.secret
            project.secrets = (*project.secrets, self.zone.key.secret)
        known = yaml.safe_load((project.path / VARIABLES).read_text())
        project.write({**known, **local, **variables}, name=VARIABLES)
        (self.machine.home / "tools/systemctl").write_text(SYSTEMCTL)
        for program in ("postfix", "doveconf"):  # which check a configuration
            (self.machine.home / "tools" / program).symlink_to("/bin/true")
        self.machine.run("sh", "-c", f"printf '{HOSTS}' >> /etc/hosts")

    def write(self, path: str, text: str) -> None:
        """Write a file of the controller, or with an absolute path one of the host."""
        if path.startswith("/"):
            (self.machine.home / "text").write_text(text)
            self.machine.run("install", "-D", "-m", "0644", str(self.machine.home / "text"), path)
            return
        file = self.machine.home / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def run(self, lines: Sequence[str]) -> str:
        """Run commands like a shell does, and return their output. Raises AssertionError if one fails."""
        self.output = ""
        own = {"ansible-playbook": self.play, "certum-sandbox": self._serve}
        for program, group in groupby(lines, key=lambda line: line.split()[0] if line.split()[0] in own else None):
            if program is None:
                self._shell("\n".join(group))
                continue
            for line in group:
                own[program](*shlex.split(Template(line).safe_substitute(self.world.project.environment))[1:])
        assert ("WARNING]" in self.output) is self.warns, self.output
        self.warns = False
        for secret in (*self.world.project.secrets, "PRIVATE KEY"):
            assert secret not in self.output, "a secret is in the output"
        return self.output

    def play(self, *words: str) -> None:
        """Play a playbook in the machine. ansible-playbook is loaded already, as in other tests."""
        project = self.world.project
        self.runs += 1
        output = project.path / f"guide-{self.runs}.txt"
        assert project.preloaded is not None
        code = project.preloaded.play(
            words,
            environment={**project.environment, RESULTS: str(output.with_suffix(".jsonl"))},
            directory=project.path,
            output=output,
            seconds=SECONDS,
            mounts=self.machine.mounts,
        )
        self.output += output.read_text()
        assert code == self.code, f"{words}: {code}\n{self.output}"
        assert "Traceback" not in self.output, self.output
        self.code = 0

    def _serve(self, *words: str) -> None:
        """Start certum-sandbox, and stop it at the end of the guide. Its first line reports that it is ready."""
        log = self.world.project.path / "served.txt"
        with log.open("w") as file:
            process = self.stack.enter_context(
                subprocess.Popen(
                    [*self.machine.launcher, "certum-sandbox", *words],
                    env=self.world.project.environment,
                    cwd=self.world.project.path,
                    stdout=subprocess.PIPE,
                    stderr=file,
                    text=True,
                )
            )
        self.stack.callback(process.terminate)
        assert process.stdout is not None
        ready = process.stdout.readline()
        assert ready, log.read_text()
        self.output += ready

    def _shell(self, script: str) -> None:
        """Run other commands in the machine, and keep what they export."""
        project = self.world.project
        exported = project.path / "exported"
        done = subprocess.run(
            [*self.machine.launcher, "bash", "-euc", f"{script}\nenv -0 > {exported}"],
            env=project.environment,
            cwd=project.path,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        self.output += done.stdout + done.stderr
        assert done.returncode == 0, f"{script}\n{self.output}"
        project.environment.update(dict(_variables(exported.read_text())))


def _variables(environment: str) -> Iterator[tuple[str, str]]:
    """Return the variables in the output of ``env -0``."""
    for line in filter(None, environment.split("\0")):
        name, _equals, value = line.partition("=")
        yield name, value
