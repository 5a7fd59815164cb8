# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The file with the declarations of an account, in YAML.

Private to the collection. Its content comes from outside, so Ansible must not take any of it for a template: text that
could be one has the tag ``!unsafe``, which makes Ansible leave it as it is.
"""

from __future__ import annotations

from textwrap import indent
from typing import TYPE_CHECKING, Any

from ansible.module_utils.common import yaml

from .._handover.foreign_text import quote
from .._handover.reasons import Reason, ReasonCode
from .._store.atomic_files import PUBLIC, write_atomic
from .._store.change import Change
from .._store.store_errors import StoreError, from_os_error
from .requested_certificate import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .._lifecycle.account_declarations import Declared
    from .._lifecycle.account_survey import AccountOrder

_HEAD = """\
---
# The certificates of the Certum account, as declarations for the role certops.certum.certum.
# Move each declaration to its host. Add the validation method (validation) and the service (deploy).
"""
_WIDE = 10_000


class _Unsafe(str):
    """Text that Ansible must not take for a template."""

    __slots__ = ()


def as_yaml(declared: Sequence[Declared], pending: Sequence[AccountOrder]) -> str:
    """Return the content of the file. Raises InvalidRequestError."""
    if not yaml.HAS_YAML:
        raise InvalidRequestError(
            "dest: PyYAML cannot be imported, so nothing was written. Run the module on the controller."
        )
    text = _HEAD + "certum_certificates:" + ("\n" if declared else " []\n")
    for each in declared:
        order, certificate = each.issued.order, each.issued.certificate
        about = (
            f"order {order.order_id}, certificate {certificate.serial_number}, "
            f"expires on {certificate.not_after:%Y-%m-%d}"
        )
        text += indent(f"# {quote(about)}\n{_dump([each.declaration])}", "  ")
    if pending:
        text += "# Not issued yet, so not declared:\n"
    for order in pending:
        text += f"# {quote(f'order {order.order_id}, customer {order.customer}, state {order.state}')}\n"
    return text


def _dump(value: object) -> str:
    class Dumper(yaml.SafeDumper):
        """A dumper that knows the tag."""

    Dumper.add_representer(_Unsafe, _represent_unsafe)
    return str(
        yaml.yaml_dump(
            _marked(value), Dumper=Dumper, sort_keys=False, allow_unicode=True, default_flow_style=None, width=_WIDE
        )
    )


def _represent_unsafe(dumper: Any, text: _Unsafe) -> Any:
    return dumper.represent_scalar("!unsafe", str(text), style='"')


def _marked(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _marked(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_marked(below) for below in value]
    return _Unsafe(value) if isinstance(value, str) and "{" in value else value


def keep_or_write(
    path: Path,
    data: bytes,
    *,
    force: bool,
    backup_suffix: str | None,
    check_mode: bool,
    subject: str = "the declarations were",
) -> tuple[Change, str | None]:
    """Write the file as a whole; return the change, and the path of the backup if one was made.

    Without ``force`` a file with other content stays as it is, because a person may have edited it. ``subject`` begins
    the sentences about the file. Raises StoreError.
    """
    found = _content(path)
    if found == data:
        return Change(changed=False, reason=Reason(ReasonCode.CURRENT, f"{path} has this content already")), None
    if found is not None and not force:
        words = f"{path} was kept, because its content differs; set force to replace it"
        return Change(changed=False, reason=Reason(ReasonCode.KEPT, words)), None
    require_directory(path, subject)
    kept = path.with_name(path.name + backup_suffix) if backup_suffix and found is not None else None
    if not check_mode:
        if kept is not None and found is not None:
            write_atomic(kept, found, PUBLIC)
        write_atomic(path, data, PUBLIC)
    change = Change(True, Reason(ReasonCode.WRITTEN, f"{subject} written to {path}"), _shown(found), _shown(data))
    return change, str(kept) if kept else None


def require_directory(path: Path, subject: str) -> None:
    """Raise StoreError if the directory of a file does not exist."""
    if not path.parent.is_dir():
        raise StoreError(
            f"{subject.capitalize()} not written",
            path=path.parent,
            why="it is not a directory",
            remedy="Create the directory, or correct dest.",
        )


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise from_os_error("The file cannot be read", path, error) from error


def _shown(data: bytes | None) -> dict[str, object]:
    return {"content": (data or b"").decode(errors="replace")}
