# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report as one HTML page, without any external file. It opens from a mail or from a web server.

Private to the collection. Pure, except that it reads the templates. Every text of the estate is foreign: it is quoted
and escaped, and the policy of the page allows exactly its own style and script.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._third_party.jinja import Environment, Markup, StrictUndefined
from .estate_view import view_of

if TYPE_CHECKING:
    from pathlib import Path

    from .._handover.estate import Estate
    from .._third_party.jinja import Template
    from .time_line import Axis

_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_JS_COMMENT = re.compile(r"^\s*//.*$", re.MULTILINE)

LONGEST = 2000


def render_page(estate: Estate, templates: Path) -> str:
    """Return the page. ``templates`` has report.html.j2, report.css and report.js."""
    view = view_of(estate)
    source, css, js = (
        (templates / name).read_text(encoding="utf-8") for name in ("report.html.j2", "report.css", "report.js")
    )
    style = _dense(_CSS_COMMENT.sub("", css) + _axis_style(view.axis))
    script = _dense(_JS_COMMENT.sub("", js))
    return _template(_dense(source)).render(
        view=view,
        style=Markup(style),
        script=Markup(script),
        policy=Markup(_policy(style, script)),
    )


@lru_cache(maxsize=1)
def _template(source: str) -> Template:
    environment = Environment(
        autoescape=True, finalize=_shown, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(source)


def _shown(value: object) -> object:
    """Return the value of an expression for the page. Foreign text becomes one line of visible characters."""
    if isinstance(value, Markup):
        return value
    return f"{value:g}" if isinstance(value, float) else quote("" if value is None else value, LONGEST)


def _dense(text: str) -> str:
    """Return the text without indentation and empty lines. A page of many rows is a third smaller then."""
    return "\n".join(line for line in (line.strip() for line in text.splitlines()) if line)


def _policy(style: str, script: str) -> str:
    """Return a Content-Security-Policy that allows this style and this script, and no request."""
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; img-src data:;"
        " base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode('ascii')}"


def _axis_style(axis: Axis) -> str:
    """Return the lines of the time line as a background, so that no row has elements for them."""
    ticks = [tick.at for tick in axis.ticks]
    lines = ["var(--now)", *["var(--grid)"] * len(ticks)]
    return (
        f".line{{background-image:{','.join(f'linear-gradient({line},{line})' for line in lines)};"
        f"background-position:{','.join(f'{at}% 0' for at in (axis.now, *ticks))};"
        f"background-size:2px 100%,{','.join(['1px 100%'] * len(ticks))}}}"
    )
