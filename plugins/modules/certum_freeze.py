#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_freeze
short_description: Read the variables of a role before any module runs
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Reads every variable of a role of this collection once, on the controller, and returns the values.
  - Register the result. Facts that a host returns later cannot change a registered value. They can change a variable of
    the inventory, because a fact of the same name replaces it.
  - Reports a problem if a fact of the host has the name of one of these variables, if a variable looks like a misspelt
    name, or if a variable has a wrong value. The module itself does not fail then, so fail on RV(problems) yourself.
  - A problem of a single declaration stops no other declaration. It is in RV(refused).
  - The roles of this collection start with this module. You need it only in your own playbook that passes such
    variables to modules on the controller.
extends_documentation_fragment:
  - certops.certum._attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: N/A
    details: Changes nothing.
  idempotent:
    support: full
  action:
    description: Runs as an action plugin, only on the controller.
    support: full
options:
  role:
    description: The name of the role, without the collection.
    type: str
    required: true
  values:
    description: Additional values to read at the same time, and to return.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Read the variables before any module runs
  certops.certum.certum_freeze:
    role: certum
  register: certum__frozen
  failed_when: certum__frozen.problems | length > 0
"""

RETURN = r"""
host:
  description: The inventory name of the host.
  returned: success
  type: str
  sample: web1
call:
  description: Identifier of this call of the role. A play may have several calls. Empty outside a role.
  returned: success
  type: str
frozen_at:
  description:
    - Time of the reading, by the clock of the controller. The role compares the clock of the host with it.
  returned: success
  type: str
  sample: "2027-03-01T04:00:00+00:00"
once:
  description:
    - Whether one task can work for all hosts of the batch. This is so if the strategy of the play runs each task for
      all hosts before the next task.
  returned: success
  type: bool
variables:
  description:
    - The variables that are set, by their names without the prefix of the role. The result is not logged.
    - Of the role C(certum), C(certificates) are the declarations without a problem, and C(refused) are the others.
  returned: success
  type: dict
  sample: {path: /etc/certum, wait_timeout: 300}
defaults:
  description:
    - The variables with default values for declarations, for O(certops.certum.certum_plan#module:defaults).
  returned: success
  type: dict
dns_provider:
  description:
    - Whether C(certum_dns) is set. The value for O(certops.certum.certum_plan#module:dns_provider).
    - If it is set, RV(variables) has the method V(dns_txt_prefix) for each certificate without a method and a web root.
  returned: success
  type: bool
shared:
  description:
    - The group and its hosts for each declaration with C(share), by the name of the declaration.
  returned: success
  type: dict
  sample: {shop: {group: web, members: [web1, web2]}}
declared:
  description:
    - Names of the certificates that this call and earlier calls of the role declare for the host, by C(certum_path).
  returned: success
  type: dict
  sample: {/etc/certum: [shop]}
elsewhere:
  description:
    - Names from RV(declared) in the C(certum_path) of this call that this call does not declare.
    - The value for O(certops.certum.certum_plan#module:declared_elsewhere).
  returned: success
  type: list
  elements: str
before:
  description:
    - The declarations of earlier calls of the role for the host, reduced to the options that define names and keys.
  returned: success
  type: list
  elements: dict
values:
  description: The values from O(values).
  returned: success
  type: dict
problems:
  description: A problem if the variables cannot be used. Empty otherwise.
  returned: success
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
refused:
  description: A problem if declarations cannot be used. Empty otherwise.
  returned: success
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
reason:
  description: Summary of the result.
  returned: success
  type: dict
  contains:
    code:
      description: Code of the reason, listed in C(docs/reasons.md). It stays the same when the text changes.
      type: str
    text:
      description: The reason as text.
      type: str
      sample: the variables of role certum are read
"""
