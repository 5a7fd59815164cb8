# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from textwrap import indent
from typing import Any

import yaml

from ._order import ADMIN_PREFIX, CONTACT, METHODS, ORGANIZATION, REMAINING_PERCENTAGE, REVOCATION_CONTACT_EMAIL

_OWN = """\
name:
  description:
    - Name of the declaration. It is the name of a directory and the first part of the order id.
    - 1 to 64 letters, digits, dots, underscores and hyphens. The first character is a letter or a digit.
  type: str
  required: true
state:
  description:
    - V(absent) takes the certificate out of service and removes it from disk.
    - V(absent) needs no other option than C(name), and C(deploy) with each service that uses the certificate.
    - The key of a pending order stays on disk until the order is cancelled or issued.
  type: str
  choices: [present, absent]
  default: present
revoke_reason:
  description:
    - Reason for the revocation of an absent certificate. Only with C(state) V(absent).
    - The CA revokes the certificates on disk for this reason before they are removed. Without this option they
      are not revoked. See M(certops.certum.certum_revoke) for the reasons.
    - Requires C(common_name), because only certificates with that common name are revoked.
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
    - The common name (CN), at most 64 characters. It is always one of the names of the certificate.
    - Required, unless C(state) is V(absent).
    - Names may be written in any script. They are encoded as A-labels.
  type: str
subject_alt_name:
  description: Additional domain names or public IP addresses, without a prefix such as C(DNS:).
  type: list
  elements: str
www:
  description:
    - Also covers C(www.) plus the CN. If the CN starts with C(www.), also covers the name without it.
  type: bool
allow_duplicate:
  description:
    - Allows another declaration, on this or another host, with the same names and the same key type.
    - Each of these declarations has its own key and its own paid order. Set this option in all of them.
    - Without this option, two declarations with the same names are refused. So a renamed declaration, or a group
      of hosts, cannot order the same certificate twice by mistake.
  type: bool
share:
  description:
    - An inventory group. All its hosts that declare this certificate with the same C(share) use one certificate with
      one private key and one order. Without this option, each host has a certificate of its own.
    - One host makes the key. The other hosts get the key encrypted, from host to host. The controller never sees it.
    - The host must be in the group. Names, product and key must be the same on all these hosts. The options C(owner),
      C(group), C(mode), C(formats), C(deploy) and the web root may differ.
    - Only with a strategy that runs each task for all hosts of a batch, such as C(linear).
  type: str
deploy:
  description:
    - The service that uses the certificate, or a list of services. Without this option, the certificate is only
      installed.
    - Services that share a certificate are deployed together. If it fails for one of them, it is rolled back for
      all of them.
  type: list
  elements: dict
  suboptions:
    service:
      description:
        - The service to reload. V(nginx), V(apache), V(haproxy), V(postfix), V(dovecot) and V(postgresql) need no
          commands. The host is asked which unit it has, so V(apache) is C(apache2) or C(httpd).
        - For any other service, set O(certificates[].deploy[].check_command) and
          O(certificates[].deploy[].reload_command).
        - A known service also decides the defaults of O(certificates[].group), O(certificates[].mode) and
          O(certificates[].formats). For example, V(haproxy) gets C(haproxy.pem), and the group C(postgres) can
          read the key for V(postgresql).
      type: str
      required: true
    enable_site:
      description:
        - Symbolic link that enables the TLS site after the first certificate is installed, such as a link in
          C(sites-enabled) of Debian.
        - Use it because a service cannot load a configuration with certificate files that do not exist yet.
      type: dict
      suboptions:
        src:
          description: The configuration file, which you provide.
          type: path
          required: true
        dest:
          description: Path of the link.
          type: path
          required: true
    check_command:
      description: Command that checks the configuration before the reload. Defaults to the service's own check.
      type: list
      elements: str
    reload_command:
      description: Command that reloads the service. Defaults to the service manager.
      type: list
      elements: str
    status_command:
      description:
        - Command that succeeds if the service runs. It must change nothing, because it also runs in check mode.
        - If the command cannot run, or does not finish in time, it is an error. The service does not count as
          stopped then.
        - A service that does not run is not reloaded. Its certificate is installed, and a later run verifies it.
        - By default systemd is asked. If O(certificates[].deploy[].reload_command) is set, the service counts as
          running by default. If that command fails and systemd does not run the service, it counts as stopped.
      type: list
      elements: str
    stats_socket:
      description:
        - Path of a stats socket of HAProxy with C(level admin). HAProxy takes the new certificate over it, so no
          reload is needed.
        - If HAProxy does not take the certificate, it is reloaded, and a note gives the reason.
      type: path
    verify:
      aliases: [probe]
      description:
        - Addresses at which a TLS handshake from this host must show the new certificate, as C(HOST:PORT) or as
          a URL without a path, such as V(https://shop.example.com) or V(smtp://mail.example.com:2525).
        - Without this option, the module finds the addresses at which the processes of a known service listen,
          and one of them must show the certificate. Set V([]) for no handshakes.
        - The URL schemes V(https), V(smtps), V(imaps), V(pop3s), V(ftps) and V(ldaps) start with TLS. V(smtp),
          V(imap), V(pop3), V(ftp), V(ldap) and V(postgresql) use STARTTLS.
        - For C(HOST:PORT), STARTTLS is used on ports 21, 25, 110, 143, 389, 587 and 5432, and if the service
          greets like SMTP, IMAP, POP3 or FTP.
        - A service that requires client certificates is verified too, by the certificate that it shows.
        - If the certificate covers the host, also by a wildcard, the server name of the handshake (SNI) is
          the host. Otherwise it is the common name.
      type: list
      elements: str
"""

# What a declaration shares with the defaults for all declarations.
_COMMON = f"""\
product:
  description:
    - A product of the catalogue, such as V(commercial_ssl), or a product code of up to 3 digits.
    - Defaults to V(commercial_ssl).
  type: str
key:
  description: The private key. Every certificate gets a new key, because the CA refuses a used key.
  type: dict
  suboptions:
    type:
      description: The key type. Defaults to V(ec).
      type: str
      choices: [ec, rsa]
    size:
      description: The size in bits. 256 (default) or 384 for V(ec), 2048 (default), 3072 or 4096 for V(rsa).
      type: int
    location:
      description:
        - Where the key is kept. Defaults to V(host).
        - With V(host), the host makes the key, unless a request (CSR) from elsewhere is stored.
        - With V(elsewhere), the host makes no key, such as for a key in an HSM. Only a request that
          M(certops.certum.certum_stage_request) has stored is ordered. Without one, nothing is ordered, and the run
          reports it. A certificate whose key is on the host is due. The request decides type and size. Formats with
          the key and C(share) are refused.
      type: str
      choices: [host, elsewhere]
validation:
  description: How the CA validates the domains, with one method for all names of a certificate.
  type: dict
  suboptions:
    method:
      description:
{indent(METHODS, " " * 8)}        - Defaults to V(file).
      type: str
      choices: [file, dns_txt, dns_txt_prefix, dns_cname, dns_cname_prefix, admin]
    webroot:
      description:
        - Absolute path of the document root of C(http://NAME/), for V(file).
        - Without this option, the role itself listens on O(certificates[].validation.http_port) while it
          validates. Use that on hosts without a web server.
      type: path
    http_port:
      description:
        - Port on which the role listens for V(file) if no web root is declared. Defaults to V(80).
        - The CA always connects to port 80. Choose another port only if something forwards port 80 to it.
      type: int
{indent(ADMIN_PREFIX, " " * 4)}remaining_days:
  description:
    - Replace the certificate when it expires in this many days or fewer.
    - This option has no effect in the first half of the lifetime. Otherwise a short-lived certificate would be
      ordered every night.
    - Without this option and O(certificates[].remaining_percentage), a certificate is replaced in the last third
      of its lifetime. If the lifetime is 10 days or less, it is replaced in the second half.
    - A hash of the name spreads the default moments over a tenth of the lifetime.
    - If the term end is known, the defaults lead to few reissues at even intervals, and the next term is ordered
      as late as is safe.
  type: int
{REMAINING_PERCENTAGE}customer:
  description:
    - The C(customer) of the order, at most 64 characters. It is set at the first order and kept from then on.
    - Defaults to the host and the name of the declaration. Inventory names must be unique within an account.
    - If a host has no certificate, the account may have a valid certificate with exactly this C(customer) and the
      same names, key type and product. That certificate is reissued free of charge. So you can move a certificate
      to another host.
  type: str
{CONTACT}{ORGANIZATION}{REVOCATION_CONTACT_EMAIL}language:
  description: Language of the CA's mails. Without this option the CA uses Polish.
  type: str
  choices: [pl, en, ru]
owner:
  description:
    - Owner of the private key and of all files that contain it. Defaults to the user that runs the module.
  type: str
group:
  description:
    - Group of the private key and of all files that contain it.
    - Defaults to the group that the service needs, if neither owner, group nor mode is declared.
  type: str
mode:
  description:
    - Mode of the private key and of all files that contain it, as an octal string. Defaults to V("0600"), or
      to V("0640") if the service needs its group to read the key.
  type: str
formats:
  description:
    - Additional files beside the PEM files. They change together with the PEM files.
    - V(der) is the certificate alone as C(cert.cer).
    - V(haproxy) is C(haproxy.pem) with key, certificate and chain.
    - V(pkcs12) is C(keystore.p12) with key, certificate and chain, encrypted with AES-256. It requires a
      passphrase, and cryptography 38 or newer on the host.
    - V(jks) is C(keystore.jks), for Java programs that cannot read PKCS#12. It requires a passphrase and
      C(keytool) on the host.
    - Files with the key have the owner, group and mode of the key. A key outside the host, such as in an HSM,
      cannot be part of a file.
    - If you remove a format from the declaration, its existing files stay. The next certificate does not get
      such a file.
  type: list
  elements: str
  choices: [der, haproxy, pkcs12, jks]
"""


def _reference(option: dict[str, Any], path: str) -> dict[str, Any]:
    """Return the option, described by a reference to the option of a declaration at ``path``."""
    below = {name: _reference(each, f"{path}.{name}") for name, each in option.get("suboptions", {}).items()}
    return {**option, "description": f"See O({path}).", **({"suboptions": below} if below else {})}


_DEFAULTS = {name: _reference(option, f"certificates[].{name}") for name, option in yaml.safe_load(_COMMON).items()}


class ModuleDocFragment:
    """A declared certificate. Paired with ``declaration_options`` in ``module_utils/_module/option_specs.py``."""

    DOCUMENTATION: str = f"""
options:
  certificates:
    description:
      - The declared certificates of this host.
      - The module checks all declarations before it works on the first one.
    type: list
    elements: dict
    required: true
    suboptions:
{indent(_OWN + _COMMON, " " * 6)}"""

    OPTIONAL: str = f"""
options:
  certificates:
    description:
      - The declared certificates of this host, or an empty list if nothing is declared for it.
      - Without this option, the module reports what is on disk.
      - The module checks all declarations before it reads the first certificate.
    type: list
    elements: dict
    suboptions:
{indent(_OWN + _COMMON, " " * 6)}"""

    PASSPHRASES = r"""
options:
  passphrases:
    description:
      - Passphrases of keystores by the name of the certificate, each 8 to 128 printable ASCII characters.
      - A passphrase must not begin or end with a blank. Text from a file often ends with a line break.
      - A passphrase that also occurs in a declaration is refused.
      - Passphrases are not part of O(certificates), because modules return declarations and pass them on.
    type: dict
    default: {}
"""

    DEFAULTS: str = f"""
options:
  defaults:
    description: Values for options that a declaration does not set. Dictionaries are merged key by key.
    type: dict
    suboptions: {yaml.safe_dump(_DEFAULTS, default_flow_style=True)}"""
