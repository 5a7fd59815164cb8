#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_report
short_description: Write the report of all hosts of a play
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Builds one report of all hosts of the play and writes it on the controller. The role
    P(certops.certum.certum_report#role) calls this module in its last step.
  - Reads the results that the previous steps of the role have registered, so it needs no options. A host that failed or
    was unreachable has no result, and is in the report too.
  - If hosts of later batches have yet to report, it writes nothing. The last batch writes the report.
  - If there are credentials and pending orders, it asks the account for their states. If the account cannot be read,
    the report is written and names the problem.
  - A file counts as changed if anything but the time of the report differs. It is always written, so that monitoring
    sees the time of the last report.
extends_documentation_fragment:
  - certops.certum._attributes
attributes:
  check_mode:
    support: full
    details: Asks the account, and writes nothing.
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
  - prometheus-client, for metrics
options: {}
"""

EXAMPLES = r"""
- name: Read the variables before any module runs
  certops.certum.certum_freeze:
    role: certum_report
  vars:
    certum_report_dest: ""
    certum_report_json_dest: estate.json
    certum_report_metrics_dest: certum.prom
  register: certum_report__frozen

- name: Read the certificates of the host
  certops.certum.certum_info:
    certificates: "{{ certum_report__frozen.variables.certificates | default([]) }}"
    defaults: "{{ certum_report__frozen.defaults }}"
  register: certum_report__info
  failed_when: false
  ignore_unreachable: true

- name: Write the report of all hosts
  certops.certum.certum_report:
  run_once: "{{ certum_report__frozen.once }}"
"""

RETURN = r"""
written:
  description: The files with new content.
  returned: when the report is complete
  type: list
  elements: str
  sample: [/var/www/html/certum-report.html]
notes:
  description: The problems of the whole report, such as an account that cannot be read.
  returned: when the report is complete
  type: list
  elements: str
reason:
  description: The number of certificates and hosts, and the files.
  returned: success
  type: dict
  contains:
    code:
      description: Code of the reason, listed in C(docs/reasons.md). It stays the same when the text changes.
      type: str
    text:
      description: The reason as text.
      type: str
      sample: 12 certificates of 3 hosts in /var/www/html/certum-report.html
"""
