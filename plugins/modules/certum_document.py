#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_document
short_description: Attach documents to an order
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Attaches documents and a note to an order that waits for people, as orders for organizations do.
  - Files that the order has already, by type and name, are not sent again. Nothing can be taken back.
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.controller
  - certops.certum._api
attributes:
  check_mode:
    support: full
    details: Reads the order and the files, and sends nothing.
  diff_mode:
    support: full
  idempotent:
    support: partial
    details: A note without documents is sent every time, because notes cannot be read back.
options:
  order_id:
    description: The id of the order.
    type: str
    required: true
  note:
    description: A note for the CA, 1 to 227 characters.
    type: str
    required: true
  documents:
    description: The documents.
    type: list
    elements: dict
    default: []
    suboptions:
      description:
        description: What it is, at most 1000 characters.
        type: str
        required: true
      type:
        description: What it proves. The two reports are for partners that verify their customers themselves.
        type: str
        choices: [authorization, verification_report, verification_report_otf, applicant, organization, additional]
        required: true
      files:
        description: The files on the controller, each at most 30 MB.
        type: list
        elements: path
        required: true
"""

EXAMPLES = r"""
- name: Attach the company's entry in the register
  certops.certum.certum_document:
    order_id: bank-2026
    note: the entry in the national register
    documents:
      - {type: organization, description: national register, files: [register.pdf]}
"""

RETURN = r"""
order_id:
  description: The id of the order.
  returned: always
  type: str
  sample: bank-2026
documents:
  description: Type and name of every file that the order has.
  returned: always
  type: list
  elements: dict
  sample:
    - type: organization
      file_name: register.pdf
reason:
  description: What was done and why.
  returned: always
  type: dict
  contains:
    code:
      description: One word of the list in C(docs/reasons.md). It stays the same where the words change.
      type: str
    text:
      description: The reason in words.
      type: str
      sample: register.pdf and a note was attached to order bank-2026
"""

from ..module_utils._controller.document import TYPES, attach_documents
from ..module_utils._module.controller_module import run_with_api


def main() -> None:
    document = {
        "description": {"type": "str", "required": True},
        "type": {"type": "str", "choices": list(TYPES), "required": True},
        "files": {"type": "list", "elements": "path", "required": True},
    }
    run_with_api(
        attach_documents,
        argument_spec={
            "order_id": {"type": "str", "required": True},
            "note": {"type": "str", "required": True},
            "documents": {"type": "list", "elements": "dict", "default": [], "options": document},
        },
    )


if __name__ == "__main__":
    main()
