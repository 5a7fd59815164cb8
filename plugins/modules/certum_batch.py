#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_batch
short_description: Do one step for all hosts of a batch at once
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Speaks to the CA for all hosts of a batch in one process on the controller. Credentials that the CA refuses are
    tried once, an account is read once, and all orders are placed and waited for side by side.
  - The role P(certops.certum.certum#role) uses it. It reads what the hosts have registered in the steps before.
  - What a host reports is held against its declaration as M(certops.certum.certum_freeze) has read it, and against
    the CA.
  - A host in trouble has its problem in RV(hosts), and keeps no other host from its certificates. The module itself
    does not fail for it.
extends_documentation_fragment:
  - certops.certum._attributes
attributes:
  check_mode:
    support: full
    details: Asks the CA whether it would accept each order, and orders and revokes nothing.
  diff_mode:
    support: full
  idempotent:
    support: full
  action:
    description: Runs as an action plugin, on the controller alone.
    support: full
requirements:
  - python >= 3.11
  - httpx
  - pydantic
  - pydantic-xml
  - cryptography
options:
  step:
    description:
      - V(order) places the orders for what certum_stage has staged, or finds them placed.
      - V(validate) has the CA validate what is published, waits, and fetches certificates.
      - V(remove) revokes certificates that are declared absent with a reason, and says what hosts may remove.
    type: str
    required: true
    choices: [order, validate, remove]
  hosts:
    description: The hosts of the batch.
    type: list
    elements: str
    required: true
  orders:
    description: The result of the step before.
    type: dict
"""

EXAMPLES = r"""
- name: Read the variables before any module runs
  certops.certum.certum_freeze:
    role: certum
  vars:
    certum_certificates:
      - name: shop
        common_name: shop.example.com
        validation: {method: file, webroot: /var/www/shop}
        contact: {first_name: Ada, last_name: Nowak, email: ops@example.com}
  register: certum__frozen

- name: Plan certificates
  certops.certum.certum_plan:
    certificates: "{{ certum__frozen.variables.certificates }}"
  register: certum__planned

- name: Stage keys and requests
  certops.certum.certum_stage:
    certificates: "{{ certum__planned.due }}"
    host: "{{ certum__frozen.host }}"
  register: certum__staged

- name: Place the orders of all hosts, as the role certum does
  certops.certum.certum_batch:
    step: order
    hosts: "{{ ansible_play_batch }}"
  run_once: true
  register: certum__orders
"""

RETURN = r"""
hosts:
  description: What each host goes on with, by its name.
  returned: always
  type: dict
  contains:
    certificates:
      description: The certificates, as M(certops.certum.certum_certificates) returns them. Not for V(remove).
      type: list
      elements: dict
    publish:
      description: Those of them for M(certops.certum.certum_publish). Not for V(remove).
      type: list
      elements: dict
    remove:
      description: Names of declarations that the host may remove. Only for V(remove).
      type: list
      elements: str
    orders:
      description: The orders of staged keys, and their state. Only for V(remove).
      type: list
      elements: dict
      contains:
        order_id:
          description: The id of the order.
          type: str
        state:
          description: How the order stands, in the CA's own words.
          type: str
    problems:
      description: Everything that a person has to act on.
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
pending:
  description: The orders that are not issued yet, for the next step.
  returned: with O(step=order) and O(step=validate)
  type: list
  elements: dict
again:
  description: Whether another round of publishing and validating has something to do.
  returned: with O(step=order) and O(step=validate)
  type: bool
refused:
  description: The accounts whose credentials the CA has refused. They are not tried again.
  returned: with O(step=order) and O(step=validate)
  type: dict
troubles:
  description: What keeps the CA from being asked for a host, by its name.
  returned: with O(step=order) and O(step=validate)
  type: dict
notes:
  description: What could not be checked before an order. The order is placed all the same.
  returned: with O(step=order)
  type: list
  elements: str
reason:
  description: What was done, for each host and certificate.
  returned: always
  type: dict
  contains:
    code:
      description: One word of the list in C(docs/reasons.md). It stays the same where the words change.
      type: str
    text:
      description: The reason in words.
      type: str
      sample: 'web1: shop: order shop-3f9c0d5e7a1b2c4d was placed for product 601'
"""
