# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Each known service is documented with the lines that messages name, and with the same ciphers."""

from __future__ import annotations

import re

import pytest
from ansible_collections.certops.certum.plugins.module_utils._service.known_services import KNOWN
from ansible_collections.certops.certum.tests.unit.docs.documentation import COLLECTION

SECTIONS = dict(
    re.findall(r"^## (\S+)\n(.*?)(?=^## |\Z)", (COLLECTION / "docs/services.md").read_text(), re.MULTILINE | re.DOTALL)
)
NAMES = [name for name, entry in KNOWN.items() if name == next(key for key in KNOWN if KNOWN[key] is entry)]
CIPHERS = re.compile(r"ECDHE-[A-Z0-9:-]+")


def test_every_known_service_has_a_section() -> None:
    assert list(SECTIONS) == NAMES, "docs/services.md needs the services of known_services.py, in their order"


@pytest.mark.parametrize("name", NAMES)
def test_section_has_the_lines_of_messages(name: str) -> None:
    lines = KNOWN[name].lines.split("; ")
    section = re.sub(r"/etc/certum/\w+/current", "{path}", SECTIONS.get(name, ""))
    missing = [line for line in lines if line not in section]
    assert missing == [], f"Add these lines to the section {name} of docs/services.md"


def test_option_names_every_known_service() -> None:
    *most, last = [f"V({name})" for name in NAMES]
    words = f"{', '.join(most)} and {last} need no commands"
    specs = "roles/certum/meta/argument_specs.yml"
    named = words in " ".join((COLLECTION / specs).read_text().split())
    assert named, f"{specs} and plugins/doc_fragments/_declaration.py need: {words}"


def test_all_services_have_the_same_ciphers() -> None:
    found = [set(CIPHERS.findall(section)) for section in SECTIONS.values()]
    assert all(len(each) == 1 for each in found)
    assert len(set().union(*found)) == 1
