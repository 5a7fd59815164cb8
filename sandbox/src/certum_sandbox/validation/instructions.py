# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The validation file or record of each method (lifecycle.md 4.1)."""

from __future__ import annotations

from certum_sandbox.hostnames import as_address, without_wildcard
from certum_sandbox.model import Method, Order

FILE_PATH = "/.well-known/pki-validation/certum.txt"
_PREFIX = "_certum."


def file_body(code: str) -> str:
    """Return the content of the validation file."""
    return f"{code}-certum.pl"


def cname_target(code: str) -> str:
    """Return the target of the CNAME record."""
    return f"{code}.certum.pl"


def record_name(method: Method, name: str) -> str:
    """Return the owner name of the validation record for ``name``."""
    prefix = _PREFIX if method in {Method.DNS_TXT_PREFIX, Method.DNS_CNAME_PREFIX} else ""
    return prefix + without_wildcard(name)


def expectation(order: Order, name: str) -> str:
    """Return one line for people: the file or record to publish for ``name``."""
    if order.approver is None or order.code is None:
        return "nothing"
    method = order.approver.method
    if method is Method.FILE:
        host = without_wildcard(name)
        host = f"[{host}]" if ":" in host and as_address(host) else host
        return f"file http://{host}{FILE_PATH} with the content {file_body(order.code)}"
    if method in {Method.DNS_TXT, Method.DNS_TXT_PREFIX}:
        return f"DNS record {record_name(method, name)} TXT {order.code}"
    if method in {Method.DNS_CNAME, Method.DNS_CNAME_PREFIX}:
        return f"DNS record {record_name(method, name)} CNAME {cname_target(order.code)}"
    return "open the link in the mail and press Confirm"
