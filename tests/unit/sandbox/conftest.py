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
from certum_sandbox.dialect import Dialect
from certum_sandbox.progress import record_proofs
from certum_sandbox.service import Service
from certum_sandbox.settings import Address, Settings
from certum_sandbox.worker import Worker
from support.soap import read_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from certum_sandbox.model import Order
    from lxml import etree


class Laboratory:
    """A backend and its service; ``send`` gives the answer's element."""

    def __init__(self, settings: Settings) -> None:
        self.backend: Backend = open_backend(settings, "https://127.0.0.1:8443")
        self.service = Service(self.backend)

    def send(self, element: etree._Element) -> etree._Element:
        return read_answer(self.service.answer(element).body)

    def work(self) -> None:
        """Let the CA do everything that it can do now."""

        async def run() -> None:
            worker = Worker(self.backend)
            for order in list(self.backend.orders.unfinished()):
                await worker.advance(order.order_id)
            await worker.close()

        asyncio.run(run())

    def prove(self, order_id: str) -> Order:
        """As if every name of an order had been checked and found proved."""
        backend = self.backend
        order = self.order(order_id)
        results = dict.fromkeys([proof.name for proof in order.names])
        with backend.database.transaction():
            backend.orders.save(record_proofs(order, results, backend.clock.now(), backend.reuse))
        return self.order(order_id)

    def order(self, order_id: str) -> Order:
        found = self.backend.orders.find(order_id)
        assert found is not None
        return found

    def close(self) -> None:
        self.backend.database.close()


@pytest.fixture(scope="session")
def ca_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with CA keys that others copy."""
    data = tmp_path_factory.mktemp("ca-keys")
    open_hierarchy(data)
    return data


@pytest.fixture(scope="module")
def shared_lab(tmp_path_factory: pytest.TempPathFactory, ca_keys: Path) -> Iterator[Laboratory]:
    """One laboratory for tests that leave nothing behind."""
    directory = tmp_path_factory.mktemp("shared") / "lab"
    shutil.copytree(ca_keys, directory)
    laboratory = Laboratory(Settings(listen=Address("127.0.0.1", 8443), data=directory))
    yield laboratory
    laboratory.close()


@pytest.fixture
def make_lab(tmp_path: Path, ca_keys: Path) -> Iterator[Callable[..., Laboratory]]:
    """Laboratories with settings of their own; the same ``data`` opens the same one again."""
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
    """A laboratory with default settings."""
    return make_lab()
