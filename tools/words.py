# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lists words in texts for which this project has a standard term, and the term.

Usage: python tools/words.py [PATH ...]. Without a path it reads all tracked files. It prints
`path:line: "word": say ...` and exits 1 if it finds any. An exception is a line in ALLOWED, with its reason.

It reads prose only: comments, docstrings, texts with a space and names of tests in Python; comments and values in YAML;
everything but code in Markdown; comments elsewhere. Code spans, markup such as C(...) and identifiers are no prose.
"""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
import tokenize
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Rule:
    """A pattern of old words, what to say instead, and a pattern of the sentences in which the words are right."""

    words: str
    say: str
    unless: str = "(?!)"


_CERTIFICATE = r"certificates?|keys?|chains?|versions?"

RULES = (
    Rule(
        r"prov(?:e|es|ed|en|ing)|proofs?(?! of possession)",
        '"validate" for domains, "validation file" or "record" for what the CA looks for, "verify" for deployments, '
        '"show" elsewhere',
    ),
    Rule(r"(?<!-)challenges?", '"validation file" or "validation record"', unless=r"acme|http-01|dns-01"),
    Rule(
        r"(?:have|having) (?:it|them|(?:the|a|an|each|every|all|its|his|their|what) \w+(?: \w+)?)"
        r" (?:checked|served|looked)",
        'who does it: "trigger validation", "deploy and verify"',
    ),
    Rule(r"buys?|bought|buying|rebuys?", '"order", or "purchase" where money is the point'),
    Rule(r"(?<!look )(?<!looks )(?<!ask )(?<!asks )(?<!asked )(?<!wait )(?<!waits )for nothing", '"free of charge"'),
    Rule(r"anew", '"again"; a certificate is replaced'),
    Rule(r"in[ -]flight|under way|underway", '"pending order", "in progress" for a run'),
    Rule(
        r"adopt(?:s|ed|ing)?(?: (?!by|from|with)\w+){0,3} orders?|orders? (?:is|are|was|were|be) adopted"
        r"|(?:for|as) ours",
        '"existing order" and "resume"; adopting is for certificates that a host already has',
    ),
    Rule(
        r"(?:put|puts|putting)(?: \w+){0,6} in place|certificates? in place|what is in place", '"install", "installed"'
    ),
    Rule(
        r"proved to be served|(?:have|has|had|having) (?:\w+ ){1,4}served",
        '"deploy", "verify"; "deployed", "verified"',
        unless=r"web root|file|page|list|crl|ocsp|has been served|have been served",
    ),
    Rule(
        rf"(?:{_CERTIFICATE})(?: (?!whose)\w+){{0,5}} (?:is|are|was|were|not|still|be|being|been) served",
        '"deployed" or "verified"',
        unless=r"web root|file|page|list|crl|ocsp|issuer certificates|roots?",
    ),
    Rule(r"(?:go|goes|went|going|gone) back|ways? back", '"roll back"', unless=r"clocks?|years?|months?|days?"),
    Rule(
        r"certificate(?: (?!terms?|runs?|orders?|lines?|that|which|names?)\w+){0,3} (?:ends|ended)(?! with| in| up)"
        r"|(?:ends?|ended) of (?:the|a|this|its|that) certificate|certificate's end|when it ends",
        '"expires", "expired", "expiry date"; "term end" for the paid term',
        unless=r"\bterms?\b",
    ),
    Rule(r"tell|tells|told|telling", '"report", "message"', unless=r"\bapart\b|tells? (?:\w+ ){1,3}from"),
    Rule(
        r"(?:modules?|roles?|tasks?|runs?|results?|plays?|playbooks?|messages?) (?:say|says|said)",
        '"report"',
    ),
    Rule(r"(?:say|says|said|tells?|told|knows?|known|gives?) why", '"the reason"'),
    Rule(r"fates?", '"outcome unknown"'),
    Rule(r"holes?", '"vulnerability"; "gap" elsewhere'),
    Rule(r"whoever|whomever|whosever", "who it is: the operator, the CA, the account"),
    Rule(r"what is due|what are due|is what is|who may|let (?:it|them|the \w+|an? \w+) be", "the name of the thing"),
)

# Words that are right where they are: the file, the words, the reason.
ALLOWED: tuple[tuple[str, str, str], ...] = (
    ("tools/words.py", ".*", "it names the old words"),
    ("tests/benchmark/playbooks/community_crypto/*.yml", "challenges?", "this is ACME's word"),
    ("tests/unit/tools/test_words.py", ".*", "it names the old words"),
)

# Texts of others: licences, and the CA's own words.
FOREIGN = (
    "COPYING", "LICENSES/*", "CODE_OF_CONDUCT.md", "*.pem", "*.csr", "*.p7b", "*.license", "*.typed",
    "sandbox/src/certum_sandbox/data/errors.csv", "sandbox/src/certum_sandbox/data/products.csv", "*/blocked_keys.txt",
    "tests/integration/data/*.tar.xz",
    "tests/unit/partner_api/data/errors.csv",
)  # fmt: skip


class Piece(NamedTuple):
    """A part of one line of a text."""

    line: int
    words: str


Text = list[Piece]

# --- prose of each kind of file ---------------------------------------------------------------------------------------

_BREAKS_NOTHING = {tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
_PREFIX = re.compile(r"(?i)^([rbfu]*)(\"\"\"|'''|\"|')")


def python_prose(source: str) -> Iterator[Text]:
    """Yield comments, texts with a space, and names of tests. Comments below each other are one text."""
    comments: Text = []
    texts: Text = []
    former = ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        kind = tokenize.tok_name[token.type]
        if kind == "COMMENT":
            comments.append(Piece(token.start[0], token.string.lstrip("#: ")))
            continue
        if token.type in _BREAKS_NOTHING:
            if kind == "NEWLINE":
                yield from _with_space(texts)
                texts = []
            continue
        yield comments
        comments = []
        if kind in ("STRING", "FSTRING_MIDDLE"):
            texts += _literal(token.start[0], token.string)
        elif not kind.startswith("FSTRING"):
            yield from _with_space(texts)
            texts = []
        if former == "def" and token.string.startswith("test_"):
            yield [Piece(token.start[0], token.string.replace("_", " "))]
        former = token.string
    yield comments
    yield from _with_space(texts)


def _literal(line: int, literal: str) -> Iterator[Piece]:
    start = _PREFIX.match(literal)
    if start:
        literal = literal[start.end() : -len(start[2])]
        if "f" in start[1].lower():
            literal = re.sub(r"\{[^{}]*\}", _same_length, literal)
    for number, part in enumerate(literal.split("\n")):
        yield Piece(line + number, re.sub(r"^\s*(?:- )*[a-z_]+:(?=\s|$)", _same_length, part))


def _with_space(texts: Text) -> Iterator[Text]:
    if " " in " ".join(piece.words for piece in texts).strip():
        yield texts


def yaml_prose(source: str) -> Iterator[Text]:
    """Yield comments and the values with a space; of Jinja expressions only the quoted texts."""
    yield from comment_prose(source)
    lines = source.split("\n")
    for document in yaml.compose_all(source, Loader=yaml.SafeLoader):
        for node, key in _scalars(document, ""):
            start, end = node.start_mark, node.end_mark
            pieces: Text = []
            for number in range(start.line, end.line + 1):
                part = lines[number] if number < len(lines) else ""
                part = part[: end.column] if number == end.line else part
                part = part[start.column :] if number == start.line else part
                pieces.append(Piece(number + 1, part))
            if key in EXPRESSIONS:
                pieces = [Piece(piece.line, _quoted_only(piece.words)) for piece in pieces]
            yield from _with_space(_without_jinja(pieces))


EXPRESSIONS = {"when", "that", "until", "failed_when", "changed_when", "loop", "var"}


def _scalars(node: yaml.Node | None, key: str) -> Iterator[tuple[yaml.ScalarNode, str]]:
    if isinstance(node, yaml.ScalarNode):
        yield node, key
    elif isinstance(node, yaml.SequenceNode):
        for child in node.value:
            yield from _scalars(child, key)
    elif isinstance(node, yaml.MappingNode):
        for name, child in node.value:
            yield from _scalars(child, str(name.value))


def _without_jinja(pieces: Text) -> Text:
    whole = "\n".join(piece.words for piece in pieces)
    whole = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", lambda found: _quoted_only(found[0]), whole, flags=re.DOTALL)
    return [Piece(piece.line, words) for piece, words in zip(pieces, whole.split("\n"))]


def _quoted_only(expression: str) -> str:
    """Return the expression with spaces for all but newlines and quoted texts that have a space themselves."""
    kept = [" "] * len(expression)
    for found in re.finditer(r"'[^'\n]* [^'\n]*'|\"[^\"\n]* [^\"\n]*\"", expression):
        kept[found.start() : found.end()] = found[0]
    return "".join("\n" if old == "\n" else new for old, new in zip(expression, kept))


def markdown_prose(source: str) -> Iterator[Text]:
    """Yield paragraphs without fenced code, code spans and the targets of links."""
    paragraph: Text = []
    fenced = False
    for number, line in enumerate(source.split("\n"), 1):
        fence = line.lstrip().startswith("```")
        fenced ^= fence
        if fenced or fence or not line.strip() or line.lstrip().startswith(("|", "#", "- ", "* ")):
            yield paragraph
            paragraph = []
        if not (fenced or fence):
            paragraph.append(Piece(number, re.sub(r"(?<=\])\([^)]*\)|<!-- .* -->", _same_length, line)))
    yield paragraph


def comment_prose(source: str) -> Iterator[Text]:
    """Yield comments that begin with a number sign. Those below each other are one text."""
    comments: Text = []
    for number, line in enumerate(source.split("\n"), 1):
        found = re.search(r"(?:^|\s)#+:?\s+(.*)", line)
        if found:
            comments.append(Piece(number, found[1]))
        if not line.lstrip().startswith("#"):
            yield comments
            comments = []
    yield comments


def slash_prose(source: str) -> Iterator[Text]:
    for number, line in enumerate(source.split("\n"), 1):
        found = re.search(r"(?:^|\s)(?://|/?\*+)\s+(.*)", line)
        if found:
            yield [Piece(number, found[1])]


def markup_prose(source: str) -> Iterator[Text]:
    """Yield comments and documentation of XML."""
    for found in re.finditer(r"<!--(.*?)-->|documentation>(.*?)<", source, re.DOTALL):
        line = source.count("\n", 0, found.start()) + 1
        yield [Piece(line + number, part) for number, part in enumerate(found[0].split("\n"))]


def csv_prose(source: str) -> Iterator[Text]:
    reader = csv.reader(io.StringIO(source))
    for row in reader:
        yield from ([Piece(reader.line_num, cell)] for cell in row if " " in cell)


READERS: dict[str, Callable[[str], Iterator[Text]]] = {
    ".py": python_prose,
    ".yml": yaml_prose,
    ".yaml": yaml_prose,
    ".yamllint": yaml_prose,
    ".md": markdown_prose,
    ".php": slash_prose,
    ".xsd": markup_prose,
    ".wsdl": markup_prose,
    ".csv": csv_prose,
}

# --- what is found in it ----------------------------------------------------------------------------------------------

_NO_PROSE = re.compile(r"``.+?``|`[^`]+`|(?:[A-Z]+|RV)\([^)]*\)|https?://\S+|[\w.*-]*/[\w./*:-]+|<[^<>]+>")
_SENTENCE = re.compile(r"(?<=[.!?:;])\s+")


def _same_length(found: re.Match[str]) -> str:
    return "_" * len(found[0])


def findings(path: str, source: str) -> Iterator[str]:
    """Yield a line for each old word in the prose of *source*, in the order of the lines."""
    reader = READERS.get(Path(path).suffix or Path(path).name, comment_prose)
    if source.startswith("#!") and "python" in source.split("\n", 1)[0]:
        reader = python_prose
    allowed = [words for pattern, words, _reason in ALLOWED if fnmatch(path, pattern)]
    found = {
        (line, words, rule.say)
        for text in reader(source)
        if text
        for line, words, rule in _old_words(text)
        if not any(re.fullmatch(pattern, words, re.IGNORECASE) for pattern in allowed)
    }
    for line, words, say in sorted(found):
        yield f'{path}:{line}: "{words}": say {say}'


def _old_words(text: Text) -> Iterator[tuple[int, str, Rule]]:
    starts: list[int] = []
    whole = ""
    for piece in text:
        whole = whole and f"{whole.rstrip()} "
        starts.append(len(whole))
        whole += piece.words.strip() if whole else piece.words
    prose = _NO_PROSE.sub(_same_length, whole)
    for rule, pattern, unless in _COMPILED:
        for found in pattern.finditer(prose):
            if found[0].isupper() or unless.search(_sentence(prose, found.start())):
                continue
            number = sum(start <= found.start() for start in starts) - 1
            yield text[number].line, found[0], rule


_COMPILED = [
    (rule, re.compile(rf"\b(?:{rule.words})\b", re.IGNORECASE), re.compile(rule.unless, re.IGNORECASE))
    for rule in RULES
]


def _sentence(prose: str, position: int) -> str:
    start = 0
    for stop in _SENTENCE.finditer(prose):
        if stop.end() > position:
            return prose[start : stop.start()]
        start = stop.end()
    return prose[start:]


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)  # noqa: S607
    return [path for path in listed.stdout.split("\0") if path]


def read(paths: Iterable[str]) -> Iterator[str]:
    """Yield the findings of all *paths* below the root of the project that are ours."""
    for path in paths:
        file = ROOT / path
        if file.is_symlink() or not file.is_file() or any(fnmatch(path, pattern) for pattern in FOREIGN):
            continue
        yield from findings(path, file.read_text(encoding="utf-8"))


def below(path: str) -> Iterator[str]:
    """Yield the tracked files at a path, and a file that is not tracked yet."""
    name = Path(path).resolve().relative_to(ROOT)
    files = [file for file in tracked() if Path(file).is_relative_to(name)]
    yield from files or [str(name)]


def main(paths: list[str]) -> int:
    files = [file for path in paths for file in below(path)] if paths else tracked()
    found = list(read(files))
    print("\n".join(found) if found else f"words: none of the old ones in {len(files)} files")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
