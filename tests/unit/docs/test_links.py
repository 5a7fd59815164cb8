# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Links and commands of the pages work for a reader who has only the tarball of the collection."""

from __future__ import annotations

import fnmatch
import os
import re
import shlex
from pathlib import Path

import pytest
import yaml
from ansible_collections.certops.certum.tests.unit.docs.documentation import COLLECTION, FRAGMENTS, MODULES, described

IGNORED: list[str] = yaml.safe_load((COLLECTION / "galaxy.yml").read_text())["build_ignore"]
REPOSITORY = "https://github.com/certops/certops.certum/blob/main/"
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)|^\[[\w-]+\]: (\S+)$", re.MULTILINE)
USED = re.compile(r"\]\[([\w-]+)\]")
DEFINED = re.compile(r"^\[([\w-]+)\]: ", re.MULTILINE)
AD_HOC = re.compile(r"^ansible .*$", re.MULTILINE)
PROMISES = re.compile(r"^\| promise \| tested in \|\n\|---\|---\|\n((?:\|.*\n)+)", re.MULTILINE)
PLAYBOOK = re.compile(r"certops\.certum\.([a-z]\w*)")


def is_in_tarball(path: str) -> bool:
    """Return whether ansible-galaxy packs the file: no pattern may match the path or a directory above it."""
    above = [path, *(str(each) for each in Path(path).parents)]
    return (COLLECTION / path).is_file() and not any(
        fnmatch.fnmatch(each, pattern) for each in above for pattern in IGNORED
    )


def pages() -> list[str]:
    """Return the Markdown files of the tarball."""
    found = (path.relative_to(COLLECTION) for pattern in PATTERNS for path in COLLECTION.glob(pattern))
    return sorted(str(path) for path in found if is_in_tarball(str(path)))


PATTERNS = ("*.md", "docs/**/*.md", "roles/*/*.md")
PAGES = pages()


def text_of(page: str) -> str:
    """Return the page without its blocks of code."""
    return FENCED.sub("", (COLLECTION / page).read_text())


def links_of(page: str) -> list[str]:
    return [inline or defined for inline, defined in LINK.findall(text_of(page))]


def test_pages_of_the_tarball_are_found() -> None:
    assert {"README.md", "docs/security.md", "roles/certum/README.md"} <= set(PAGES)
    assert not is_in_tarball("sandbox/README.md")
    assert not is_in_tarball("docs/site/index.md")


@pytest.mark.parametrize("page", PAGES)
def test_relative_link_leads_to_a_file_of_the_tarball(page: str) -> None:
    targets = {link.partition("#")[0] for link in links_of(page) if "://" not in link and not link.startswith("#")}
    paths = {link: os.path.normpath(Path(page).parent / link) for link in targets}
    assert [link for link, path in paths.items() if not is_in_tarball(path)] == []


@pytest.mark.parametrize("page", PAGES)
def test_link_to_the_repository_leads_to_a_file(page: str) -> None:
    paths = {link.removeprefix(REPOSITORY) for link in links_of(page) if link.startswith(REPOSITORY)}
    assert [path for path in paths if not (COLLECTION / path).is_file()] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_reference_of_a_link_is_defined_and_used(page: str) -> None:
    text = text_of(page)
    defined = set(DEFINED.findall(text))
    assert set(USED.findall(text)) <= defined
    assert [name for name in defined if text.count(f"[{name}]") < 2] == []


@pytest.mark.parametrize("page", PAGES)
def test_ad_hoc_command_names_a_module_and_its_options(page: str) -> None:
    options = {where: set(found) for where, found in described()}
    of_fragments = set().union(*(found for where, found in options.items() if where.split(".")[0] in FRAGMENTS))
    for command in AD_HOC.findall((COLLECTION / page).read_text()):
        words = shlex.split(command)
        module = words[words.index("-m") + 1].removeprefix("certops.certum.")
        given = {word.partition("=")[0] for word in shlex.split(words[words.index("-a") + 1])}
        assert module in MODULES, command
        assert given <= options[f"{module} DOCUMENTATION"] | of_fragments, command


def test_every_playbook_but_quickstart_is_named_in_the_readme() -> None:
    playbooks = {path.stem for path in COLLECTION.glob("playbooks/*.yml")}
    assert set(PLAYBOOK.findall((COLLECTION / "README.md").read_text())) >= playbooks - {"quickstart"}


def test_every_module_is_named_in_the_readme() -> None:
    assert set(re.findall(r"`(certum_\w+)`", (COLLECTION / "README.md").read_text())) >= set(MODULES)


def test_every_promise_of_the_readme_names_a_test() -> None:
    (table,) = PROMISES.findall(text_of("README.md"))
    tested = [row.strip("|").rpartition("|")[2] for row in table.splitlines()]
    assert len(tested) == 7
    assert [cell for cell in tested if not USED.search(cell)] == []
