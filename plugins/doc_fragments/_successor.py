# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """A certificate's successor. Paired with ``successor_options`` in ``module_utils/_module/option_specs.py``."""

    DOCUMENTATION = r"""
options:
  csr_path:
    description:
      - File with the certification request (PEM or DER), made with a new key.
      - The CA refuses a key that was used before.
      - Exactly one of O(csr_path) and O(csr_content) is needed.
    type: path
  csr_content:
    description: The certification request itself (PEM).
    type: str
  validation:
    description:
      - How control of the names is proved, one method for all of them. Needed for TLS certificates unless the CA still
        takes earlier proofs.
    type: dict
    suboptions:
      method:
        description:
          - V(file) serves a file over plain HTTP, V(dns_txt_prefix) and V(dns_cname_prefix) use a record at
            C(_certum.NAME), V(dns_txt) and V(dns_cname) one at the name itself, V(admin) sends a mail with a link.
        type: str
        choices: [file, dns_txt, dns_txt_prefix, dns_cname, dns_cname_prefix, admin]
        required: true
      admin_prefix:
        description: To which mailbox at the domain the link is sent. Needed for V(admin).
        type: str
        choices: [admin, administrator, postmaster, hostmaster, webmaster]
"""
