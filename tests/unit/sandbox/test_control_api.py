# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Errors of the control API."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import httpx
import pytest
from certum_sandbox.web.app import make_app

from .error_examples_world import place

if TYPE_CHECKING:
    from .conftest import Laboratory


@pytest.mark.parametrize(
    ("path", "body", "key"),
    [
        ("/sandbox/clock", {}, "advance"),
        ("/sandbox/orders/shop-1/verifications", {"state": "VERIFIED"}, "type"),
        ("/sandbox/orders/shop-1/verifications", {"type": "DOMAIN"}, "state"),
    ],
)
def test_missing_key_is_named(lab: Laboratory, path: str, body: dict[str, str], key: str) -> None:
    place(lab, "shop-1")

    async def post() -> httpx.Response:
        transport = httpx.ASGITransport(app=make_app(lab.backend))
        async with httpx.AsyncClient(transport=transport, base_url=lab.backend.base_url) as client:
            return await client.post(path, json=body)

    answer = asyncio.run(post())
    assert (answer.status_code, answer.json()["error"]) == (
        400,
        f"the key '{key}' is missing in the JSON of the request",
    )
