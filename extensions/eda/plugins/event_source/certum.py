# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An event source of Event-Driven Ansible, see DOCUMENTATION."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio

DOCUMENTATION = r"""
---
short_description: Report expiring certificates, changed orders and failed validations of a Certum account.
description:
  - An ansible-rulebook event source plugin that reads a partner account of the Certum CA in regular intervals.
  - It sends an event for each certificate that expires within O(remaining_days) days and that no newer certificate
    replaces, for each order that changed its state, and for each validation that failed.
  - It sends each event once, also after a restart, if O(state_file) is set. The first reading sends events for
    certificates that expire soon and for validations that have failed. It sends no events for orders that changed
    before.
  - Each event is a dictionary C(certum) with the same keys. C(docs/events.md) describes them.
  - One reading makes three requests for lists, and at most three requests for each of at most 20 orders. If there are
    new certificates that expire soon, it also makes one request for one more list, and one for each of at most 20
    certificates. A long list has several pages, each of which is a request. The next readings look at the other orders.
  - If the CA cannot be reached, the source logs this once, and tries again after pauses that grow to an hour.
  - If the CA refuses the credentials, the source stops. It does not try them again.
options:
  api_url:
    description:
      - Full URL of the Partner API, including C(.wsdl) at its end.
      - Only HTTPS is accepted, except on loopback addresses.
      - Set O(api_url) or O(api_environment), or both.
      - If not set, the value of the environment variable E(CERTUM_API_URL) is used.
    type: str
  api_environment:
    description:
      - The system of the CA.
      - If not set, the value of the environment variable E(CERTUM_API_ENVIRONMENT) is used.
    type: str
    choices: [production, test]
  api_username:
    description:
      - Name of the partner account.
      - If not set, the value of the environment variable E(CERTUM_API_USERNAME) is used.
    type: str
    required: true
  api_password:
    description:
      - Password of the partner account.
      - If not set, the value of the environment variable E(CERTUM_API_PASSWORD) is used.
    type: str
    required: true
  validate_certs:
    description:
      - Whether to verify the TLS certificate of the API. Set it to V(false) only for a server on this machine.
    type: bool
    default: true
  ca_path:
    description:
      - PEM file with the CA certificates to trust for the API, instead of those of the system.
      - If not set, the value of the environment variable E(CERTUM_API_CA_PATH) is used.
    type: path
  connect_timeout:
    description:
      - Timeout for a connection, in seconds.
    type: int
    default: 30
  request_timeout:
    description:
      - Timeout for one complete call, in seconds.
    type: int
    default: 120
  soap_action:
    description:
      - Value of the C(SOAPAction) header. V({operation}) stands for the name of the operation.
    type: str
  delay:
    description:
      - The number of seconds between the end of a reading and the next one.
    type: int
    default: 300
  remaining_days:
    description:
      - Report certificates that expire within this many days, 1 to 30.
    type: int
    default: 7
  state_file:
    description:
      - The file that remembers which events were sent, so that a restart does not send them again.
      - Its directory must exist. Beside it the source makes a lock file. Each source needs its own state file.
      - If not set, a restart sends the events for certificates that expire soon, and for validations that have failed,
        again.
    type: path
"""

EXAMPLES = r"""
- certops.certum.certum:
    api_environment: production
    state_file: /var/lib/ansible-rulebook/certum-events.json

- certops.certum.certum:
    api_environment: test
    api_username: partner@example.com
    api_password: "{{ CERTUM_API_PASSWORD }}"
    remaining_days: 14
    delay: 600
    state_file: /var/lib/ansible-rulebook/certum-test-events.json
"""

COLLECTION = "ansible_collections.certops.certum"


async def main(queue: asyncio.Queue[Any], args: dict[str, Any]) -> None:
    """Put the events of the account into the queue until the task is cancelled."""
    _make_importable(Path(__file__).absolute().parents[4])
    try:
        from ansible_collections.certops.certum.plugins.module_utils._events.watch import (  # noqa: PLC0415
            run_source,
        )
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "ansible":
            raise
        msg = (
            f"{COLLECTION.partition('.')[2]}.certum needs ansible-core in the Python that runs ansible-rulebook. "
            f"Install it with '{sys.executable} -m pip install ansible-core', and start ansible-rulebook again."
        )
        raise RuntimeError(msg) from None
    await run_source(queue, args)


def _make_importable(collection: Path) -> None:
    """Let this process import the collection that this file belongs to.

    ansible-rulebook runs this file by its path, without the import system of Ansible. The search path of Python cannot
    help: the package ansible_collections of the PyPI package ansible would hide this collection.
    """
    if COLLECTION not in sys.modules:
        package = ModuleType(COLLECTION)
        package.__path__ = [str(collection)]
        sys.modules[COLLECTION] = package
