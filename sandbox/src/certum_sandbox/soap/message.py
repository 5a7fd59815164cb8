# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A request as the rules read it: the texts of its elements by path."""

from __future__ import annotations

from collections.abc import Iterator, Set

from lxml import etree


def _walk(element: etree._Element, prefix: str) -> Iterator[tuple[str, str]]:
    for child in element:
        path = f"{prefix}{child.tag}"
        yield path, child.text or ""
        yield from _walk(child, f"{path}/")


class Message:
    """The operation element of a request. Paths are as in the error table, such as ``orderParameters/CSR``."""

    def __init__(self, operation: str, element: etree._Element, retired: Set[str] = frozenset()) -> None:
        self.operation = operation
        self.retired = retired
        self._element = element
        self._texts: dict[str, list[str]] = {}
        for path, text in _walk(element, ""):
            self._texts.setdefault(path, []).append(text)

    def has(self, path: str) -> bool:
        """Return whether the element is present, empty or not."""
        return path in self._texts

    def text(self, path: str) -> str | None:
        """Return the text of the element, ``""`` if it is empty, None if it is absent."""
        found = self._texts.get(path)
        return None if found is None else found[0]

    def texts(self, path: str) -> list[str]:
        """Return the texts of all elements of this path, in order."""
        return self._texts.get(path, [])

    def blocks(self, path: str) -> list[Message]:
        """Return the elements of this path, each as a message."""
        return [Message(self.operation, element) for element in self._element.iterfind(path)]

    def is_true(self, path: str) -> bool:
        """Return whether the element is present and true."""
        return self.value(path) in {"true", "1"}

    def value(self, path: str) -> str | None:
        """Return the text of the element without surrounding blanks, None if it is absent or blank."""
        return (self.text(path) or "").strip() or None
