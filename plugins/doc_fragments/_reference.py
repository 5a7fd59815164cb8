# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Options that select a certificate. ``reference_options`` in ``_module/option_specs.py`` has the same options."""

    DOCUMENTATION = r"""
options:
  order_id:
    description:
      - The id of an order. It selects the newest certificate of the order.
      - Set exactly one of O(order_id), O(serial_number), O(certificate_path) and O(certificate_content).
    type: str
  serial_number:
    description: The serial number of a certificate, hexadecimal. Colons, case and leading zeros are ignored.
    type: str
  certificate_path:
    description: File with the certificate (PEM or DER). If the file has several, the first one is selected.
    type: path
  certificate_content:
    description: The certificate itself (PEM).
    type: str
"""
