# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text in the CA's answers forges no line of a message and floods none, for each operation."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.certops.certum.plugins.module_utils._controller.cancel import cancel_order
from ansible_collections.certops.certum.plugins.module_utils._controller.certificate_info import read_certificates
from ansible_collections.certops.certum.plugins.module_utils._controller.declarations import declare_account
from ansible_collections.certops.certum.plugins.module_utils._controller.document import attach_documents
from ansible_collections.certops.certum.plugins.module_utils._controller.order_info import read_orders
from ansible_collections.certops.certum.plugins.module_utils._controller.reissue import reissue_certificate
from ansible_collections.certops.certum.plugins.module_utils._controller.renew import renew_certificate
from ansible_collections.certops.certum.plugins.module_utils._controller.revoke import revoke_certificate
from ansible_collections.certops.certum.plugins.module_utils._controller.validation import validate_order
from ansible_collections.certops.certum.plugins.module_utils._module.result_sentences import SENTENCES
from ansible_collections.certops.certum.plugins.module_utils._partner_api.api_errors import CertumError
from ansible_collections.certops.certum.tests.conformance.issuance.world import World, new_item
from ansible_collections.certops.certum.tests.support.rewriting_proxy import RewritingProxy, texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lxml import etree
    from support.dns_server import DnsServer
    from support.file_server import FileServer
    from support.sandbox import Sandbox

FORGED = "FORGED"
FLOOD = "flood " * 5000
HOSTILE = f" words\n{FORGED}\u2028{FORGED}\r\n{FORGED} {FLOOD}"
LONGEST_MESSAGE = 5000
"""A message may quote several foreign texts, and each has its limit."""
FIELDS = (
    "approverMethod", "certificateStatus", "code", "commonName", "customer", "DNSNames", "email", "FQDN", "info",
    "orderID", "orderStatus", "productCode", "serialNumber", "state", "subjectName", "type",
)  # fmt: skip
ACCOUNT = (
    (read_orders, {}),
    (read_orders, {"order_id": None, "from_date": "2026-01-01"}),
    (read_certificates, {}),
    (read_certificates, {"validity_days_left": 30}),
    (validate_order, {"new_code": True}),
    (validate_order, {"validation_code": "nothing", "trigger_validation": True}),
    (attach_documents, {"note": "a note", "documents": []}),
    (declare_account, {"days": 30}),
    (reissue_certificate, {"validation": {"method": "file"}, "add_names": []}),
    (renew_certificate, {"validation": {"method": "file"}}),
    (revoke_certificate, {"revoke_reason": "superseded", "common_name": "www.example.org"}),
    (revoke_certificate, {"revoke_reason": "superseded"}),
    (cancel_order, {}),
)


@pytest.fixture(scope="module")
def world(sandbox: Sandbox, file_server: FileServer, dns_server: DnsServer) -> World:
    sandbox.clear_faults()
    return World(sandbox, file_server, dns_server)


@pytest.fixture(scope="module")
def orders(world: World) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a pending order, and one that has its certificate."""
    waiting, issued = new_item(), new_item()
    with world.client() as api:
        (waits,) = world.first_call(api, [waiting])["orders"]
        first = world.first_call(api, [issued])
        world.publish(first)
        (done,) = world.second_call(api, first["orders"])["certificates"]
    assert done["state"] == "issued"
    return waits, {**issued, "order_id": done["order_id"]}


@pytest.mark.parametrize("field", FIELDS)
def test_text_of_the_ca_forges_no_line_and_floods_no_message(
    field: str, world: World, orders: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    changed = []

    def rewrite(_operation: str, root: etree._Element) -> None:
        for element in texts(root, field):
            if not len(element):
                changed.append(element)
                element.text = (element.text or "") + HOSTILE

    with RewritingProxy(world.sandbox.url, world.sandbox.context, rewrite) as proxy:
        said = list(all_messages(world, proxy.url, *orders))
    assert changed, "no message has the text, so the test shows nothing"
    forged = [text for text in said if any(line.lstrip().startswith(FORGED) for line in text.splitlines())]
    assert not forged
    assert not [text[:1000] for text in said if len(text) > LONGEST_MESSAGE]


def all_messages(world: World, url: str, waits: Mapping[str, Any], issued: Mapping[str, Any]) -> Iterator[str]:
    """Return the messages of each operation about a pending order and an issued one."""
    fresh = new_item(customer=issued["customer"], reissue_live_order=True)
    with world.client(url=url, ca_path=None) as api:
        for item in (new_item(), waits, {**issued, "sent": "yes"}, fresh):
            for check_mode in (True, False):
                yield from messages_of(lambda: world.first_call(api, [item], check_mode=check_mode))  # noqa: B023
        yield from messages_of(lambda: world.second_call(api, [waits], wait_timeout=1))
        for act, options in ACCOUNT:
            for order_id in (waits["order_id"], issued["order_id"]):
                given = {"order_id": order_id, "csr_content": new_item()["csr_content"], "wait": False, **options}
                params = defaultdict(lambda: None, {"wait_timeout": 1, "wait_sleep": 1, **given})
                yield from messages_of(lambda: act(api, params, check_mode=True))  # noqa: B023


def messages_of(step: Callable[[], dict[str, Any]]) -> list[str]:
    """Return the messages of a step, whether it succeeds or not."""
    try:
        return list(sentences(step()))
    except (CertumError, ValueError) as error:
        return [str(error)]


def sentences(value: Any, *, read: bool = False) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from sentences(part, read=read or key in SENTENCES)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from sentences(part, read=read)
    elif read and isinstance(value, str):
        yield value
