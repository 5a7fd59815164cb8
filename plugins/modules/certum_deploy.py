#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_deploy
short_description: Have services serve the certificates in place, or go back
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Each service that a certificate names is a transaction of its own. Sites are turned on, the configuration is
    checked, the service reloaded, and every address asked by a TLS handshake. Whatever fails leads back to the
    certificates that were proved to be served before, unless they have expired.
  - Certificates that alone are not served go back alone, if the others of the service are proved without them.
  - A service that does not run is left alone and told.
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.host
  - certops.certum._store
  - certops.certum._declaration
attributes:
  check_mode:
    support: full
    details: Asks whether the services run, and runs no other command.
  diff_mode:
    support: full
    details: Shows what is proved to be served, and the links that are taken away.
  idempotent:
    support: full
    details: >-
      Each call reloads the services. Give it the C(deploy) that M(certops.certum.certum_install) returned, which is
      empty where every certificate in place was proved to be served.
options:
  state:
    description:
      - V(deployed) has the certificates in place served.
      - V(withdrawn) takes those with O(certificates[].state=absent) out of service. Their site
        (O(certificates[].deploy.enable_site)) is turned off and C(PATH/NAME/current) removed. If the service's
        configuration does not load without them, both are put back; else the service is reloaded.
    type: str
    choices: [deployed, withdrawn]
    default: deployed
  command_timeout:
    description: How long a service may take to tell whether it runs, to check or to reload, in seconds.
    type: int
    default: 60
  verify_timeout:
    aliases: [probe_timeout]
    description: How long all addresses of a service may take to serve the certificates, in seconds.
    type: int
    default: 30
seealso:
  - module: certops.certum.certum_install
  - module: certops.certum.certum_verify
"""

EXAMPLES = r"""
- name: Serve what is in place
  certops.certum.certum_deploy:
    certificates:
      - name: shop
        common_name: shop.example.com
        deploy:
          service: nginx
          verify: ["127.0.0.1:443"]

- name: Take out of service what is declared absent
  certops.certum.certum_deploy:
    certificates:
      - name: old-shop
        state: absent
        deploy: {service: nginx}
    state: withdrawn
"""

RETURN = r"""
services:
  description: One element for each service.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: The service.
      type: str
      sample: nginx
    changed:
      description: Whether something changed for it.
      type: bool
    certificates:
      description: The certificates that it serves now, or does without.
      type: list
      elements: str
      sample: [shop]
    reason:
      description: What was done.
      type: dict
      contains:
        code:
          description: One word of the list in C(docs/reasons.md). It stays the same where the words change.
          type: str
        text:
          description: The reason in words.
          type: str
          sample: nginx serves shop
notes:
  description: A sentence for each service that does not run.
  returned: always
  type: list
  elements: str
  sample:
    - >-
      nginx is stopped: the certificate is in place and not yet proved to be served; the next run proves it once the
      service runs.
reason:
  description: What was done and why.
  returned: always
  type: dict
  contains:
    code:
      description: One word of the list in C(docs/reasons.md). It stays the same where the words change.
      type: str
    text:
      description: The reason in words.
      type: str
      sample: nginx serves shop
problems:
  description: What went wrong, with what the service said and what it serves now.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: The certificate or the service that it is about, or nothing where it is about all.
      type: str
    text:
      description: What went wrong, where, why, and what to do.
      type: str
    error_codes:
      description: The error codes of the CA's answer, none where the CA did not refuse.
      type: list
      elements: int
    element:
      description: The element of the request that the first of these errors is about.
      type: str
    remedy:
      description: What to do.
      type: str
    outcome_unknown:
      description: Whether the CA may have carried the request out all the same.
      type: bool
"""

from ..module_utils._handover.terms import ServiceState
from ..module_utils._host.deploy import deploy_all
from ..module_utils._module.host_module import run_on_host
from ..module_utils._module.option_specs import declaration_options, store_options


def main() -> None:
    run_on_host(
        deploy_all,
        argument_spec={
            **store_options(),
            **declaration_options(),
            "state": {"type": "str", "choices": ServiceState.values(), "default": "deployed"},
            "command_timeout": {"type": "int", "default": 60},
            "verify_timeout": {"type": "int", "default": 30, "aliases": ["probe_timeout"]},
        },
    )


if __name__ == "__main__":
    main()
