#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_deploy
short_description: Deploy installed certificates to services, or roll back
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Works on one service after the other. For each service, the module enables the sites, checks the configuration,
    reloads the service, and verifies every address by a TLS handshake.
  - Services that share a certificate are one unit of work. All of them use the new certificate, or all of them use the
    previous one.
  - If a step fails, the module rolls back to the certificates that were verified before, unless they have expired.
  - If only some certificates of a service cannot be verified, only these are rolled back, provided that the others are
    verified after that.
  - A service that does not run is not changed, but reported.
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.host
  - certops.certum._store
  - certops.certum._declaration
attributes:
  check_mode:
    support: full
    details: Runs only the commands that check whether the services run.
  diff_mode:
    support: full
    details: Shows the verified certificates, and the links that are removed.
  idempotent:
    support: full
    details: >-
      Each call reloads the services. Use RV(certops.certum.certum_install#module:deploy) as O(certificates). It is
      empty if every installed certificate is already verified.
options:
  state:
    description:
      - V(deployed) deploys the installed certificates.
      - V(withdrawn) takes the certificates with O(certificates[].state=absent) out of service. The module disables
        their site (O(certificates[].deploy[].enable_site)) and removes C(PATH/NAME/current), then reloads the service.
        If the configuration of the service does not load without them, the module restores both and does not reload.
      - V(rolled_back) rolls back to the previous certificates, although this host may have verified the new ones. It is
        for hosts that share a certificate, if one of them cannot use the new one.
      - With V(rolled_back), a certificate stays if there is no previous one, or if the previous one is valid for less
        than three days.
    type: str
    choices: [deployed, rolled_back, withdrawn]
    default: deployed
  command_timeout:
    description: Timeout for each command that checks the state, checks the configuration or reloads, in seconds.
    type: int
    default: 60
  verify_timeout:
    aliases: [probe_timeout]
    description: Time in which all addresses of a service must show the certificates, in seconds.
    type: int
    default: 30
seealso:
  - module: certops.certum.certum_install
  - module: certops.certum.certum_verify
"""

EXAMPLES = r"""
- name: Deploy the installed certificate
  certops.certum.certum_deploy:
    certificates:
      - name: shop
        common_name: shop.example.com
        deploy:
          service: nginx
          verify: ["127.0.0.1:443"]

- name: Take an absent certificate out of service
  certops.certum.certum_deploy:
    certificates:
      - name: old-shop
        state: absent
        deploy: {service: nginx}
    state: withdrawn

- name: Roll back to the previous certificate
  certops.certum.certum_deploy:
    certificates:
      - name: shop
        common_name: shop.example.com
        deploy: {service: nginx}
    state: rolled_back
"""

RETURN = r"""
services:
  description: One element for each service.
  returned: unless the module fails before the first service
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
      description:
        - Names of the certificates that the service uses now.
        - With O(state=withdrawn), names of the certificates that are out of service now.
      type: list
      elements: str
      sample: [shop]
    verified:
      description: Addresses at which handshakes verified each certificate, by the name of the certificate.
      type: dict
      sample: {shop: ["127.0.0.1:443"]}
    reason:
      description: What was done.
      type: dict
      contains:
        code:
          description: Code of the reason, listed in C(docs/reasons.md). It stays the same when the text changes.
          type: str
        text:
          description: The reason as text.
          type: str
          sample: nginx uses shop
rolled_back:
  description: Names of certificates that could not be deployed and were rolled back, or would be in check mode.
  returned: unless the module fails before the first service
  type: list
  elements: str
  sample: []
notes:
  description: One sentence for each service that does not run or was not verified.
  returned: unless the module fails before the first service
  type: list
  elements: str
  sample:
    - >-
      nginx is stopped: the certificate is installed and not yet verified; the next run verifies it if the service runs.
reason:
  description: What was done, and the reason.
  returned: unless the module fails before the first service
  type: dict
  contains:
    code:
      description: Code of the reason, listed in C(docs/reasons.md). It stays the same when the text changes.
      type: str
    text:
      description: The reason as text.
      type: str
      sample: nginx uses shop
problems:
  description: One problem for each failed service, with its output and the certificates that it uses now.
  returned: unless the module fails before the first service
  type: list
  elements: dict
  contains:
    name:
      description: The certificate or the service with the problem. Null if the problem concerns all of them.
      type: str
    code:
      description: Code of the problem, listed in C(docs/reasons.md). It stays the same when the text changes.
      type: str
    text:
      description: What went wrong, where, the reason, and the remedy.
      type: str
    error_codes:
      description: The error codes of the CA's answer. Empty if the CA did not refuse the request.
      type: list
      elements: int
    element:
      description: The element of the request that the first error code is about. Null if there is none.
      type: str
    remedy:
      description: What to do.
      type: str
    outcome_unknown:
      description: Whether the CA may have carried out the request although no success was reported.
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
