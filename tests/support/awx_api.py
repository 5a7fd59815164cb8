# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The API of AWX as the modules of awx.awx use it, in memory. It keeps what it is sent.

Every object is a dictionary with an id. Like AWX, it never answers with a secret, and a new project is updated once.
"""

from __future__ import annotations

import base64
import json
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from .loopback_server import LoopbackServer, SilentHandler

if TYPE_CHECKING:
    from collections.abc import Iterator
    from http.server import BaseHTTPRequestHandler

Item = dict[str, Any]
TOKEN = "token-of-the-session"
ENCRYPTED = "$encrypted$"
PRODUCT = {"X-API-Product-Name": "AWX", "X-API-Product-Version": "24.6.1"}
TEMPLATES = ("job_templates", "projects", "inventory_sources")
"""AWX lists these as unified_job_templates too."""
OF_NOTIFICATIONS = ("password", "token")


class AwxApi(LoopbackServer):
    """Serves ``url`` below ``/api/``, or below the prefix of Automation Controller, ``/api/controller/``."""

    def __init__(self, *, username: str, password: str, prefix: str = "/api/") -> None:
        self._login = "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()
        self._prefix = f"{prefix}v2/"
        self._items: dict[str, dict[int, Item]] = {}
        self._related: dict[str, Any] = {}
        self._next = 1
        self.changes: list[tuple[str, str, Any]] = []
        server = self

        class Handler(SilentHandler):
            def answer(self) -> None:
                server.serve(self)

            do_GET = do_POST = do_PATCH = do_DELETE = answer  # noqa: N815 - the names are http.server's

        super().__init__(ThreadingHTTPServer(("127.0.0.1", 0), Handler))

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    def add(self, kind: str, /, **fields: Any) -> Item:
        """Add an object, as the POST of a list does."""
        number, self._next = self._next, self._next + 1
        url = f"{self._prefix}{kind}/{number}/"
        item = {
            "id": number,
            "type": kind.removesuffix("ies") + "y" if kind.endswith("ies") else kind.removesuffix("s"),
            "url": url,
            "related": {"survey_spec": f"{url}survey_spec/"},
            "summary_fields": {"current_update": {"id": number}} if kind == "projects" else {},
            "scm_revision": "",
            **fields,
        }
        self._items.setdefault(kind, {})[number] = item
        return item

    def all(self, kind: str) -> list[Item]:
        """Return all objects of a kind, with their secrets."""
        return list(self._items.get(kind, {}).values())

    def one(self, kind: str, name: str) -> Item:
        """Return the only object of this name, with its secrets."""
        (item,) = (item for item in self.all(kind) if item["name"] == name)
        return item

    def survey(self, name: str) -> Any:
        """Return the survey of a job template."""
        return self._related[self.one("job_templates", name)["related"]["survey_spec"]]

    def linked(self, kind: str, name: str, relation: str) -> list[str]:
        """Return the names of the objects that are associated with an object."""
        numbers = self._related.get(f"{self.one(kind, name)['url']}{relation}/", [])
        return sorted(
            item["name"] for items in self._items.values() for item in items.values() if item["id"] in numbers
        )

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        length = int(handler.headers.get("Content-Length") or 0)
        body = json.loads(handler.rfile.read(length) or "null")
        url = urlsplit(handler.path)
        status, answer = self._answer(handler, url.path, dict(parse_qsl(url.query)), body)
        content = b"" if answer is None else json.dumps(answer).encode()
        handler.send_response(status)
        for name, value in {**PRODUCT, "Content-Type": "application/json", "Content-Length": len(content)}.items():
            handler.send_header(name, str(value))
        handler.end_headers()
        handler.wfile.write(content)

    def _answer(self, handler: BaseHTTPRequestHandler, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        kind, *rest = path.removeprefix(self._prefix).strip("/").split("/")
        of_token = kind == "tokens"
        if not path.startswith(self._prefix):
            return 404, {"detail": "Not found."}
        if handler.headers.get("Authorization") != (self._login if of_token else f"Bearer {TOKEN}"):
            return 401, {"detail": "Authentication credentials were not provided."}
        if of_token:
            return (201, {"id": 1, "token": TOKEN}) if handler.command == "POST" else (204, None)
        if kind == "project_updates":
            return 200, {"status": "successful"}
        if handler.command != "GET":
            self.changes.append((handler.command, path, body))
        return self._of_objects(handler.command, [kind, *rest], path, query, body)

    def _of_objects(
        self, method: str, parts: list[str], path: str, query: dict[str, str], body: Any
    ) -> tuple[int, Any]:
        kind, *rest = parts
        if not rest:
            return self._list(kind, query) if method == "GET" else (201, self._shown(kind, self.add(kind, **body)))
        item = self._items.get(kind, {}).get(int(rest[0]))
        if item is None:
            return 404, {"detail": "Not found."}
        return self._relation(method, path, body) if rest[1:] else self._item(method, kind, item, body)

    def _list(self, kind: str, query: dict[str, str]) -> tuple[int, Any]:
        kinds = TEMPLATES if kind == "unified_job_templates" else (kind,)
        found = [self._shown(each, item) for each in kinds for item in self.all(each) if matches(item, query)]
        return 200, {"count": len(found), "next": None, "results": found}

    def _item(self, method: str, kind: str, item: Item, body: Any) -> tuple[int, Any]:
        if method == "DELETE":
            del self._items[kind][item["id"]]
            return 204, None
        if method == "PATCH":
            item.update(body)
        return 200, self._shown(kind, item)

    def _relation(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        if path.endswith("/survey_spec/"):
            if method != "GET":
                self._related[path] = body or {}
            return 200, self._related.get(path, {})
        numbers = self._related.setdefault(path, [])
        if method == "POST":
            numbers.remove(body["id"]) if body.get("disassociate") else numbers.append(body["id"])
            return 204, None
        return 200, {"count": len(numbers), "next": None, "results": [{"id": number} for number in numbers]}

    def _shown(self, kind: str, item: Item) -> Item:
        """Return the object without its secrets."""
        for field, secrets in self._secrets(kind, item):
            item = {**item, field: {key: ENCRYPTED if key in secrets else item[field][key] for key in item[field]}}
        return item

    def _secrets(self, kind: str, item: Item) -> Iterator[tuple[str, set[str]]]:
        if kind == "credentials" and "inputs" in item:
            fields = self._items["credential_types"][item["credential_type"]]["inputs"]["fields"]
            yield "inputs", {field["id"] for field in fields if field.get("secret")}
        if kind == "notification_templates" and "notification_configuration" in item:
            yield "notification_configuration", set(OF_NOTIFICATIONS)


def matches(item: Item, query: dict[str, str]) -> bool:
    """Return whether an object has the values of a query; of those with ``or__``, one is enough."""
    same = {name: str(item.get(name.removeprefix("or__"))) == value for name, value in query.items()}
    either = [found for name, found in same.items() if name.startswith("or__")]
    return all(found for name, found in same.items() if not name.startswith("or__")) and (not either or any(either))
