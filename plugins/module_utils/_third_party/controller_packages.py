# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Imports the third-party packages of the controller: httpx, pydantic, pydantic-xml.

Private to the collection. No other file imports them. If they are missing, every file of the collection still imports,
and CONTROLLER_PACKAGES_MISSING names the packages to install.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

# pydantic-xml uses lxml if it is installed. Use the same parser everywhere, the one of the tests.
os.environ.setdefault("FORCE_STD_XML", "true")
# A plugin of pydantic would see every request and answer, and the search for plugins takes time.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

if TYPE_CHECKING:
    import httpcore
    import httpx
    from pydantic import (
        AfterValidator,
        BaseModel,
        BeforeValidator,
        ConfigDict,
        Field,
        PlainSerializer,
        ValidationError,
    )
    from pydantic_xml import BaseXmlModel, attr, element, wrapped

    CONTROLLER_PACKAGES_MISSING: tuple[str, ...]
else:

    class _StandIn(type):
        def __getattr__(cls, name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            return cls

    class Absent(metaclass=_StandIn):
        """Replaces a class, function or decorator of a missing package: enough for definitions, no more."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            """Accept and ignore all arguments."""

        def __init_subclass__(cls, **kwargs: Any) -> None:
            super().__init_subclass__()

        def __call__(self, decorated: Any) -> Any:
            return decorated

    _missing = []
    try:
        import httpcore
        import httpx
    except ImportError:
        httpcore = httpx = Absent
        _missing.append("httpx")
    try:
        from pydantic import (
            AfterValidator,
            BaseModel,
            BeforeValidator,
            ConfigDict,
            Field,
            PlainSerializer,
            ValidationError,
        )
    except ImportError:
        AfterValidator = BaseModel = BeforeValidator = ConfigDict = Field = PlainSerializer = Absent
        ValidationError = Exception
        _missing.append("pydantic")
    try:
        from pydantic_xml import BaseXmlModel, attr, element, wrapped
    except ImportError:
        BaseXmlModel = attr = element = wrapped = Absent
        _missing.append("pydantic-xml")
    CONTROLLER_PACKAGES_MISSING = tuple(_missing)

__all__ = [
    "CONTROLLER_PACKAGES_MISSING",
    "AfterValidator",
    "BaseModel",
    "BaseXmlModel",
    "BeforeValidator",
    "ConfigDict",
    "Field",
    "PlainSerializer",
    "ValidationError",
    "attr",
    "element",
    "httpcore",
    "httpx",
    "wrapped",
]
