# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Render responses, in the namespace style of the dialect."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from certum_sandbox.dialect import Dialect, Switch
from certum_sandbox.iso8601 import format_moment
from certum_sandbox.soap.namespaces import SERVICE, SOAP
from certum_sandbox.soap.soap_fault import SoapFault

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Node:
    """An element of a response, with a text or children."""

    name: str
    text: str = ""
    children: tuple[Node, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()


Value = str | bool | int | datetime | Sequence[Node] | None


def node(name: str, value: Value, **attributes: str) -> Node:
    """Return an element with this value. Booleans, moments and numbers get their XML form."""
    pairs = tuple(attributes.items())
    if isinstance(value, bool):
        return Node(name, "true" if value else "false", (), pairs)
    if isinstance(value, datetime):
        return Node(name, format_moment(value), (), pairs)
    if isinstance(value, str | int):
        return Node(name, str(value), (), pairs)
    return Node(name, "", tuple(value or ()), pairs)


def nodes(**values: Value) -> list[Node]:
    """Return several elements in order. A value of None leaves its element out."""
    return [node(name, value) for name, value in values.items() if value is not None]


def _text(text: str) -> str:
    return escape(_FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text), {"\r": "&#13;"})


def _render(item: Node, prefix: str, *, extra: bool) -> str:
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in item.attributes)
    if not item.children:
        return f"<{prefix}{item.name}{attributes}>{_text(item.text)}</{prefix}{item.name}>"
    inner = "".join(_render(child, prefix, extra=extra) for child in item.children)
    if extra:
        inner += f"<{prefix}newerElement><{prefix}detail>1</{prefix}detail></{prefix}newerElement>"
    return f"<{prefix}{item.name}{attributes}>{inner}</{prefix}{item.name}>"


def _envelope(body: str) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="{SOAP}">'
        f"<soap:Body>{body}</soap:Body></soap:Envelope>"
    ).encode()


_STYLES = {
    "ns2": ("ns2:", "", f' xmlns:ns2="{SERVICE}"'),
    "ns2-all": ("ns2:", "ns2:", f' xmlns:ns2="{SERVICE}"'),
    "default": ("", "", f' xmlns="{SERVICE}"'),
    "none": ("", "", ""),
}


def render_answer(operation: str, children: Iterable[Node], dialect: Dialect) -> bytes:
    """Return an envelope with ``<operationResponse>`` and these children."""
    root, inner, namespaces = _STYLES[dialect[Switch.PREFIX]]
    extra = dialect[Switch.EXTRA_ELEMENTS] == "yes"
    content = "".join(_render(child, inner, extra=extra) for child in children)
    name = f"{root}{operation}Response"
    return _envelope(f"<{name}{namespaces}>{content}</{name}>")


def render_fault(fault: SoapFault) -> bytes:
    """Return an envelope with a SOAP 1.1 fault."""
    return _envelope(
        f"<soap:Fault><faultcode>soap:{fault.code}</faultcode><faultstring>{_text(str(fault))}</faultstring></soap:Fault>"
    )
