# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The records of a zone on a name server that accepts dynamic updates (RFC 2136), signed with TSIG if there is a key.

Private to the collection.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from .._handover.foreign_text import quote
from .._lifecycle.publication import CA_DOMAIN
from .._preflight.dns_check import BESIDE_NO_CNAME
from .._third_party.dnspython import DNS_PACKAGES_MISSING, dns
from .provider_errors import ProviderError
from .provider_settings import DEFAULT_TTL
from .record_changes import DnsRecord, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .provider_settings import DnsProvider
    from .record_changes import RecordChanges
    from .record_routing import Route

SECONDS = 15.0
DEFAULT_ALGORITHM = "hmac-sha256"
NO_SUCH_VALUE = f"no-such-record.{CA_DOMAIN}"


class DynamicUpdate:
    """A zone on its primary name server. The server and the key come from the options of the provider."""

    def __init__(self, provider: DnsProvider, zone: str) -> None:
        if DNS_PACKAGES_MISSING:
            raise ProviderError(
                "the Python package dnspython is missing on the controller",
                remedy="Install it with 'pip install dnspython', then run again.",
            )
        self._zone = zone
        self._ttl = provider.ttl or DEFAULT_TTL
        self._server, self._port = provider.options["server"], int(provider.options.get("port") or 53)
        self._key = _key_of(provider)

    def check(self, routes: Iterable[Route]) -> None:
        """Send an update that removes records that do not exist. The server allows it only with the same rights."""
        update = self._update()
        for each in routes:
            update.delete(dns.name.from_text(each.name), each.type, _presented(DnsRecord(each.type, NO_SUCH_VALUE)))
        self._send(update)

    def records(self, name: str, kind: str) -> Sequence[DnsRecord]:
        """Ask the server itself. A TXT record stands beside all others but a CNAME, so only these matter."""
        kinds = ("TXT",) if kind == "TXT" else ("CNAME", *BESIDE_NO_CNAME)
        return [found for each in kinds for found in self._ask(name, each)[0]]

    def change(self, name: str, changes: RecordChanges) -> None:
        """Send all changes in one update, which the server carries out completely or not at all."""
        update, owner = self._update(), dns.name.from_text(name)
        for record in changes.remove:
            update.delete(owner, record.type, _presented(record))
        for record in changes.add:
            update.add(owner, self._ttl_beside(name, record.type), record.type, _presented(record))
        self._send(update)

    def _ttl_beside(self, name: str, kind: str) -> int:
        """Return the TTL of the records that are there, because all records of a type have the same one."""
        found, ttl = self._ask(name, kind)
        return ttl if found and kind == "TXT" else self._ttl

    def _update(self) -> dns.update.UpdateMessage:
        update = dns.update.UpdateMessage(dns.name.from_text(self._zone))
        self._sign(update)
        return update

    def _sign(self, message: dns.message.Message) -> None:
        if self._key:
            message.use_tsig(self._key)

    def _ask(self, name: str, kind: str) -> tuple[list[DnsRecord], int]:
        query = dns.message.make_query(dns.name.from_text(name), kind)
        query.flags &= ~dns.flags.RD
        self._sign(query)
        answer = self._send(query, absence_is_fine=True)
        found = [rrset for rrset in answer.answer if rrset.rdtype == dns.rdatatype.from_text(kind)]
        return [DnsRecord(kind, text_of(rdata)) for rrset in found for rdata in rrset], min(
            (rrset.ttl for rrset in found), default=self._ttl
        )

    def _send(self, message: dns.message.Message, *, absence_is_fine: bool = False) -> dns.message.Message:
        """Send a message over TCP and return the answer. Raises ProviderError."""
        at = f"name server {self._server} port {self._port}"
        try:
            address = socket.getaddrinfo(self._server, self._port, type=socket.SOCK_STREAM)[0][4][0]
            answer = dns.query.tcp(message, str(address), timeout=SECONDS, port=self._port)
        except dns.tsig.PeerError as refusal:
            raise ProviderError(f"{at} refuses the TSIG key: {quote(refusal) or type(refusal).__name__}") from None
        except (dns.exception.DNSException, OSError, EOFError, UnicodeError) as error:
            raise ProviderError(f"{at} gave no usable answer: {quote(error) or type(error).__name__}") from None
        accepted = (dns.rcode.NOERROR, dns.rcode.NXDOMAIN) if absence_is_fine else (dns.rcode.NOERROR,)
        if answer.rcode() not in accepted:
            raise ProviderError(f"{at} answers {dns.rcode.to_text(answer.rcode())}{_meaning(answer.rcode())}")
        return answer


def _key_of(provider: DnsProvider) -> dns.tsig.Key | None:
    options = provider.options
    if not options.get("key_name"):
        return None
    try:
        name = dns.name.from_text(options["key_name"])
        algorithm = dns.name.from_text(options.get("key_algorithm") or DEFAULT_ALGORITHM)
        key = dns.tsig.Key(name, options["key_secret"], algorithm)
        dns.tsig.HMACTSig(key.secret, key.algorithm)  # type: ignore[no-untyped-call]
    except (ValueError, NotImplementedError, dns.exception.DNSException):
        raise ProviderError(
            "the TSIG key cannot be read",
            remedy="Set key_secret to the secret in base64, and key_algorithm to its algorithm, such as "
            f"{DEFAULT_ALGORITHM}. Then run again.",
        ) from None
    return key


def _presented(record: DnsRecord) -> str:
    return f'"{record.value}"' if record.type == "TXT" else f"{record.value.rstrip('.')}."


def _meaning(code: dns.rcode.Rcode) -> str:
    meanings = {
        dns.rcode.REFUSED: ": it does not allow this key to change this name",
        dns.rcode.NOTAUTH: ": it does not know the key, or it is not a primary server of the zone",
        dns.rcode.NOTZONE: ": the name is not in the zone",
    }
    return meanings.get(code, "")
