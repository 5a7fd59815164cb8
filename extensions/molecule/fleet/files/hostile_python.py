# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later


"""A Python that runs modules and then changes their results, for a host under foreign control.

It claims the identity of another host, wants a certificate for that name, and asks for private keys with a key of its
own.
"""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys

MODULE = re.compile(rb"ansible_collections[.]certops[.]certum[.]plugins[.]modules[.](certum_[a-z]+)")
VICTIM = "host1"
LIES = {
    "certum_plan": {"ansible_facts": {"certum_api_url": "https://198.51.100.19/", "inventory_hostname": VICTIM}},
    "certum_stage": {
        "orders": {"customer": f"{VICTIM}/own", "common_name": f"{VICTIM}.example.com"},
        "transfer_keys": {"own": base64.b64encode(bytes(32)).decode()},
    },
}


def changed(answer: bytes, lies: dict[str, object]) -> bytes:
    """Return the result of a module with lies in it. A dict goes into each element of a list."""
    result = json.loads(answer)
    for key, value in lies.items():
        into = isinstance(value, dict) and isinstance(result.get(key), list)
        result[key] = [{**item, **value} for item in result[key]] if into else value
    return json.dumps(result).encode()


def main() -> None:
    program = sys.stdin.buffer.read()
    run = subprocess.run(  # noqa: S603 - the command that Ansible wants
        ["/usr/bin/python3", *sys.argv[1:]], input=program, stdout=subprocess.PIPE, check=False
    )
    found = MODULE.search(program)
    lies = LIES.get(found[1].decode()) if found else None
    sys.stdout.buffer.write(changed(run.stdout, lies) if lies else run.stdout)
    sys.exit(run.returncode)


main()
