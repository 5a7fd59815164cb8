# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Services that a certificate was verified for, and that its absent declaration does not name.

Private to the collection.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._lifecycle.verified_services import not_named
from .._store.store_errors import StoreError
from .known_services import KNOWN

if TYPE_CHECKING:
    from .._handover.declared_items import DeclaredItem
    from .._lifecycle.verified_services import VerifiedService
    from .._store.certificate_on_disk import Installed
    from .._store.layout import Layout


def require_all_named(layout: Layout, item: DeclaredItem, installed: Installed) -> None:
    """Raise StoreError if a service that was verified with the certificate is not named, and so would not be reloaded.

    Its commands are not in the record: what root runs on a host comes from a declaration only.
    """
    record = installed.services
    if record is None:
        return
    if record.problem:
        raise record.problem.with_sentence("Without it, the services that use the certificate are not known.")
    if unnamed := not_named(record.deployed, item):
        services = " and ".join(quote(each.canonical) for each in unnamed)
        lines = ", ".join(f"- {_line(each)}" for each in unnamed)
        raise StoreError(
            "The certificate was not removed",
            path=layout.deployed(item["name"]),
            why=f"{services} {'were' if len(unnamed) > 1 else 'was'} verified with this certificate and may use its"
            f" files, and deploy does not name {'them' if len(unnamed) > 1 else 'it'}",
            remedy=f"Add to deploy of the absent declaration: {lines}. If no service uses the files, remove"
            f" {layout.deployed(item['name'])}. Then run again.",
        )


def _line(service: VerifiedService) -> str:
    known = service.canonical in KNOWN
    options = {
        "service": quote(service.canonical),
        **({} if known else {"check_command": "...", "reload_command": "..."}),
        **(
            {"enable_site": f"{{src: {quote(service.site[0])}, dest: {quote(service.site[1])}}}"}
            if service.site
            else {}
        ),
    }
    return f"{{{', '.join(f'{option}: {value}' for option, value in options.items())}}}"
