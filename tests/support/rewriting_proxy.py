# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A CA under foreign control: the sandbox does the work, and its answers are changed on the way.

with RewritingProxy(sandbox.url, sandbox.context, rewrite) as proxy:
    run_something(proxy.url)
"""

from __future__ import annotations

import urllib.error
import urllib.request
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING

from lxml import etree

from .loopback_server import LoopbackServer, SilentHandler

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    Rewrite = Callable[[str, etree._Element], None]
    """Gets the name of the operation and the tree of its answer, and changes that."""

SECONDS = 60


class RewritingProxy(LoopbackServer):
    """Listens on loopback without TLS while the context lasts. ``rewrite`` may be exchanged at any time."""

    def __init__(self, target: str, context: ssl.SSLContext | None, rewrite: Rewrite) -> None:
        self.rewrite = rewrite
        proxy = self

        class Handler(SilentHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                given = {name: self.headers[name] for name in ("Content-Type", "SOAPAction") if self.headers[name]}
                request = urllib.request.Request(target, data=body, headers=given, method="POST")
                try:
                    answer = urllib.request.urlopen(request, timeout=SECONDS, context=context)
                except urllib.error.HTTPError as refusal:
                    answer = refusal
                with answer:
                    changed = proxy.changed(answer.read())
                    self.send_response(answer.status)
                    self.send_header("Content-Type", answer.headers["Content-Type"])
                self.send_header("Content-Length", str(len(changed)))
                self.end_headers()
                self.wfile.write(changed)

        super().__init__(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        self.url = f"http://{self.address}/service/PartnerApi.wsdl"

    def changed(self, body: bytes) -> bytes:
        root = etree.fromstring(body)
        answer = next(
            element for element in root.iter() if etree.QName(element).localname.endswith(("Response", "Fault"))
        )
        self.rewrite(etree.QName(answer).localname.removesuffix("Response"), root)
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def texts(root: etree._Element, *names: str) -> list[etree._Element]:
    """Return the elements of these names, in any namespace."""
    return [element for element in root.iter() if etree.QName(element).localname in names]
