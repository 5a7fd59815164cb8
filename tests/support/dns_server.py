# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A real DNS server on loopback, with records of the tests."""

from __future__ import annotations

import socketserver

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from .loopback_server import LoopbackServer


class DnsServer(LoopbackServer):
    """Answers over UDP with the records of ``add``; other names do not exist.

    ``broken`` names get SERVFAIL, and those in ``unsigned`` get it unless checking is disabled (CD), as a validating
    resolver answers for a zone whose signatures are broken. ``questions`` are those it got.
    """

    def __init__(self) -> None:
        self._records: dict[tuple[dns.name.Name, dns.rdatatype.RdataType], list[str]] = {}
        self.broken: set[str] = set()
        self.unsigned: set[str] = set()
        self.questions: list[str] = []
        server = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                data, connection = self.request
                connection.sendto(server.answer(dns.message.from_wire(data)).to_wire(), self.client_address)

        super().__init__(socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler))

    def add(self, name: str, kind: str, *values: str) -> None:
        """Add records of a name, in presentation form, to those it has."""
        key = dns.name.from_text(name), dns.rdatatype.from_text(kind)
        self._records.setdefault(key, []).extend(values)

    def remove(self, name: str) -> None:
        """Remove all records of a name."""
        for key in [key for key in self._records if key[0] == dns.name.from_text(name)]:
            del self._records[key]

    def clear(self) -> None:
        """Remove all records."""
        self._records.clear()
        self.broken.clear()
        self.unsigned.clear()
        self.questions.clear()

    def answer(self, query: dns.message.Message) -> dns.message.Message:
        """Return the response to one query."""
        response = dns.message.make_response(query)
        response.flags |= dns.flags.AA | dns.flags.RA
        question = query.question[0]
        asked = question.name.to_text(omit_final_dot=True)
        self.questions.append(f"{asked} {dns.rdatatype.to_text(question.rdtype)}")
        if asked in self.broken or (asked in self.unsigned and not query.flags & dns.flags.CD):
            response.set_rcode(dns.rcode.SERVFAIL)
            return response
        self._answer(response, question.name, question.rdtype)
        return response

    def _answer(self, response: dns.message.Message, name: dns.name.Name, kind: dns.rdatatype.RdataType) -> None:
        """Return the records of a name, or its alias and the records of that."""
        alias = self._records.get((name, dns.rdatatype.CNAME))
        if values := self._records.get((name, kind)):
            response.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *values))
        elif alias:
            response.answer.append(dns.rrset.from_text(name, 60, "IN", "CNAME", alias[0]))
            self._answer(response, dns.name.from_text(alias[0]), kind)
        elif not any(known == name for known, dummy in self._records):
            response.set_rcode(dns.rcode.NXDOMAIN)
