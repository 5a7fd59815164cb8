# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The check that a name answers plain HTTP, as the validation method ``file`` needs.

Private to the collection. It sends one GET to each address of a name, without a proxy, and follows no redirect. If the
host has put a test file into its web root, the check requests this file, and every address must serve it.
"""

from __future__ import annotations

import errno
import ssl
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._handover.terms import ValidationMethod
from .._lifecycle.publication import FILE_PATH
from .._net.bounded_http import BoundedTransport, TimeLimits, time_limited
from .._third_party.controller_packages import httpx
from .dns_check import addresses_of
from .preflight_finding import Check, DomainFinding, Severity
from .resolver_address import ResolverAddress

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .._lifecycle.publication import Trial
    from .._net.deadline import Deadline
    from .dns_check import ValidationPlace
    from .resolver import Resolver

HTTP_PORT = 80
CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 10.0
MOST_ADDRESSES = 8
LONGEST_BODY = 4096
LONGEST_QUOTED = 80
OK = 200
NO_WAY_FROM_HERE = frozenset((errno.ENETUNREACH, errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL))


@dataclass(frozen=True)
class Redirect:
    """A redirect in an answer."""

    status: int
    location: str


@dataclass(frozen=True)
class _Answer:
    """An answer of a web server. ``body`` is its beginning, and is read only if a test file was requested."""

    status: int
    redirect: Redirect | None
    body: bytes


class _NoAnswerError(Exception):
    """There was no HTTP answer; the text is the reason. ``ours`` means that the reason lies on the controller."""

    def __init__(self, why: str, *, ours: bool) -> None:
        super().__init__(why)
        self.ours = ours


class Web:
    """A client for the web servers of names. ``places`` has their addresses; otherwise DNS has them, with port 80."""

    def __init__(self, places: Mapping[str, ResolverAddress], deadline: Deadline) -> None:
        self._places = places
        self._deadline = deadline
        # A client around the transport would report a Location that is no URL as a broken answer.
        # The check uses plain HTTP only, so it needs no certificate store.
        self._transport = BoundedTransport(context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), proxy=None)

    @classmethod
    @contextmanager
    def open(cls, places: Mapping[str, ResolverAddress], deadline: Deadline) -> Iterator[Web]:
        web = cls(places, deadline)
        with web._transport:
            yield web

    def check(self, place: ValidationPlace, resolver: Resolver) -> Iterator[DomainFinding]:
        """Yield the obstacles to a fetch of the file over HTTP. The DNS check reports names without an address."""
        if place.method is not ValidationMethod.FILE:
            return
        silent: dict[str, _NoAnswerError] = {}
        answers: dict[ResolverAddress, _Answer] = {}
        addresses = self._addresses(place, resolver)[:MOST_ADDRESSES]
        for address in addresses:
            try:
                answers[address] = self._get(place, address)
            except _NoAnswerError as error:
                silent[f"{address} {error}"] = error
        if redirects := [answer.redirect for answer in answers.values() if answer.redirect]:
            yield _redirected(place, redirects[0])
        if place.trial and (wrong := list(_without_trial(place.trial, answers))):
            yield _not_verified(place, place.trial, wrong)
        if silent and not place.listens_later:
            ours = all(error.ours for error in silent.values())
            yield _unanswered(place, "; ".join(silent), ours=ours, others_answer=len(silent) < len(addresses))

    def _addresses(self, place: ValidationPlace, resolver: Resolver) -> list[ResolverAddress]:
        if place.domain in self._places:
            return [self._places[place.domain]]
        hosts = (place.name,) if place.is_address else addresses_of(place.domain, resolver)
        return [ResolverAddress(host, HTTP_PORT) for host in hosts]

    def _get(self, place: ValidationPlace, address: ResolverAddress) -> _Answer:
        limits = TimeLimits(connect=self._deadline.left(CONNECT_SECONDS), total=self._deadline.left(TOTAL_SECONDS))
        path = place.trial.path if place.trial else FILE_PATH
        request = httpx.Request("GET", f"http://{address}/{path}", headers={"Host": _host(place)})
        try:
            with time_limited(limits), closing(self._transport.handle_request(request)) as response:
                if response.has_redirect_location:
                    redirect = Redirect(response.status_code, response.headers["location"])
                    return _Answer(response.status_code, redirect, b"")
                return _Answer(response.status_code, None, _beginning(response) if place.trial else b"")
        except httpx.TimeoutException:
            why = (
                "was not checked completely, the time was over" if self._deadline.passed else "does not answer in time"
            )
            raise _NoAnswerError(why, ours=self._deadline.passed) from None
        except httpx.ProtocolError:  # whose text quotes what the server sent
            raise _NoAnswerError("answers, but not in HTTP", ours=False) from None
        except (httpx.TransportError, OSError) as error:
            raise _NoAnswerError(f"does not answer ({quote(error)})", ours=_no_way(error)) from None


def _host(place: ValidationPlace) -> str:
    return f"[{place.domain}]" if ":" in place.domain else place.domain


def _beginning(response: httpx.Response) -> bytes:
    body = b""
    for piece in response.iter_raw():
        body += piece
        if len(body) > LONGEST_BODY:
            break
    return body[:LONGEST_BODY]


def _without_trial(trial: Trial, answers: Mapping[ResolverAddress, _Answer]) -> Iterator[str]:
    """Yield the answers of addresses that do not serve the test file; a redirect is another finding."""
    for address, answer in answers.items():
        if answer.redirect is None and answer.status != OK:
            yield f"{address} answers HTTP {answer.status}"
        elif answer.redirect is None and answer.body.decode(errors="replace").strip() != trial.content:
            yield f"{address} answers something else: {quote(answer.body.decode(errors='replace'), LONGEST_QUOTED)}"


def _not_verified(place: ValidationPlace, trial: Trial, wrong: Sequence[str]) -> DomainFinding:
    return place.finding(
        Check.HTTP,
        Severity.MISTAKE,
        f"http://{_host(place)}/{trial.path} is not the test file that the host has put into its web root"
        f" (validation.webroot): {'; '.join(wrong)}",
        "Configure every web server at these addresses to serve /.well-known/pki-validation/ from that web root,"
        " readable for everybody. Several servers behind one name must share the web root. Or validate the name with"
        " dns_txt_prefix. If only the controller reaches another server, set the option resolve to the address at which"
        " the controller can reach the name.",
    )


def _no_way(error: BaseException | None) -> bool:
    """Return whether the controller has no route to the address, for example no IPv6."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in NO_WAY_FROM_HERE:
            return True
        error = error.__cause__ or error.__context__
    return False


def _unanswered(place: ValidationPlace, why: str, *, ours: bool, others_answer: bool) -> DomainFinding:
    """Return the finding. It is a mistake if no address answers: which of several addresses the CA uses is unknown."""
    severity = Severity.DOUBT if others_answer else Severity.MISTAKE
    found = f"{place.name} cannot be reached over HTTP: {why}"
    return place.finding(
        Check.HTTP,
        Severity.UNKNOWN if ours else severity,
        f"{found}. Its other addresses answer, and it is unknown which address the CA uses" if others_answer else found,
        "The CA fetches the file from port 80: open this port to the internet, or validate the name with "
        "dns_txt_prefix. If only the controller cannot reach the name, set the option resolve to the address at which "
        "the controller can reach it.",
    )


def _redirected(place: ValidationPlace, redirect: Redirect) -> DomainFinding:
    return place.finding(
        Check.HTTP,
        Severity.DOUBT,
        f"http://{place.name}/{FILE_PATH} redirects to {quote(redirect.location)} (HTTP {redirect.status}), "
        "and it is unknown whether the CA follows the redirect",
        "Serve /.well-known/pki-validation/ over plain HTTP without a redirect.",
    )
