# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The checker of words finds old words in prose, and in nothing else."""

from __future__ import annotations

import pytest
from ansible_collections.certops.certum.tools.words import findings

FOUND = {
    "comment": ("a.py", "x = 1  # it proves the name\n", "1: proves"),
    "comment of two lines": ("a.py", "x = 1\n# the file is put\n# in place\n", "2: put in place"),
    "docstring": ("a.py", 'def f():\n    """First.\n\n    Sign anew.\n    """\n', "4: anew"),
    "message": ("a.py", 'fail("nothing was bought, "\n     f"{order} is in flight")\n', "1: bought, 2: in flight"),
    "message over two lines": ("a.py", 'fail("an order in "\n     "flight")\n', "1: in flight"),
    "name of a test": ("a.py", "def test_failure_goes_back():\n    pass\n", "1: goes back"),
    "name of a task": ("a.yml", "---\n- name: Sign anew\n  debug:\n", "2: anew"),
    "comment in YAML": ("a.yml", "---\n# whoever reads\na: 1\n", "2: whoever"),
    "folded text": ("a.yml", "---\nmsg: >-\n  The order is\n  under way\n", "4: under way"),
    "text in Jinja": ("a.yml", "---\nmsg: \"{{ 'is under way' if a else b }}\"\n", "2: under way"),
    "paragraph": ("a.md", "# Title\n\nThe certificate ends\nsoon.\n", "3: certificate ends"),
    "table": ("a.md", "| a | b |\n|---|---|\n| tells | fate |\n", "3: fate, 3: tells"),
    "help of a make target": ("Makefile", "all: a  ## a security hole\n", "1: hole"),
    "deployment": (
        "a.md",
        "A certificate that is not served, or the clock goes back.\n",
        "1: certificate that is not served",
    ),
}
RIGHT = {
    "identifier": ("a.py", "proof = prove(anew)\n"),
    "protocol constant": ("a.py", 'CODES = {"PROOF", "proof"}\n'),
    "expression in a text": ("a.py", 'x = f"the file {proof} is missing"\n'),
    "code span": ("a.md", "Call `prove()` or ``buy now``, see [there](proof/anew.md).\n"),
    "fenced code": ("a.md", "```sh\nmake proof\n```\n"),
    "markup": ("a.yml", "---\ndescription: The option O(anew) and the value C(it ends anew).\n"),
    "condition": ("a.yml", "---\nwhen: proof is defined\n"),
    "variable": ("a.yml", '---\nmsg: "Order {{ proof }}"\n'),
    "key in documentation": ("a.py", 'D = """\n  proof:\n    type: str\n"""\n'),
    "field terms": (
        "a.md",
        "A proof of possession. The ACME challenge. The clock goes back. Nothing tells them apart.\n",
    ),
    "web server": ("a.md", "The file is served, and the certificate revocation list is served.\n"),
    "term end": ("a.md", "The certificate whose term ends soon.\n"),
}


def found(path: str, source: str) -> str:
    lines = [line.removeprefix(f"{path}:").split('"') for line in findings(path, source)]
    return ", ".join(f"{line[0]}{line[1]}" for line in lines)


@pytest.mark.parametrize(("path", "source", "words"), FOUND.values(), ids=FOUND)
def test_old_word_in_prose_is_found(path: str, source: str, words: str) -> None:
    assert found(path, source) == words


@pytest.mark.parametrize(("path", "source"), RIGHT.values(), ids=RIGHT)
def test_word_outside_prose_is_ignored(path: str, source: str) -> None:
    assert found(path, source) == ""


def test_finding_says_which_word_to_use() -> None:
    (line,) = findings("a.md", "Sign anew.")
    assert line == 'a.md:1: "anew": say "again"; a certificate is replaced'


def test_allowed_word_is_ignored() -> None:
    assert not list(findings("tools/words.py", "# anew"))
