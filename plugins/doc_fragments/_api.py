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
      - Full URL of the Partner API, including C(.wsdl) at its end.
      - Only HTTPS is accepted, except on loopback addresses.
      - Set O(api_url) or O(api_environment), or both.
      - If not set, the value of the environment variable E(CERTUM_API_URL) is used.
    type: str
  api_environment:
    description:
      - V(production) is C(https://gs.certum.pl/service/PartnerApi.wsdl), V(test) is
        C(https://gs.test.certum.pl/service/PartnerApi.wsdl).
      - The two systems have separate accounts and separate allow lists of addresses.
      - If O(api_url) is set too, this option only states to which of the two systems the URL belongs.
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
        character. Text from a file often ends with a line break. The module refuses such a value and does not send it
        to the CA.
      - If not set, the value of the environment variable E(CERTUM_API_PASSWORD) is used.
    type: str
    required: true
  validate_certs:
    description: Whether to verify the TLS certificate of the API. Set it to V(false) only for a server on this machine.
    type: bool
    default: true
  ca_path:
    description:
      - PEM file with the CA certificates to trust for the API, instead of those of the system.
      - If not set, the value of the environment variable E(CERTUM_API_CA_PATH) is used.
    type: path
  connect_timeout:
    description: Timeout for a connection, in seconds.
    type: int
    default: 30
  request_timeout:
    description: Timeout for one complete call, in seconds.
    type: int
    default: 120
  soap_action:
    description:
      - Value of the C(SOAPAction) header. V({operation}) stands for the name of the operation.
      - The default is a value that a client of the real service sends. Change it only if the CA asks for it.
    type: str
"""
