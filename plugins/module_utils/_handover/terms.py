# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The enumerations that options, results and the steps of a run share. Each is declared once.

Private to the collection. Pure, and imports nothing of the other rooms. The documentation lists the members in the
same order.
"""

from __future__ import annotations

from enum import Enum


class Term(str, Enum):
    """A word with a fixed meaning. Its text is its value, also in f-strings, on every version of Python."""

    def __str__(self) -> str:
        return str(self.value)

    def __format__(self, format_spec: str) -> str:
        return format(self.value, format_spec)

    @classmethod
    def values(cls) -> list[str]:
        """Return the values, as ``choices`` of an argument spec."""
        return [member.value for member in cls]


class Environment(Term):
    """The two systems of the CA."""

    PRODUCTION = "production"
    TEST = "test"


class Operation(Term):
    """The operations of the CA that lead to a certificate."""

    ORDER = "order"
    REISSUE = "reissue"
    RENEW = "renew"

    @property
    def done(self) -> str:
        """Return the participle of the operation, for messages such as ``nothing was reissued``."""
        return {Operation.ORDER: "ordered", Operation.REISSUE: "reissued"}.get(self, "renewed")

    @property
    def sent(self) -> str:
        """Return a clause about the sent request, for messages."""
        of = {Operation.ORDER: "the order was placed", Operation.REISSUE: "the reissue was requested"}
        return of.get(self, "the renewal was ordered")

    def of_order(self, order_id: str) -> str:
        """Return the name of the operation with its order, for messages.

        A reissue is a part of its order, and a renewal is a separate order.
        """
        return {Operation.REISSUE: "the reissue in ", Operation.RENEW: "renewal "}.get(self, "") + f"order {order_id}"


class StartTls(Term):
    """The protocols that begin without TLS and switch to TLS on request."""

    SMTP = "smtp"
    IMAP = "imap"
    POP3 = "pop3"
    FTP = "ftp"
    LDAP = "ldap"
    POSTGRES = "postgres"


class PurchasePolicy(Term):
    """The purchases that a run may make."""

    ALLOW = "allow"
    """Every order that the declarations need."""

    RENEW_ONLY = "renew_only"
    """The next term of a certificate that the account already has, with the same names and the same product."""

    NEVER = "never"
    """No purchase. A reissue is free of charge, so it is allowed."""


class State(Term):
    """The state of a certificate at the end of a call."""

    CURRENT = "current"
    ISSUED = "issued"
    PENDING = "pending"
    REJECTED = "rejected"
    NOT_ORDERED = "not_ordered"
    UNKNOWN = "unknown"


class Sent(Term):
    """Whether the order of an item was sent to the CA before. It decides whether the order may be sent."""

    NO = "no"
    """It was never sent. It is sent now."""

    PERHAPS = "perhaps"
    """An earlier run may have sent it. The CA is asked first, and the order is sent if the CA does not have it."""

    YES = "yes"
    """The CA has the order. It is continued and never sent."""

    LOOK_UP_ONLY = "look_up_only"
    """It may have been sent for another declaration than the current one. It is only looked up and never sent."""

    @property
    def may_be_sent(self) -> bool:
        return self not in NEVER_SENT

    @property
    def is_uncertain(self) -> bool:
        return self in (Sent.PERHAPS, Sent.LOOK_UP_ONLY)


NEVER_SENT = (Sent.YES, Sent.LOOK_UP_ONLY)


ORDER_NOT_FOUND = "NOT_FOUND"
"""The state of an order that the account does not have (error 1033), beside the CA's own states."""


class SummaryReport(Term):
    """What certum_summary reports of a run of the role."""

    CERTIFICATES = "certificates"
    RECAP = "recap"
    PROBLEMS = "problems"


class FailOn(Term):
    """The kinds of problems that fail a host only if the operator names them. Any other problem always does."""

    REFUSED = "refused"
    """The CA refused the credentials, an order or a validation, or certum_purchase does not allow a purchase."""

    UNREACHABLE = "unreachable"
    """The host or the CA does not answer."""

    EXPIRED = "expired"
    """A certificate in use has expired and was not replaced."""

    PENDING = "pending"
    """An order is not issued yet."""


class BatchStep(Term):
    """The steps that the controller runs for all hosts of a batch."""

    ORDER = "order"
    VALIDATE = "validate"
    REMOVE = "remove"
    COMPARE = "compare"
    SHARE = "share"
    SUPPLY = "supply"
    ROLLBACK = "rollback"


class RollbackScope(Term):
    """Which hosts roll back to the previous certificate if a host cannot use a new one that they share."""

    BATCH = "batch"
    GROUP = "group"


class TransferState(Term):
    """What certum_transfer does with private keys."""

    SEALED = "sealed"
    RECEIVED = "received"


class DeclaredState(Term):
    """The declared state of a certificate on the host."""

    PRESENT = "present"
    ABSENT = "absent"


class ServiceState(Term):
    """The states of a certificate at its service that ``certum_deploy`` establishes."""

    DEPLOYED = "deployed"
    ROLLED_BACK = "rolled_back"
    WITHDRAWN = "withdrawn"


class PlanAction(Term):
    """The actions that ``certum_plan`` finds necessary for a certificate."""

    ISSUE = "issue"
    ACTIVATE = "activate"
    REMOVE = "remove"


class ValidationMethod(Term):
    """The validation methods: the Partner API's approverMethod in lower case."""

    FILE = "file"
    DNS_TXT = "dns_txt"
    DNS_TXT_PREFIX = "dns_txt_prefix"
    DNS_CNAME = "dns_cname"
    DNS_CNAME_PREFIX = "dns_cname_prefix"
    ADMIN = "admin"

    @property
    def api_value(self) -> str:
        return self.value.upper()

    @property
    def is_txt(self) -> bool:
        return self in (ValidationMethod.DNS_TXT, ValidationMethod.DNS_TXT_PREFIX)

    @property
    def is_cname(self) -> bool:
        return self in (ValidationMethod.DNS_CNAME, ValidationMethod.DNS_CNAME_PREFIX)

    @property
    def is_prefixed(self) -> bool:
        """Whether the record stands at ``_certum.NAME`` instead of the name."""
        return self in (ValidationMethod.DNS_TXT_PREFIX, ValidationMethod.DNS_CNAME_PREFIX)

    @property
    def validates_wildcards(self) -> bool:
        return self is not ValidationMethod.FILE  # error 2186

    @property
    def validates_addresses(self) -> bool:
        return self is ValidationMethod.FILE  # error 2171


class AdminPrefix(Term):
    """The mailboxes that can get a link: the Partner API's approverEmailPrefix in lower case."""

    ADMIN = "admin"
    ADMINISTRATOR = "administrator"
    POSTMASTER = "postmaster"
    HOSTMASTER = "hostmaster"
    WEBMASTER = "webmaster"

    @property
    def api_value(self) -> str:
        return self.value.upper()


class RevokeReason(Term):
    """The revocation reasons of RFC 5280 that the Partner API's revocationReason has."""

    UNSPECIFIED = "unspecified"
    KEY_COMPROMISE = "key_compromise"
    AFFILIATION_CHANGED = "affiliation_changed"
    SUPERSEDED = "superseded"
    CESSATION_OF_OPERATION = "cessation_of_operation"
    PRIVILEGE_WITHDRAWN = "privilege_withdrawn"

    @property
    def api_value(self) -> str:
        return self.value.replace("_", "").upper()


class KeyType(Term):
    """The key types that the CA accepts (error 1001)."""

    EC = "ec"
    RSA = "rsa"

    @property
    def sizes(self) -> tuple[int, ...]:
        """Return the possible sizes in bits, the default first (error 2109)."""
        return (256, 384) if self is KeyType.EC else (2048, 3072, 4096)


class KeyLocation(Term):
    """Where the private key of a declared certificate is kept."""

    HOST = "host"
    """On the host, which makes it, unless a request from elsewhere is stored."""

    ELSEWHERE = "elsewhere"
    """Elsewhere, such as in an HSM: the host makes no key, and without a stored request nothing is ordered."""


class Language(Term):
    """The languages of the CA's mails."""

    PL = "pl"
    EN = "en"
    RU = "ru"


class BusinessCategory(Term):
    """The kinds of organization that an EV certificate can name (partner-api.md 4)."""

    PRIVATE_ORGANIZATION = "private_organization"
    GOVERNMENT_ENTITY = "government_entity"
    BUSINESS_ENTITY = "business_entity"
    NON_COMMERCIAL_ENTITY = "non_commercial_entity"


class ProductKind(Term):
    """The purpose of the certificates of a product."""

    TLS = "tls"
    SMIME = "smime"
    CODE_SIGNING = "code_signing"
    UNKNOWN = "unknown"


class Format(Term):
    """The additional formats of a certificate, beside PEM."""

    DER = "der"
    HAPROXY = "haproxy"
    PKCS12 = "pkcs12"
    JKS = "jks"

    @property
    def file_name(self) -> str:
        """Return the name of its file in a version's directory."""
        return _FILE_NAMES[self.value]

    @property
    def has_key(self) -> bool:
        return self is not Format.DER

    @property
    def is_keystore(self) -> bool:
        return self in (Format.PKCS12, Format.JKS)


_FILE_NAMES = {"der": "cert.cer", "haproxy": "haproxy.pem", "pkcs12": "keystore.p12", "jks": "keystore.jks"}


class OnMistake(Term):
    """The reaction of ``certum_preflight`` to a mistake that would make the CA refuse an order."""

    FAIL = "fail"
    WARN = "warn"


class EventKind(Term):
    """The events of the event source for Event-Driven Ansible."""

    CERTIFICATE_EXPIRES = "certificate_expires"
    """A certificate of the account expires soon, and no newer certificate replaces it."""

    ORDER_CHANGED = "order_changed"
    """An order, its certificate or the status of its certificate changed."""

    VALIDATION_FAILED = "validation_failed"
    """The CA did not accept the validation of a name, or another check of an order."""


class CertificateState(Term):
    """The state of a certificate on a host, as ``certum_info`` reports it."""

    CURRENT = "current"
    """It is in use as declared, and not due."""

    INCOMPLETE = "incomplete"
    """It is on disk and not due, but it is not installed, deployed and verified as declared."""

    DUE = "due"
    """A new certificate is needed: the due date has passed, or the declaration has changed."""

    PENDING = "pending"
    """An order is pending. If there is a certificate, it has not expired."""

    EXPIRED = "expired"
    BROKEN = "broken"
    """Its files cannot be used."""

    MISSING = "missing"
    """It is declared, and the host has no certificate and no pending order."""

    ABSENT = "absent"
    """It is declared absent, and still on disk."""


class Waiting(Term):
    """Who must act before a pending order is issued."""

    NEXT_RUN = "next_run"
    """The next run of the role continues the order."""

    OPERATOR = "operator"
    """The operator: the order was refused, or a check has failed."""

    DOMAIN_HOLDER = "domain_holder"
    """The CA has not validated a domain yet."""

    MAILBOX_HOLDER = "mailbox_holder"
    """The mailbox holder has to follow the link in a mail of the CA."""

    CA_STAFF = "ca_staff"
    """The CA's staff have to decide."""

    CA = "ca"
    """The CA's automatic checks, and the issuance itself."""


class HostState(Term):
    """Whether a host is a part of the report."""

    REPORTED = "reported"
    UNREACHABLE = "unreachable"
    FAILED = "failed"


class AccountState(Term):
    """Whether the states of pending orders come from the account at the CA."""

    READ = "read"
    NOT_ASKED = "not_asked"
    """No order is pending, or there are no credentials: the states are those that the hosts have recorded."""

    FAILED = "failed"
    """The account was asked and could not be read. ``problems`` of the estate have the reason."""
