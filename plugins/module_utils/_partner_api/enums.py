# Copyright (c) 2026 certops.certum contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The values of the Partner API's enumerations (partner-api.md 4), and its operations (partner-api.md 2).

Private to the collection. The CA adds values without notice: an unknown value in an answer stays a string.
"""

from __future__ import annotations

from .._handover.terms import Term


class ApiOperation(Term):
    VALIDATE_ORDER_PARAMETERS = "validateOrderParameters"
    QUICK_ORDER = "quickOrder"
    RENEW_CERTIFICATE = "renewCertificate"
    REISSUE_CERTIFICATE = "reissueCertificate"
    CANCEL_ORDER = "cancelOrder"
    REVOKE_CERTIFICATE = "revokeCertificate"
    GET_ORDER_STATE = "getOrderState"
    GET_ORDER_BY_ORDER_ID = "getOrderByOrderID"
    GET_ORDERS_BY_DATE_RANGE = "getOrdersByDateRange"
    GET_MODIFIED_ORDERS = "getModifiedOrders"
    GET_CERTIFICATE = "getCertificate"
    GET_EXPIRING_CERTIFICATES = "getExpiringCertificates"
    GET_PRODUCT_LIST = "getProductList"
    ADD_SAN_VERIFICATION = "addSanVerification"
    PERFORM_SAN_VERIFICATION = "performSanVerification"
    GET_SAN_VERIFICATION_STATE = "getSanVerificationState"
    ADD_EMAIL_VERIFICATION = "addEmailVerification"
    GET_EMAIL_VERIFICATION = "getEmailVerification"
    VERIFY_ORDER = "verifyOrder"
    GET_DOCUMENTS_LIST = "getDocumentsList"
    ORDER_SNI_CERTIFICATE = "orderSNICertificate"
    MODIFY_SNI_CERTIFICATE = "modifySNICertificate"


READS = frozenset(
    {
        ApiOperation.VALIDATE_ORDER_PARAMETERS,
        ApiOperation.GET_ORDER_STATE,
        ApiOperation.GET_ORDER_BY_ORDER_ID,
        ApiOperation.GET_ORDERS_BY_DATE_RANGE,
        ApiOperation.GET_MODIFIED_ORDERS,
        ApiOperation.GET_CERTIFICATE,
        ApiOperation.GET_EXPIRING_CERTIFICATES,
        ApiOperation.GET_PRODUCT_LIST,
        ApiOperation.GET_SAN_VERIFICATION_STATE,
        ApiOperation.GET_EMAIL_VERIFICATION,
        ApiOperation.GET_DOCUMENTS_LIST,
    }
)
"""The operations that change nothing, so they are repeated after a network fault. All others are sent once."""

PURCHASES = frozenset(
    {
        ApiOperation.QUICK_ORDER,
        ApiOperation.RENEW_CERTIFICATE,
        ApiOperation.REISSUE_CERTIFICATE,
        ApiOperation.ORDER_SNI_CERTIFICATE,
    }
)
"""The operations that cost money or lead to the revocation of an older certificate."""


class ApproverMethod(Term):
    """verificationMethodType. DNS is a legacy alias whose record type is unknown."""

    DNS = "DNS"
    DNS_TXT = "DNS_TXT"
    DNS_TXT_PREFIX = "DNS_TXT_PREFIX"
    DNS_CNAME = "DNS_CNAME"
    DNS_CNAME_PREFIX = "DNS_CNAME_PREFIX"
    FILE = "FILE"
    ADMIN = "ADMIN"


class ApproverEmailPrefix(Term):
    ADMIN = "ADMIN"
    ADMINISTRATOR = "ADMINISTRATOR"
    POSTMASTER = "POSTMASTER"
    HOSTMASTER = "HOSTMASTER"
    WEBMASTER = "WEBMASTER"


class HashAlgorithm(Term):
    RSA_SHA1 = "RSA-SHA1"
    RSA_SHA256 = "RSA-SHA256"
    ECC_SHA256 = "ECC-SHA256"


class ApiBusinessCategory(Term):
    PRIVATE_ORGANIZATION = "Private Organization"
    GOVERNMENT_ENTITY = "Government Entity"
    BUSINESS_ENTITY = "Business Entity"
    NON_COMMERCIAL_ENTITY = "Non-Commercial Entity"


class OrderState(Term):
    """certificationRequestStateTypeEnum, see lifecycle.md 1."""

    AWAITING = "AWAITING"
    VERIFICATION = "VERIFICATION"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    ENROLLED = "ENROLLED"


class CertificateStatus(Term):
    """certificateStatusEnum. VALID means not revoked; it states nothing about dates."""

    VALID = "VALID"
    REVOKING = "REVOKING"
    REVOKED = "REVOKED"


class OrderVerificationType(Term):
    """orderVerificationType. INTERNAL and SYSTEM are the older and the newer name of the same check."""

    EMAIL = "EMAIL"
    INTERNAL = "INTERNAL"
    SYSTEM = "SYSTEM"
    DOMAIN = "DOMAIN"
    PRODUCT = "PRODUCT"
    EXTENDED_VALIDATION = "EXTENDED_VALIDATION"
    ORGANIZATION = "ORGANIZATION"
    APPLICANT = "APPLICANT"
    AUTHORIZATION = "AUTHORIZATION"


class OrderVerificationState(Term):
    NOT_REQUIRED = "NOT_REQUIRED"
    REQUIRED = "REQUIRED"
    FAILED = "FAILED"
    VERIFIED = "VERIFIED"


class SanVerificationState(Term):
    REQUIRED = "REQUIRED"
    FAILED = "FAILED"
    VERIFIED = "VERIFIED"


class SystemVerificationMethod(Term):
    """sanVerificationSystemMethodEnum: the CA's automatic checks of a name, see lifecycle.md 5."""

    TOP_SITES = "TOP_SITES"
    PHISHTANK = "PHISHTANK"
    CAA = "CAA"
    GOOGLE_SAFE_BROWSING = "GOOGLE_SAFE_BROWSING"
    REVOKED_CERTIFICATE = "REVOKED_CERTIFICATE"


class RevocationReason(Term):
    """revocationReasonEnum. PRIVILEGEWITHDRAWN is for the CA only; SUPERSEDED is newer than the schema of 2021."""

    UNSPECIFIED = "UNSPECIFIED"
    KEYCOMPROMISE = "KEYCOMPROMISE"
    AFFILIATIONCHANGED = "AFFILIATIONCHANGED"
    CESSATIONOFOPERATION = "CESSATIONOFOPERATION"
    SUPERSEDED = "SUPERSEDED"
    PRIVILEGEWITHDRAWN = "PRIVILEGEWITHDRAWN"


class DocumentType(Term):
    AUTHORIZATION = "AUTHORIZATION"
    VERIFICATION_REPORT = "VERIFICATION_REPORT"
    VERIFICATION_REPORT_OTF = "VERIFICATION_REPORT_OTF"
    APPLICANT = "APPLICANT"
    ORGANIZATION = "ORGANIZATION"
    ADDITIONAL = "ADDITIONAL"
