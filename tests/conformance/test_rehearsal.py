# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A rehearsal names the form of the CA: for each dialect of the sandbox alone, and for random combinations.

The sandboxes run in this process, each with a copy of one account: a reissued certificate for two names, and more
orders than fit on the shortest page.
"""

from __future__ import annotations

import asyncio
import shutil
from itertools import cycle
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from ansible_collections.certops.certum.plugins.module_utils._controller.rehearse import rehearse
from ansible_collections.certops.certum.plugins.module_utils._handover.terms import KeyType
from ansible_collections.certops.certum.plugins.module_utils._partner_api.client import PartnerApi
from ansible_collections.certops.certum.plugins.module_utils._partner_api.credentials import Credentials
from ansible_collections.certops.certum.plugins.module_utils._partner_api.enums import ApproverMethod
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.certificate import ReissueRequest
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.domain_control import (
    SanApprover,
    SanEntry,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.parties import RequestorInfo
from ansible_collections.certops.certum.plugins.module_utils._partner_api.messages.quick_order import (
    OrderParameters,
    OrderRequest,
)
from ansible_collections.certops.certum.plugins.module_utils._partner_api.transport import HttpAnswer
from ansible_collections.certops.certum.plugins.module_utils._rehearsal import trial_order
from ansible_collections.certops.certum.plugins.module_utils._rehearsal.finding import Answered
from ansible_collections.certops.certum.plugins.module_utils._rehearsal.open_questions import KNOWN_VALUES, UNSEEN
from ansible_collections.certops.certum.plugins.module_utils._x509.keys import KeySpec, generate
from certum_sandbox.backend import open_backend
from certum_sandbox.cli import settings_of
from certum_sandbox.dialect import MEANINGS
from certum_sandbox.web.app import make_app
from certum_sandbox.web.endpoint import SERVICE_PATH
from support.sandbox import Sandbox
from support.soap import make_csr

from .forms import SEED, combination

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from starlette.applications import Starlette

CONTACT = {"first_name": "Ada", "last_name": "Nowak", "email": "ops@example.net", "phone": "+48 91 000 00 00"}
OPTIONS: dict[str, Any] = {"order": True, "domain": "example.com", "contact": CONTACT, "dest": None, "force": True}
APPROVER = SanApprover(approver_method=ApproverMethod.DNS_TXT_PREFIX, notification_enabled=False)
KEYS = {
    spec: [generate(spec) for _number in range(6)] for spec in (KeySpec(KeyType.RSA, 2048), KeySpec(KeyType.EC, 256))
}
COMBINATIONS = 20
ALONE = [
    pytest.param({switch.value: value}, id=f"{switch}={value}")
    for switch, meaning in MEANINGS.items()
    if switch not in UNSEEN
    for value in meaning.values[1:]
]


def order_of(order_id: str, *names: str) -> OrderRequest:
    return OrderRequest(
        san_approver=APPROVER,
        order_parameters=OrderParameters(
            csr=make_csr(names[0]), customer="somebody", order_id=order_id, product_code="601"
        ),
        requestor_info=RequestorInfo(email="ops@example.net", first_name="Ada", last_name="Nowak"),
        san_entries=tuple(SanEntry(dns_name=name) for name in names),
    )


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory, ca_keys: Path) -> Path:
    """Return the data directory of a sandbox with orders, to be copied."""
    data = tmp_path_factory.mktemp("account")
    with (
        Sandbox.start(data, ca_from=ca_keys, options=["--no-tls"]) as sandbox,
        PartnerApi.from_options(url=sandbox.url, username=sandbox.user, password=sandbox.password) as api,
    ):
        api.quick_order(order_of("shop", "shop.example.com", "www.shop.example.com"))
        sandbox.decide("shop", "DOMAIN")
        entry = sandbox.wait_for_state("shop", "ENROLLED")["entries"][-1]
        sandbox.advance("P1D")  # the dates of certificates have no fractions of a second
        api.reissue_certificate(
            ReissueRequest(serial_number=entry["serialNumber"], csr=make_csr("shop.example.com"), san_approver=APPROVER)
        )
        sandbox.wait_until("shop", lambda order: len(issued(order)) == 2)
        for number in range(3):
            api.quick_order(order_of(f"other-{number}", f"other-{number}.example.com"))
    return data


def issued(order: Mapping[str, Any]) -> list[Any]:
    return [each for each in order["entries"] if each.get("serialNumber")]


class InProcess:
    """A transport to a sandbox in this process: the bytes of requests and answers are those of the network."""

    def __init__(self, app: Starlette, loop: asyncio.AbstractEventLoop, broken: str) -> None:
        self._client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8443")
        self._loop = loop
        self.endpoint = self
        self.host = "the sandbox"
        self._broken = broken

    def post(self, body: bytes, *, headers: Mapping[str, str], call: object) -> HttpAnswer:
        if self._broken and f":{self._broken}>".encode() in body:
            raise RuntimeError("the controller is broken")
        posted = self._client.post(SERVICE_PATH, content=body, headers=dict(headers))
        answer = asyncio.run_coroutine_threadsafe(posted, self._loop).result(60)
        return HttpAnswer(answer.status_code, answer.headers.get("content-type", ""), "", answer.content)

    def close(self) -> None:
        """Nothing to do."""


async def rehearsed_against(app: Starlette, options: Mapping[str, Any], *, broken: str) -> dict[str, Any]:
    """Rehearse in a thread against a sandbox with its background work. Its database belongs to this thread."""
    async with app.router.lifespan_context(app):
        transport: Any = InProcess(app, asyncio.get_running_loop(), broken)
        credentials = Credentials(username="demo", password="demo")
        api = PartnerApi(transport=transport, credentials=credentials, environment="test")
        return await asyncio.to_thread(rehearse, api, options, check_mode=False)


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all tests share some RSA keys, which take long to make. Each rehearsal has another account."""
    made = {spec: cycle(keys) for spec, keys in KEYS.items()}
    monkeypatch.setattr(trial_order, "generate", lambda spec: next(made[spec]))


@pytest.fixture
def rehearsed(tmp_path: Path, account: Path) -> Callable[..., dict[str, Any]]:
    """Return a function that rehearses against a new copy of the account: ``rehearsed(*dialect, order=False)``."""
    started: list[Path] = []

    def run(*dialect: str, broken: str = "", **options: Any) -> dict[str, Any]:
        data = tmp_path / f"data-{len(started)}"
        started.append(data)
        shutil.copytree(account, data)
        words = ["serve", "--no-tls", "--data", str(data), *(f"--dialect={each}" for each in dialect)]
        backend = open_backend(settings_of(words), "http://127.0.0.1:8443")
        result: dict[str, Any] = {"problems": []}
        try:
            result = asyncio.run(rehearsed_against(make_app(backend), {**OPTIONS, **options}, broken=broken))
        except Exception as error:
            if not broken:
                raise
            result["error"] = str(error)
        result["orders"] = {order.order_id: order.state.value for order in backend.orders.all()}
        backend.database.close()
        return result

    return run


def expected(dialect: Mapping[str, str]) -> dict[str, str]:
    """Return the values that a rehearsal sees in a form, given this account."""
    form = {switch.value: dialect.get(switch.value, meaning.default) for switch, meaning in MEANINGS.items()}
    unseen = {*UNSEEN, "system-blocks"}  # no name fails two automatic checks
    if form["page-size"] != "3":
        unseen |= {"page-size", "return-count"}  # there is one page
    if form["bundle-root"] == "no":
        unseen.add("bundle-order")  # of one certificate
    if form["reported-errors"] == "first":
        unseen.add("revocation-reasons")  # the first error is about the certificate
    if form["sni-operations"] == "absent":
        unseen.add("sni-reference")
    return {question: value for question, value in form.items() if question not in unseen}


def seen_in(result: Mapping[str, Any]) -> dict[str, str]:
    return {each["question"]: each["value"] for each in result["questions"] if each["answered"] == Answered.SEEN.value}


def test_every_dialect_has_an_entry() -> None:
    assert {*KNOWN_VALUES, *UNSEEN} == {switch.value for switch in MEANINGS}
    assert not KNOWN_VALUES.keys() & UNSEEN.keys()
    values = {switch.value: set(meaning.values) for switch, meaning in MEANINGS.items() if switch not in UNSEEN}
    assert {question: set(known) for question, known in KNOWN_VALUES.items()} == values


@pytest.mark.parametrize("dialect", [pytest.param({}, id="default"), *ALONE])
def test_form_of_one_dialect_is_seen(rehearsed: Callable[..., dict[str, Any]], dialect: dict[str, str]) -> None:
    result = rehearsed(*("=".join(pair) for pair in dialect.items()))
    assert seen_in(result) == expected(dialect)
    assert all_cancelled(result)


@pytest.mark.parametrize("number", range(COMBINATIONS))
def test_written_file_repeats_the_form(rehearsed: Callable[..., dict[str, Any]], tmp_path: Path, number: int) -> None:
    """The file of a rehearsal makes a sandbox for which a second rehearsal gives the same answers."""
    dialect, dest = combination(number), tmp_path / "seen.dialect"
    first = rehearsed(*("=".join(pair) for pair in dialect.items()), dest=str(dest))
    assert seen_in(first) == expected(dialect), f"DIALECT_SEED={SEED}"
    assert all_cancelled(first)

    again = rehearsed(f"@{dest}")
    assert again["questions"] == first["questions"], f"DIALECT_SEED={SEED}"


def all_cancelled(result: Mapping[str, Any]) -> bool:
    ours = [state for order_id, state in result["orders"].items() if order_id.startswith("rehearsal-")]
    return result["problems"] == [] and ours == ["REJECTED", "REJECTED"]


def test_orders_are_cancelled_after_an_unexpected_error(rehearsed: Callable[..., dict[str, Any]]) -> None:
    result = rehearsed(broken="getDocumentsList")
    assert "the controller is broken" in result["error"]
    assert [state for order_id, state in result["orders"].items() if order_id.startswith("rehearsal-")] == ["REJECTED"]
