#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_summary
short_description: Report the result for each certificate, and all problems, of a run of the role
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Reports the result of each certificate that a run of the role P(certops.certum.certum#role) worked on. The role
    calls this module as its last step.
  - A report has the state, the expiry date and the next due date of the certificate, the verified addresses, and the
    reason why its order is pending.
  - It returns the problems of all steps. The role fails with them after the report.
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
"""

RETURN = r"""
msg:
  description: One line for each certificate, then one line for each service that does not run. The wording may change.
  returned: success
  type: list
  elements: str
  sample:
    - >-
      shop: certificate 3F9C0D5E was installed; valid until 2027-05-19; next due on 2027-03-20; nginx uses it,
      verified at 127.0.0.1:443
problem_texts:
  description: The text of each problem of this host in this run.
  returned: success
  type: list
  elements: str
  sample: []
reason:
  description: Number of certificates that the run worked on.
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
