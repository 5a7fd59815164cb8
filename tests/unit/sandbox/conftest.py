# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A sandbox without its HTTP server: requests go to the service as elements, the clock stands still unless moved."""

from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from certum_sandbox.backend import Backend, open_backend
from certum_sandbox.ca.hierarchy import open_hierarchy
from certum_sandbox.clock import machine_time
from certum_sandbox.dialect import MEANINGS, Dialect, Switch
from certum_sandbox.products import Sale
from certum_sandbox.service import Service
from certum_sandbox.settings import Address, Settings
from certum_sandbox.soap.schema import schema_of
from certum_sandbox.transitions import accept_if_verified, confirm_mailbox, record_validations, reject
from certum_sandbox.worker import Worker
from lxml import etree
from support.soap import read_answer

from .error_examples_account import Account

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from certum_sandbox.model import Order

BEYOND_THE_SCHEMA = (
    Switch.PREFIX,
    Switch.EXTRA_ELEMENTS,
    Switch.EXTRA_VALUES,
    Switch.RENEWAL_ANSWER,
    Switch.DOCUMENTS_LIST,
)
"""Dialects whose answers no schema of ours describes."""


class Laboratory:
    """A backend and its service; ``send`` returns the answer's element."""

    def __init__(self, settings: Settings) -> None:
        started = machine_time()
        self.backend: Backend = open_backend(settings, "https://127.0.0.1:8443", machine=lambda: started)
        self.service = Service(self.backend)

    def send(self, element: etree._Element) -> etree._Element:
        """Return the answer, which must follow the published schema unless it is a refusal (partner-api.md 1.2)."""
        body = self.service.answer(element).body
        answer = etree.fromstring(body)[0][0]
        if answer.findtext("responseHeader/successCode") == "0":
            self._check(answer)
        return read_answer(body)

    def _check(self, answer: etree._Element) -> None:
        """Check the answer without the parts that a dialect adds on purpose."""
        if all(self.backend.dialect[switch] == MEANINGS[switch].default for switch in BEYOND_THE_SCHEMA):
            schema_of(self.backend.dialect).published.assertValid(answer)

    def work(self) -> None:
        """Do all pending automatic work of the CA."""

        async def run() -> None:
            worker = Worker(self.backend)
            for order in list(self.backend.orders.unfinished()):
                await worker.advance(order.order_id)
            await worker.close()

        asyncio.run(run())

    def validate(self, order_id: str) -> Order:
        """Mark every name of an order as checked and validated."""
        backend = self.backend
        order = self.order(order_id)
        if not order.unvalidated:
            return order
        results = dict.fromkeys(order.unvalidated)
        with backend.database.transaction():
            backend.orders.save(record_validations(order, results, backend.clock.now(), backend.validation_reuse))
        return self.order(order_id)

    def settle(self, order_id: str) -> Order:
        """Accept an order that waits for nothing any more."""
        with self.backend.database.transaction():
            self.backend.orders.save(accept_if_verified(self.order(order_id), self.backend.clock.now()))
        return self.order(order_id)

    def enrol(self, order_id: str) -> str:
        """Validate all names of an order and issue it; return its newest serial number."""
        self.work()
        self.validate(order_id)
        with self.backend.database.transaction():
            self.backend.orders.save(confirm_mailbox(self.order(order_id), self.backend.clock.now()))
        self.settle(order_id)
        self.work()
        certificate = self.backend.orders.entries(order_id)[-1].certificate
        assert certificate is not None, self.order(order_id)
        return certificate.serial_number

    def reject(self, order_id: str) -> None:
        """Refuse the order, like the CA."""
        with self.backend.database.transaction():
            self.backend.orders.save(reject(self.order(order_id), self.backend.clock.now()))
            self.backend.orders.refuse_open_entries(order_id)

    def order(self, order_id: str) -> Order:
        found = self.backend.orders.find(order_id)
        assert found is not None
        return found

    def close(self) -> None:
        self.backend.database.close()


@pytest.fixture(scope="session")
def ca_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data directory with CA keys that others copy."""
    data = tmp_path_factory.mktemp("ca-keys")
    open_hierarchy(data)
    return data


@pytest.fixture(scope="module")
def shared_lab(tmp_path_factory: pytest.TempPathFactory, ca_keys: Path) -> Iterator[Laboratory]:
    """Return one laboratory for tests that leave nothing behind."""
    directory = tmp_path_factory.mktemp("shared") / "lab"
    shutil.copytree(ca_keys, directory)
    laboratory = Laboratory(Settings(listen=Address("127.0.0.1", 8443), data=directory))
    yield laboratory
    laboratory.close()


@pytest.fixture
def make_lab(tmp_path: Path, ca_keys: Path) -> Iterator[Callable[..., Laboratory]]:
    """Return a function that makes laboratories by settings; the same ``data`` opens the same one again."""
    made: list[Laboratory] = []

    def make(*, data: str = "lab", dialect: dict[str, str] | None = None, **settings: Any) -> Laboratory:
        directory = tmp_path / data
        if not directory.exists():
            shutil.copytree(ca_keys, directory)
        chosen = Settings(listen=Address("127.0.0.1", 8443), data=directory, dialect=Dialect(dialect), **settings)
        made.append(Laboratory(chosen))
        return made[-1]

    yield make
    for laboratory in made:
        laboratory.close()


@pytest.fixture
def lab(make_lab: Callable[..., Laboratory]) -> Laboratory:
    """Return a laboratory with default settings."""
    return make_lab()


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory, ca_keys: Path) -> Iterator[Account]:
    """Return a shared account: a refused request changes nothing."""
    directory = tmp_path_factory.mktemp("account") / "lab"
    shutil.copytree(ca_keys, directory)
    laboratory = Laboratory(Settings(listen=Address("127.0.0.1", 8443), data=directory, products=Sale.ALL))
    yield Account(laboratory)
    laboratory.close()
