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
      - A service points at C(PATH/NAME/current/privkey.pem) and C(PATH/NAME/current/fullchain.pem).
      - The two always change together.
    type: path
    default: /etc/certum
"""

    ENVIRONMENT = r"""
options:
  api_environment:
    description:
      - Which of the CA's systems the certificates of this host are to come from.
      - A certificate of the V(test) system is not put on a host that declares V(production), and one that is there is
        replaced.
      - Without it, a certificate of the test system still never takes the place of one of production.
    type: str
    choices: [production, test]
"""
