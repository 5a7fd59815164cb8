# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An answer of the CA as a rehearsal looks at it: its form counts as much as its content.

Private to the collection. Pure. The client reads all forms as one, so a rehearsal needs a reader of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, ParseError, fromstring

from .._handover.foreign_text import quote
from .._partner_api.soap_envelope import BrokenXmlError, ForeignXmlError, unwrap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .._partner_api.transport import HttpAnswer

FAULT = "Fault"
_EMPTY_PAGE = (1155,)


@dataclass(frozen=True)
class ObservedAnswer:
    """An answer. ``root`` is the element in the SOAP body, with local names and unchanged text, None without one.

    ``namespaces`` is the form of the namespaces in the words of the dialect ``prefix``, None for another form.
    """

    status: int
    root: Element | None
    namespaces: str | None = None

    @property
    def is_fault(self) -> bool:
        return self.root is not None and self.root.tag == FAULT

    @property
    def success_code(self) -> str:
        return self.text("responseHeader/successCode")

    @property
    def is_accepted(self) -> bool:
        return self.success_code == "0"

    @property
    def codes(self) -> tuple[int, ...]:
        """The error codes, in the order of the answer."""
        texts = (each.text or "" for each in self.all("responseHeader/errors/Error/errorCode"))
        return tuple(int(text) for text in texts if re.fullmatch(r"\s*[0-9]{1,9}\s*", text))

    @property
    def is_list(self) -> bool:
        """Return whether it is an accepted list, which may be empty."""
        return self.is_accepted or self.codes == _EMPTY_PAGE

    @property
    def outcome(self) -> str:
        """The result of the call in words, equal for equal results."""
        if self.is_fault:
            return "a SOAP fault"
        if self.codes:
            return f"error {', '.join(map(str, self.codes))}"
        if self.success_code:
            return "success" if self.is_accepted else f"successCode {quote(self.success_code)}"
        return f"HTTP {self.status}"

    def all(self, path: str) -> list[Element]:
        return [] if self.root is None else self.root.findall(path)

    def text(self, path: str) -> str:
        found = None if self.root is None else self.root.findtext(path)
        return (found or "").strip()

    def elements(self) -> Iterator[Element]:
        """Yield all elements below the root."""
        if self.root is not None:
            yield from (each for each in self.root.iter() if each is not self.root)


def observe(http: HttpAnswer) -> ObservedAnswer:
    """Return the answer. Never raises: what is no message of the Partner API is an answer without a root."""
    try:
        unwrap(http.body)
        body = fromstring(http.body.strip()).find("{*}Body")  # noqa: S314 - unwrap refuses entities and deep nesting
    except (BrokenXmlError, ForeignXmlError, ParseError, ValueError, LookupError):
        return ObservedAnswer(http.status, None)
    root = body[0] if body is not None and len(body) else None
    if root is None:
        return ObservedAnswer(http.status, None)
    namespaces = None if _local(root.tag) == FAULT else _namespaces(root, http.body)
    for each in root.iter():
        each.tag = _local(each.tag)
    return ObservedAnswer(http.status, root, namespaces)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _namespaces(root: Element, document: bytes) -> str | None:
    has_namespace = root.tag.startswith("{")
    inner = {each.tag.startswith("{") for each in root.iter() if each is not root}
    if len(inner) > 1:
        return None
    if not has_namespace:
        return None if True in inner else "none"
    if True not in inner:
        return "ns2"
    opening = re.search(rb"<(?:[\w.-]+:)?" + re.escape(_local(root.tag).encode()) + rb"[\s>/]", document)
    return "ns2-all" if opening is not None and b":" in opening.group() else "default"
