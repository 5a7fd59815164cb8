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
  - Attaches documents and a note to an order that waits for the CA's staff, such as an OV or EV order.
  - A file that the order already has, with the same type and name, is not sent again.
  - An attached document cannot be removed.
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
    details: A note without documents is sent in every run, because the CA does not return notes.
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
        description: Description of the document, at most 1000 characters.
        type: str
        required: true
      type:
        description:
          - Type of the document. The two reports are for partners that verify their customers themselves.
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
- name: Attach an extract from the business register
  certops.certum.certum_document:
    order_id: shop-2026
    note: extract from the national register
    documents:
      - {type: organization, description: national register, files: [register.pdf]}
"""

RETURN = r"""
order_id:
  description: The id of the order.
  returned: success
  type: str
  sample: shop-2026
documents:
  description: Type and name of every file of the order.
  returned: success
  type: list
  elements: dict
  sample:
    - type: organization
      file_name: register.pdf
reason:
  description: What was done, and the reason.
  returned: success
  type: dict
  contains:
    code:
      description: Code of the reason, listed in C(docs/reasons.md). It stays the same when the text changes.
      type: str
    text:
      description: The reason as text.
      type: str
      sample: register.pdf and a note was attached to order shop-2026
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
