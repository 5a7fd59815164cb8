# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Complete commands for remedies.

Private to the collection. Pure. The playbook is not known here, and only a batch knows its hosts.
"""

from __future__ import annotations

import shlex

_HOST = "--limit HOST "


def order_again_command(name: str, *, group: str = "") -> str:
    """Return the command that orders a certificate again with a new key, for all hosts of the group that shares it."""
    limit = f"--limit {shlex.quote(group)} " if group else _HOST
    return f"""ansible-playbook PLAYBOOK {limit}-e '{{"certum_order_again": ["{name}"]}}'"""


def cancel_command(order_id: str) -> str:
    """Return the command that cancels an order."""
    return f"ansible localhost -m certops.certum.certum_cancel -a order_id={shlex.quote(order_id)}"


def for_host(text: str, host: str) -> str:
    """Return a sentence with the name of the host inserted into its commands."""
    return text.replace(_HOST, f"--limit {shlex.quote(host)} ")
