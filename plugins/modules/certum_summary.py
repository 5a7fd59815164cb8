#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_summary
short_description: Report each certificate, the recap, or all problems of a run of the role
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Reports the result of each certificate that a run of the role P(certops.certum.certum#role) worked on. The role
    calls this module in its last steps.
  - A report has the state, the expiry date and the next due date of the certificate, the verified addresses, and the
    reason why its order is pending.
  - With O(report=recap), it reports each certificate and each host of the batch that is not as declared, with the code
    of the problem and its remedy, and the number of all other certificates.
  - With O(report=problems), it fails with every problem of the run instead, or succeeds if none fails the host.
  - The module reads the registered results of the role's tasks, so it works only within the role. It sends no request
    to the host or to the CA.
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
  report:
    description: What to report.
    type: str
    choices: [certificates, recap, problems]
    default: certificates
  problems:
    description: The problems of the plan, as RV(certops.certum.certum_plan#module:problems). For O(report=problems).
    type: list
    elements: dict
    default: []
  worked:
    description: Whether this run has worked on certificates. If not, registered results are those of an earlier run.
    type: bool
    default: true
  hosts:
    description: The hosts of the batch. For O(report=recap).
    type: list
    elements: str
    default: []
  fail_on:
    description:
      - The kinds of problems that fail the host. A problem of any other kind always does. For O(report=problems).
      - The role has this option as C(certum_fail_on).
    type: list
    elements: str
    choices: [refused, unreachable, expired, pending]
    default: [refused, unreachable, expired]
"""

EXAMPLES = r"""
- name: Issue and deploy the declared certificates
  ansible.builtin.include_role:
    name: certops.certum.certum
  vars:
    certum_certificates:
      - name: shop
        common_name: shop.example.com
        validation: {method: file, webroot: /var/www/shop}
        contact: {first_name: Ada, last_name: Nowak, email: ops@example.com}

- name: Report each certificate again, after other tasks of the play
  certops.certum.certum_summary:

- name: Fail if one of them has a problem
  certops.certum.certum_summary:
    report: problems
"""

RETURN = r"""
msg:
  description:
    - One line for each certificate, then one line for each service that does not run. The wording may change.
    - With O(report=recap), one line for each different problem, with its hosts and certificates. It is empty if
      everything is as declared.
    - With O(report=problems), a string. It has the text of each problem, and is empty if there is none.
  returned: success
  type: list
  elements: str
  sample:
    - >-
      shop: certificate 3F9C0D5E was installed; valid until 2027-05-19; next due on 2027-03-20; nginx uses it,
      verified at 127.0.0.1:443
reason:
  description: What was reported, such as the number of certificates that the run worked on.
  returned: success
  type: dict
  contains:
    code:
      description: Code of the reason, listed in C(docs/reasons.md). It stays the same when the text changes.
      type: str
    text:
      description: The reason as text.
      type: str
      sample: the run worked on 1 certificate
"""
