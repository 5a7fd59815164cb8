# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from textwrap import indent

from ._order import ADMIN_PREFIX, METHODS


class ModuleDocFragment:
    """The successor of a certificate. Paired with ``successor_options`` in ``module_utils/_module/option_specs.py``."""

    DOCUMENTATION: str = f"""
options:
  csr_path:
    description:
      - File with the certificate signing request (PEM or DER) of a new key.
      - The CA refuses a key that was used before.
      - Set exactly one of O(csr_path) and O(csr_content).
    type: path
  csr_content:
    description: The certificate signing request itself (PEM).
    type: str
  validation:
    description:
      - How the CA validates the domains, with one method for all of them.
      - Required for TLS certificates, unless the CA still accepts earlier validations.
    type: dict
    suboptions:
      method:
        description:
{indent(METHODS, " " * 10)}        type: str
        choices: [file, dns_txt, dns_txt_prefix, dns_cname, dns_cname_prefix, admin]
        required: true
{indent(ADMIN_PREFIX, " " * 6)}"""
