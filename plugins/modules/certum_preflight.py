#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_preflight
short_description: Find mistakes of DNS and web servers before a certificate is ordered
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Looks at the domains of certificates as the CA will, so that a mistake is found before money moves.
  - CAA. The first name upwards that has CAA records decides, and has to admit Certum with the validation method.
  - DNSSEC. A validating resolver has to accept the signatures of the zone. A resolver that does not validate says
    nothing about them.
  - DNS. With V(file) each name needs an address. With the other methods its domain has to exist, and a CNAME record
    must have its name for itself.
  - HTTP. With V(file) each name has to answer on port 80, whatever it answers. A redirect is a doubt, because it is not
    known whether Certum follows it. No proxy is used, as the CA would use none of yours. The role C(certum) also puts
    a test file into the web root, and each address has to serve it.
  - What cannot be checked from the controller is said, and keeps nothing back.
  - It sends nothing to the CA and needs no account.
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
    description: What is to be ordered. At least one of this and O(orders) is needed.
    type: list
    elements: dict
    suboptions:
      name:
        description: What the certificate is called in messages. Defaults to its first name.
        type: str
      names:
        description: Its domain names and IP addresses.
        type: list
        elements: str
        required: true
      method:
        description: How control of the names will be proved, as for M(certops.certum.certum_certificate).
        type: str
        choices: [file, dns_txt, dns_txt_prefix, dns_cname, dns_cname_prefix, admin]
        default: file
  orders:
    description:
      - The C(orders) that M(certops.certum.certum_stage) returned.
      - Those that are placed already are not looked at.
    type: list
    elements: dict
  on_mistake:
    description:
      - V(fail) fails, and leaves the order out of the RV(orders) to go on with.
      - V(warn) warns.
    type: str
    choices: [fail, warn]
    default: fail
  resolvers:
    description:
      - IP addresses of the resolvers that are asked, as C(HOST) or C(HOST:PORT). By default those of the controller.
      - Where the controller sees other records than the world does (split DNS), name a public resolver.
    type: list
    elements: str
    default: []
  resolve:
    description:
      - Where names are for HTTP, as C(HOST:PORT) by name. Other names are at their addresses in DNS, on port 80.
      - For a site that the world reaches under another address than the controller does.
    type: dict
    default: {}
  timeout:
    description: How long everything may take in all, in seconds. What is not asked by then could not be checked.
    type: int
    default: 30
seealso:
  - module: certops.certum.certum_stage
  - module: certops.certum.certum_certificates
"""

EXAMPLES = r"""
- name: Look at the domains of a certificate as the world sees them
  certops.certum.certum_preflight:
    certificates:
      - name: shop
        names: [shop.example.com, "*.shop.example.com"]
        method: dns_txt_prefix
    resolvers: "{{ public_resolvers }}"
"""

RETURN = r"""
certificates:
  description: One element for each certificate that was looked at.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: What the certificate is called.
      type: str
      sample: shop
    names:
      description: Its names, as they stand in a certificate.
      type: list
      elements: str
    passed:
      description: Whether there is no mistake. Doubts and what could not be checked may remain.
      type: bool
    findings:
      description: What was found.
      type: list
      elements: dict
      contains:
        name:
          description: The name of the certificate that it is about.
          type: str
          sample: shop.example.com
        check:
          description: V(caa), V(dnssec), V(dns) or V(http).
          type: str
          sample: caa
        severity:
          description:
            - V(mistake), the CA would refuse.
            - V(doubt), it is not known whether it would.
            - V(unknown), it could not be checked from here.
          type: str
          sample: mistake
        what:
          description: What is wrong.
          type: str
          sample: 'the CAA records of example.com do not admit Certum: 0 issue "ca.example"'
        remedy:
          description: What to do.
          type: str
          sample: 'Add the record: example.com. CAA 0 issue "certum.pl"'
orders:
  description: Those of O(orders) to go on with, as C(certificates) for M(certops.certum.certum_certificates).
  returned: always
  type: list
  elements: dict
reason:
  description: What was found, in words.
  returned: always
  type: dict
  contains:
    code:
      description: One word of the list in C(docs/reasons.md). It stays the same where the words change.
      type: str
    text:
      description: The reason in words.
      type: str
      sample: 'shop: no problem was found'
problems:
  description: With O(on_mistake=fail) a problem for each mistake.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: The certificate or the service that it is about, or nothing where it is about all.
      type: str
    text:
      description: What went wrong, where, why, and what to do.
      type: str
    error_codes:
      description: The error codes of the CA's answer, none where the CA did not refuse.
      type: list
      elements: int
    element:
      description: The element of the request that the first of these errors is about.
      type: str
    remedy:
      description: What to do.
      type: str
    outcome_unknown:
      description: Whether the CA may have carried the request out all the same.
      type: bool
"""

from ..module_utils._module.option_specs import preflight_options
from ..module_utils._module.preflight_module import run_preflight


def main() -> None:
    run_preflight(argument_spec=preflight_options(), required_one_of=[("certificates", "orders")])


if __name__ == "__main__":
    main()
