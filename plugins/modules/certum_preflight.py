#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_preflight
short_description: Check DNS and web servers before a certificate is ordered
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Checks the domains of certificates in the same way as the CA, so that mistakes are found before an order costs
    money.
  - CAA. The CAA records of the name, or of the nearest parent domain that has any, must permit Certum with the
    validation method.
  - DNSSEC. A validating resolver must accept the signatures of the zone. A resolver that does not validate cannot
    detect wrong signatures.
  - DNS. With V(file) each name needs an address. With the other methods the domain must exist, and no other record may
    be at the name of a validation record of type CNAME.
  - HTTP. With V(file) each name must answer on port 80 with any answer. A redirect is a doubt, because it is unknown
    whether Certum follows it. The module uses no proxy, because the CA does not use your proxy either. The role
    P(certops.certum.certum#role) also writes a test file into the web root, and each address must deliver it.
  - Checks that are not possible from the controller are reported, and do not prevent an order.
  - The module sends no request to the CA and needs no account.
extends_documentation_fragment:
  - certops.certum._attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: N/A
    details: Changes nothing.
  idempotent:
    support: full
requirements:
  - python >= 3.11
  - dnspython >= 2.6
  - httpx
  - pydantic
  - pydantic-xml
  - cryptography
notes:
  - Runs on the controller or in an execution environment. In a play on other hosts use C(delegate_to=localhost).
options:
  certificates:
    description: The certificates to check. Set this option or O(orders), or both.
    type: list
    elements: dict
    suboptions:
      name:
        description: Name of the certificate in messages. Defaults to its first domain name or IP address.
        type: str
      names:
        description: Its domain names and IP addresses.
        type: list
        elements: str
        required: true
      method:
        description: The validation method, see O(certops.certum.certum_certificate#module:validation.method).
        type: str
        choices: [file, dns_txt, dns_txt_prefix, dns_cname, dns_cname_prefix, admin]
        default: file
  orders:
    description:
      - The C(orders) that M(certops.certum.certum_stage) returned.
      - Orders that are already placed are not checked.
    type: list
    elements: dict
  on_mistake:
    description:
      - With V(fail) the module fails, and removes the order from RV(orders).
      - With V(warn) the module shows a warning.
    type: str
    choices: [fail, warn]
    default: fail
  resolvers:
    description:
      - IP addresses of the DNS resolvers, as C(HOST) or C(HOST:PORT). Defaults to the resolvers of the controller.
      - If the controller gets other records than the public internet (split DNS), set a public resolver.
    type: list
    elements: str
    default: []
  resolve:
    description:
      - Addresses for the HTTP check, as C(HOST:PORT) by domain name. Without an entry, the module uses the addresses
        from DNS and port 80.
      - Use it if the controller reaches a site under another address than the public internet.
    type: dict
    default: {}
  timeout:
    description: Total time for all checks, in seconds. Checks that do not finish in time count as not possible.
    type: int
    default: 30
seealso:
  - module: certops.certum.certum_stage
  - module: certops.certum.certum_certificates
"""

EXAMPLES = r"""
- name: Check the domains of a certificate with public resolvers
  certops.certum.certum_preflight:
    certificates:
      - name: shop
        names: [shop.example.com, "*.shop.example.com"]
        method: dns_txt_prefix
    resolvers: "{{ public_resolvers }}"
  vars:
    public_resolvers: [9.9.9.9]
"""

RETURN = r"""
certificates:
  description: One element for each certificate that was checked.
  returned: unless the module fails before the first certificate
  type: list
  elements: dict
  contains:
    name:
      description: Name of the certificate.
      type: str
      sample: shop
    names:
      description: The encoded domain names and IP addresses of the certificate.
      type: list
      elements: str
    passed:
      description: Whether no mistake was found. There may be doubts and unknown results.
      type: bool
    findings:
      description: The findings.
      type: list
      elements: dict
      contains:
        name:
          description: The domain name or IP address with the finding.
          type: str
          sample: shop.example.com
        check:
          description: V(caa), V(dnssec), V(dns) or V(http).
          type: str
          sample: caa
        severity:
          description:
            - V(mistake) means that the CA would refuse the validation.
            - V(doubt) means that it is unknown whether the CA would refuse it.
            - V(unknown) means that the check was not possible from the controller.
          type: str
          sample: mistake
        what:
          description: Description of the finding.
          type: str
          sample: 'the CAA records of example.com do not permit Certum: 0 issue "ca.example"'
        remedy:
          description: What to do.
          type: str
          sample: 'Add the record: example.com. CAA 0 issue "certum.pl"'
orders:
  description:
    - The orders from O(orders) to place or continue, as O(certops.certum.certum_certificates#module:certificates).
  returned: unless the module fails before the first certificate
  type: list
  elements: dict
reason:
  description: The findings as text.
  returned: unless the module fails before the first certificate
  type: dict
  contains:
    code:
      description: Code of the reason, listed in C(docs/reasons.md). It stays the same when the text changes.
      type: str
    text:
      description: The reason as text.
      type: str
      sample: 'shop: no problem was found'
problems:
  description: One problem for each mistake. Empty with O(on_mistake=warn).
  returned: unless the module fails before the first certificate
  type: list
  elements: dict
  contains:
    name:
      description: The certificate or the service with the problem. Null if the problem concerns all of them.
      type: str
    code:
      description: Code of the problem, listed in C(docs/reasons.md). It stays the same when the text changes.
      type: str
    text:
      description: What went wrong, where, the reason, and the remedy.
      type: str
    error_codes:
      description: The error codes of the CA's answer. Empty if the CA did not refuse the request.
      type: list
      elements: int
    element:
      description: The element of the request that the first error code is about. Null if there is none.
      type: str
    remedy:
      description: What to do.
      type: str
    outcome_unknown:
      description: Whether the CA may have carried out the request although no success was reported.
      type: bool
"""

from ..module_utils._module.option_specs import preflight_options
from ..module_utils._module.preflight_module import run_preflight


def main() -> None:
    run_preflight(argument_spec=preflight_options(), required_one_of=[("certificates", "orders")])


if __name__ == "__main__":
    main()
