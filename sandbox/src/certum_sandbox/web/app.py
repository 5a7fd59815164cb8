# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The HTTP applications of one backend."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.routing import Route

from certum_sandbox.backend import Backend
from certum_sandbox.service import Service
from certum_sandbox.web.control_api import ControlApi
from certum_sandbox.web.cross_site_guard import Guard, guarded
from certum_sandbox.web.endpoint import SERVICE_PATH, Endpoint
from certum_sandbox.web.pages import Pages
from certum_sandbox.web.planned_faults import FaultPlan
from certum_sandbox.web.repository import Repository
from certum_sandbox.worker import Worker


def make_repository(backend: Backend) -> Starlette:
    """Return the application that serves CRL, OCSP and issuer certificates only. It runs without TLS."""
    return Starlette(routes=Repository(backend).routes())


def make_app(backend: Backend) -> Starlette:
    """Return the application with all routes. Its lifespan runs the background worker."""
    faults = FaultPlan()
    pages, guard = Pages(backend), Guard(backend.settings.listen.host, backend.settings.allowed_hosts)
    endpoint = Endpoint(Service(backend), faults, backend.base_url + SERVICE_PATH)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        work = asyncio.create_task(Worker(backend).run())
        yield
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work

    return Starlette(
        lifespan=lifespan,
        routes=[
            Route(SERVICE_PATH, endpoint.post, methods=["POST"]),
            Route(SERVICE_PATH, endpoint.get, methods=["GET"]),
            *guarded([*ControlApi(backend, faults).routes(), *pages.home_routes()], guard),
            *Repository(backend).routes(),
            *pages.link_routes(),
        ],
    )
