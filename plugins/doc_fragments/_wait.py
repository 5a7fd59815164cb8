# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The waiting times for the CA. Paired with ``wait_options`` in ``module_utils/_module/option_specs.py``."""

    DOCUMENTATION = r"""
options:
  wait:
    description:
      - Whether to wait until the CA issues the certificate.
      - An order that the CA's staff work on can take days. The next run finds the order and continues it.
    type: bool
    default: true
  wait_timeout:
    description: Total waiting time, in seconds.
    type: int
    default: 300
  wait_sleep:
    description:
      - Longest pause between two requests to the CA, in seconds.
      - The first pauses are shorter, because the CA often issues a domain-validated certificate at once. They are not
        shorter while an order waits for people only, or while the CA does not answer.
    type: int
    default: 60
"""
