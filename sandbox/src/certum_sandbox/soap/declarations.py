# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the published schema declares of each element of a request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from lxml import etree

from certum_sandbox.soap.names import XSD

XS = f"{{{XSD}}}"


@dataclass(frozen=True)
class Declaration:
    """The type of an element, as a name in braces notation, and whether the element may be absent."""

    type: str
    optional: bool

    @property
    def is_simple(self) -> bool:
        """Whether the element holds a text and no other elements."""
        return self.type not in _declarations_by_type()


@cache
def schema_document() -> etree._ElementTree:
    """The published schema, parsed."""
    return etree.ElementTree(etree.fromstring((files("certum_sandbox") / "wsdl" / "PartnerApi.xsd").read_bytes()))


def expand_name(element: etree._Element, name: str) -> str:
    """A prefixed name in braces notation, with the namespaces that are in force at ``element``."""
    prefix, _colon, local = name.strip().rpartition(":")
    return f"{{{element.nsmap.get(prefix or None, '')}}}{local}"


def _declaration(element: etree._Element) -> Declaration:
    return Declaration(expand_name(element, element.get("type", "")), element.get("minOccurs") == "0")


@cache
def _declarations_by_type() -> dict[str, dict[str, Declaration]]:
    """For each complex type the declarations of its children in order, inherited ones first."""
    found: dict[str, dict[str, Declaration]] = {}
    for complex_type in schema_document().iterfind(f"{XS}complexType"):
        base = complex_type.find(f".//{XS}extension")
        inherited = found[expand_name(base, base.get("base", ""))] if base is not None else {}
        own = {element.get("name", ""): _declaration(element) for element in complex_type.iter(f"{XS}element")}
        found[expand_name(complex_type, f"tns:{complex_type.get('name')}")] = inherited | own
    return found


def declarations_of(type_name: str) -> dict[str, Declaration]:
    """The children that a type has, by name and in order; none for a simple type."""
    return _declarations_by_type().get(type_name, {})


@cache
def type_of_operation(operation: str) -> str:
    """The type of a request; ``""`` if there is no such operation."""
    element = schema_document().find(f"{XS}element[@name='{operation}']")
    return "" if element is None else _declaration(element).type


def declared_elements(element: etree._Element, type_name: str) -> Iterator[tuple[etree._Element, Declaration]]:
    """Every descendant that the schema knows, with its declaration, parents first."""
    declarations = declarations_of(type_name)
    for child in element:
        declaration = declarations.get(str(child.tag))
        if declaration is not None:
            yield child, declaration
            yield from declared_elements(child, declaration.type)
