# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """A declared certificate. Paired with ``declaration_options`` in ``module_utils/_module/option_specs.py``."""

    DOCUMENTATION = r"""
options:
  certificates:
    description: The declared certificates of this host. All of them are checked before anything is done for one.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description:
          - What the certificate is called here. It names a directory and is the first part of the order id.
          - 1 to 64 letters, digits, dots, underscores and hyphens.
        type: str
        required: true
      state:
        description:
          - V(absent) takes the certificate out of service and removes it from disk. The name is enough, with C(deploy)
            if a service uses it. An order in flight keeps its key, until it is cancelled or issued.
        type: str
        choices: [present, absent]
        default: present
      revoke_reason:
        description:
          - Only with V(absent). The certificates on disk are revoked for this reason before they are removed. Without
            it they are not revoked. See M(certops.certum.certum_revoke).
          - Needs C(common_name), because only certificates with that name are revoked.
        type: str
        choices:
          - unspecified
          - key_compromise
          - affiliation_changed
          - superseded
          - cessation_of_operation
          - privilege_withdrawn
      common_name:
        description:
          - The CN, at most 64 characters. It is always among the names of the certificate. Needed unless absent.
          - Names may be written in any script; they are encoded as A-labels.
        type: str
      subject_alt_name:
        description: Further domain names or public IP addresses, without a prefix such as C(DNS:).
        type: list
        elements: str
      www:
        description: Adds the CN with C(www.) before it, or without it if it begins so.
        type: bool
      product:
        description:
          - A product of the catalogue, such as V(commercial_ssl), or a product code of up to 3 digits.
          - Defaults to V(commercial_ssl).
        type: str
      key:
        description: The private key. A new one is made for every certificate, because the CA refuses a used one.
        type: dict
        suboptions:
          type:
            description: Defaults to V(ec).
            type: str
            choices: [ec, rsa]
          size:
            description: In bits. 256 (default) or 384 for V(ec), 2048 (default), 3072 or 4096 for V(rsa).
            type: int
      validation:
        description: How control of the names is proved, one method for all names of a certificate.
        type: dict
        suboptions:
          method:
            description:
              - V(file) serves a file over plain HTTP, V(dns_txt_prefix) and V(dns_cname_prefix) use a record at
                C(_certum.NAME), V(dns_txt) and V(dns_cname) one at the name itself, V(admin) sends a mail with a link.
              - Wildcards cannot be proved by V(file), IP addresses only by it.
              - Defaults to V(file).
            type: str
            choices: [file, dns_txt, dns_txt_prefix, dns_cname, dns_cname_prefix, admin]
          webroot:
            description: Absolute path of the directory that is served as C(http://NAME/). Needed for V(file).
            type: path
          admin_prefix:
            description: To which mailbox at the domain the link is sent. Needed for V(admin).
            type: str
            choices: [admin, administrator, postmaster, hostmaster, webmaster]
      remaining_days:
        description:
          - Replace the certificate when it ends in this many days or fewer.
          - Never before the middle of its lifetime, or a short-lived certificate would be bought every night.
          - Without this and O(certificates[].remaining_percentage) it is replaced in the last third of its lifetime
            (the second half of one of 10 days or less), spread over a tenth of it by a hash of the name.
        type: int
      remaining_percentage:
        description: Replace the certificate when this share of its lifetime or less is left, 0 to 100; above 50 as 50.
        type: float
      allow_duplicate:
        description:
          - Another declaration, on this host or on another one, has the same names and the same type of key on
            purpose. Each of them has a key and a paid order of its own. All of them have to set this.
          - Without it, two declarations with the same names are refused. A certificate is then never ordered twice by
            mistake, for example by a renamed declaration or by hosts of one group.
        type: bool
      customer:
        description:
          - The C(customer) of the order, at most 64 characters. Chosen at the first order and kept from then on.
          - Defaults to the host and the name of the declaration. Inventory names have to be unique within an account.
          - Where a host has no certificate, a valid certificate of exactly this C(customer), with the same names,
            type of key and product, is reissued free of charge. So a certificate can be moved to another host.
        type: str
      contact:
        description: The person whom the CA may ask, sent as C(requestorInfo).
        type: dict
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
      revocation_contact_email:
        description: Whom the CA may write to about a revocation.
        type: str
      language:
        description: Language of the CA's mails. Without it the CA uses Polish.
        type: str
        choices: [pl, en, ru]
      owner:
        description: Owner of the private key and of files that hold it, by default the user that runs the module.
        type: str
      group:
        description: Group of the private key and of files that hold it.
        type: str
      mode:
        description: Mode of the private key and of files that hold it, as an octal string. Defaults to V("0600").
        type: str
      formats:
        description:
          - Further files beside the PEM files, which change together with them.
          - V(der) is the certificate alone as C(cert.cer), V(haproxy) is C(haproxy.pem) with key, certificate and
            chain.
          - V(pkcs12) is C(keystore.p12) with the same, encrypted with AES-256. It needs a passphrase, and cryptography
            38 or newer on the host.
          - V(jks) is C(keystore.jks), for programs on Java that cannot read PKCS#12. It needs C(keytool) as well.
          - Files with the key have its owner, group and mode. A key that is kept elsewhere cannot be in them.
          - Files of a format that is not declared any more stay where they are, but the next certificate has none.
        type: list
        elements: str
        choices: [der, haproxy, pkcs12, jks]
      deploy:
        description: The service that uses the certificate. Without it the certificate is only put on disk.
        type: dict
        suboptions:
          service:
            description: The service to reload, such as V(nginx).
            type: str
            required: true
          enable_site:
            description:
              - A link that turns the TLS site on once there is a certificate, like C(sites-enabled) of Debian.
              - A configuration that names certificate files cannot be loaded before they exist.
            type: dict
            suboptions:
              src:
                description: The configuration, written by you.
                type: path
                required: true
              dest:
                description: Where the link is made.
                type: path
                required: true
          check_command:
            description: Checks the configuration before the reload. Defaults to the service's own checker.
            type: list
            elements: str
          reload_command:
            description: Reloads the service. Defaults to the service manager.
            type: list
            elements: str
          status_command:
            description:
              - Succeeds if the service runs, and changes nothing. It is also run in check mode.
              - One that cannot be run, or does not end in time, is an error and no sign of a stopped service.
              - A service that does not run is not reloaded; its certificate is put in place, and proved by a later run.
              - Defaults to asking systemd, and with a O(certificates[].deploy.reload_command) to taking it to run.
            type: list
            elements: str
          verify:
            aliases: [probe]
            description:
              - Addresses as C(HOST:PORT) that must serve the new certificate, asked from this host.
              - A service that demands a certificate of its clients is judged by the certificate that it shows.
              - A service that begins without TLS is asked to begin it (STARTTLS) on ports 21, 25, 110, 143, 389, 587
                and 5432, and where it greets as SMTP, IMAP, POP3 or FTP does. On another port, declare the protocol
                too, as C(PROTOCOL://HOST:PORT), such as V(smtp://mail.example.com:2525), with one of C(smtp), C(imap),
                C(pop3), C(ftp), C(ldap) and C(postgres).
              - A host that the certificate is for, also by a wildcard, is asked for by its name (SNI), any other by the
                common name.
            type: list
            elements: str
"""

    PASSPHRASES = r"""
options:
  passphrases:
    description:
      - The passphrases of keystores by the name of the certificate, 8 to 128 printable ASCII characters each.
      - A passphrase must not begin or end with a blank. A text from a file often ends with a line break.
      - They are apart from O(certificates), because declarations are returned and given to further modules.
        A passphrase that is a part of a declaration is refused.
    type: dict
    default: {}
"""

    DEFAULTS = r"""
options:
  defaults:
    description: Values for what a declaration leaves open. Dictionaries are filled key by key.
    type: dict
    suboptions:
      product:
        description: See O(certificates[].product).
        type: str
      key:
        description: See O(certificates[].key).
        type: dict
        suboptions:
          type:
            description: See O(certificates[].key.type).
            type: str
            choices: [ec, rsa]
          size:
            description: See O(certificates[].key.size).
            type: int
      validation:
        description: See O(certificates[].validation).
        type: dict
        suboptions:
          method:
            description: See O(certificates[].validation.method).
            type: str
            choices: [file, dns_txt, dns_txt_prefix, dns_cname, dns_cname_prefix, admin]
          webroot:
            description: See O(certificates[].validation.webroot).
            type: path
          admin_prefix:
            description: See O(certificates[].validation.admin_prefix).
            type: str
            choices: [admin, administrator, postmaster, hostmaster, webmaster]
      remaining_days:
        description: See O(certificates[].remaining_days).
        type: int
      remaining_percentage:
        description: See O(certificates[].remaining_percentage).
        type: float
      customer:
        description: See O(certificates[].customer).
        type: str
      contact:
        description: See O(certificates[].contact).
        type: dict
        suboptions:
          first_name:
            description: See O(certificates[].contact.first_name).
            type: str
          last_name:
            description: See O(certificates[].contact.last_name).
            type: str
          email:
            description: See O(certificates[].contact.email).
            type: str
          phone:
            description: See O(certificates[].contact.phone).
            type: str
      organization:
        description: See O(certificates[].organization).
        type: dict
        suboptions:
          name:
            description: See O(certificates[].organization.name).
            type: str
          tax_identification_number:
            description: See O(certificates[].organization.tax_identification_number).
            type: str
          country:
            description: See O(certificates[].organization.country).
            type: str
          state:
            description: See O(certificates[].organization.state).
            type: str
          locality:
            description: See O(certificates[].organization.locality).
            type: str
          street_address:
            description: See O(certificates[].organization.street_address).
            type: str
          postal_code:
            description: See O(certificates[].organization.postal_code).
            type: str
          registration_number:
            description: See O(certificates[].organization.registration_number).
            type: str
          jurisdiction_country:
            description: See O(certificates[].organization.jurisdiction_country).
            type: str
          jurisdiction_state:
            description: See O(certificates[].organization.jurisdiction_state).
            type: str
          jurisdiction_locality:
            description: See O(certificates[].organization.jurisdiction_locality).
            type: str
          business_category:
            description: See O(certificates[].organization.business_category).
            type: str
            choices: [private_organization, government_entity, business_entity, non_commercial_entity]
      revocation_contact_email:
        description: See O(certificates[].revocation_contact_email).
        type: str
      language:
        description: See O(certificates[].language).
        type: str
        choices: [pl, en, ru]
      owner:
        description: See O(certificates[].owner).
        type: str
      group:
        description: See O(certificates[].group).
        type: str
      mode:
        description: See O(certificates[].mode).
        type: str
      formats:
        description: See O(certificates[].formats).
        type: list
        elements: str
        choices: [der, haproxy, pkcs12, jks]
"""
