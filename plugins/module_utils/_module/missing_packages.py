# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Report missing and outdated Python packages, with the command that installs them for this interpreter.

Private to the collection. The interpreter of a distribution gets its packages from the distribution. There pip refuses
to install (PEP 668), or replaces packages that other programs need.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

OF_DISTRIBUTIONS: dict[tuple[str, ...], str] = {("cryptography",): "python3-cryptography"}
"""Packages of distributions by the missing Python packages. Every distribution has them in a usable version."""

MANAGERS = ("apt", "dnf", "zypper")
DIRECTORY = Path("/usr/bin")


def packages_sentence(packages: Sequence[str]) -> str:
    """Return a sentence that names the missing packages and the command that installs them."""
    names = " ".join(packages)
    what = "Python package" if len(packages) == 1 else "Python packages"
    commands = install_commands(
        packages,
        executable=sys.executable,
        in_environment=sys.prefix != sys.base_prefix,
        is_there=lambda path: path.exists(),
    )
    return (
        f"The {what} {names} cannot be imported by {sys.executable}: "
        f"install with {' or '.join(commands)}, "
        "or choose another interpreter with ansible_python_interpreter."
    )


def outdated_sentence(package: str, *, installed: str, oldest: str) -> str | None:
    """Return a sentence if a package is older than the oldest usable version, else None."""
    if not is_older(installed, than=oldest):
        return None
    return (
        f"The Python package {package} {installed} of {sys.executable} is too old: "
        f"version {oldest} or newer is needed. "
        "Install a newer version, or choose another interpreter with ansible_python_interpreter."
    )


def is_older(version: str, *, than: str) -> bool:
    """Return whether a version, such as ``3.3.2``, is older. Only the first two numbers count."""
    return _first_two(version) < _first_two(than)


def _first_two(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)[:2]]


def install_commands(
    packages: Sequence[str], *, executable: str, in_environment: bool, is_there: Callable[[Path], bool]
) -> list[str]:
    """Return alternative commands that install the packages for this interpreter, in quotation marks. Pure."""
    package = OF_DISTRIBUTIONS.get(tuple(packages))
    if package is None or in_environment or Path(executable).parent != DIRECTORY:
        return [f"'{executable} -m pip install {' '.join(packages)}'"]
    managers = [manager for manager in MANAGERS if is_there(DIRECTORY / manager)]
    return [f"'{manager} install {package}'" for manager in managers or MANAGERS[:2]]
