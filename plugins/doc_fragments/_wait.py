# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """How long to wait for the CA. Paired with ``wait_options`` in ``module_utils/_module/option_specs.py``."""

    DOCUMENTATION = r"""
options:
  wait:
    description:
      - Whether to wait until the CA has issued.
      - An order that people at the CA work on can take days. The next run finds it and goes on.
    type: bool
    default: true
  wait_timeout:
    description: How long to wait in all, in seconds.
    type: int
    default: 300
  wait_sleep:
    description:
      - Longest pause between two questions to the CA, in seconds.
      - The first pauses are shorter, because a domain-validated certificate is often issued at once. While only people
        can act, or the CA does not answer, they are not.
    type: int
    default: 60
"""
