# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of services that the collection knows. Another service is one more entry. Pure. Private to the collection.

Nothing depends on the distribution: the host is asked which of the units it has.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._handover.terms import Format, StartTls
from .._lifecycle.service_names import OTHER_NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    Command = tuple[str, ...]


@dataclass(frozen=True)
class KnownService:
    """One service. Each of its systemd ``units`` has the command that checks the configuration, empty if none exists.

    ``lines`` configure the service to use the files in ``{path}``, with ``; `` between two lines. ``instances`` are
    patterns of the units that run where the unit itself only starts them. ``formats``, ``group`` and ``mode`` are what
    the service needs of the files with the key. ``protocol`` begins TLS on all ports of the service.
    """

    units: Mapping[str, Command]
    lines: str
    instances: tuple[str, ...] = ()
    formats: tuple[Format, ...] = ()
    group: str | None = None
    mode: str | None = None
    protocol: StartTls | None = None


_APACHE = KnownService(
    units={"apache2.service": ("apache2ctl", "configtest"), "httpd.service": ("httpd", "-t")},
    lines="SSLCertificateFile {path}/fullchain.pem; SSLCertificateKeyFile {path}/privkey.pem",
)

KNOWN: Mapping[str, KnownService] = {
    "nginx": KnownService(
        units={"nginx.service": ("nginx", "-t")},
        lines="ssl_certificate {path}/fullchain.pem; ssl_certificate_key {path}/privkey.pem",
    ),
    "apache": _APACHE,
    **{other: _APACHE for other, name in OTHER_NAMES.items() if name == "apache"},
    "haproxy": KnownService(
        units={"haproxy.service": ("haproxy", "-Ws", "-c", "-f", "/etc/haproxy/haproxy.cfg")},
        lines="bind :443 ssl crt {path}/haproxy.pem",
        formats=(Format.HAPROXY,),
    ),
    "postfix": KnownService(
        units={"postfix.service": ("postfix", "check")},
        instances=("postfix@*.service",),
        lines="smtpd_tls_chain_files = {path}/privkey.pem, {path}/fullchain.pem",
    ),
    "dovecot": KnownService(
        units={"dovecot.service": ("doveconf", "-n")},
        lines="ssl_cert = <{path}/fullchain.pem; ssl_key = <{path}/privkey.pem",
    ),
    "postgresql": KnownService(
        units={"postgresql.service": ()},
        instances=("postgresql@*.service", "postgresql-*.service"),
        lines="ssl_cert_file = '{path}/fullchain.pem'; ssl_key_file = '{path}/privkey.pem'",
        group="postgres",
        mode="0640",
        protocol=StartTls.POSTGRES,
    ),
}
