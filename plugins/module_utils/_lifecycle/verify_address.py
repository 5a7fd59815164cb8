# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Read the addresses of ``deploy.verify``: ``HOST:PORT``, or a URL such as ``smtp://mail.example.com:25``.

Private to the collection. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .._handover.foreign_text import LONGEST_SHOWN, quote
from .._handover.terms import StartTls
from .certificate_names import InvalidNameError, encode_host

if TYPE_CHECKING:
    from collections.abc import Mapping

HIGHEST_PORT = 65535


class Scheme(NamedTuple):
    """The usual port of a URL scheme, and its way to start TLS. None begins with the handshake."""

    port: int
    protocol: StartTls | None = None


SCHEMES: Mapping[str, Scheme] = {
    "https": Scheme(443),
    "smtps": Scheme(465),
    "imaps": Scheme(993),
    "pop3s": Scheme(995),
    "ftps": Scheme(990),
    "ldaps": Scheme(636),
    "smtp": Scheme(25, StartTls.SMTP),
    "imap": Scheme(143, StartTls.IMAP),
    "pop3": Scheme(110, StartTls.POP3),
    "ftp": Scheme(21, StartTls.FTP),
    "ldap": Scheme(389, StartTls.LDAP),
    "postgresql": Scheme(5432, StartTls.POSTGRES),
    "postgres": Scheme(5432, StartTls.POSTGRES),
}


class VerifyAddress(NamedTuple):
    """An address for a handshake. ``host`` is encoded. ``protocol`` is None if the address names none."""

    host: str
    port: int
    protocol: StartTls | None = None


def read_address(address: str) -> VerifyAddress:
    """Read ``HOST:PORT``, ``SCHEME://HOST:PORT`` or ``SCHEME://HOST``.

    Raises InvalidNameError if no connection to it is possible.
    """
    name, is_url, rest = address.rpartition("://")
    scheme = SCHEMES.get(name.lower())
    if is_url and scheme is None:
        raise InvalidNameError(
            f"{quote(address, LONGEST_SHOWN)} does not begin with a known scheme: {', '.join(SCHEMES)}"
        )
    host, port = _host_and_port(rest.removesuffix("/") if is_url else rest, scheme)
    if not host or not port.isdecimal() or not 0 < int(port) <= HIGHEST_PORT:
        raise InvalidNameError(
            f"{quote(address, LONGEST_SHOWN)} is not HOST:PORT, such as 127.0.0.1:443 or smtp://mail.example.com:25"
        )
    return VerifyAddress(encode_host(host.strip("[]")), int(port), scheme.protocol if scheme else None)


def _host_and_port(text: str, scheme: Scheme | None) -> tuple[str, str]:
    """Return both as text. An IPv6 address in brackets has its own colons."""
    host, colon, port = text.rpartition(":")
    if scheme and (not colon or port.endswith("]")):
        return text, str(scheme.port)
    return host, port
