# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from textwrap import indent

_ORDER = """\
  name:
    description:
      - What the certificate is called here. It is the first part of the order id.
      - Defaults to the CN of the CSR.
    type: str
  order_id:
    description:
      - The id of the order, at most 50 characters. The CA takes an id once, so the same call again finds the order.
        One for another product, or with a certificate for another key, is refused.
      - Defaults to the name and the first digits of the fingerprint of the CSR's public key.
    type: str
  csr_path:
    description:
      - File with the certification request (PEM or DER). Its names are the names of the certificate.
      - Exactly one of C(csr_path) and C(csr_content) is needed.
    type: path
  csr_content:
    description: The certification request itself (PEM).
    type: str
  common_name:
    description: Takes the place of the CN of the CSR, for requests of devices that cannot be told what to ask for.
    type: str
  subject_alt_name:
    description: Take the place of the names of the CSR. The CN is always among the names of the certificate.
    type: list
    elements: str
  product:
    description: A product of the catalogue, such as V(commercial_ssl), or a product code of up to 3 digits.
    type: str
    default: commercial_ssl
  product_kind:
    description:
      - What the certificates of a product are for, where its code is not in the catalogue, as those for signing code
        are not. M(certops.certum.certum_product_info) lists what the account may order.
      - With V(code_signing) no names go with the order and none are proved. The CSR's CN is the signer; the CA's staff
        look at C(organization), or at the person.
      - Defaults to V(smime) where C(email) is given, else to V(tls).
    type: str
    choices: [tls, smime, code_signing]
  validation:
    description: How control of the names is proved, one method for all names of an order.
    type: dict
    suboptions:
      method:
        description:
          - V(file) serves a file over plain HTTP, V(dns_txt_prefix) and V(dns_cname_prefix) use a record at
            C(_certum.NAME), V(dns_txt) and V(dns_cname) one at the name itself, V(admin) sends a mail with a link.
          - Wildcards cannot be proved by V(file), IP addresses only by it.
        type: str
        choices: [file, dns_txt, dns_txt_prefix, dns_cname, dns_cname_prefix, admin]
        default: file
      admin_prefix:
        description: To which mailbox at the domain the link is sent. Needed for V(admin).
        type: str
        choices: [admin, administrator, postmaster, hostmaster, webmaster]
  customer:
    description:
      - The C(customer) of the order, at most 64 characters. Keep it for the whole life of a certificate.
      - Defaults to the name.
    type: str
  contact:
    description: The person whom the CA may ask, sent as C(requestorInfo).
    type: dict
    required: true
    suboptions:
      first_name:
        description: At most 255 characters.
        type: str
      last_name:
        description: At most 255 characters.
        type: str
      email:
        description: At most 255 characters.
        type: str
      phone:
        description: At most 32 characters.
        type: str
  organization:
    description:
      - What an OV or EV certificate says of its organization. It takes the place of what the CSR says.
      - Left out of orders for products that name no organization.
    type: dict
    suboptions:
      name:
        description: The name of the organization, at most 255 characters.
        type: str
      tax_identification_number:
        description: Its tax or registration number, sent as C(organizationInfo), at most 32 characters.
        type: str
      country:
        description: Two letters (ISO 3166-1).
        type: str
      state:
        description: State or province, at most 128 characters. Needed without C(locality).
        type: str
      locality:
        description: City, at most 128 characters. Needed without C(state).
        type: str
      street_address:
        description: At most 64 characters.
        type: str
      postal_code:
        description: At most 40 characters.
        type: str
      registration_number:
        description: The number in the register, at most 64 characters. Needed for EV.
        type: str
      jurisdiction_country:
        description: Two letters. Where the register is kept. Needed for EV.
        type: str
      jurisdiction_state:
        description: At most 128 characters.
        type: str
      jurisdiction_locality:
        description: At most 128 characters.
        type: str
      business_category:
        description: What kind of organization it is. Needed for EV.
        type: str
        choices: [private_organization, government_entity, business_entity, non_commercial_entity]
  email:
    description: The mailbox of a certificate for mail (S/MIME). It is proved by a link in a mail from the CA.
    type: str
  given_name:
    description: Given name of the person that a certificate for mail or for signing code names.
    type: str
  surname:
    description: Surname of that person.
    type: str
  revocation_contact_email:
    description: Whom the CA may write to about a revocation.
    type: str
  language:
    description: Language of the CA's mails.
    type: str
    choices: [pl, en, ru]
    default: en
"""

_CERTIFICATE = """\
  operation:
    description:
      - V(order) buys a certificate. V(reissue) replaces the newest one of C(order_id) within its paid term, for a new
        key or with more names, which is free. V(renew) buys the next term of C(predecessor).
    type: str
    choices: [order, reissue, renew]
    default: order
  predecessor:
    description:
      - Serial number of the certificate that is renewed.
      - With V(order), a certificate whose order is looked at before buying. If the newest one of that order is valid,
        it is reissued or renewed instead.
    type: str
  reissue_live_order:
    description:
      - Before an order or a renewal is sent, look through the orders that the account placed in the last 400 days for
        this C(customer) and product. What is not on disk may have been bought, because the host was built anew, its
        files were lost, it was restored from an old copy that does not know the last order, or because the answer of
        an earlier run was lost.
      - What was ordered with the key of this CSR is carried on with, and nothing is sent.
      - A valid certificate that is the newest of its order is reissued for the new key, which is free, or renewed where
        its paid term ends. The one that ends last is taken. One that a reissue cannot make into what is asked for,
        such as with other names, is left alone, and what was asked for is sent.
      - While an order or a reissue is on its way for a key that is not here, nothing is sent, and the module says what
        can be done about it. The same where the account cannot be read.
      - A C(operation) of V(reissue) names its order and needs no such look. Neither does what is never sent, see
        C(sent).
      - The former certificate is revoked by the CA 14 days after a reissue, so C(customer) must stand for this
        certificate alone.
    type: bool
    default: false
  sent:
    description:
      - Whether the CA was asked for it before.
      - V(no), surely not. It is sent.
      - V(perhaps), an earlier run may have sent it. The CA is asked first, and it is sent if the CA does not have it.
      - V(yes), the CA has it. The order is carried on with and never sent. The C(orders) that this module returns have
        this value.
      - V(look_up_only), it may have been sent, for something else than is asked for now. It is only looked up and never
        sent.
    type: str
    choices: ["no", perhaps, "yes", look_up_only]
    default: "no"
  validation_code:
    description: The verification code of an order in flight. The C(orders) that this module returns have it set.
    type: str
  cert_dest:
    description: Where the certificate is written (PEM).
    type: path
  chain_dest:
    description: Where the intermediate certificates are written (PEM), the issuer of the certificate first.
    type: path
  fullchain_dest:
    description:
      - Where the certificate is written with the intermediate certificates after it (PEM).
      - With this or C(cert_dest) the certificate there is looked at first.
      - Nothing is asked of the CA while it is good and every other file is there. A file that is missing beside it is
        fetched again, which costs nothing.
    type: path
  der_dest:
    description:
      - Where the certificate is written as DER, which others call C(.cer) or C(.crt).
      - Without C(fullchain_dest) and C(cert_dest) this file is the one that is looked at first.
    type: path
  root_dest:
    description:
      - Where the root is written (PEM), the self-signed certificate that the chain ends at.
      - Whether the CA sends it is not known. If it does not, everything else is written and used all the same, and the
        module fails and names the root, until it was put there by hand or this option is left out.
    type: path
  backup:
    description: Keeps a copy of every file that is replaced.
    type: bool
    default: false
  force:
    description: Replaces a certificate that is not due. The CSR must have a new key.
    type: bool
    default: false
  remaining_days:
    description:
      - Replace the certificate when it ends in this many days or fewer.
      - Never before the middle of its lifetime, or a short-lived certificate would be bought every night.
      - Without this and C(remaining_percentage) it is replaced in the last third of its lifetime
        (the second half of one of 10 days or less), spread over a tenth of it by a hash of the name.
    type: int
  remaining_percentage:
    description: Replace the certificate when this share of its lifetime or less is left, 0 to 100; above 50 as 50.
    type: float
"""

_PROGRESS = """\
  trigger_validation:
    description:
      - Ask the CA to check the names of an order that was placed before this call.
      - Set it to V(false) where the proof is only published after this call.
    type: bool
    default: true
"""


class ModuleDocFragment:
    """An order, and the certificate that comes of it. Paired with ``order_options`` in ``_module/option_specs.py``."""

    DOCUMENTATION: str = f"options:\n{_ORDER}"

    CERTIFICATE: str = f"options:\n{_ORDER}{_CERTIFICATE}{_PROGRESS}"

    CERTIFICATES: str = f"""\
options:
  certificates:
    description: The certificates to obtain. All of them are checked before anything is sent for one.
    type: list
    elements: dict
    required: true
    suboptions:
{indent(_ORDER + _CERTIFICATE, "    ")}{_PROGRESS}"""
