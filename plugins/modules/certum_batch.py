#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_batch
short_description: Order, validate or remove certificates for a batch of hosts
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Calls the CA for all hosts of a batch in one process on the controller. Refused credentials are tried only once, and
    an account is read only once. All orders are placed and waited for in parallel.
  - The role P(certops.certum.certum#role) uses this module. It reads the results that the hosts registered in the
    previous steps.
  - The module compares the reports of a host with its declarations, as M(certops.certum.certum_freeze) read them, and
    with the data of the CA.
  - RV(hosts) contains the problems of each host. A problem of one host does not stop the other hosts, and the module
    does not fail because of it.
extends_documentation_fragment:
  - certops.certum._attributes
attributes:
  check_mode:
    support: full
    details: Asks the CA whether it would accept each order. Orders nothing and revokes nothing.
  diff_mode:
    support: full
  idempotent:
    support: full
  action:
    description: Runs as an action plugin, only on the controller.
    support: full
requirements:
  - python >= 3.11
  - httpx
  - pydantic
  - pydantic-xml
  - cryptography
  - dnspython, for validation by DNS and for checks of domains
  - dns-lexicon, for validation by DNS with one of its providers
options:
  step:
    description:
      - V(order) places the orders that M(certops.certum.certum_stage) prepared, or finds existing orders.
      - V(validate) publishes DNS records, triggers validation, waits for issuance, fetches the certificates, and
        withdraws the records.
      - V(remove) revokes certificates that are declared absent with a C(revoke_reason), and returns the names of the
        declarations that hosts may remove.
      - V(compare) checks whether hosts that share a certificate have different ones, and so have work. It makes no
        request to the CA.
      - V(share) decides for each certificate with C(share) which host orders it and which hosts receive it. It makes no
        request to the CA.
      - V(supply) fetches the certificates that hosts receive, and returns which host sends the private key to which
        host. The keys are sent by M(certops.certum.certum_transfer).
      - V(rollback) decides which hosts roll back to the previous certificate, because another host, with which they
        share it, cannot use the new one. It makes no request to the CA.
    type: str
    required: true
    choices: [order, validate, remove, compare, share, supply, rollback]
  hosts:
    description: The hosts of the batch.
    type: list
    elements: str
    required: true
  orders:
    description: The result of the previous step.
    type: dict
  failed_records:
    description:
      - Elements of RV(record_tasks) whose tasks failed. With O(step=validate), the module does not wait until name
        servers have these records.
    type: list
    elements: dict
    default: []
  shared:
    description: The result of O(step=share), if hosts share certificates.
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
    newest: "{{ certum__planned.newest }}"
  register: certum__staged

- name: Place the orders of all hosts
  certops.certum.certum_batch:
    step: order
    hosts: "{{ ansible_play_batch }}"
  run_once: true
  register: certum__orders

- name: Publish validation files
  certops.certum.certum_publish:
    certificates: "{{ certum__planned.due }}"
    orders: "{{ certum__orders.hosts[inventory_hostname].publish | default([]) }}"

- name: Validate the domains of all hosts, wait and fetch certificates
  certops.certum.certum_batch:
    step: validate
    hosts: "{{ ansible_play_batch }}"
    orders: "{{ certum__orders }}"
  run_once: true
  register: certum__orders

- name: Install certificates
  certops.certum.certum_install:
    certificates: "{{ certum__planned.due + certum__planned.activate }}"
    orders: "{{ certum__orders.hosts[inventory_hostname].certificates | default([]) }}"
"""

RETURN = r"""
hosts:
  description: The results of each host, by the name of the host.
  returned: success
  type: dict
  contains:
    certificates:
      description: The certificates, as M(certops.certum.certum_certificates) returns them. Not with O(step=remove).
      type: list
      elements: dict
    publish:
      description: The certificates for M(certops.certum.certum_publish). Not with O(step=remove).
      type: list
      elements: dict
    has_work:
      description: Whether another host with the same shared certificate has something else. Only with O(step=compare).
      type: bool
    issue:
      description: Names of the shared certificates that the host orders for its group. Only with O(step=share).
      type: list
      elements: str
    receive:
      description: Names of the shared certificates that the host gets from another host. Only with O(step=share).
      type: list
      elements: str
    transfers:
      description: The transfers of private keys to the host. Only with O(step=supply).
      type: list
      elements: dict
    remove:
      description: Names of declarations that the host may remove. Only with O(step=remove).
      type: list
      elements: str
    revoked:
      description: Certificates that the CA revoked, in this run or before. Only with O(step=remove).
      type: list
      elements: dict
      contains:
        name:
          description: Name of the declaration.
          type: str
        serial_number:
          description: Serial number of the certificate.
          type: str
        reason:
          description: What was revoked, and when.
          type: dict
          contains:
            code:
              description: Code of the reason, listed in C(docs/reasons.md). It stays the same when the text changes.
              type: str
            text:
              description: The reason as text.
              type: str
    orders:
      description: The orders of staged keys, and their states. Only with O(step=remove).
      type: list
      elements: dict
      contains:
        order_id:
          description: The id of the order.
          type: str
        state:
          description: State of the order, in the CA's own words.
          type: str
    problems:
      description: The problems that require an action of the operator.
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
assignments:
  description: The decision about each shared certificate.
  returned: with O(step=share)
  type: list
  elements: dict
  contains:
    name:
      description: The declaration.
      type: str
      sample: shop
    group:
      description: The group that shares the certificate.
      type: str
      sample: web
    holder:
      description: The host that orders the certificate or has it.
      type: str
      sample: web1
    issue:
      description: Whether the holder orders a certificate or resumes an order.
      type: bool
    may_send:
      description: Whether a new request may be sent. Otherwise a recorded order is only looked up.
      type: bool
    held:
      description: Serial number of the newest certificate that hosts of the play have. Empty if there is none.
      type: str
    serial_numbers:
      description: Serial numbers of all certificates that hosts of the play have.
      type: list
      elements: str
    members:
      description: The hosts of the batch that share the certificate.
      type: list
      elements: str
    outside:
      description: The hosts of the group that the play does not see.
      type: list
      elements: str
    replace:
      description: Whether a replacement is requested.
      type: bool
late:
  description: A sentence about the hosts that do not answer while a former certificate is valid.
  returned: with O(step=share) and O(step=supply)
  type: list
  elements: str
earlier:
  description: The hosts of earlier batches that roll back to the previous certificate.
  returned: with O(step=rollback)
  type: list
  elements: dict
  contains:
    host:
      description: The host.
      type: str
    certificates:
      description: The declarations of these certificates.
      type: list
      elements: dict
senders:
  description: The hosts that send private keys, with their transfers.
  returned: with O(step=supply)
  type: list
  elements: dict
  contains:
    host:
      description: The host that has the private keys.
      type: str
    path:
      description: The directory of its certificates.
      type: str
    transfers:
      description: The transfers, for O(certops.certum.certum_transfer#module:transfers).
      type: list
      elements: dict
pending:
  description: The pending orders, for the next step.
  returned: with O(step=order) and O(step=validate)
  type: list
  elements: dict
again:
  description: Whether another round of publication and validation is necessary.
  returned: with O(step=order) and O(step=validate)
  type: bool
record_tasks:
  description:
    - The records of the provider C(tasks), by the task file. The role includes the file with the records in
      C(certum_dns_records) and with C(present) or C(absent) in C(certum_dns_state).
  returned: with O(step=order) and O(step=validate)
  type: dict
  contains:
    present:
      description: Records to publish before the next step.
      type: list
      elements: dict
    absent:
      description: Records to withdraw.
      type: list
      elements: dict
troubles:
  description: The problem that prevents requests to the CA for a host, by the name of the host.
  returned: with O(step=order) and O(step=validate)
  type: dict
notes:
  description: Checks that were not possible before an order. The order is placed all the same.
  returned: with O(step=order)
  type: list
  elements: str
reason:
  description: What was done, for each host and certificate.
  returned: success
  type: dict
  contains:
    code:
      description: Code of the reason, listed in C(docs/reasons.md). It stays the same when the text changes.
      type: str
    text:
      description: The reason as text.
      type: str
      sample: 'web1: shop: order shop-3f9c0d5e7a1b2c4d was placed for product 601'
"""
