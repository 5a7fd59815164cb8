# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tolerated deviations from the schema. The CA reads elements by name and does not check the schema.

Each tolerated form is converted to the form of the published schema, so rules and schema need not handle it. Source:
partner-api.md 1.
"""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from certum_sandbox.dialect import Dialect, Switch
from certum_sandbox.soap.declarations import (
    Declaration,
    declarations_of,
    declared_elements,
    expand_name,
    type_of_operation,
)
from certum_sandbox.soap.namespaces import XSI

_NIL = f"{{{XSI}}}nil"
_TYPE = f"{{{XSI}}}type"


def _is_empty(element: etree._Element) -> bool:
    return len(element) == 0 and not (element.text or "").strip()


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _remove_correct_type(element: etree._Element, declaration: Declaration) -> None:
    """Remove a correct xsi:type. A wrong one stays, and the schema refuses it."""
    given = element.get(_TYPE)
    if given is not None and expand_name(element, given) == declaration.type:
        del element.attrib[_TYPE]


def _remove_nil(element: etree._Element, _declaration: Declaration) -> None:
    is_nil = element.attrib.pop(_NIL, "false").strip()
    if is_nil in {"true", "1"} and _is_empty(element):
        _remove(element)


def _remove_blank(element: etree._Element, declaration: Declaration) -> None:
    if declaration.optional and declaration.is_simple and _is_empty(element) and _NIL not in element.attrib:
        _remove(element)


_STEPS: tuple[tuple[Switch, str, Callable[[etree._Element, Declaration], None]], ...] = (
    (Switch.TYPE_ATTRIBUTES, "accepted", _remove_correct_type),
    (Switch.NIL_ELEMENTS, "absent", _remove_nil),
    (Switch.BLANK_ELEMENTS, "absent", _remove_blank),
)


def _sort(element: etree._Element, type_name: str) -> None:
    declarations = declarations_of(type_name)
    if not declarations:
        return
    rank = {name: position for position, name in enumerate(declarations)}
    element[:] = sorted(element, key=lambda child: rank.get(str(child.tag), len(rank)))
    for child in element:
        if str(child.tag) in declarations:
            _sort(child, declarations[str(child.tag)].type)


def put_in_order(element: etree._Element) -> None:
    """Sort the elements of a request in schema order, unknown ones last."""
    _sort(element, type_of_operation(etree.QName(element).localname))


def normalize_form(element: etree._Element, dialect: Dialect) -> None:
    """Convert a request in place to the form of the schema, as far as the dialect tolerates its form."""
    declared = list(declared_elements(element, type_of_operation(etree.QName(element).localname)))
    for switch, tolerant, step in _STEPS:
        if dialect[switch] == tolerant:
            for each, declaration in declared:
                step(each, declaration)
    if dialect[Switch.ELEMENT_ORDER] == "any":
        put_in_order(element)
