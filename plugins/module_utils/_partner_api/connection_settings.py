# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The address of the Partner API, checked before a password is sent there.

Private to the collection.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from .._handover.foreign_text import quote
from .._handover.terms import Environment
from .._third_party.controller_packages import httpx
from .api_errors import SettingsError

ENVIRONMENTS = {
    Environment.PRODUCTION.value: "https://gs.certum.pl/service/PartnerApi.wsdl",
    Environment.TEST.value: "https://gs.test.certum.pl/service/PartnerApi.wsdl",
}


@dataclass(frozen=True)
class Endpoint:
    """A checked address. ``host`` is its name in messages, with the port if there is one."""

    url: str
    host: str
    is_tls: bool

    @classmethod
    def parse(cls, url: str) -> Endpoint:
        """Return the endpoint of an HTTPS URL, or of a plain HTTP URL to loopback.

        Raises SettingsError, which does not quote the URL, because a URL may hold a password.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            raise _bad_url("it is not a URL") from None
        if not host or parts.scheme not in {"https", "http"}:
            raise _bad_url("it is not an https:// URL with a host")
        if parts.username is not None:
            raise _bad_url("it holds a user name; use the options api_username and api_password instead")
        if parts.scheme == "http" and not _is_loopback(host):
            raise _bad_url(f"plain HTTP to {host} would send the credentials unencrypted")
        name = f"[{host}]" if ":" in host else host
        return cls(url=url, host=f"{name}:{port}" if port else name, is_tls=parts.scheme == "https")


def environment_of(url: str, declared: str | None) -> str | None:
    """Return the CA's system at an address, or the declared one. Raises SettingsError if they differ."""
    known = next((name for name, address in ENVIRONMENTS.items() if address == url), None)
    if known and declared and known != declared:
        raise SettingsError(
            where="api_environment",
            why=f"it is {declared}, but api_url is the address of {known}",
            remedy="Nothing was sent. Give only one of api_environment and api_url, or two that agree.",
        )
    return known or declared


def tls_context(*, ca_path: str | None, validate_certs: bool) -> ssl.SSLContext:
    """Return a context for TLS 1.2 or newer. Raises SettingsError.

    ``ca_path``, a PEM file or a directory, replaces the system's CA certificates.
    """
    try:
        if ca_path is None:
            context = ssl.create_default_context()
        elif Path(ca_path).is_dir():
            context = ssl.create_default_context(capath=ca_path)
        else:
            context = ssl.create_default_context(cafile=ca_path)
    except OSError as error:
        raise SettingsError(
            where="ca_path",
            why=f"{ca_path} cannot be loaded: {quote(error)}",
            remedy="Give a readable PEM file with the CA certificates to trust for the API.",
        ) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if not validate_certs:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def proxy_for(endpoint: Endpoint) -> httpx.Proxy | None:
    """Return the HTTP proxy that the environment sets for this address, None without one.

    Raises SettingsError, which does not quote the proxy's URL.
    """
    if not endpoint.is_tls or proxy_bypass(endpoint.host):
        return None
    proxies = getproxies()
    url = proxies.get("https") or proxies.get("all")
    if not url:
        return None
    try:
        proxy = httpx.Proxy(url if "://" in url else f"http://{url}")
    except (ValueError, httpx.InvalidURL):
        raise _bad_proxy() from None
    if proxy.url.scheme not in {"http", "https"}:
        raise _bad_proxy()
    return proxy


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _bad_url(why: str) -> SettingsError:
    return SettingsError(
        where="api_url",
        why=why,
        remedy="Give the whole https:// address with .wsdl at its end, or api_environment (production or test).",
    )


def _bad_proxy() -> SettingsError:
    return SettingsError(
        where="environment",
        why="HTTPS_PROXY (or ALL_PROXY) is not the address of an HTTP proxy",
        remedy="Correct the variable, or add the API's host to NO_PROXY.",
    )
