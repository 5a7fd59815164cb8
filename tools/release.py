# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Builds and checks everything that a release publishes, in build/release.

Usage: python tools/release.py [VERSION]. VERSION has to be the one in galaxy.yml. Nothing is published.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomllib
import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).resolve().parents[1]
PREPARE = "Run make release-prepare, and commit the result."
SECONDS = 60


@dataclass(frozen=True)
class Source:
    """The versions that a checkout names, in several places."""

    path: Path

    @property
    def galaxy(self) -> dict[str, Any]:
        found: dict[str, Any] = yaml.safe_load((self.path / "galaxy.yml").read_text())
        return found

    @property
    def version(self) -> str:
        return str(self.galaxy["version"])

    @property
    def sandbox_version(self) -> str:
        return str(tomllib.loads((self.path / "sandbox/pyproject.toml").read_text())["project"]["version"])

    def problems(self, wanted: str | None = None) -> Iterator[str]:
        """Yield what a release of this checkout lacks, each with the remedy."""
        version = self.version
        if wanted is not None and wanted != version:
            yield f"galaxy.yml: the version is {version}, not {wanted}. Set it, then run make release-prepare."
        fragments = sorted(path.name for path in (self.path / "changelogs/fragments").glob("*.y*ml"))
        if fragments:
            yield f"changelogs/fragments: {', '.join(fragments)} are in no release yet. {PREPARE}"
        if version not in yaml.safe_load((self.path / "changelogs/changelog.yaml").read_text())["releases"]:
            yield f"changelogs/changelog.yaml: {version} is missing. {PREPARE}"
        heading = "v" + version.replace(".", r"\.")
        if f"\n## {heading}\n" not in (self.path / "CHANGELOG.md").read_text():
            yield f"CHANGELOG.md: {version} is missing. {PREPARE}"
        named = re.findall(r'^__version__ = "(.*)"$', (self.path / SANDBOX_CODE).read_text(), re.MULTILINE)
        if named != [self.sandbox_version]:
            yield f"{SANDBOX_CODE}: __version__ is not {self.sandbox_version}, as in sandbox/pyproject.toml. Set it."


SANDBOX_CODE = "sandbox/src/certum_sandbox/__init__.py"


def main() -> int:
    source = Source(REPOSITORY)
    problems = list(source.problems(sys.argv[1] if len(sys.argv) > 1 else None))
    if problems:
        print("\n".join(["The release cannot be built:", *problems]), file=sys.stderr)
        return 1
    target = REPOSITORY / "build/release"
    target.mkdir(parents=True, exist_ok=True)
    for old in target.iterdir():
        old.unlink()
    run("ansible-galaxy", "collection", "build", "--output-path", str(target))
    run(sys.executable, "-m", "build", "--outdir", str(target), str(REPOSITORY / "sandbox"))
    with tempfile.TemporaryDirectory() as directory:
        sandbox = environment(Path(directory) / "sandbox", str(next(target.glob("*.whl"))))
        check_sandbox(sandbox, source.sandbox_version)
        bill = target / f"certum_sandbox-{source.sandbox_version}.cdx.json"
        bill_of_materials(sandbox, REPOSITORY / "sandbox/pyproject.toml", bill)
        needs = environment(Path(directory) / "collection", "-r", str(REPOSITORY / "meta/ee-requirements.txt"))
        bill_of_materials(needs, described(source, Path(directory)), target / f"{name_of(source)}.cdx.json")
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" for path in sorted(target.iterdir())]
    (target / "SHA256SUMS").write_text("\n".join([*lines, ""]))
    print("\n".join(["Built and checked in build/release:", *lines]))
    return 0


def name_of(source: Source) -> str:
    return f"{source.galaxy['namespace']}-{source.galaxy['name']}-{source.version}"


def run(*words: str) -> str:
    """Run a command, and return its stdout. Its stderr is shown."""
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY).stdout


def environment(path: Path, *packages: str) -> Path:
    """Return the Python of a new environment with nothing but these packages, and what they need."""
    run(sys.executable, "-m", "venv", "--without-pip", str(path))
    python = path / "bin/python"
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    run(*pip, "--python", str(python), "install", *packages)
    return python


def check_sandbox(python: Path, version: str) -> None:
    """Start the installed certum-sandbox, and stop it. Raises RuntimeError if it does not start."""
    command = str(python.with_name("certum-sandbox"))
    if version not in run(command, "--version"):
        msg = f"certum-sandbox --version does not print {version}"
        raise RuntimeError(msg)
    with tempfile.TemporaryDirectory() as data:
        words = [command, "serve", "--listen", "127.0.0.1:0", "--repository", "127.0.0.1:0", "--data", data]
        with subprocess.Popen(
            words, stdout=subprocess.PIPE, text=True, cwd=data, env={"PATH": "/usr/bin:/bin"}
        ) as started:
            try:
                line = started.stdout.readline() if started.stdout else ""
            finally:
                started.terminate()
            if started.wait(SECONDS) != 0 or not json.loads(line or "{}").get("ready"):
                msg = f"certum-sandbox ended with {started.returncode} after this line: {line!r}"
                raise RuntimeError(msg)


def bill_of_materials(python: Path, project: Path, output: Path) -> None:
    """Write the CycloneDX bill of materials of an environment; cyclonedx-py validates it."""
    run(
        *("cyclonedx-py", "environment", "--pyproject", str(project), "--output-reproducible", "--validate"),
        *("--output-format", "JSON", "--output-file", str(output), str(python)),
    )


def described(source: Source, directory: Path) -> Path:
    """Return a file that describes the collection as cyclonedx-py reads it: galaxy.yml is unknown to it."""
    needs = (REPOSITORY / "meta/ee-requirements.txt").read_text().splitlines()
    project = {
        "name": f"{source.galaxy['namespace']}.{source.galaxy['name']}",
        "version": source.version,
        "description": source.galaxy["description"],
        "dependencies": [line for each in needs if (line := each.partition("#")[0].strip())],
    }
    path = directory / "pyproject.toml"
    path.write_text("\n".join(["[project]", *(f"{key} = {json.dumps(value)}" for key, value in project.items()), ""]))
    return path


if __name__ == "__main__":
    sys.exit(main())
