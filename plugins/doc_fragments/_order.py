# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from textwrap import indent

CONTACT = """\
contact:
  description: Contact person for the CA, sent as C(requestorInfo).
  type: dict
  suboptions:
    first_name:
      description: First name, at most 255 characters.
      type: str
    last_name:
      description: Last name, at most 255 characters.
      type: str
    email:
      description: E-mail address, at most 255 characters.
      type: str
    phone:
      description: Phone number, at most 32 characters.
      type: str
"""

ORGANIZATION = """\
organization:
  description:
    - The organization that an OV or EV certificate names. It replaces the organization of the CSR.
    - Orders for products that name no organization do not include it.
  type: dict
  suboptions:
    name:
      description: Name of the organization, at most 255 characters.
      type: str
    tax_identification_number:
      description: Tax or registration number, sent as C(organizationInfo), at most 32 characters.
      type: str
    country:
      description: Country code, two letters (ISO 3166-1).
      type: str
    state:
      description: State or province, at most 128 characters. Required if C(locality) is not set.
      type: str
    locality:
      description: City, at most 128 characters. Required if C(state) is not set.
      type: str
    street_address:
      description: Street address, at most 64 characters.
      type: str
    postal_code:
      description: Postal code, at most 40 characters.
      type: str
    registration_number:
      description: Number in the business register, at most 64 characters. Required for EV.
      type: str
    jurisdiction_country:
      description: Country of the business register, two letters (ISO 3166-1). Required for EV.
      type: str
    jurisdiction_state:
      description: State or province of the business register, at most 128 characters.
      type: str
    jurisdiction_locality:
      description: City of the business register, at most 128 characters.
      type: str
    business_category:
      description: Kind of organization. Required for EV.
      type: str
      choices: [private_organization, government_entity, business_entity, non_commercial_entity]
"""

REVOCATION_CONTACT_EMAIL = """\
revocation_contact_email:
  description: E-mail address that the CA may write to about a revocation.
  type: str
"""

METHODS = """\
- V(file) is a validation file that a web server delivers over plain HTTP.
- V(dns_txt_prefix) and V(dns_cname_prefix) are a validation record at C(_certum.NAME).
- V(dns_txt) and V(dns_cname) are a validation record at the name itself.
- V(admin) is a link in a mail from the CA.
- A wildcard name cannot be validated by V(file). An IP address can be validated only by V(file).
"""

ADMIN_PREFIX = """\
admin_prefix:
  description: Mailbox at the domain that gets the link. Required for V(admin).
  type: str
  choices: [admin, administrator, postmaster, hostmaster, webmaster]
"""

REMAINING_PERCENTAGE = """\
remaining_percentage:
  description:
    - Replace the certificate when this percentage of its lifetime or less is left.
    - 0 to 100. Values above 50 count as 50.
  type: float
"""

_ORDER = f"""\
  name:
    description:
      - Name of the certificate. It is the first part of the order id.
      - Defaults to the CN of the CSR.
    type: str
  order_id:
    description:
      - The id of the order, at most 50 characters. The CA accepts an id only once, so the same call again finds the
        existing order.
      - An existing order for another product, or with a certificate for another key, is refused.
      - Defaults to the name and the first digits of the fingerprint of the CSR's public key.
    type: str
  csr_path:
    description:
      - File with the certificate signing request (PEM or DER). Its names are the names of the certificate.
      - Set exactly one of C(csr_path) and C(csr_content).
    type: path
  csr_content:
    description: The certificate signing request itself (PEM).
    type: str
  common_name:
    description: Replaces the CN of the CSR. Use it if a device cannot create a CSR with the right CN.
    type: str
  subject_alt_name:
    description: Replaces the names of the CSR. The CN is always one of the names of the certificate.
    type: list
    elements: str
  product:
    description: A product of the catalogue, such as V(commercial_ssl), or a product code of up to 3 digits.
    type: str
    default: commercial_ssl
  product_kind:
    description:
      - Purpose of the certificates of a product whose code is not in the catalogue. The products for code signing are
        not in the catalogue. M(certops.certum.certum_product_info) lists the products that the account may order.
      - With V(code_signing) the order has no domain names and needs no domain validation. The CN of the CSR is the
        signer. The CA's staff verify C(organization), or the person.
      - Defaults to V(smime) if C(email) is set, otherwise to V(tls).
    type: str
    choices: [tls, smime, code_signing]
  validation:
    description: How the CA validates the domains, with one method for all names of an order.
    type: dict
    suboptions:
      method:
        description:
{indent(METHODS, " " * 10)}        type: str
        choices: [file, dns_txt, dns_txt_prefix, dns_cname, dns_cname_prefix, admin]
        default: file
{indent(ADMIN_PREFIX, " " * 6)}  customer:
    description:
      - The C(customer) of the order, at most 64 characters. Keep the same value for the whole life of a certificate.
      - Defaults to the name.
    type: str
{indent(CONTACT, "  ")}    required: true
{indent(ORGANIZATION, "  ")}  email:
    description: The mailbox of an S/MIME certificate. The CA validates it by a link in a mail.
    type: str
  given_name:
    description: Given name of the person that an S/MIME or code signing certificate names.
    type: str
  surname:
    description: Surname of the person that an S/MIME or code signing certificate names.
    type: str
{indent(REVOCATION_CONTACT_EMAIL, "  ")}  language:
    description: Language of the CA's mails.
    type: str
    choices: [pl, en, ru]
    default: en
"""

_CERTIFICATE = f"""\
  operation:
    description:
      - V(order) orders a new certificate, which costs money.
      - V(reissue) replaces the newest certificate of C(order_id) within its paid term, for a new key or with more
        names. It is free of charge.
      - V(renew) orders the next term of C(predecessor), which costs money.
    type: str
    choices: [order, reissue, renew]
    default: order
  predecessor:
    description:
      - Serial number of the certificate that is renewed.
      - With C(operation) V(order), a certificate whose order is read first. If the newest certificate of that order is
        valid, it is reissued or renewed instead of a new order.
    type: str
  reissue_live_order:
    description:
      - Whether to look for existing orders before an order or a renewal is sent. The module reads the orders that the
        account placed in the last 400 days for this C(customer) and product.
      - A certificate that is not on disk may have been ordered before. For example, the host was rebuilt, its files
        were lost, it was restored from an old backup, or the answer of an earlier run was lost.
      - If an order for the key of this CSR exists, it is continued, and nothing is sent.
      - If a valid certificate is the newest of its order, it is reissued for the new key free of charge. At the term
        end it is renewed instead. Of several such certificates, the module uses the one that expires last.
      - If a reissue cannot produce the requested certificate, for example because of other names, that certificate is
        ignored, and C(operation) is sent.
      - If an order or a reissue for a key that is not on this machine is pending, nothing is sent, and the module
        reports a remedy. The same applies if the account cannot be read.
      - The module does not look for existing orders with C(operation) V(reissue), which names its order, or if C(sent)
        forbids to send anything.
      - The CA revokes the former certificate 14 days after a reissue. So no other certificate may have the same
        C(customer).
    type: bool
    default: false
  sent:
    description:
      - Whether an earlier run sent this order to the CA.
      - V(no) means that it was never sent. The module sends it.
      - V(perhaps) means that it may have been sent. The module asks the CA first, and sends it if the CA does not have
        it.
      - V(yes) means that the CA has it. The module continues the order and never sends it. The C(orders) that this
        module returns have this value.
      - V(look_up_only) means that it may have been sent, but with other parameters than now. The module only looks for
        it and never sends it.
    type: str
    choices: ["no", perhaps, "yes", look_up_only]
    default: "no"
  validation_code:
    description: The validation code of a pending order. The C(orders) that this module returns contain it.
    type: str
  cert_dest:
    description: File for the certificate (PEM).
    type: path
  chain_dest:
    description: File for the intermediate certificates (PEM), the issuer of the certificate first.
    type: path
  fullchain_dest:
    description:
      - File for the certificate followed by the intermediate certificates (PEM).
      - The module first reads the certificate in this file, or in C(cert_dest).
      - While that certificate is good and all other files exist, the module sends no request to the CA. If another file
        is missing, the module fetches the certificate again, free of charge.
    type: path
  der_dest:
    description:
      - File for the certificate as DER, often named C(.cer) or C(.crt).
      - Without C(fullchain_dest) and C(cert_dest), the module first reads the certificate in this file.
    type: path
  root_dest:
    description:
      - File for the root certificate (PEM), the self-signed certificate at the end of the chain.
      - It is unknown whether the CA sends the root. If the CA does not send it, the module writes and uses all other
        files, and then fails and names the missing root. Copy the root to this path yourself, or remove this option.
    type: path
  backup:
    description: Whether to keep a copy of every file that is replaced.
    type: bool
    default: false
  force:
    description: Whether to replace a certificate that is not due. The CSR must have a new key.
    type: bool
    default: false
  remaining_days:
    description:
      - Replace the certificate when it expires in this many days or fewer.
      - This option has no effect in the first half of the lifetime. Otherwise a short-lived certificate would be
        ordered every night.
      - Without this option and C(remaining_percentage), a certificate is replaced in the last third of its lifetime.
        If the lifetime is 10 days or less, it is replaced in the second half.
      - A hash of the name spreads the default moments over a tenth of the lifetime.
    type: int
{indent(REMAINING_PERCENTAGE, "  ")}"""

_PROGRESS = """\
  trigger_validation:
    description:
      - Whether to trigger validation of an order that was placed before this call.
      - Set it to V(false) if the validation file or record is published only after this call.
    type: bool
    default: true
"""


class ModuleDocFragment:
    """An order and its certificate. Paired with ``order_options`` in ``_module/option_specs.py``."""

    DOCUMENTATION: str = f"options:\n{_ORDER}"

    CERTIFICATE: str = f"options:\n{_ORDER}{_CERTIFICATE}{_PROGRESS}"

    CERTIFICATES: str = f"""\
options:
  certificates:
    description: The certificates to obtain. The module checks all of them before it sends the first request.
    type: list
    elements: dict
    required: true
    suboptions:
{indent(_ORDER + _CERTIFICATE, "    ")}{_PROGRESS}"""
