# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """Access to the Partner API. Paired with ``module_utils/_module/api_options.py``."""

    DOCUMENTATION = r"""
options:
  api_url:
    description:
      - Address of the Partner API, the whole URL with C(.wsdl) at its end.
      - Only HTTPS is accepted, except on loopback addresses.
      - At least one of O(api_url) and O(api_environment) is needed.
      - If not set, the value of the environment variable E(CERTUM_API_URL) is used.
    type: str
  api_environment:
    description:
      - V(production) is C(https://gs.certum.pl/service/PartnerApi.wsdl), V(test) is
        C(https://gs.test.certum.pl/service/PartnerApi.wsdl).
      - The two have separate accounts and separate allow-lists of addresses.
      - With O(api_url) it only says which of the two systems that address leads to.
      - If not set, the value of the environment variable E(CERTUM_API_ENVIRONMENT) is used.
    type: str
    choices: [production, test]
  api_username:
    description:
      - Name of the partner account, at most 255 characters.
      - If not set, the value of the environment variable E(CERTUM_API_USERNAME) is used.
    type: str
    required: true
  api_password:
    description:
      - Password of the partner account, at most 255 characters.
      - User name, password, O(api_url) and O(ca_path) must not begin or end with white space or another invisible
        character. A text from a file often ends with a line break. Such a value is not sent to the CA.
      - If not set, the value of the environment variable E(CERTUM_API_PASSWORD) is used.
    type: str
    required: true
  validate_certs:
    description: Whether the TLS certificate of the API is checked. Turn it off only against a server on this machine.
    type: bool
    default: true
  ca_path:
    description:
      - PEM file with the CA certificates that are trusted for the API, in place of the system's.
      - If not set, the value of the environment variable E(CERTUM_API_CA_PATH) is used.
    type: path
  connect_timeout:
    description: How long to wait for a connection, in seconds.
    type: int
    default: 30
  request_timeout:
    description: How long one call may take in all, in seconds.
    type: int
    default: 120
  soap_action:
    description:
      - Value of the C(SOAPAction) header, where V({operation}) stands for the operation.
      - The default is what a client of the real service was seen to send. Change it only if the CA asks for it.
    type: str
"""
