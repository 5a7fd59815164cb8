#!/usr/bin/python
# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: certum_info
short_description: Report every certificate of a host
version_added: 0.1.0
author:
  - certops.certum contributors (@certops)
description:
  - Reads the certificates on the disk of a host and reports the state, the dates, the order and the services of each.
  - Reports declared and undeclared certificates, declared certificates that are missing, and certificates whose files
    cannot be used. None of them makes the module fail.
  - Changes nothing and makes no network request.
  - The role P(certops.certum.certum_report#role) uses this module.
extends_documentation_fragment:
  - certops.certum._attributes
  - certops.certum._attributes.host
  - certops.certum._store
  - certops.certum._store.environment
  - certops.certum._declaration.optional
  - certops.certum._declaration.defaults
attributes:
  check_mode:
    support: full
  diff_mode:
    support: N/A
    details: Changes nothing.
  idempotent:
    support: full
options:
  now:
    description: The moment to report for, ISO 8601. Defaults to now.
    type: str
  declared_elsewhere:
    description: Names of certificates in O(path) that another call declares. They count as declared.
    type: list
    elements: str
    default: []
seealso:
  - module: certops.certum.certum_plan
"""

EXAMPLES = r"""
- name: Read what is on disk
  certops.certum.certum_info:
  register: on_disk

- name: Fail if a certificate has expired
  ansible.builtin.assert:
    that: on_disk.certificates | selectattr('state', 'eq', 'expired') | length == 0

- name: Compare with the declarations
  certops.certum.certum_info:
    certificates:
      - name: shop
        common_name: shop.example.com
        validation: {method: file, webroot: /var/www/shop}
    defaults:
      contact: {first_name: Ada, last_name: Nowak, email: ops@example.com}
"""

RETURN = r"""
certificates:
  description: The declared certificates in their order, then all others by name.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: The declaration, or the directory.
      type: str
      sample: shop
    declared:
      description: Whether a declaration is known for it.
      type: bool
    common_name:
      description: The common name (CN).
      type: str
      sample: shop.example.com
    names:
      description: All names of the certificate.
      type: list
      elements: str
    product:
      description: The product, by name if it is known, otherwise by code.
      type: str
      sample: commercial_ssl
    share:
      description: The group of hosts that share the certificate.
      type: str
    state:
      description:
        - V(current) is a certificate that is in use as declared and not due.
        - V(incomplete) is on disk and not due, but not installed, deployed and verified as declared.
        - V(due) needs a replacement, because the due date has passed or the declaration has changed.
        - V(pending) has a pending order. If there is a certificate, it has not expired.
        - V(expired) has expired. There may be a pending order.
        - V(broken) has files that cannot be used.
        - V(missing) is declared and not on disk.
        - V(absent) is declared absent and still on disk.
      type: str
      choices: [current, incomplete, due, pending, expired, broken, missing, absent]
    reason:
      description: The reason for the state.
      type: dict
      contains:
        code:
          description: Code of the reason, listed in C(docs/reasons.md). It stays the same when the text changes.
          type: str
        text:
          description: The reason as text.
          type: str
    operation:
      description:
        - The operation that leads to the next certificate, now if it is due, otherwise on RV(certificates[].due_at).
        - Null if an order is pending, or if nothing renews the certificate.
      type: str
      choices: [order, reissue, renew]
    serial_number:
      description: Serial number of the version in use, hexadecimal. If none is in use, that of the newest one.
      type: str
    verified_serial_number:
      description: Serial number that a handshake showed last.
      type: str
    not_before:
      description: Start of the validity of the version in use, ISO 8601 in UTC.
      type: str
    not_after:
      description: Its expiry date, ISO 8601 in UTC.
      type: str
    due_at:
      description: The moment from which the newest certificate on disk is due, ISO 8601 in UTC.
      type: str
    term_end:
      description: Estimated term end, ISO 8601 in UTC.
      type: str
    order_id:
      description: The id of the order that it came from.
      type: str
    remaining_days:
      description: The declared number of days before the expiry date.
      type: int
    remaining_percentage:
      description: The declared share of the lifetime.
      type: float
    services:
      description: The services that are declared, or that the certificate was verified for.
      type: list
      elements: dict
      contains:
        service:
          description: Name of the service.
          type: str
        addresses:
          description: The addresses at which a handshake verified a certificate.
          type: list
          elements: str
    order:
      description: The order whose certificate is not on disk yet. Null if there is none.
      type: dict
      contains:
        order_id:
          description: The id of the order. Null for a renewal whose id the CA has not returned yet.
          type: str
        operation:
          description: The operation of the order.
          type: str
          choices: [order, reissue, renew]
        created:
          description: When it was recorded, ISO 8601 in UTC.
          type: str
        waits_for:
          description:
            - Who must act before it is issued, as far as the host knows.
            - V(next_run) is the next run of the role, V(operator) the operator, because the order was refused or a
              check has failed. V(domain_holder) is the holder of a domain that the CA has not validated.
              V(mailbox_holder) is the holder of a mailbox with a mail of the CA. V(ca_staff) is the CA's staff, V(ca)
              its automatic checks.
          type: str
          choices: [next_run, operator, domain_holder, mailbox_holder, ca_staff, ca]
        reason:
          description: The reason.
          type: dict
          contains:
            code:
              description: Code of the reason, listed in C(docs/reasons.md). It stays the same when the text changes.
              type: str
            text:
              description: The reason as text.
              type: str
    former:
      description: Set while the host still uses the former certificate of a reissue.
      type: dict
      contains:
        serial_number:
          description: Its serial number.
          type: str
        valid_until:
          description: When the CA revokes it, or its expiry date if that is earlier. ISO 8601 in UTC.
          type: str
    reissues:
      description: The reissues before this certificate in its order, as far as they were known when it was installed.
      type: list
      elements: dict
      contains:
        serial_number:
          description: Serial number of the certificate that was reissued.
          type: str
        reissued:
          description: Start of the next certificate in the order, ISO 8601 in UTC.
          type: str
reason:
  description: The number of certificates in each state.
  returned: success
  type: dict
  contains:
    code:
      description: Code of the reason, listed in C(docs/reasons.md). It stays the same when the text changes.
      type: str
    text:
      description: The reason as text.
      type: str
      sample: "3 certificates are reported: 2 current, 1 missing"
"""

from ..module_utils._host.info import read_info
from ..module_utils._module.host_module import run_on_host
from ..module_utils._module.option_specs import (
    declaration_options,
    defaults_options,
    environment_options,
    store_options,
)


def main() -> None:
    run_on_host(
        read_info,
        argument_spec={
            **store_options(),
            **environment_options(),
            **declaration_options(required=False),
            **defaults_options(),
            "now": {"type": "str"},
            "declared_elsewhere": {"type": "list", "elements": "str", "default": []},
        },
    )


if __name__ == "__main__":
    main()
