#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_rehearse
short_description: Find out which forms the test system of the CA has
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Public sources do not answer all questions about the Partner API, for example how many orders a page has. The
    collection works with every plausible answer, called a form. This module asks the test system of the CA, and reports
    for each question which form it saw.
  - Without O(order) it only reads, and lets the CA check orders without placing them.
  - With O(order=true) it also places two test orders, and cancels them before it ends. If it is stopped before that,
    the next run with O(order=true) cancels them. It also sends requests to change certificates that do not exist.
  - A test order that cannot be cancelled is named in a failure.
  - It sends one request with a wrong user name, which does not exist, to see how the CA refuses it.
  - It refuses the production system, and any system that O(api_environment) does not declare as V(test).
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.controller
  - certops.certum._api
attributes:
  check_mode:
    support: full
    details: Behaves as without O(order), and writes no file.
  diff_mode:
    support: full
  idempotent:
    support: partial
    details: Each run with O(order=true) places new test orders.
options:
  order:
    description: Whether to place test orders. They are cancelled before the module ends.
    type: bool
    default: false
  domain:
    description:
      - A domain that the account may order certificates for. The test orders are for new names in it, such as
        C(rehearsal-1f2e3d4c.example.com).
      - The domain has at most 43 characters, because the longest test name may have 64.
    type: str
    required: true
  contact:
    description: The person whom the CA contacts about an order. All fields are required.
    type: dict
    required: true
    suboptions:
      first_name:
        description: First name.
        type: str
        required: true
      last_name:
        description: Last name.
        type: str
        required: true
      email:
        description: E-mail address.
        type: str
        required: true
      phone:
        description: Phone number, which must be quoted.
        type: str
        required: true
  dest:
    description:
      - File for the seen forms. certum-sandbox takes it as C(certum-sandbox serve --dialect @FILE).
      - Its directory must exist.
    type: path
  force:
    description:
      - Whether to replace an existing file with other content. By default it is kept, because an earlier rehearsal may
        have seen more.
    type: bool
    default: false
seealso:
  - name: Rehearsal
    description: The guide to a rehearsal.
    link: https://github.com/certops/certops.certum/blob/main/docs/guides/rehearsal.md
"""

EXAMPLES = r"""
- name: Find out which forms the test system has, without an order
  certops.certum.certum_rehearse:
    api_environment: test
    domain: example.com
    contact: {first_name: Ada, last_name: Nowak, email: ops@example.com, phone: "+48 91 000 00 00"}
  register: rehearsal

- name: Show the answers
  ansible.builtin.debug:
    msg: "{{ rehearsal.table }}"
"""

RETURN = r"""
questions:
  description: The findings, one for each question, sorted by question.
  returned: if the CA answered
  type: list
  elements: dict
  contains:
    question:
      description: The question, which is the name of a dialect of certum-sandbox.
      type: str
      sample: page-size
    answered:
      description: Whether the form was seen.
      type: str
      choices: [seen, not_seen, cannot_be_seen]
      sample: seen
    value:
      description: The form. Null if it was not seen.
      type: str
      sample: "100"
    details:
      description: The reason why the form is not known, or details of a form that was seen. Null without both.
      type: str
dialect:
  description: The seen forms that certum-sandbox knows, as a dictionary from question to form.
  returned: if the CA answered
  type: dict
  sample: {prefix: ns2, pem: lf}
table:
  description: A line of text for each question.
  returned: if the CA answered
  type: list
  elements: str
file:
  description: What was done with the file, and the reason.
  returned: with O(dest)
  type: dict
  contains:
    code:
      description: Code of the reason, listed in C(docs/reasons.md). It stays the same when the text changes.
      type: str
    text:
      description: The reason as text.
      type: str
      sample: the dialect file was written to /srv/certum-test.dialect
problems:
  description: What went wrong, such as test orders that could not be cancelled. The module then fails.
  returned: if the CA answered
  type: list
  elements: dict
  contains:
    name:
      description: The id of the order. Null if the problem concerns no single order.
      type: str
    code:
      description: Code of the problem, listed in C(docs/reasons.md).
      type: str
    text:
      description: The problem as text.
      type: str
    error_codes:
      description: The error codes of the CA.
      type: list
      elements: int
    element:
      description: The element of the request that the first error code is about.
      type: str
    remedy:
      description: What to do.
      type: str
    outcome_unknown:
      description: Whether the CA may have carried out the request although no success was reported.
      type: bool
reason:
  description: Summary of the findings.
  returned: success
  type: dict
  contains:
    code:
      description: Code of the reason, listed in C(docs/reasons.md). It stays the same when the text changes.
      type: str
    text:
      description: The reason as text.
      type: str
      sample: "seen: 45, not seen: 7, cannot be seen from outside: 16"
"""

from ..module_utils._controller.rehearse import rehearse
from ..module_utils._module.controller_module import run_with_api


def main() -> None:
    field = {"type": "str", "required": True}
    contact = dict.fromkeys(("first_name", "last_name", "email", "phone"), field)
    run_with_api(
        rehearse,
        argument_spec={
            "order": {"type": "bool", "default": False},
            "domain": {"type": "str", "required": True},
            "contact": {"type": "dict", "required": True, "options": contact},
            "dest": {"type": "path"},
            "force": {"type": "bool", "default": False},
        },
    )


if __name__ == "__main__":
    main()
