# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The environment of our client: a sandbox, and the servers that the sandbox asks.

Each certificate of a test has names of its own, so that one sandbox serves many.
"""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ansible_collections.certops.certum.plugins.module_utils._controller.certificates import make_certificates
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import KeyType
from ansible_collections.certops.certum.plugins.module_utils._issuance.order_conversion import read_orders
from ansible_collections.certops.certum.plugins.module_utils._partner_api.client import PartnerApi
from ansible_collections.certops.certum.plugins.module_utils._partner_api.retry import Retry
from ansible_collections.certops.certum.plugins.module_utils._x509 import keys
from ansible_collections.certops.certum.plugins.module_utils._x509.chain import build_chain
from ansible_collections.certops.certum.plugins.module_utils._x509.csr import build_request
from ansible_collections.certops.certum.plugins.module_utils._x509.pem import certificates_in
from ansible_collections.certops.certum.tests.conformance.forms import client_options

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from ansible_collections.certops.certum.plugins.module_utils._issuance.ordered_certificate import Order
    from support.dns_server import DnsServer
    from support.file_server import FileServer
    from support.sandbox import Sandbox

CONTACT = {"first_name": "Ada", "last_name": "Nowak", "email": "ops@example.com", "phone": "+48 91 000 00 00"}
EC256 = keys.KeySpec(KeyType.EC, 256)
_numbers = itertools.count(1)


@dataclass
class World:
    """One sandbox, its servers, and its clients."""

    sandbox: Sandbox
    web: FileServer
    dns: DnsServer
    dialect: Mapping[str, str] = field(default_factory=dict)
    pauses: list[float] = field(default_factory=list)

    def client(self, **options: Any) -> PartnerApi:
        """Return a client that does not pause between two attempts."""
        given = {
            "url": self.sandbox.url,
            "username": self.sandbox.user,
            "password": self.sandbox.password,
            "ca_path": str(self.sandbox.ca) if self.sandbox.ca else None,
            "retry": Retry(sleep=self.pauses.append),
            **client_options(self.dialect),
        }
        return PartnerApi.from_options(**{**given, **options})

    def first_call(self, api: PartnerApi, items: Sequence[Mapping[str, Any]], **more: Any) -> dict[str, Any]:
        """Order, or find the orders, like the role's first task."""
        return run(api, items, trigger_validation=False, wait=False, **more)

    def second_call(self, api: PartnerApi, items: Sequence[Mapping[str, Any]], **more: Any) -> dict[str, Any]:
        """Validate, wait and fetch, like the role's second task."""
        return run(api, items, trigger_validation=True, wait=True, **more)

    def publish(self, result: Mapping[str, Any]) -> None:
        """Publish the requested files and records, and open the links in the mails."""
        self.publish_files(result)
        mailboxes = {f"hostmaster@{one['name']}.example.com" for one in result["certificates"] if _is_by_mail(one)}
        for mail in {mail["to"]: mail for mail in self.sandbox.mails() if mail["to"] in mailboxes}.values():
            for link in mail["links"]:
                self.sandbox.confirm(link)

    def publish_files(self, result: Mapping[str, Any]) -> None:
        """Publish the requested files and records, without a call to the CA."""
        for certificate in result["certificates"]:
            wanted = certificate["validation"] or {"files": [], "records": []}
            for file in wanted["files"]:
                self.web.put(file["name"], file["content"])
            for record in wanted["records"]:
                self.dns.add(record["name"], record["type"], _presented(record))

    @property
    def roots(self) -> tuple[str, ...]:
        """Return the roots of the CA's certificates."""
        return certificates_in(self.sandbox.root.read_text(encoding="utf-8"))

    def wait_for_order(self, item: Mapping[str, Any], *, seconds: float = 10) -> None:
        """Wait until a request that is on its way has arrived."""
        deadline = time.monotonic() + seconds
        while not self.orders(item):
            assert time.monotonic() < deadline, f"no order for {item['customer']}"
            time.sleep(0.01)

    def orders(self, item: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the orders at the CA that were made for this certificate, under any id."""
        return [order for order in self.sandbox.orders() if order["customer"] == item["customer"]]


def _is_by_mail(certificate: Mapping[str, Any]) -> bool:
    """Return whether the method is by mail; a link from an earlier mail has no code here."""
    return certificate["validation"] is None or certificate["validation"]["method"] == "admin"


def _presented(record: Mapping[str, str]) -> str:
    return f'"{record["value"]}"' if record["type"] == "TXT" else f"{record['value']}."


def run(
    api: PartnerApi, items: Sequence[Mapping[str, Any]], *, check_mode: bool = False, **options: Any
) -> dict[str, Any]:
    given = {"wait_timeout": 10, "wait_sleep": 1, "concurrency": 8, **options, "certificates": list(items)}
    return make_certificates(api, given, check_mode=check_mode)


def new_item(
    method: str = "file",
    *,
    product: str = "commercial_ssl",
    names: Callable[[str], tuple[str, ...]] = lambda site: (site,),
    **more: Any,
) -> dict[str, Any]:
    """Return a new certificate, as an element of ``certificates``."""
    label = f"{method.replace('_', '-')}-{next(_numbers)}"
    wanted = names(f"{label}.example.com")
    key = keys.generate(EC256)
    return {
        "name": label,
        "csr_content": build_request(key, common_name=wanted[0], names=wanted),
        "product": product,
        "validation": {"method": method, **({"admin_prefix": "hostmaster"} if method == "admin" else {})},
        "customer": f"web1/{label}",
        "contact": CONTACT,
        **more,
    }


def order_of(item: Mapping[str, Any]) -> Order:
    (order,) = read_orders([item])
    return order


def with_www(site: str) -> tuple[str, ...]:
    return site, f"www.{site}"


def wildcard(site: str) -> tuple[str, ...]:
    return (f"*.{site}",)


def with_wildcard(site: str) -> tuple[str, ...]:
    return f"*.{site}", site


def is_trusted(certificate: str, chain: Sequence[str], root: Path) -> bool:
    """Return whether the chain, in the given order, leads to a root of the sandbox by itself."""
    whole = build_chain(certificate, [*chain, root.read_text(encoding="utf-8")])
    return whole.missing is None and list(whole.certificates) == list(chain) and bool(chain)
