# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Options of the store on a host. Paired with ``store_options`` in ``module_utils/_module/option_specs.py``."""

    DOCUMENTATION = r"""
options:
  path:
    description:
      - Directory with one directory for each certificate.
      - Configure services to use C(PATH/NAME/current/privkey.pem) and C(PATH/NAME/current/fullchain.pem).
      - The two files always change together.
    type: path
    default: /etc/certum
"""

    ENVIRONMENT = r"""
options:
  api_environment:
    description:
      - The system of the CA that issues the certificates of this host.
      - With V(production), a certificate of the V(test) system is never installed, and an existing one is replaced.
      - Without this option, a certificate of the test system still never replaces one of the production system.
    type: str
    choices: [production, test]
"""
