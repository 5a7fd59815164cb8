#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_summary
short_description: Say what became of each certificate in a run of the role
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - The last step of the role C(certops.certum.certum) in a run that worked on certificates. It says for each of them
    what it is now, until when it is valid, when it is due next, what its order waits for, and where it was verified.
  - It reads what the tasks of the role have registered, and asks nothing of the host or the CA. It is of no use without
    the role.
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
"""

EXAMPLES = r"""
- name: Report each certificate
  certops.certum.certum_summary:
"""

RETURN = r"""
msg:
  description: A line for each certificate, then a line for each service that does not run. The words may change.
  returned: always
  type: list
  elements: str
  sample:
    - >-
      shop: certificate 3F9C0D5E was put in place; valid until 2027-05-19; next due on 2027-03-20; nginx uses it,
      verified at 127.0.0.1:443
reason:
  description: How many certificates the run worked on.
  returned: always
  type: dict
  contains:
    code:
      description: One word of the list in C(docs/reasons.md). It stays the same where the words change.
      type: str
    text:
      description: The reason in words.
      type: str
      sample: the run worked on 1 certificate
"""
