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
  - Register the result. A registered value stays as it is, whatever facts a host returns later. A variable of the
    inventory does not, because a fact of the same name replaces it.
  - Fails where a fact of the host has the name of one of these variables, and where a variable looks like a
    misspelt name.
  - The roles of this collection begin with it. You need it only in a playbook of your own that gives such variables
    to modules on the controller.
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
    description: Runs as an action plugin, on the controller alone.
    support: full
options:
  role:
    description: The name of the role, without the collection.
    type: str
    required: true
  values:
    description: Further values to return as they are now.
    type: dict
    default: {}
"""

EXAMPLES = r"""
- name: Read the variables before any module runs
  certops.certum.certum_freeze:
    role: certum
  register: certum__frozen
"""

RETURN = r"""
host:
  description: The name of the host in the inventory.
  returned: success
  type: str
  sample: web1
call:
  description: Which call of the role it is. A play may have several.
  returned: success
  type: str
frozen_at:
  description: When it was read, by the clock of the controller. The clock of the host is compared with it.
  returned: success
  type: str
  sample: "2027-03-01T04:00:00+00:00"
once:
  description:
    - Whether one task can work for all hosts of the batch, because the strategy of the play runs each task for all
      of them before the next task.
  returned: success
  type: bool
variables:
  description: The variables that are set, by the part of their name after that of the role. They are never shown.
  returned: success
  type: dict
  sample: {path: /etc/certum, wait_timeout: 300}
defaults:
  description: Those of them that say what a declaration leaves open, for O(certops.certum.certum_plan#module:defaults).
  returned: success
  type: dict
declared:
  description: The names that this call of the role and earlier ones have declared for the host, by V(certum_path).
  returned: success
  type: dict
  sample: {/etc/certum: [shop]}
elsewhere:
  description:
    - Those of them that are in the V(certum_path) of this call and not declared by it.
    - It is for O(certops.certum.certum_plan#module:declared_elsewhere).
  returned: success
  type: list
  elements: str
before:
  description: What earlier calls of the role in this run declare for the host, as far as it claims names.
  returned: success
  type: list
  elements: dict
values:
  description: The values of O(values).
  returned: success
  type: dict
problems:
  description: A problem for variables that cannot be used.
  returned: success
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
reason:
  description: What was read.
  returned: success
  type: dict
  contains:
    code:
      description: One word of the list in C(docs/reasons.md). It stays the same where the words change.
      type: str
    text:
      description: The reason in words.
      type: str
      sample: the variables of role certum are read
"""
