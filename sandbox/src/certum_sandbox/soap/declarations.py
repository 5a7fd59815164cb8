# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The declarations of the published schema for the elements of a request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from lxml import etree

from certum_sandbox.soap.namespaces import XSD

XS = f"{{{XSD}}}"


@dataclass(frozen=True)
class Declaration:
    """The type of an element, as a name in braces notation, and whether the element is optional."""

    type: str
    optional: bool

    @property
    def is_simple(self) -> bool:
        """Whether the element contains text and no elements."""
        return self.type not in _declarations_by_type()


@cache
def schema_document() -> etree._ElementTree:
    """Return the published schema, parsed."""
    return etree.ElementTree(etree.fromstring((files("certum_sandbox") / "wsdl" / "PartnerApi.xsd").read_bytes()))


def expand_name(element: etree._Element, name: str) -> str:
    """Return a prefixed name in braces notation, with the namespaces in scope at ``element``."""
    prefix, _colon, local = name.strip().rpartition(":")
    return f"{{{element.nsmap.get(prefix or None, '')}}}{local}"


def _declaration(element: etree._Element) -> Declaration:
    return Declaration(expand_name(element, element.get("type", "")), element.get("minOccurs") == "0")


@cache
def _declarations_by_type() -> dict[str, dict[str, Declaration]]:
    """Return for each complex type the declarations of its children in order, inherited ones first."""
    found: dict[str, dict[str, Declaration]] = {}
    for complex_type in schema_document().iterfind(f"{XS}complexType"):
        base = complex_type.find(f".//{XS}extension")
        inherited = found[expand_name(base, base.get("base", ""))] if base is not None else {}
        own = {element.get("name", ""): _declaration(element) for element in complex_type.iter(f"{XS}element")}
        found[expand_name(complex_type, f"tns:{complex_type.get('name')}")] = inherited | own
    return found


def declarations_of(type_name: str) -> dict[str, Declaration]:
    """Return the children of a type by name, in order. A simple type has none."""
    return _declarations_by_type().get(type_name, {})


@cache
def type_of_operation(operation: str) -> str:
    """Return the type of a request, or ``""`` for an unknown operation."""
    element = schema_document().find(f"{XS}element[@name='{operation}']")
    return "" if element is None else _declaration(element).type


def declared_elements(element: etree._Element, type_name: str) -> Iterator[tuple[etree._Element, Declaration]]:
    """Yield every descendant that the schema declares with its declaration, parents first."""
    declarations = declarations_of(type_name)
    for child in element:
        declaration = declarations.get(str(child.tag))
        if declaration is not None:
            yield child, declaration
            yield from declared_elements(child, declaration.type)
